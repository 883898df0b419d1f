import type { Task } from '@medplum/fhirtypes';
import { html } from 'hono/html';

import type { Html } from '../../pages/layout.ts';
import { displays, requestSystem } from '../requests/request-codes.ts';
import { clockOf, codeOf } from '../requests/requests.ts';
import { searchPage } from './ask.ts';
import { pathIn } from './links.ts';
import { officerPart, officerPath, patientIn, patientNames } from './officer-frame.ts';
import { officerWords } from './officer-words.ts';
import { dateInWords } from './times.ts';
import type { OfficerVisit, Page, Reply } from './visit.ts';

const DAY = 86_400_000;
const COUNT = '500';

const waiting = 'draft,requested,received,accepted,ready,in-progress,on-hold';

const dueOf = ({ restriction }: Task): string => restriction?.period?.end ?? '';

/** Days until an answer is due; less than 0 where it is overdue. */
export const daysLeft = (task: Task, now: number): number => Math.floor((Date.parse(dueOf(task)) - now) / DAY);

function row(visit: OfficerVisit, task: Task & { id: string }, names: ReadonlyMap<string, string>): Html {
  const { request, deps } = visit;
  const { language } = request;
  const say = officerWords[language];
  const code = codeOf(task);
  const patient = patientIn(task.for?.reference);
  const now = deps.fhir.now();
  const clock = clockOf(task, now);
  const name = patient === null ? (task.requester?.display ?? '') : (names.get(patient) ?? patient);
  return html`<tr role="row">
    <th scope="row" role="rowheader"><a href="${pathIn(request, `${officerPath}/requests/${task.id}`)}">${code === null ? task.id : say.codes[code]}<span class="unseen"> ${name}</span></a></th>
    <td role="cell" data-label="${say.columns.who}">${name}</td>
    <td role="cell" data-label="${say.columns.asked}">${dateInWords(language, task.authoredOn ?? '')}</td>
    <td role="cell" data-label="${say.columns.due}"><span class="tag${clock === 'breach' ? ' bad' : ''}">${say.clocks[clock]}</span> ${say.due(daysLeft(task, now))}</td>
  </tr>`;
}

async function show(visit: OfficerVisit): Promise<Reply> {
  const say = officerWords[visit.request.language];
  const code = Object.keys(displays)
    .map((one) => `${requestSystem}|${one}`)
    .join(',');
  const { found } = await searchPage<Task>(visit, 'Task', { code, status: waiting, _count: COUNT });
  const tasks = found.toSorted((a, b) => dueOf(a).localeCompare(dueOf(b)));
  const names = await patientNames(
    visit,
    tasks.flatMap((task) => patientIn(task.for?.reference) ?? []),
  );
  const { columns } = say;
  const content =
    tasks.length === 0
      ? html`<p>${say.none.requests}</p>`
      : html`<table role="table"><caption class="unseen">${say.parts.requests}</caption>
        <thead role="rowgroup"><tr role="row">${[columns.what, columns.who, columns.asked, columns.due].map((name) => html`<th scope="col" role="columnheader">${name}</th>`)}</tr></thead>
        <tbody role="rowgroup">${tasks.map((task) => row(visit, task, names))}</tbody></table>`;
  return officerPart(visit, 'requests', content);
}

export const officerRequestsPage: Page = { method: 'GET', path: officerPath, whom: 'officer', run: show };
