import type { Task } from '@medplum/fhirtypes';
import { html } from 'hono/html';

import { area, box } from '../../pages/fields.ts';
import { button, csrfInput, hidden, type Problem } from '../../pages/form.ts';
import type { Html } from '../../pages/layout.ts';
import { findOrder } from '../disclosures/orders.ts';
import { clockOf, codeOf, isOpen } from '../requests/requests.ts';
import { operate, readOne, send, sentenceOf } from './ask.ts';
import { frameWords } from './frame-words.ts';
import { backWith, pathIn } from './links.ts';
import { officerPath, patientIn, patientNames } from './officer-frame.ts';
import { daysLeft } from './officer-requests.ts';
import { type OfficerDone, type OrderFact, officerWords } from './officer-words.ts';
import { deadEnd, officerPage } from './sheet.ts';
import { dayInWords, listInWords, momentInWords } from './times.ts';
import { typeInWords } from './type-words.ts';
import type { OfficerVisit, Page, Reply } from './visit.ts';

const path = `${officerPath}/requests/:id`;

type Asked = Task & { id: string };

/** What an authority has ordered, and who has agreed. */
async function orderOf(
  { deps, request }: OfficerVisit,
  { id }: Asked,
): Promise<readonly (readonly [OrderFact, string])[]> {
  const order = await findOrder(deps.fhir.database, request.tenant, id);
  if (order === null) return [];
  const { agency, address, kind, types, start, end } = order.scope;
  const day = (at: number | null): string => (at === null ? '…' : dayInWords(request.language, at));
  const names = types.map((type) => typeInWords(request.language, type));
  return [
    ['agency', [agency, address].filter(Boolean).join(', ')],
    ['kind', kind],
    ['types', listInWords(request.language, names)],
    ['period', start === null && end === null ? '' : `${day(start)} – ${day(end)}`],
    ['legal', order.legalBy ?? '—'],
    ['officer', order.officerBy ?? '—'],
  ];
}

async function facts(visit: OfficerVisit, task: Asked): Promise<Html> {
  const { request, deps } = visit;
  const { language } = request;
  const { request: say, clocks, due } = officerWords[language];
  const patient = patientIn(task.for?.reference);
  const names = await patientNames(visit, patient === null ? [] : [patient]);
  const now = deps.fhir.now();
  const line = (name: string, value: Html | string): Html =>
    value === '' ? html`` : html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
  const inputs = (task.input ?? []).flatMap(({ type, valueString }) => {
    const name = type.coding?.[0]?.code ?? '';
    return valueString === undefined || name === 'element' ? [] : [line(say.inputs[name] ?? name, valueString)];
  });
  const [focus = ''] = (task.focus?.reference ?? '').split('/');
  return html`<dl class="facts">
    ${line(say.of, patient === null ? '' : html`${names.get(patient) ?? patient} <code>${patient}</code>`)}
    ${line(say.by, task.requester?.display ?? task.requester?.reference ?? '')}
    ${line(say.asked, task.authoredOn === undefined ? '' : momentInWords(language, new Date(task.authoredOn)))}
    ${line(say.due, html`${clocks[clockOf(task, now)]}${isOpen(task) ? html` · ${due(daysLeft(task, now))}` : ''}`)}
    ${line(say.about, focus === '' ? '' : html`${typeInWords(language, focus)} <code>${task.focus?.reference}</code>`)}
    ${inputs}
    ${(await orderOf(visit, task)).map(([name, value]) => line(say.order[name], value))}
    ${line(say.says, task.description ?? '')}
    ${line(say.state, [task.status, task.businessStatus?.text, task.statusReason?.text].filter(Boolean).join(' · '))}
  </dl>`;
}

function framed({ request, csrf }: OfficerVisit, { id }: Asked, what: string, content: Html): Html {
  const action = pathIn(request, `${officerPath}/requests/${id}`);
  return html`<form method="post" action="${action}" class="form">${csrfInput(csrf)}${hidden('do', what)}${content}</form>`;
}

function decideForm(visit: OfficerVisit, task: Asked, problems: readonly Problem[]): Html {
  const { form, language } = visit.request;
  const { request: say } = officerWords[language];
  const choice = (value: 'accept' | 'refuse'): Html =>
    html`<li>${box({ type: 'radio', name: 'decision', value, checked: form.get('decision') === value, label: say[value] })}</li>`;
  const wrong = problems.find(({ field }) => field === 'decision');
  return framed(
    visit,
    task,
    'decide',
    html`<fieldset id="decision" tabindex="-1"${wrong ? html` class="wrong"` : ''}><legend>${say.decide}</legend>
      ${wrong ? html`<p class="problem">${wrong.message}</p>` : ''}
      <ul class="boxes">${choice('accept')}${choice('refuse')}</ul></fieldset>
    ${area({ name: 'reason', label: say.reason, hint: say.reasonHint, problems, longest: 4000, value: form.get('reason') ?? '' })}
    ${area({ name: 'value', label: say.value, hint: say.valueHint, problems, rows: 5, longest: 20_000, value: form.get('value') ?? '' })}
    ${button(say.decide)}`,
  );
}

