import type { Parameters } from '@medplum/fhirtypes';
import { html } from 'hono/html';

import { box } from '../../pages/fields.ts';
import { button, buttonLink, csrfInput, hidden } from '../../pages/form.ts';
import { operate, sentenceOf } from '../../privacy/pages/ask.ts';
import { frameWords as privacyWords } from '../../privacy/pages/frame-words.ts';
import { backWith, pathIn } from '../../privacy/pages/links.ts';
import { deadEnd } from '../../privacy/pages/sheet.ts';
import type { Just, RecordVisit, Reply } from '../../privacy/pages/visit.ts';
import { choiceWords } from './choice-words.ts';
import { connectionsFor, isOpen, type ShownConnection } from './connections.ts';
import type { DevicePage } from './device-page.ts';
import { disconnect, disconnectForm } from './disconnect.ts';
import { devicesPage } from './frame.ts';
import { chosenOf, measureChoice } from './measure-choice.ts';
import { offeredBy } from './offered.ts';
import { aboveOwn, homePath } from './own-readings.ts';
import { recordKept } from './record-choice.ts';

const path = '/devices/connections/:id';

const priorities = [
  ['first', 10],
  ['usual', 100],
  ['last', 1000],
] as const;

/** The one that a page is about; null: there is none that is open. */
async function shownIn(visit: RecordVisit): Promise<ShownConnection | null> {
  const one = (await connectionsFor(visit)).find(({ id }) => id === visit.request.params.id);
  return one !== undefined && isOpen(one) ? one : null;
}

const gone = (visit: RecordVisit): Promise<Reply> =>
  deadEnd(visit, privacyWords[visit.request.language].refused.unknown, 404);

async function show(visit: RecordVisit, { problems = [] }: Just = {}): Promise<Reply> {
  const { request, record, csrf } = visit;
  const { language } = request;
  const say = choiceWords[language];
  const one = await shownIn(visit);
  if (one === null) return gone(visit);
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
    ${disconnectForm(visit, one)}`;
  return devicesPage(visit, { title: say.title(one.name), above: aboveOwn(visit, 'home'), content, problems });
}

const operation = (visit: RecordVisit, code: string): string[] => ['Patient', visit.record.id, `$${code}`];

/** What was chosen is kept, and some of it comes only once it was agreed to at the vendor. */
async function goOn(visit: RecordVisit, authorize: string): Promise<Reply> {
  const { request } = visit;
  const one = await shownIn(visit);
  if (one === null) return gone(visit);
  const { wider, later, connect } = choiceWords[request.language];
  const content = html`<p>${wider(one.name)}</p>
    <p><a class="button" href="${authorize}">${connect.go(one.name)}</a></p>
    <p>${buttonLink(pathIn(request, homePath), later)}</p>`;
  const answer = await devicesPage(visit, { title: one.name, above: aboveOwn(visit, 'home'), content });
  // Whoever comes back from the vendor is at the record that they left from.
  return { ...answer, cookies: [...(answer.cookies ?? []), ...recordKept(visit)] };
}

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
  if (!kept.ok) return wrong(sentenceOf(kept.issues));
  const { parameter = [] } = JSON.parse(kept.value) as Parameters; // the operation's own
  const authorize = parameter.find(({ name }) => name === 'authorize')?.valueUrl;
  return authorize === undefined ? backWith(request, homePath, 'chosen') : goOn(visit, authorize);
}

async function end(visit: RecordVisit): Promise<Reply> {
  const one = await shownIn(visit);
  if (one === null) return gone(visit);
  return disconnect(visit, one, (message) => show(visit, { problems: [{ field: 'disconnect', message }] }));
}

export const connectionPages: readonly DevicePage[] = [
  { method: 'GET', path, whom: 'record', run: (visit) => show(visit) },
  { method: 'POST', path, whom: 'record', run: choose },
  { method: 'POST', path: `${path}/disconnect`, whom: 'record', run: end },
];
