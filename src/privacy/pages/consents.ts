import type { Consent } from '@medplum/fhirtypes';
import { html } from 'hono/html';

import { buttonLink, csrfInput, hidden } from '../../pages/form.ts';
import type { Html } from '../../pages/layout.ts';
import { searchAll } from './ask.ts';
import { type ConsentText, consentInWords, isOfApp, type Names, namesOf, stateOf } from './consent-text.ts';
import { type ConsentDone, consentsWords } from './consents-words.ts';
import { pathIn } from './links.ts';
import { recordPage } from './sheet.ts';
import { dateInWords } from './times.ts';
import type { Page, RecordVisit, Reply } from './visit.ts';

const path = '/privacy/consents';

type Shown = Consent & { id: string };

/** The rest of a consent, as facts below its title. */
export function factsOf({ request: { language } }: RecordVisit, consent: Consent, text: ConsentText): Html {
  const say = consentsWords[language];
  return html`<dl class="facts small">
    <div><dt>${say.what}</dt><dd>${text.what.map((line) => html`<span class="line">${line}</span>`)}
      ${text.but.map((line) => html`<span class="line">${line}</span>`)}</dd></div>
    ${text.why === '' ? '' : html`<div><dt>${say.why}</dt><dd>${text.why}</dd></div>`}
    <div><dt>${say.until}</dt><dd>${text.until}</dd></div>
    ${consent.dateTime === undefined ? '' : html`<div><dt>${say.since}</dt><dd>${dateInWords(language, consent.dateTime)}</dd></div>`}
  </dl>`;
}

/** The button that ends a consent, and what comes of it. */
export function withdrawForm({ request, csrf, record }: RecordVisit, id: string, name: string): Html {
  const say = consentsWords[request.language];
  return html`<form method="post" action="${pathIn(request, `${path}/${id}`)}">
    ${csrfInput(csrf)}${hidden('record', record.id)}${hidden('do', 'withdraw')}
    <button class="button danger" type="submit">${say.withdraw} <span class="unseen">${say.withdrawOf(name)}</span></button>
  </form>`;
}

function item(visit: RecordVisit, consent: Shown, names: Names, now: number): Html {
  const { language } = visit.request;
  const say = consentsWords[language];
  const text = consentInWords(language, consent, names);
  const state = stateOf(consent, now);
  const ofApp = isOfApp(consent);
  return html`<li class="granted">
    <h3>${text.title}</h3>
    ${state === 'active' ? '' : html`<p><span class="tag">${say.states[state]}</span></p>`}
    ${factsOf(visit, consent, text)}
    <p><a href="${pathIn(visit.request, `${path}/${consent.id}`)}">${say.open} <span class="unseen">${text.title}</span></a></p>
    ${ofApp ? html`<p class="quiet">${say.appHint} <a href="${pathIn(visit.request, '/account/apps')}">${say.appLink}</a></p>` : ''}
    ${state === 'active' && !ofApp ? withdrawForm(visit, consent.id, text.title) : ''}
  </li>`;
}

const isPrivacy = ({ scope }: Consent): boolean =>
  scope?.coding?.some(({ code }) => code === 'patient-privacy') ?? false;

const isDone = (text: string | null): text is ConsentDone =>
  text === 'given' || text === 'withdrawn' || text === 'narrowed';

/** Every consent of the record in words. */
async function list(visit: RecordVisit): Promise<Reply> {
  const { request, deps, record } = visit;
  const say = consentsWords[request.language];
  const now = deps.fhir.now();
  const all = await searchAll<Consent>(visit, 'Consent', { patient: `Patient/${record.id}`, _sort: '-date' });
  const consents = all.filter(isPrivacy);
  const names = await namesOf(visit, consents);
  const active = consents.filter((one) => stateOf(one, now) === 'active');
  const ended = consents.filter((one) => stateOf(one, now) !== 'active');
  const done = request.query.get('done');
  const items = (some: readonly Shown[]): Html =>
    html`<ul class="choices">${some.map((one) => item(visit, one, names, now))}</ul>`;
  const content = html`<p>${say.lead}</p>
    <p>${buttonLink(pathIn(request, `${path}/new`), say.give)}</p>
    <section aria-labelledby="active"><h2 id="active">${say.active}</h2>
      ${active.length === 0 ? html`<p>${say.none}</p>` : items(active)}
    </section>
    ${
      ended.length === 0
        ? ''
        : html`<section aria-labelledby="ended"><h2 id="ended">${say.ended}</h2>
      <details><summary>${say.ended} (${ended.length})</summary>${items(ended)}</details></section>`
    }`;
  return recordPage(visit, { title: say.title, content, ...(isDone(done) ? { done: say.done[done] } : {}) });
}

export const consentsPage: Page = { method: 'GET', path, whom: 'record', run: list };
