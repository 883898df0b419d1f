import type { Row } from '../../db/database.ts';
import { admits, type Grant } from '../access.ts';
import type { FhirContext } from '../context.ts';
import { type Issue, ok, type Result } from '../outcome.ts';
import { countStatement, pageStatement } from './compile.ts';
import { flatten } from './condition.ts';
import { included } from './include.ts';
import { sealPosition } from './page.ts';
import { type Prepared, prepare, type SearchAsk } from './prepare.ts';
import { type Found, foundRow } from './rows.ts';
import { queryTogether } from './together.ts';

export type SearchPage = {
  found: Found[];
  /** Of matches; null where it was not asked for. */
  total: number | null;
  self: string;
  next: string | null;
  /** Patients whose rows were asked for by name and were counted only, by type. */
  counted: { type: string; patient: string }[];
  /** What was ignored, or said with reservations: an outcome entry of the Bundle. */
  issues: Issue[];
};

/** Matches up to here are counted for an estimate. */
const estimated = 10_000;

/**
 * One page of a search.
 *
 * @returns 403 for a type the grant does not allow to search, in a chain or `_has` too; 400 for what cannot be understood;
 * 400 too-costly for what asks too much (request.ts); 404 for a cursor that is not of this search
 */
export async function search(context: FhirContext, grant: Grant, ask: SearchAsk): Promise<Result<SearchPage>> {
  const prepared = await prepare(context, grant, ask);
  return prepared.ok ? ok(await run(prepared.value)) : prepared;
}

/** Runs what was prepared. */
export async function run(prepared: Prepared): Promise<SearchPage> {
  const { request, asking, parts, after, link } = prepared;
  const self = request.cursor === null ? link : withCursor(link, request.cursor);
  const issues = [...prepared.issues];
  const page: SearchPage = { found: [], total: null, self, next: null, counted: [], issues };
  if (!request.countOnly && parts.length > 0) await addMatches(prepared, page);
  const asked = request.countOnly ? (request.total === 'estimate' ? 'estimate' : 'accurate') : request.total;
  if (asked === 'none') return page;
  // A first page that is the last has been counted already.
  if (!request.countOnly && after === null && page.next === null) {
    page.total = page.found.filter((one) => one.mode === 'match' && isCovered(asking.grant, one)).length;
    return page;
  }
  page.total = await counted(prepared, asked === 'estimate' ? estimated + 1 : null);
  if (request.countOnly && page.total > 0) page.counted = patientsOf(prepared);
  if (asked === 'estimate' && page.total > estimated) {
    page.total = estimated;
    issues.push(atLeast);
  }
  return page;
}

const isCovered = (grant: Grant, row: Found): boolean => admits(grant, row.type, row, 's');

/** How many matches there are, `most` of them where that is not null: where only their texts tell, as many as may be read. */
async function counted({ parts, asking }: Prepared, most: number | null): Promise<number> {
  if (parts.length === 0) return 0;
  if (!parts.some(({ scan }) => scan.readsToCount)) {
    const { text, params } = countStatement(parts, most);
    const [row] = await asking.on.query(text, params);
    return Number(row?.[0] ?? 0);
  }
  const plain = parts.map((part) => ({ ...part, order: [] }));
  const { text, params } = pageStatement({ parts: plain, after: null, limit: estimated + 1, withKeys: false });
  const rows = await asking.on.query(text, params);
  return rows.filter((row) => isCovered(asking.grant, foundRow(row, 'match'))).length;
}

/** The patients by whose ids a search chooses. */
const patientsOf = ({ parts }: Prepared): SearchPage['counted'] =>
  parts.flatMap(({ scan: { type }, conditions }) =>
    flatten(conditions).flatMap((one) =>
      one.kind === 'patient' ? one.any.map((patient) => ({ type, patient: String(patient) })) : [],
    ),
  );

const atLeast: Issue = {
  severity: 'information',
  code: 'informational',
  diagnostics: `Bundle.total is an estimate: there are more than ${estimated} matches`,
};

const withCursor = (link: string, cursor: string): string =>
  `${link}${link.includes('?') ? '&' : '?'}_cursor=${encodeURIComponent(cursor)}`;

async function addMatches({ request, asking, parts, after, owner, link }: Prepared, page: SearchPage): Promise<void> {
  const withKeys = request.includes.length > 0;
  // One more than the page holds says whether there is another page.
  const statement = pageStatement({ parts, after, limit: request.count + 1, withKeys });
  const rows = await (ofFewRows(parts)
    ? queryTogether(asking.on, statement)
    : asking.on.query(statement.text, statement.params));
  const matches = rows.length > request.count ? rows.slice(0, request.count) : rows;
  page.found = matches.map((row) => foundRow(row, 'match'));
  const last = matches.at(-1);
  if (rows.length > request.count && last)
    page.next = withCursor(link, sealPosition(owner, positionOf(last, withKeys)));
  if (!withKeys) return;
  const more = await included(asking, request.includes, matches);
  page.found.push(...more.rows);
  page.issues.push(...more.issues);
}

/** A patient or an id has few rows, whatever else is asked of them. */
const ofFewRows = ([part, ...more]: Prepared['parts']): boolean =>
  part !== undefined &&
  more.length === 0 &&
  flatten(part.conditions).some(({ kind }) => kind === 'patient' || kind === 'ids');

/** The sort keys are behind the columns of the row, as texts. */
function positionOf(row: Row, withKeys: boolean) {
  const values = row.slice(withKeys ? 9 : 8) as (string | null)[];
  return { type: row[0] as number, id: row[1] as string, values };
}
