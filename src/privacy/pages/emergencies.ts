import type { Practitioner } from '@medplum/fhirtypes';
import { html } from 'hono/html';

import { csrfInput, hidden, type Problem } from '../../pages/form.ts';
import type { Html } from '../../pages/layout.ts';
import { accountingRows } from '../ledger/accounting.ts';
import { operate, readOne, sentenceOf } from './ask.ts';
import { emergenciesWords } from './emergencies-words.ts';
import { backWith, pathIn } from './links.ts';
import { nameOfPerson } from './names.ts';
import { officerPart, officerPath, patientNames } from './officer-frame.ts';
import { officerWords } from './officer-words.ts';
import { whatInWords } from './seen-rows.ts';
import { momentInWords } from './times.ts';
import type { OfficerVisit, Page, Reply } from './visit.ts';

const path = `${officerPath}/emergencies`;

/** An emergency that waits for its review. */
type Glass = { practitioner: string; patient: string; reason: string; begun: Date; ends: Date; task: string };

const waitingSql = `select practitioner, patient, reason, begun_at, ends_at, task from break_glass
  where tenant = $1 and reviewed_at is null order by begun_at limit 100`;

async function waiting({ deps, request }: OfficerVisit): Promise<Glass[]> {
  const rows = await deps.fhir.database.query(waitingSql, [request.tenant]);
  // The select list fixes the shape of the rows.
  return rows.map(
    ([practitioner, patient, reason, begun, ends, task]) =>
      ({ practitioner, patient, reason, begun, ends, task }) as Glass,
  );
}

/** Lines of what was looked at by who opened the record, as long as it was open. */
async function seenBy(
  { deps, request }: OfficerVisit,
  { practitioner, patient, begun, ends }: Glass,
): Promise<string[]> {
  const rows = await accountingRows(deps.fhir, request.tenant, patient, {
    start: begun,
    end: ends,
    limit: 200,
    withSuspended: true,
  });
  const own = rows.filter(({ who, kind }) => who.reference === practitioner && kind !== 'access');
  return own.map((row) => `${momentInWords(request.language, row.recorded)}: ${whatInWords(request.language, row)}`);
}

async function item(visit: OfficerVisit, glass: Glass, names: ReadonlyMap<string, string>): Promise<Html> {
  const { request, csrf } = visit;
  const { language } = request;
  const say = emergenciesWords[language];
  const { practitioner, patient, reason, begun, ends, task } = glass;
  const found = await readOne<Practitioner>(visit, 'Practitioner', practitioner.split('/')[1] ?? '');
  const who = found === null ? practitioner : nameOfPerson(found);
  const lines = await seenBy(visit, glass);
  const finding = (value: 'justified' | 'unjustified', look: 'quiet' | 'danger'): Html =>
    html`<button class="button ${look}" type="submit" name="finding" value="${value}">${say[value]} <span class="unseen">${say.of(who)}</span></button>`;
  return html`<li class="granted" id="review-${task}" tabindex="-1">
    <h2>${say.opened(who, names.get(patient) ?? patient)}</h2>
    <p class="quiet">${say.from(momentInWords(language, begun), momentInWords(language, ends))}</p>
    <p><b>${say.reason}:</b> ${reason}</p>
    <details><summary>${say.saw} (${lines.length})</summary>
      ${lines.length === 0 ? html`<p>${say.nothing}</p>` : html`<ul>${lines.map((line) => html`<li>${line}</li>`)}</ul>`}</details>
    <form method="post" action="${pathIn(request, path)}" class="decide">${csrfInput(csrf)}${hidden('task', task)}
      ${finding('justified', 'quiet')}${finding('unjustified', 'danger')}</form>
  </li>`;
}

async function show(visit: OfficerVisit, problems: readonly Problem[] = []): Promise<Reply> {
  const { language } = visit.request;
  const glasses = await waiting(visit);
  const names = await patientNames(
    visit,
    glasses.map(({ patient }) => patient),
  );
  const items = await Promise.all(glasses.map((one) => item(visit, one, names)));
  const content =
    items.length === 0
      ? html`<p>${officerWords[language].none.emergencies}</p>`
      : html`<p>${emergenciesWords[language].hint}</p><ul class="choices">${items}</ul>`;
  return officerPart(visit, 'emergencies', content, { problems });
}

async function review(visit: OfficerVisit): Promise<Reply> {
  const { request } = visit;
  const [task = '', finding = ''] = ['task', 'finding'].map((name) => request.form.get(name) ?? '');
  const done = await operate(visit, ['Task', task, '$review-break-glass'], [{ name: 'finding', valueCode: finding }]);
  if (done.ok) return backWith(request, path, 'reviewed');
  const message = `${officerWords[request.language].refused} ${sentenceOf(done.issues)}`;
  return show(visit, [{ field: `review-${task}`, message }]);
}

/** Records that were opened in an emergency, who did, why, and what they saw. */
export const emergencyPages: readonly Page[] = [
  { method: 'GET', path, whom: 'officer', run: (visit) => show(visit) },
  { method: 'POST', path, whom: 'officer', run: review },
];
