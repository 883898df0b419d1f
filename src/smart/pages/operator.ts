import { html } from 'hono/html';
import { box } from '../../pages/fields.ts';
import { button, csrfInput, field, hidden, notice, type Problem, problemSummary, titleWith } from '../../pages/form.ts';
import { type Html, layout } from '../../pages/layout.ts';
import { pageAnswer } from '../../pages/page.ts';
import { kindOf } from '../developer/developer-form.ts';
import {
  LINES,
  type ListedAccess,
  type ListedApp,
  type ListedKey,
  type ListedPerson,
} from '../developer/operator-records.ts';
import type { Answer, SmartRequest } from '../endpoint.ts';
import type { Session } from '../people/user.ts';
import { otherPages, stateOf } from './developer.ts';
import { developerWords, timeInWords } from './developer-words.ts';
import { operatorWords } from './operator-words.ts';

export type OperatorPart = 'apps' | 'people' | 'keys';

/** What the pages of the operator have in common. */
export type OperatorPage = {
  request: SmartRequest;
  session: Session;
  csrf: string;
  cookies: readonly string[];
  /** What has just been done. */
  done: string | null;
  problems: readonly Problem[];
};

export const partPath: Readonly<Record<OperatorPart, string>> = {
  apps: '/operator',
  people: '/operator/people',
  keys: '/operator/keys',
};

function partLinks({ request: { language, place } }: OperatorPage, here: OperatorPart): Html {
  const say = operatorWords[language];
  return html`<nav class="places" aria-label="${say.places}"><ul>
    ${(['apps', 'people', 'keys'] as const).map(
      (part) =>
        html`<li><a href="${place.issuer}${partPath[part]}"${part === here ? html` aria-current="page"` : ''}>${say.parts[part]}</a></li>`,
    )}
  </ul></nav>`;
}

function framed(page: OperatorPage, here: OperatorPart, content: Html): Promise<Answer> {
  const { request, session, done, problems, cookies } = page;
  const { language, place } = request;
  const say = operatorWords[language];
  const title = `${say.parts[here]} · ${say.title}`;
  const all = html`<div class="sheet broad">
    ${problemSummary(language, problems)}
    <h1>${say.parts[here]}</h1>
    ${partLinks(page, here)}
    ${done === null ? '' : notice(done, 'good')}
    ${content}
    ${otherPages(language, place, session, 'operator')}
  </div>`;
  return pageAnswer(layout({ language, title: titleWith(language, title, problems), content: all }), {
    status: problems.length === 0 ? 200 : 400,
    cookies,
  });
}

function search(
  { request: { language, place } }: OperatorPage,
  here: OperatorPart,
  hint: string,
  sought: string,
  found: number,
): Html {
  const say = operatorWords[language];
  return html`<form method="get" action="${place.issuer}${partPath[here]}" role="search" class="seek">
      ${field({ name: 'q', label: say.sought, hint, type: 'search', value: sought, longest: 100 })}
      ${button(say.find, { look: 'quiet' })}
    </form>
    ${found === 0 ? html`<p role="status">${say.none}</p>` : ''}
    ${found >= LINES ? html`<p class="quiet">${say.most(LINES)}</p>` : ''}`;
}

/** A form that is one button. */
const deed = (
  { request: { place }, csrf }: OperatorPage,
  here: OperatorPart,
  fields: Record<string, string>,
  submit: Html,
): Html =>
  html`<form method="post" action="${place.issuer}${partPath[here]}">${csrfInput(csrf)}
    ${Object.entries(fields).map(([name, value]) => hidden(name, value))}${submit}</form>`;

/** What a row's button does; to whom is in the row, and said to whoever hears the button alone. */
const rowButton = (text: string, name: string, look: 'quiet' | 'danger'): Html =>
  html`<button class="button ${look}" type="submit">${text} <span class="unseen">${name}</span></button>`;

const cell = (label: string, content: Html | string): Html => html`<td data-label="${label}">${content}</td>`;
const heading = (titles: readonly string[]): Html =>
  html`<thead><tr>${titles.map((title) => html`<th scope="col">${title}</th>`)}<td></td></tr></thead>`;

function appRow(page: OperatorPage, { client, owner }: ListedApp): Html {
  const { language } = page.request;
  const say = operatorWords[language].apps;
  const { kinds, states } = developerWords[language];
  const { id, metadata, registeredBy, lastUsedAt } = client;
  const state = stateOf(client);
  const what = client.disabled ? 'enable' : 'disable';
  return html`<tr>
    <th scope="row">${metadata.client_name}<br><span class="quiet">${kinds[kindOf(client)].name}</span><br><code>${id}</code>
      <details><summary>${say.scopes}</summary><p>${metadata.scope.split(' ').map((one) => html`<code>${one}</code> `)}</p></details></th>
    ${cell(say.by, owner === null ? say.byOf[registeredBy] : html`${owner}`)}
    ${cell(say.lastUsed, lastUsedAt === null ? say.never : timeInWords(language, lastUsedAt))}
    ${cell(say.state, state === 'on' ? states.on : html`<b>${states[state]}</b>`)}
    <td class="deed">${deed(page, 'apps', { do: what, app: id }, rowButton(say[what], metadata.client_name, what === 'disable' ? 'danger' : 'quiet'))}</td>
  </tr>`;
}

