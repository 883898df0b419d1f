import { html } from 'hono/html';

import type { Problem } from '../../pages/form.ts';
import { privatePageHeaders } from '../../pages/headers.ts';
import type { Html } from '../../pages/layout.ts';
import { csv } from '../copy/csv.ts';
import type { AccountingRow } from '../ledger/accounting.ts';
import { pathIn } from './links.ts';
import { seenChart, weeksOf } from './seen-chart.ts';
import { filterForm, seenPath, timeline } from './seen-list.ts';
import {
  appOf,
  deedInWords,
  filtered,
  filterOf,
  isRefused,
  kindOf,
  problemOf,
  type SeenFilter,
  thingsInWords,
  whoInWords,
  whyInWords,
} from './seen-rows.ts';
import { MOST, usesOf } from './seen-uses.ts';
import { seenWords } from './seen-words.ts';
import { recordPage } from './sheet.ts';
import { numberInWords } from './times.ts';
import type { Page, RecordVisit, Reply } from './visit.ts';

/** Uses on one page. */
const PAGE = 50;

const queryOf = (filter: SeenFilter, more: Record<string, string> = {}): string => {
  const entries = Object.entries({ ...filter, own: filter.own ? '1' : '', ...more }).filter(
    ([, value]) => value !== '',
  );
  return entries.length === 0 ? '' : `?${new URLSearchParams(entries)}`;
};

function pager({ request }: RecordVisit, filter: SeenFilter, page: number, pages: number): Html {
  const say = seenWords[request.language];
  const to = (number: number, text: string): Html =>
    html`<a href="${pathIn(request, seenPath)}${queryOf(filter, { page: String(number) })}">${text}</a>`;
  if (pages < 2) return html``;
  return html`<p class="pager">${page > 1 ? to(page - 1, say.newer) : ''} <span>${page} / ${pages}</span>
    ${page < pages ? to(page + 1, say.older) : ''}</p>`;
}

async function show(visit: RecordVisit): Promise<Reply> {
  const { request, record, deps } = visit;
  const { language, query } = request;
  const say = seenWords[language];
  const filter = filterOf(query);
  const wrong = problemOf(filter);
  const problems: Problem[] = wrong === null ? [] : [{ field: wrong.field, message: say[wrong.what] }];
  const all = await usesOf(visit, wrong === null ? filter : { from: '', to: '' });
  const uses = wrong === null ? filtered(all, filter, record.id) : [];
  const pages = Math.max(1, Math.ceil(uses.length / PAGE));
  const asked = Number(query.get('page') ?? 1);
  const page = Number.isInteger(asked) ? Math.min(Math.max(asked, 1), pages) : 1;
  const counted = uses.map((use) => ({ at: use.recorded.getTime(), kind: kindOf(use, record.id) }));
  const until = filter.to === '' || wrong !== null ? deps.fhir.now() : Date.parse(filter.to);
  const content = html`<p>${say.lead}</p>
    ${seenChart(language, weeksOf(counted, until))}
    ${filterForm(visit, all, filter, problems)}
    <p role="status">${uses.length === 0 ? say.none : say.count(numberInWords(language, uses.length))} ${filter.own ? '' : say.ownHidden}</p>
    ${all.length < MOST ? '' : html`<p class="quiet">${say.most(numberInWords(language, MOST))}</p>`}
    ${timeline(visit, uses.slice((page - 1) * PAGE, page * PAGE))}
    ${pager(visit, filter, page, pages)}
    ${uses.length === 0 ? '' : html`<p><a href="${pathIn(request, `${seenPath}.csv`)}${queryOf(filter)}">${say.download}</a></p>`}`;
  return recordPage(visit, { title: say.title, content, problems });
}

function lineOf(visit: RecordVisit, use: AccountingRow): Record<string, string> {
  const { language } = visit.request;
  const say = seenWords[language];
  const [
    when = '',
    who = '',
    organization = '',
    app = '',
    act = '',
    what = '',
    why = '',
    emergency = '',
    refused = '',
  ] = say.columns;
  return {
    [when]: use.recorded.toISOString(),
    [who]: whoInWords(language, { ...use, organization: null, client: null }, visit.record.id),
    [organization]: use.organization?.name ?? '',
    [app]: appOf(use) ?? '',
    [act]: deedInWords(language, use),
    [what]: thingsInWords(language, use),
    [why]: whyInWords(language, use),
    [emergency]: use.emergency ? 'x' : '',
    [refused]: isRefused(use) ? 'x' : '',
  };
}

/** The same list as a table that other programs read. */
async function table(visit: RecordVisit): Promise<Reply> {
  const { request, record } = visit;
  const filter = filterOf(request.query);
  const uses = problemOf(filter) === null ? filtered(await usesOf(visit, filter), filter, record.id) : [];
  const lines = uses.map((use) => lineOf(visit, use));
  return {
    status: 200,
    headers: {
      ...privatePageHeaders(),
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': 'attachment; filename="who-saw-my-record.csv"',
    },
    body: csv(seenWords[request.language].columns, lines),
  };
}

export const seenPages: readonly Page[] = [
  { method: 'GET', path: seenPath, whom: 'record', run: show },
  { method: 'GET', path: `${seenPath}.csv`, whom: 'record', run: table },
];
