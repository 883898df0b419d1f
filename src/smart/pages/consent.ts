import { html } from 'hono/html';
import { csrfInput, hidden, problemSummary, titleWith } from '../../pages/form.ts';
import type { Language } from '../../pages/language.ts';
import { type Html, layout } from '../../pages/layout.ts';
import { pageAnswer } from '../../pages/page.ts';
import type { Item, Part } from '../authorize/consent-items.ts';
import { formTarget } from '../authorize/redirect-uri.ts';
import type { Client } from '../clients/client.ts';
import type { SmartContext } from '../context.ts';
import type { Answer, SmartRequest } from '../endpoint.ts';
import { csrfOf } from '../people/sessions.ts';
import type { User } from '../people/user.ts';
import type { PatientLine } from '../records.ts';
import { changesInWords, otherInWords, rowsInWords } from '../scopes/scope-words.ts';
import { birthDateInWords, type ConsentWords, consentWords } from './consent-words.ts';

/** Names the record that the page was about when it was answered. */
export const aboutField = 'about';

export type ConsentQuestion = {
  client: Client;
  user: User;
  /** In whose record patient/ scopes are; null: they are in nobody's. */
  patient: PatientLine | null;
  /** Id of the patient whose record it is. */
  about: string | null;
  items: readonly Item[];
  /** The boxes as they were sent; null where the page is shown for the first time, and all are ticked. */
  ticked: ReadonlySet<string> | null;
  redirectUri: string;
};

type Shown = { language: Language; say: ConsentWords['consent'] } & ConsentQuestion;
type Clinical = Exclude<Item, { kind: 'other' }>;

const box = ({ ticked }: Shown, value: string, label: string, from: boolean, quiet = ''): Html =>
  html`<label class="box"><input type="checkbox" name="scope" value="${value}"${(ticked?.has(value) ?? from) ? html` checked` : ''}>
    <span>${label}${quiet === '' ? '' : html` <span class="quiet">(${quiet})</span>`}</span></label>`;

function partsOf(shown: Shown, { parts, kind }: Clinical): Html | '' {
  const { language, say, ticked } = shown;
  if (parts.length === 0) return '';
  const line = ({ value, scope }: Part): Html =>
    html`<li${scope.query !== null && kind === 'read' ? html` class="within"` : ''}>${box(shown, value, rowsInWords(language, scope), false)}</li>`;
  return html`<details${parts.some(({ value }) => ticked?.has(value)) ? html` open` : ''}>
    <summary>${say.narrow}</summary>
    <fieldset>
      <legend>${say.narrowLead}</legend>
      <ul class="boxes">${parts.map(line)}</ul>
    </fieldset>
  </details>`;
}

function boxesOf(shown: Shown, heading: string, items: readonly Clinical[]): Html | '' {
  if (items.length === 0) return '';
  const { language } = shown;
  const lines = items.map((item) => {
    const changes = item.kind === 'write' ? changesInWords(language, item.scope) : '';
    return html`<li>${box(shown, item.value, rowsInWords(language, item.scope), true, changes)}${partsOf(shown, item)}</li>`;
  });
  return html`<fieldset>
    <legend>${heading}</legend>
    <ul class="boxes">${lines}</ul>
  </fieldset>`;
}

/** What is granted in the records of one reach: of the patient in context, or of everybody whom the user may see. */
function recordsOf(shown: Shown, context: 'patient' | 'user'): Html | '' {
  const { language, say, items, patient } = shown;
  const own = items.filter((item): item is Clinical => item.kind !== 'other' && item.scope.context === context);
  if (own.length === 0) return '';
  const born = patient?.birthDate ? say.born(birthDateInWords(language, patient.birthDate)) : '';
  const title = context === 'patient' ? say.record(patient?.name ?? say.unnamed) : say.everyRecord;
  return html`<section aria-labelledby="records-${context}">
    <h2 id="records-${context}">${title}</h2>
    ${context === 'patient' && born !== '' ? html`<p class="quiet">${born}</p>` : ''}
    ${boxesOf(
      shown,
      say.mayRead,
      own.filter(({ kind }) => kind === 'read'),
    )}
    ${boxesOf(
      shown,
      say.mayWrite,
      own.filter(({ kind }) => kind === 'write'),
    )}
  </section>`;
}

