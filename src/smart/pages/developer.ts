import { html } from 'hono/html';
import { buttonLink } from '../../pages/form.ts';
import type { Language } from '../../pages/language.ts';
import { type Html, layout } from '../../pages/layout.ts';
import { pageAnswer } from '../../pages/page.ts';
import type { Client } from '../clients/client.ts';
import { kindOf, kinds } from '../developer/developer-form.ts';
import type { Answer, SmartRequest } from '../endpoint.ts';
import type { Session } from '../people/user.ts';
import type { Place } from '../tokens/tokens.ts';
import { developerFormWords } from './developer-form-words.ts';
import { developerWords, timeInWords } from './developer-words.ts';

/** What an app is up to: ready, disabled, or a service that the operator has yet to let in. */
export function stateOf(client: Client): 'on' | 'off' | 'waiting' {
  if (!client.disabled) return 'on';
  return kindOf(client) === 'service' && client.registeredBy === 'developer' ? 'waiting' : 'off';
}

/** A term and what it stands for, beside each other. */
export const fact = (term: string, value: Html | string): Html => html`<div><dt>${term}</dt><dd>${value}</dd></div>`;

/** Where else somebody may go. */
export function otherPages(
  language: Language,
  { issuer }: Place,
  { user }: Session,
  here: 'developer' | 'operator',
): Html {
  const say = developerWords[language].home;
  const roles = (['developer', 'operator'] as const).filter((role) => role !== here && user.roles.includes(role));
  return html`<nav class="places" aria-label="${say.places}"><ul>
    ${roles.map((role) => html`<li><a href="${issuer}/${role}">${say.pageOf[role]}</a></li>`)}
    ${user.fhirUser === null ? '' : html`<li><a href="${issuer}/launch">${say.launch}</a></li>`}
    <li><a href="${issuer}/account">${say.account}</a></li>
  </ul></nav>`;
}

function appLine(language: Language, { issuer }: Place, client: Client): Html {
  const say = developerWords[language];
  const state = stateOf(client);
  return html`<li class="granted">
    <h2><a href="${issuer}/developer/${client.id}">${client.metadata.client_name}</a></h2>
    <p class="quiet">${say.kinds[kindOf(client)].name} · ${state === 'on' ? say.states.on : html`<b>${say.states[state]}</b>`} ·
      ${client.lastUsedAt === null ? say.never : `${say.app.lastUsed}: ${timeInWords(language, client.lastUsedAt)}`}</p>
    <p><code>${client.id}</code></p>
  </li>`;
}

/** A developer's apps. */
export function developerPage(
  { language, place }: SmartRequest,
  session: Session,
  clients: readonly Client[],
): Promise<Answer> {
  const say = developerWords[language].home;
  const smart = `${place.audience}/.well-known/smart-configuration`;
  const content = html`<div class="sheet wide">
    <h1>${say.title}</h1>
    <p class="lead">${say.lead}</p>
    <p>${buttonLink(`${place.issuer}/developer/register`, say.register)}</p>
    ${
      clients.length === 0
        ? html`<p>${say.none}</p>`
        : html`<ul class="choices">${clients.map((client) => appLine(language, place, client))}</ul>`
    }
    <section aria-labelledby="addresses">
      <h2 id="addresses">${say.addresses}</h2>
      <dl class="addresses">
        ${fact(say.fhir, html`<code>${place.audience}</code>`)}
        ${fact(say.smart, html`<a href="${smart}"><code>${smart}</code></a>`)}
      </dl>
    </section>
    ${otherPages(language, place, session, 'developer')}
  </div>`;
  return pageAnswer(layout({ language, title: `${say.title} · Portico`, content }));
}

/** What kind of app is to be registered. */
export function chooseKindPage({ language, place }: SmartRequest): Promise<Answer> {
  const say = developerWords[language];
  const content = html`<div class="sheet">
    <h1>${say.choose.title}</h1>
    <p class="lead">${say.choose.lead}</p>
    <ul class="choices">${kinds.map(
      (kind) => html`<li><a class="choice" href="${place.issuer}/developer/register?kind=${kind}">
        <b>${say.kinds[kind].name}</b><br><span class="quiet">${say.kinds[kind].text}</span>
      </a></li>`,
    )}</ul>
    <p><a href="${place.issuer}/developer">${developerFormWords[language].back}</a></p>
  </div>`;
  return pageAnswer(layout({ language, title: `${say.choose.title} · Portico`, content }));
}
