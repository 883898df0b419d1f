import { html } from 'hono/html';

import { box } from '../../pages/fields.ts';
import { button, csrfInput, hidden } from '../../pages/form.ts';
import { operate, sentenceOf } from '../../privacy/pages/ask.ts';
import { frameWords as privacyWords } from '../../privacy/pages/frame-words.ts';
import { backWith, pathIn } from '../../privacy/pages/links.ts';
import { deadEnd } from '../../privacy/pages/sheet.ts';
import type { Just, RecordVisit, Reply } from '../../privacy/pages/visit.ts';
import { choiceWords } from './choice-words.ts';
import { connectionsFor, isOpen } from './connections.ts';
import type { DevicePage } from './device-page.ts';
import { devicesPage } from './frame.ts';
import { chosenOf, measureChoice } from './measure-choice.ts';
import { offeredBy } from './offered.ts';
import { aboveOwn, homePath } from './own-readings.ts';

const path = '/devices/connections/:id';

const priorities = [
  ['first', 10],
  ['usual', 100],
  ['last', 1000],
] as const;

async function show(visit: RecordVisit, { problems = [] }: Just = {}): Promise<Reply> {
  const { request, record, csrf } = visit;
  const { language, params } = request;
  const say = choiceWords[language];
  const one = (await connectionsFor(visit)).find(({ id }) => id === params.id);
  if (one === undefined || !isOpen(one)) return deadEnd(visit, privacyWords[language].refused.unknown, 404);
  const action = pathIn(request, `/devices/connections/${one.id}`);
  const carried = html`${csrfInput(csrf)}${hidden('record', record.id)}`;
  const rank = one.priority < 100 ? 'first' : one.priority > 100 ? 'last' : 'usual';
  const content = html`<p>${say.lead}</p>
    <form method="post" action="${action}" class="form">${carried}
      ${measureChoice(language, offeredBy(one.source), one.measures)}
      <fieldset><legend>${say.priority}</legend><p class="hint">${say.priorityHint}</p>
        ${priorities.map(([name]) => box({ type: 'radio', name: 'priority', value: name, checked: name === rank, label: say[name] }))}</fieldset>
      ${button(say.keep)}
    </form>
    <section aria-labelledby="disconnect"><h2 id="disconnect" tabindex="-1">${say.disconnectTitle}</h2>
      <p>${say.disconnectLead}</p>
      <form method="post" action="${action}/disconnect">${carried}${button(say.disconnect, { look: 'danger' })}</form>
    </section>`;
  return devicesPage(visit, { title: say.title(one.name), above: aboveOwn(visit, 'home'), content, problems });
}

const operation = (visit: RecordVisit, code: string): string[] => ['Patient', visit.record.id, `$${code}`];

async function choose(visit: RecordVisit): Promise<Reply> {
  const { request } = visit;
  const say = choiceWords[request.language];
  const wrong = (why: string): Promise<Reply> =>
    show(visit, { problems: [{ field: 'measures', message: `${say.refused} ${why}` }] });
  const chosen = chosenOf(request.form);
  if (chosen === null) return wrong(say.nothing);
  const [, rank] = priorities.find(([name]) => name === request.form.get('priority')) ?? [];
  const kept = await operate(visit, operation(visit, 'device-choose'), [
    { name: 'connection', valueString: request.params.id ?? '' },
    ...chosen,
    ...(rank === undefined ? [] : [{ name: 'priority', valueInteger: rank }]),
  ]);
  return kept.ok ? backWith(request, homePath, 'chosen') : wrong(sentenceOf(kept.issues));
}

async function disconnect(visit: RecordVisit): Promise<Reply> {
  const { request } = visit;
  const parameter = [{ name: 'connection', valueString: request.params.id ?? '' }];
  const ended = await operate(visit, operation(visit, 'device-disconnect'), parameter);
  if (ended.ok) return backWith(request, homePath, 'disconnected');
  const message = `${choiceWords[request.language].refused} ${sentenceOf(ended.issues)}`;
  return show(visit, { problems: [{ field: 'disconnect', message }] });
}

export const connectionPages: readonly DevicePage[] = [
  { method: 'GET', path, whom: 'record', run: (visit) => show(visit) },
  { method: 'POST', path, whom: 'record', run: choose },
  { method: 'POST', path: `${path}/disconnect`, whom: 'record', run: disconnect },
];