const spans: ReadonlySet<string> = new Set(['offline_access', 'online_access']);

function othersOf(shown: Shown): Html | '' {
  const { language, say, items } = shown;
  const others = items.filter(({ kind, value }) => kind === 'other' && !spans.has(value));
  if (others.length === 0) return '';
  return html`<section aria-labelledby="others">
    <h2 id="others">${say.mayAlso}</h2>
    <ul class="boxes">${others.map(({ value }) => html`<li>${box(shown, value, otherInWords(language, value), true)}</li>`)}</ul>
  </section>`;
}

function spanOf(shown: Shown): Html {
  const { language, say, items } = shown;
  const asked = items.filter(({ value }) => spans.has(value));
  const lasting = asked.some(({ value }) => value === 'offline_access');
  return html`<section aria-labelledby="span">
    <h2 id="span">${say.howLong}</h2>
    ${asked.length === 0 ? '' : html`<ul class="boxes">${asked.map(({ value }) => html`<li>${box(shown, value, otherInWords(language, value), true)}</li>`)}</ul>`}
    <p>${lasting ? say.lasting : say.session} ${say.withdraw}</p>
  </section>`;
}

const link = (url: string | undefined, text: string): Html | '' =>
  url !== undefined && /^https?:/.test(url)
    ? html`<li><a href="${url}" rel="noopener noreferrer" target="_blank">${text}</a></li>`
    : '';

function appOf({ say, client, redirectUri }: Shown): Html {
  const { client_name: name, client_uri: site, policy_uri: policy, tos_uri: terms } = client.metadata;
  const host = site !== undefined && URL.canParse(site) ? new URL(site).host : say.site;
  return html`<div class="app">
    <p class="lead">${say.wants(name)}</p>
    <p class="quiet">${say.registered[client.registeredBy]} ${say.returns(placeOf(redirectUri))}</p>
    <ul class="links">${link(site, host)}${link(policy, say.links.policy)}${link(terms, say.links.terms)}</ul>
  </div>`;
}

const placeOf = (redirectUri: string): string =>
  formTarget(redirectUri)
    .replace(/^https?:\/\//, '')
    .replace(/:$/, '');

/** Asks whether an app may do what it asks for, item by item, in words that need no knowledge of FHIR. */
export function consentPage(context: SmartContext, request: SmartRequest, question: ConsentQuestion): Promise<Answer> {
  const { language } = request;
  const { client, user, ticked, redirectUri } = question;
  const say = consentWords[language].consent;
  const shown: Shown = { language, say, ...question };
  const { token, cookies } = csrfOf(context, request);
  const problems = ticked === null ? [] : [{ field: 'consent', message: say.nothing }];
  const name = say.title(client.metadata.client_name);
  const content = html`<div class="sheet wide">
    ${problemSummary(language, problems)}
    <h1>${name}</h1>
    ${appOf(shown)}
    <form method="post" class="inline">
      ${csrfInput(token)}${hidden('step', 'switch')}
      <p>${say.signedInAs(user.displayName)} <button class="link" type="submit">${say.notYou}</button></p>
    </form>
    <form method="post" id="consent" tabindex="-1">
      ${csrfInput(token)}${hidden('step', 'consent')}${hidden(aboutField, question.about ?? '')}
      ${recordsOf(shown, 'patient')}
      ${recordsOf(shown, 'user')}
      ${othersOf(shown)}
      ${spanOf(shown)}
      <div class="decide">
        <button class="button quiet" type="submit" name="decision" value="allow">${say.allow}</button>
        <button class="button quiet" type="submit" name="decision" value="deny">${say.deny}</button>
      </div>
    </form>
  </div>`;
  const title = titleWith(language, name, problems);
  const forms = [formTarget(redirectUri)];
  return pageAnswer(layout({ language, title, content }), { cookies, forms, status: ticked === null ? 200 : 400 });
}
