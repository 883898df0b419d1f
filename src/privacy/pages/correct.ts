import type { Resource } from '@medplum/fhirtypes';
import { html } from 'hono/html';

import { area } from '../../pages/fields.ts';
import { button, csrfInput, hidden, type Problem } from '../../pages/form.ts';
import type { Html } from '../../pages/layout.ts';
import { operate, searchPage, send, sentenceOf } from './ask.ts';
import { correctPath, requestList } from './correct-requests.ts';
import { correctWords } from './correct-words.ts';
import { entryInWords } from './entry-text.ts';
import { backWith, pathIn } from './links.ts';
import { recordPage } from './sheet.ts';
import { begun } from './times.ts';
import { choosableTypes, isNamedType, type NamedType, typeInWords } from './type-words.ts';
import type { Page, RecordVisit, Reply } from './visit.ts';

const kinds: readonly NamedType[] = ['Patient', ...choosableTypes];

const COUNT = '50';

const newest: Readonly<Partial<Record<NamedType, string>>> = { Patient: '_id' };

/** The entries of a kind, the newest first; which is chosen stands in a form, for an address would tell. */
async function entries(visit: RecordVisit, kind: NamedType): Promise<Html> {
  const { request, csrf, record } = visit;
  const { language } = request;
  const say = correctWords[language];
  const mine: Record<string, string> = kind === 'Patient' ? { _id: record.id } : { patient: `Patient/${record.id}` };
  const { found } = await searchPage<Resource>(visit, kind, {
    ...mine,
    _sort: newest[kind] ?? '-_lastUpdated',
    _count: COUNT,
  });
  return html`<h2>${say.about(typeInWords(language, kind))}</h2>
    <p><a href="${pathIn(request, correctPath)}">${say.other}</a></p>
    ${found.length === 0 ? html`<p>${say.nothing}</p>` : ''}
    <form method="post" action="${pathIn(request, correctPath)}">${csrfInput(csrf)}${hidden('record', record.id)}
      <ul class="choices">${found.map((one) => {
        const { what, when } = entryInWords(language, one);
        return html`<li><button class="choice" type="submit" name="entry" value="${kind}/${one.id}"><b>${what}</b>
          ${when === '' ? '' : html`<span class="quiet">${when}</span>`}</button></li>`;
      })}</ul>
    </form>`;
}

const kindLinks = ({ request }: RecordVisit): Html => {
  const { language } = request;
  return html`<h2>${correctWords[language].kinds}</h2>
    <ul class="choices">${kinds.map(
      (kind) =>
        html`<li><a class="choice" href="${pathIn(request, correctPath)}?${new URLSearchParams({ kind })}">${begun(typeInWords(language, kind))}</a></li>`,
    )}</ul>`;
};

/** An entry of the record that is open; null: none. */
async function entryOf(visit: RecordVisit, name: string | null): Promise<(Resource & { id: string }) | null> {
  const [type = '', id = '', ...more] = (name ?? '').split('/');
  if (!isNamedType(type) || more.length > 0) return null;
  const found = await send(visit, { path: [type, id] });
  return found.ok ? (JSON.parse(found.value) as Resource & { id: string }) : null; // what is read is a resource
}

function askForm(
  { request, csrf, record }: RecordVisit,
  entry: Resource & { id: string },
  problems: readonly Problem[],
): Html {
  const { language, form } = request;
  const say = correctWords[language];
  const { what, when } = entryInWords(language, entry);
  const text = (name: 'reason' | 'shouldBe', label: string, hint: string): Html =>
    area({ name, label, hint, rows: 4, longest: 4000, required: true, problems, value: form.get(name) ?? '' });
  return html`<dl class="facts small"><div><dt>${say.entry}</dt><dd><b>${what}</b> ${when}</dd></div></dl>
    <p><a href="${pathIn(request, correctPath)}">${say.other}</a></p>
    <form method="post" action="${pathIn(request, correctPath)}">${csrfInput(csrf)}
      ${hidden('record', record.id)}${hidden('do', 'ask')}${hidden('entry', `${entry.resourceType}/${entry.id}`)}
      ${text('reason', say.reason, say.reasonHint)}
      ${text('shouldBe', say.shouldBe, say.shouldBeHint)}
      ${button(say.send)}
    </form>`;
}

async function show(visit: RecordVisit, problems: readonly Problem[] = []): Promise<Reply> {
  const { request } = visit;
  const say = correctWords[request.language];
  const kind = kinds.find((one) => one === request.query.get('kind'));
  const choice = kind === undefined ? kindLinks(visit) : await entries(visit, kind);
  const list = kind === undefined ? await requestList(visit, problems) : html``;
  const done = request.query.get('done');
  const said = done === 'asked' ? { done: say.done } : done === 'disagreed' ? { done: say.disagree.done } : {};
  const content = html`<p class="lead">${say.lead}</p>${done === null ? html`${choice}${list}` : html`${list}${choice}`}`;
  return recordPage(visit, { title: say.title, content, problems, ...said });
}

async function ask(visit: RecordVisit): Promise<Reply> {
  const { request, record } = visit;
  const say = correctWords[request.language];
  const entry = await entryOf(visit, request.form.get('entry'));
  if (entry === null) return show(visit, [{ field: 'mine', message: say.wrong.entry }]);
  const page = (problems: readonly Problem[]): Promise<Reply> =>
    recordPage(visit, { title: say.title, content: askForm(visit, entry, problems), problems });
  if (request.form.get('do') !== 'ask') return page([]);
  const [reason, shouldBe] = ['reason', 'shouldBe'].map((name) => (request.form.get(name) ?? '').trim());
  const problems: Problem[] = [
    ...(reason ? [] : [{ field: 'reason', message: say.wrong.reason }]),
    ...(shouldBe ? [] : [{ field: 'shouldBe', message: say.wrong.shouldBe }]),
  ];
  if (!reason || !shouldBe) return page(problems);
  const asked = await operate(
    visit,
    ['Patient', record.id, '$correct'],
    [
      { name: 'focus', valueReference: { reference: `${entry.resourceType}/${entry.id}` } },
      { name: 'reason', valueString: reason },
      { name: 'should-be', valueString: shouldBe },
    ],
  );
  if (asked.ok) return backWith(request, correctPath, 'asked');
  return page([{ field: 'reason', message: `${say.wrong.refused} ${sentenceOf(asked.issues)}` }]);
}

async function disagree(visit: RecordVisit): Promise<Reply> {
  const { request } = visit;
  const say = correctWords[request.language];
  const task = request.form.get('task') ?? '';
  const field = `statement-${task}`;
  const statement = (request.form.get(field) ?? '').trim();
  if (statement === '') return show(visit, [{ field, message: say.wrong.statement }]);
  const put = await operate(visit, ['Task', task, '$disagree'], [{ name: 'statement', valueString: statement }]);
  if (put.ok) return backWith(request, correctPath, 'disagreed');
  return show(visit, [{ field, message: `${say.wrong.refused} ${sentenceOf(put.issues)}` }]);
}

export const correctPages: readonly Page[] = [
  { method: 'GET', path: correctPath, whom: 'record', run: (visit) => show(visit) },
  {
    method: 'POST',
    path: correctPath,
    whom: 'record',
    run: (visit) => (visit.request.form.get('do') === 'disagree' ? disagree(visit) : ask(visit)),
  },
];