function actions(visit: OfficerVisit, task: Asked, problems: readonly Problem[]): Html {
  const { language, form } = visit.request;
  const { request: say } = officerWords[language];
  const code = codeOf(task);
  if (!isOpen(task)) return html``;
  if (code === 'correct') return decideForm(visit, task, problems);
  if (code === 'copy' || code === 'erase') return html`<p>${say.itself[code]}</p>`;
  if (code === 'disclose') {
    return html`<p>${say.approveLead}</p>${framed(visit, task, 'approve', html`<div id="approve" tabindex="-1">${button(say.approve)}</div>`)}`;
  }
  const answer = area({
    name: 'answer',
    label: say.answer,
    hint: say.answerHint,
    problems,
    longest: 4000,
    required: true,
    value: form.get('answer') ?? '',
  });
  return framed(visit, task, 'close', html`${answer}${button(say.close)}`);
}

async function show(visit: OfficerVisit, task: Asked, problems: readonly Problem[] = []): Promise<Reply> {
  const { language } = visit.request;
  const code = codeOf(task);
  const title = code === null ? task.id : officerWords[language].codes[code];
  const content = html`${await facts(visit, task)}${actions(visit, task, problems)}`;
  return officerPage(visit, { title, content, problems });
}

type Done = { done: OfficerDone } | { field: string; message: string };

async function decide(visit: OfficerVisit, { id }: Asked): Promise<Done> {
  const { form, language } = visit.request;
  const say = officerWords[language];
  const { wrong } = say.request;
  const [decision, reason, value] = ['decision', 'reason', 'value'].map((name) => (form.get(name) ?? '').trim());
  if (decision !== 'accept' && decision !== 'refuse') return { field: 'decision', message: wrong.decision };
  if (decision === 'refuse' && !reason) return { field: 'reason', message: wrong.reason };
  const resource = value ? resourceIn(value) : undefined;
  if (resource === null) return { field: 'value', message: wrong.value };
  const decided = await operate(
    visit,
    ['Task', id, '$decide-correction'],
    [
      { name: 'decision', valueCode: decision },
      ...(reason ? [{ name: 'reason', valueString: reason }] : []),
      ...(resource === undefined ? [] : [{ name: 'value', resource }]),
    ],
  );
  return decided.ok ? { done: 'decided' } : { field: 'value', message: `${say.refused} ${sentenceOf(decided.issues)}` };
}

/** What somebody typed as JSON; null: it is none. What it is otherwise the core looks at. */
function resourceIn(text: string): Task | null {
  try {
    return JSON.parse(text) as Task;
  } catch {
    return null;
  }
}

async function close(visit: OfficerVisit, task: Asked): Promise<Done> {
  const { form, language } = visit.request;
  const say = officerWords[language];
  const answer = (form.get('answer') ?? '').trim();
  if (answer === '') return { field: 'answer', message: say.request.wrong.answer };
  const now = new Date(visit.deps.fhir.now()).toISOString();
  const body: Task = { ...task, status: 'completed', statusReason: { text: answer }, lastModified: now };
  const closed = await send(visit, { method: 'PUT', path: ['Task', task.id], body });
  return closed.ok ? { done: 'closed' } : { field: 'answer', message: `${say.refused} ${sentenceOf(closed.issues)}` };
}

async function approve(visit: OfficerVisit, { id }: Asked): Promise<Done> {
  const approved = await operate(visit, ['Task', id, '$approve-disclosure']);
  const { refused } = officerWords[visit.request.language];
  return approved.ok
    ? { done: 'approved' }
    : { field: 'approve', message: `${refused} ${sentenceOf(approved.issues)}` };
}

const deeds: Readonly<Record<string, (visit: OfficerVisit, task: Asked) => Promise<Done>>> = { decide, close, approve };

async function act(visit: OfficerVisit): Promise<Reply> {
  const { request } = visit;
  const task = await readOne<Task>(visit, 'Task', request.params.id ?? '');
  if (task === null) return deadEnd(visit, frameWords[request.language].refused.unknown, 404);
  const what = request.form.get('do') ?? '';
  const deed = Object.hasOwn(deeds, what) ? deeds[what] : undefined;
  if (request.method === 'GET' || deed === undefined) return show(visit, task);
  const did = await deed(visit, task);
  return 'done' in did ? backWith(request, officerPath, did.done) : show(visit, task, [did]);
}

export const officerRequestPages: readonly Page[] = [
  { method: 'GET', path, whom: 'officer', run: act },
  { method: 'POST', path, whom: 'officer', run: act },
];
