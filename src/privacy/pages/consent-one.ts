import type { Bundle, Consent } from '@medplum/fhirtypes';
import { html } from 'hono/html';

import { button, csrfInput, field, hidden, type Problem } from '../../pages/form.ts';
import type { Html } from '../../pages/layout.ts';
import { sendFor, sentenceOf } from './ask.ts';
import { changeConsent, consentOf, revokeConsent } from './consent-change.ts';
import { consentInWords, isOfApp, namesOf, stateOf } from './consent-text.ts';
import { factsOf, withdrawForm } from './consents.ts';
import { consentsWords } from './consents-words.ts';
import { frameWords } from './frame-words.ts';
import { backWith, pathIn } from './links.ts';
import { deadEnd, recordPage } from './sheet.ts';
import { momentInWords } from './times.ts';
import type { Page, RecordVisit, Reply } from './visit.ts';

const path = '/privacy/consents/:id';
const list = '/privacy/consents';

type Shown = Consent & { id: string };

const day = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** Every version of a consent, the newest first. */
async function history(visit: RecordVisit, { id }: Shown): Promise<Html> {
  const { language } = visit.request;
  const say = consentsWords[language];
  const answer = await sendFor<Bundle>(visit, { path: ['Consent', id, '_history'] });
  // The versions of a Consent are Consents.
  const versions = (answer.ok ? (answer.value.entry ?? []) : []).flatMap(
    ({ resource }) => (resource as Consent | undefined) ?? [],
  );
  const names = await namesOf(visit, versions);
  return html`<section aria-labelledby="history"><h2 id="history">${say.history}</h2>
    <ol class="rows" reversed>${versions.map((one) => {
      const { meta } = one;
      const text = consentInWords(language, one, names);
      const state = stateOf(one, visit.deps.fhir.now());
      return html`<li><div><b>${say.states[state]}</b> · ${text.what.join(' · ')}<br>
        <span class="quiet">${momentInWords(language, new Date(meta?.lastUpdated ?? 0))} · ${text.until}</span></div></li>`;
    })}</ol>
  </section>`;
}

function narrowForm(
  { request, csrf, record, deps }: RecordVisit,
  { id, provision }: Shown,
  problems: readonly Problem[],
): Html {
  const say = consentsWords[request.language].narrow;
  return html`<section aria-labelledby="narrow"><h2 id="narrow">${say.title}</h2>
    <p>${say.lead}</p>
    <form method="post" action="${pathIn(request, `${list}/${id}`)}">${csrfInput(csrf)}
      ${hidden('record', record.id)}${hidden('do', 'narrow')}
      ${field({
        name: 'until',
        label: say.until,
        type: 'date',
        value: request.form.get('until') ?? provision?.period?.end?.slice(0, 10) ?? day(deps.fhir.now()),
        problems,
        required: true,
      })}
      ${button(say.save, { look: 'quiet' })}
    </form>
  </section>`;
}

async function show(visit: RecordVisit, consent: Shown, problems: readonly Problem[] = []): Promise<Reply> {
  const { language } = visit.request;
  const say = consentsWords[language];
  const names = await namesOf(visit, [consent]);
  const text = consentInWords(language, consent, names);
  const state = stateOf(consent, visit.deps.fhir.now());
  const mayChange = state === 'active' && !isOfApp(consent);
  const content = html`<p><span class="tag">${say.states[state]}</span></p>
    ${factsOf(visit, consent, text)}
    ${isOfApp(consent) ? html`<p>${say.appHint} <a href="${pathIn(visit.request, '/account/apps')}">${say.appLink}</a></p>` : ''}
    ${
      mayChange
        ? html`<section aria-labelledby="end"><h2 id="end">${say.withdraw}</h2><p>${say.withdrawLead}</p>
            ${withdrawForm(visit, consent.id, text.title)}</section>
            ${narrowForm(visit, consent, problems)}`
        : ''
    }
    ${await history(visit, consent)}
    <p><a href="${pathIn(visit.request, list)}">${say.title}</a></p>`;
  return recordPage(visit, { title: text.title, content, problems });
}

const unknown = (visit: RecordVisit): Promise<Reply> =>
  deadEnd(visit, frameWords[visit.request.language].refused.unknown, 404);

const page: Page = {
  method: 'GET',
  path,
  whom: 'record',
  async run(visit) {
    const consent = await consentOf(visit, visit.request.params.id ?? '');
    return consent === null ? unknown(visit) : show(visit, consent);
  },
};

/** Whether a last day is one from today on, and not after the one that there is. */
function isSooner(visit: RecordVisit, { provision }: Shown, until: string): boolean {
  const end = provision?.period?.end;
  return (
    /^\d{4}-\d{2}-\d{2}$/.test(until) &&
    !Number.isNaN(Date.parse(until)) &&
    until >= day(visit.deps.fhir.now()) &&
    (end === undefined || until <= end.slice(0, 10))
  );
}

async function narrow(visit: RecordVisit, consent: Shown): Promise<Reply> {
  const { form, language } = visit.request;
  const until = form.get('until') ?? '';
  const say = consentsWords[language];
  if (!isSooner(visit, consent, until)) return show(visit, consent, [{ field: 'until', message: say.narrow.wrong }]);
  const { provision } = consent;
  const written = await changeConsent(visit, {
    ...consent,
    provision: { ...provision, period: { ...provision?.period, end: until } },
  });
  if (written.ok) return backWith(visit.request, list, 'narrowed');
  return show(visit, consent, [{ field: 'until', message: `${say.refused} ${sentenceOf(written.issues)}` }]);
}

const change: Page = {
  method: 'POST',
  path,
  whom: 'record',
  async run(visit) {
    const { request } = visit;
    const consent = await consentOf(visit, request.params.id ?? '');
    if (consent === null || isOfApp(consent)) return unknown(visit);
    if (request.form.get('do') === 'narrow') return narrow(visit, consent);
    if (request.form.get('do') !== 'withdraw') return show(visit, consent);
    const ended = await revokeConsent(visit, consent.id);
    if (ended.ok) return backWith(request, list, 'withdrawn');
    const { refused } = consentsWords[request.language];
    return show(visit, consent, [{ field: 'end', message: `${refused} ${sentenceOf(ended.issues)}` }]);
  },
};

export const consentOnePages: readonly Page[] = [page, change];
