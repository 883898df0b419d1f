import type { Queryable } from '../../db/database.ts';
import type { Grant } from '../access.ts';
import { expand } from '../audit/render.ts';
import { relationOf, resourceTypes, tiersOf, typeNumber, typeOfNumber } from '../resources.ts';
import { Scan } from '../search/scan.ts';
import { Statement } from '../search/statement.ts';
import { release, type Stored } from './release.ts';

/** One version in a history. A deletion has no content. */
export type Version = Stored & { deleted: boolean };

/** Behind which version the page begins. */
export type HistoryPlace = { lastUpdated: string; type: number; id: string; version: number };

export type HistoryAsk = {
  /** Instance: type and id; type: type alone; system: neither. */
  type: string | null;
  id: string | null;
  /** ms since 1970; versions made at or after it. */
  since: number | null;
  /** [start, end) in ms; versions that were current at some time within it. */
  at: { start: number; end: number } | null;
  after: HistoryPlace | null;
  count: number;
};

const columns = (row: string, content: string, deleted: string): string =>
  `${row}.type, ${row}.id, ${row}.version, ${row}.last_updated, ${row}.patient, ${row}.patients, ${row}.labels::float8 as labels,
    ${content} as content, ${deleted} as deleted`;

/** The newest first; versions of one instant by type and id, so that a page can end anywhere. */
const order = 'order by last_updated desc, type, id, version desc';

/** The types that have a row at all, found by jumping along the index from one to the next. */
async function typesStored(on: Queryable, tenant: number): Promise<ReadonlySet<string>> {
  const jump = (table: string): string => `(with recursive t as (
    select (select min(type) from ${table} where tenant = $1) as type
    union all
    select (select min(type) from ${table} where tenant = $1 and type > t.type) from t where t.type is not null)
    select type from t where type is not null)`;
  const samples = `select ${typeNumber('Observation')} where exists (select from series where tenant = $1)`;
  const rows = await on.query(`${jump('resource')} union ${jump('resource_history')} union ${samples}`, [tenant]);
  return new Set(rows.map(([type]) => typeOfNumber(type as number)));
}

/**
 * Whether the row as it is now, or as it was when it was deleted, is covered as well: what has moved to another patient takes its
 * history along.
 */
function coveredNow(scan: Scan, statement: Statement): string {
  const row = `c.tenant = ${statement.tenant} and c.type = ${typeNumber(scan.type)} and c.id = v.id`;
  const covered = (gate: string): string => `(${gate}) is true`;
  const now = covered(scan.gate(statement, 'c'));
  const then = covered(scan.gateOfVersion(statement, 'c'));
  return `coalesce((select ${now} from ${relationOf(scan.type)} c where ${row}), (select ${then} from resource_history c
    where ${row} and c.deleted order by c.version desc limit 1), false)`;
}

/** A deletion is held against the grant by what was deleted, which it has no text of. */
const judged = `case when v.deleted then (select p.content from resource_history p where p.tenant = v.tenant and p.type = v.type
  and p.id = v.id and p.version = v.version - 1) else v.content end`;

/** Where superseded versions of a type are. */
const pastOf = (type: string): readonly string[] =>
  type === 'Observation' ? ['resource_history', 'sample_observation_history'] : ['resource_history'];

/** The versions of one type from one of the relations that hold them. */
function arm(scan: Scan, statement: Statement, relation: string, isPast: boolean, ask: HistoryAsk): string {
  const row = 'v';
  let where = isPast ? scan.gateOfVersion(statement, row) : scan.gate(statement, row);
  if (isPast && scan.narrowed) where += ` and ${coveredNow(scan, statement)}`;
  if (ask.id !== null) where += ` and v.id = ${statement.bind(ask.id, 'text')}`;
  if (ask.since !== null) where += ` and v.last_updated >= ${statement.bind(new Date(ask.since), 'timestamptz')}`;
  if (ask.at !== null) {
    const start = statement.bind(new Date(ask.at.start), 'timestamptz');
    where += ` and v.last_updated < ${statement.bind(new Date(ask.at.end), 'timestamptz')}`;
    // It had gone already when the version behind it was made before the start.
    for (const next of [relationOf(scan.type), ...pastOf(scan.type)]) {
      where += ` and not exists (select from ${next} n where n.tenant = v.tenant and n.type = v.type and n.id = v.id
        and n.version = v.version + 1 and n.last_updated <= ${start})`;
    }
  }
  if (ask.after !== null) {
    const { lastUpdated, type, id, version } = ask.after;
    const at = statement.bind(lastUpdated, 'timestamptz');
    const place = `(v.type, v.id, -v.version) > (${statement.bind(type, 'int')}, ${statement.bind(id, 'text')},
      -${statement.bind(version, 'int')})`;
    where += ` and v.last_updated <= ${at} and (v.last_updated < ${at} or ${place})`;
  }
  const deleted = isPast ? 'v.deleted' : 'false';
  const content = isPast && scan.judges ? judged : 'v.content';
  return `(select ${columns(row, content, deleted)} from ${relation} v where ${where} ${order} limit ${statement.bind(ask.count + 1, 'int')})`;
}

/**
 * Versions and deletions, newest first, of what the grant covers: one more than `count` where there are more.
 *
 * @see https://hl7.org/fhir/R4/http.html#history
 */
export async function history(on: Queryable, grant: Grant, ask: HistoryAsk): Promise<readonly Version[]> {
  const stored = ask.type === null ? await typesStored(on, grant.tenant) : new Set([ask.type]);
  // What lists many resources is a search, to SMART as well.
  const needed = ask.id === null ? 's' : 'r';
  const statement = new Statement(grant.tenant);
  const arms = resourceTypes
    .filter((type) => stored.has(type))
    .flatMap((type) => Scan.of(grant, type, needed) ?? [])
    .flatMap((scan) => [
      ...tiersOf(scan.type).map((tier) => arm(scan, statement, tier, false, ask)),
      ...pastOf(scan.type).map((past) => arm(scan, statement, past, true, ask)),
    ]);
  if (arms.length === 0) return [];
  const text = `select * from (${arms.join('\nunion all\n')}) v ${order} limit ${statement.bind(ask.count + 1, 'int')}`;
  const rows = await on.query(text, statement.params);
  const found = rows.map(version);
  // That there is one more is all that is told of it.
  const released = [...release(grant, found.slice(0, ask.count), needed), ...found.slice(ask.count)];
  return released.map((one) => (one.deleted && one.content !== '' ? { ...one, content: '' } : one));
}

// The select list of `columns` fixes the shape of the row.
const version = (row: readonly unknown[]): Version => ({
  type: typeOfNumber(row[0] as number),
  id: row[1] as string,
  version: row[2] as number,
  lastUpdated: row[3] as Date,
  patient: row[4] as string | null,
  patients: row[5] as string[] | null,
  labels: row[6] as number,
  content: expand(typeOfNumber(row[0] as number), row[7] as string),
  deleted: row[8] as boolean,
});

export const placeOf = ({ lastUpdated, type, id, version }: Version): HistoryPlace => ({
  lastUpdated: lastUpdated.toISOString(),
  type: typeNumber(type),
  id,
  version,
});