/** Every app, whose it is, and when it was last used. */
export function operatorAppsPage(page: OperatorPage, apps: readonly ListedApp[], sought: string): Promise<Answer> {
  const say = operatorWords[page.request.language].apps;
  const content = html`<p class="lead">${say.lead}</p>
    ${search(page, 'apps', say.hint, sought, apps.length)}
    <table>${heading([say.name, say.by, say.lastUsed, say.state])}<tbody>${apps.map((one) => appRow(page, one))}</tbody></table>`;
  return framed(page, 'apps', content);
}

function personRow(page: OperatorPage, person: ListedPerson): Html {
  const { language } = page.request;
  const say = operatorWords[language].people;
  const { id, username, displayName, fhirUser, roles, disabled, lastSignIn } = person;
  const what = disabled ? 'enable' : 'disable';
  const isSelf = id === page.session.user.id;
  return html`<tr>
    <th scope="row">${displayName}<br><span class="quiet">${username}</span>${disabled ? html`<br><b>${say.off}</b>` : ''}</th>
    ${cell(say.record, fhirUser === null ? say.noRecord : html`<code>${fhirUser}</code>`)}
    ${cell(say.roles, roles.length === 0 ? '–' : roles.join(', '))}
    ${cell(say.lastSignIn, lastSignIn === null ? say.never : timeInWords(language, lastSignIn))}
    <td class="deed">${
      isSelf
        ? html`<span class="quiet">${say.self}</span>`
        : deed(
            page,
            'people',
            { do: what, person: id },
            rowButton(say[what], displayName, disabled ? 'quiet' : 'danger'),
          )
    }</td>
  </tr>`;
}

/** Everybody who can sign in, whose record they have, and when they last did. */
export function operatorPeoplePage(
  page: OperatorPage,
  people: readonly ListedPerson[],
  sought: string,
): Promise<Answer> {
  const say = operatorWords[page.request.language].people;
  const content = html`<p class="lead">${say.lead}</p>
    ${search(page, 'people', say.hint, sought, people.length)}
    <table>${heading([say.name, say.record, say.roles, say.lastSignIn])}<tbody>${people.map((one) => personRow(page, one))}</tbody></table>`;
  return framed(page, 'people', content);
}

function accessSection(page: OperatorPage, tokens: readonly ListedAccess[], once: string, fresh: string | null): Html {
  const { request, csrf, problems } = page;
  const { language, place } = request;
  const say = operatorWords[language].access;
  return html`<section aria-labelledby="access">
    <h2 id="access">${say.title}</h2>
    <p>${say.lead}</p>
    ${fresh === null ? '' : notice(html`<p>${say.once}</p><pre tabindex="0"><code>${fresh}</code></pre>`, 'good')}
    <form method="post" action="${place.issuer}${partPath.keys}" class="form" autocomplete="off">
      ${csrfInput(csrf)}${hidden('do', 'access')}${hidden('once', once)}
      ${field({ name: 'note', label: say.note, hint: say.noteHint, problems, longest: 200, required: true })}
      ${box({ type: 'checkbox', name: 'system', value: 'on', checked: false, label: say.system })}
      ${button(say.make)}
    </form>
    ${tokens.length === 0 ? html`<p>${say.none}</p>` : ''}
    <ul class="choices">${tokens.map(
      ({ hash, note, system, expiresAt }) => html`<li class="granted">
        <p><b>${note}</b> <span class="quiet">${say.until(timeInWords(language, expiresAt))}${system ? `, ${say.withSystem}` : ''}</span></p>
        ${deed(page, 'keys', { do: 'end', token: hash }, rowButton(say.end, note, 'danger'))}
      </li>`,
    )}</ul>
  </section>`;
}

function keysSection(page: OperatorPage, keys: readonly ListedKey[], once: string): Html {
  const { language } = page.request;
  const say = operatorWords[language].keys;
  const rows = keys.map(
    ({ kid, algorithm, createdAt, retiredAt }) => html`<tr>
      <th scope="row"><code>${kid.slice(0, 12)}…</code></th>
      ${cell(say.algorithm, algorithm)}${cell(say.since, timeInWords(language, createdAt))}
      ${cell(say.state, retiredAt === null ? html`<b>${say.signs}</b>` : say.retired(timeInWords(language, retiredAt)))}
    </tr>`,
  );
  return html`<section aria-labelledby="keys">
    <h2 id="keys">${say.title}</h2>
    <p>${say.lead}</p>
    <table><thead><tr>${[say.kid, say.algorithm, say.since, say.state].map((one) => html`<th scope="col">${one}</th>`)}</tr></thead>
      <tbody>${rows}</tbody></table>
    <details><summary>${say.rotate}</summary><p>${say.rotateLead}</p>
      ${deed(page, 'keys', { do: 'rotate', once }, button(say.rotateNow, { look: 'danger' }))}</details>
  </section>`;
}

/** The keys that sign, and the tokens by which apps register themselves. */
export function operatorKeysPage(
  page: OperatorPage,
  of: { keys: readonly ListedKey[]; tokens: readonly ListedAccess[]; once: string; fresh: string | null },
): Promise<Answer> {
  const content = html`${accessSection(page, of.tokens, of.once, of.fresh)}${keysSection(page, of.keys, of.once)}`;
  return framed(page, 'keys', content);
}
