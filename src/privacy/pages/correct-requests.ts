import type { Task } from '@medplum/fhirtypes';
import { html } from 'hono/html';

import { area } from '../../pages/fields.ts';
import { button, csrfInput, hidden, type Problem } from '../../pages/form.ts';
import type { Html } from '../../pages/layout.ts';
import { requestSystem } from '../requests/request-codes.ts';
import { isOpen, parameterOf } from '../requests/requests.ts';
import { searchAll } from './ask.ts';
import { type AskState, correctWords } from './correct-words.ts';
import { pathIn } from './links.ts';
import { begun, dateInWords } from './times.ts';
import { typeInWords } from './type-words.ts';
import type { RecordVisit } from './visit.ts';

export const correctPath = '/privacy/correct';

type Asked = Task & { id: string };

const stateOf = (task: Task): AskState => {
  if (isOpen(task)) return 'open';
  if (task.status === 'completed') return 'done';
  return task.status === 'rejected' ? 'refused' : 'ended';
};

/** Whether a statement stands beside what was refused. */
const isDisagreed = ({ output }: Task): boolean =>
  parameterOf(output, 'disagreement') !== null || parameterOf(output, 'statement') !== null;

function disagreeForm({ request, csrf, record }: RecordVisit, { id }: Asked, problems: readonly Problem[]): Html {
  const say = correctWords[request.language].disagree;
  const isWrong = problems.some(({ field }) => field === `statement-${id}`);
  return html`<details${isWrong ? html` open` : ''}><summary>${say.title}</summary><p>${say.lead}</p>
    <form method="post" action="${pathIn(request, correctPath)}">${csrfInput(csrf)}
      ${hidden('record', record.id)}${hidden('do', 'disagree')}${hidden('task', id)}
      ${area({ name: `statement-${id}`, label: say.statement, rows: 4, longest: 5000, problems, value: request.form.get(`statement-${id}`) ?? '' })}
      ${button(say.send, { look: 'quiet' })}
    </form></details>`;
}

function item(visit: RecordVisit, task: Asked, problems: readonly Problem[]): Html {
  const { language } = visit.request;
  const say = correctWords[language];
  const state = stateOf(task);
  const due = task.restriction?.period?.end;
  const reason = parameterOf(task.input, 'reason')?.valueString;
  const kind = begun(typeInWords(language, task.focus?.reference?.split('/')[0] ?? 'Patient'));
  return html`<li class="granted">
    <h3>${kind} <span class="tag">${say.states[state]}</span></h3>
    <p class="quiet">${say.asked(dateInWords(language, task.authoredOn ?? ''))}
      ${state === 'open' && due !== undefined ? say.due(dateInWords(language, due)) : ''}</p>
    <p>${say.why}: ${[reason, task.description].filter(Boolean).join(' → ')}</p>
    ${task.statusReason?.text === undefined ? '' : html`<p>${say.answer}: ${task.statusReason.text}</p>`}
    ${state === 'refused' && !isDisagreed(task) ? disagreeForm(visit, task, problems) : ''}
  </li>`;
}

/** What somebody has asked to be corrected, the newest first. */
export async function requestList(visit: RecordVisit, problems: readonly Problem[]): Promise<Html> {
  const say = correctWords[visit.request.language];
  const tasks = await searchAll<Task>(visit, 'Task', {
    patient: `Patient/${visit.record.id}`,
    code: `${requestSystem}|correct`,
    _sort: '-authored-on',
  });
  return html`<section aria-labelledby="mine"><h2 id="mine">${say.mine}</h2>
    ${tasks.length === 0 ? html`<p>${say.none}</p>` : html`<ul class="choices">${tasks.map((one) => item(visit, one, problems))}</ul>`}
  </section>`;
}
