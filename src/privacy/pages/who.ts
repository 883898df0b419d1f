import { html } from 'hono/html';

import { notice } from '../../pages/form.ts';
import type { Html } from '../../pages/layout.ts';
import { sentenceOf } from './ask.ts';
import { nameOf } from './consent-text.ts';
import { pathIn } from './links.ts';
import { type Recipient, recipientsOf } from './recipients.ts';
import { seenWords } from './seen-words.ts';
import { recordPage } from './sheet.ts';
import { begun, dateInWords, listInWords } from './times.ts';
import { choosableMatters, isNamedType, matterInWords, typeInWords } from './type-words.ts';
import type { Page, RecordVisit, Reply } from './visit.ts';
import { type Ground, whoWords } from './who-words.ts';

const path = '/privacy/who';

/** So many kinds are named one by one. */
const FEW = 8;

function kindsIn({ request: { language } }: RecordVisit, types: readonly string[], some: boolean): Html {
  const say = whoWords[language];
  if (types.length === 0) return html``;
  const all = types.includes('*') || types.length > FEW;
  const names = types.filter(isNamedType).map((type) => typeInWords(language, type));
  const text = types.includes('*') ? say.everything : all ? say.most : begun(listInWords(language, names));
  const line = html`<span class="line">${some ? say.some(text) : text}</span>`;
  if (!all || types.includes('*')) return line;
  return html`${line}<details><summary>${say.kinds}</summary><ul class="links">${names.map((name) => html`<li>${name}</li>`)}</ul></details>`;
}

function whatIn(visit: RecordVisit, { types, someOf, labels }: Recipient): Html {
  const { language } = visit.request;
  const matters = choosableMatters.filter((code) => labels.includes(code)).map((code) => matterInWords(language, code));
  return html`${kindsIn(visit, types, false)}${kindsIn(visit, someOf, true)}
    ${matters.length === 0 ? '' : html`<span class="line">${whoWords[language].sensitive(listInWords(language, matters))}</span>`}`;
}

function groundsOf({ request }: RecordVisit, { policies, references }: Recipient): Html {
  const say = whoWords[request.language];
  const isGround = (text: string): text is Ground => Object.hasOwn(say.grounds, text);
  const kinds = [...new Set([...policies, ...references.map((one) => one.split('/')[0] ?? '')])];
  const words = [...new Set(kinds.map((one) => (isGround(one) ? say.grounds[one] : say.other)))];
  const consents = references.filter((one) => one.startsWith('Consent/'));
  return html`${listInWords(request.language, words)}${consents.map(
    (one) =>
      html` <a href="${pathIn(request, `/privacy/consents/${one.slice('Consent/'.length)}`)}">${say.consent}</a>`,
  )}`;
}

async function item(visit: RecordVisit, one: Recipient): Promise<Html> {
  const { language } = visit.request;
  const say = whoWords[language];
  const role = seenWords[language].actors[one.actor] ?? '';
  const found = one.name ?? (one.reference === null ? null : await nameOf(visit, one.reference));
  const name = found ?? (role || (one.reference ?? ''));
  return html`<li class="granted"><h2>${name} ${role === '' || name === role ? '' : html`<span class="tag">${role}</span>`}</h2>
    <dl class="facts small">
      <div><dt>${say.what}</dt><dd>${whatIn(visit, one)}</dd></div>
      <div><dt>${say.why}</dt><dd>${groundsOf(visit, one)}</dd></div>
      ${one.until === null ? '' : html`<div><dt>${say.until}</dt><dd>${dateInWords(language, one.until)}</dd></div>`}
      ${one.lastUse === null ? '' : html`<div><dt>${say.used}</dt><dd>${dateInWords(language, one.lastUse)}</dd></div>`}
    </dl></li>`;
}

/** Who could look at a record as things stand, and why. */
async function show(visit: RecordVisit): Promise<Reply> {
  const { request } = visit;
  const say = whoWords[request.language];
  const answer = await recipientsOf(visit);
  if (!answer.ok) {
    return recordPage(visit, {
      title: say.title,
      content: notice(sentenceOf(answer.issues), 'bad'),
      status: answer.status,
    });
  }
  const others = answer.value.filter(
    ({ actor, reference }) => actor !== 'self' && reference !== visit.visitor.fhirUser,
  );
  const items = await Promise.all(others.map((one) => item(visit, one)));
  const content = html`<p class="lead">${say.lead}</p>
    <p><b>${items.length === 0 ? say.none : say.count(items.length)}</b></p>
    <ul class="choices">${items}</ul>
    <p><a href="${pathIn(request, '/privacy/consents')}">${say.change}</a></p>`;
  return recordPage(visit, { title: say.title, content });
}

export const whoPage: Page = { method: 'GET', path, whom: 'record', run: show };
