import type { CodeableConcept } from '@medplum/fhirtypes';

import type { Queryable } from '../../db/database.ts';
import { admits, type Grant } from '../access.ts';
import type { Json } from '../context.ts';
import { type Condition, flatten, writeAll } from '../search/condition.ts';
import { isOfSeries } from '../search/sample-arms.ts';
import type { Scan } from '../search/scan.ts';
import { Statement } from '../search/statement.ts';
import { type Stored, stored } from '../store/release.ts';

/** Rows at most, where the database can tell which are the latest. */
const ROWS = 5_000;
/** Rows that are read and judged one by one, at most. */
export const MOST_JUDGED = 20_000;

type Ask = { scan: Scan; conditions: readonly Condition[] /** Of each code. */; max: number };

/** A row and when it is of, ms since 1970; null: it does not say. */
export type Candidate = Stored & { at: number | null };

const columns =
  'r.id, r.version, r.last_updated, r.patient, r.patients, r.labels::float8 as labels, r.content, r.date_start';

const latest = 'r.date_start desc nulls last, r.last_updated desc, r.id';

/**
 * Observations with several different codes have none in the column: they are told apart by the whole concept. Where that is sealed
 * each is of its own.
 */
const group = `coalesce(r.code::text, (r.content::jsonb -> 'code')::text, r.id)`;

/** Resources, so many of each code. */
function resourcesText(statement: Statement, { scan, conditions }: Ask, limit: string): string {
  const from = scan.from(statement, 'r', conditions, 'resource');
  return (
    `select r.id, r.version, r.last_updated, r.patient, r.patients, r.labels, r.content, r.date_start from (select ${columns},` +
    ` row_number() over (partition by ${group} order by ${latest}) as place ${from}) r where place <= ${limit}`
  );
}

/** Samples, so many of each series, which an index has in the order of time. */
function samplesText(statement: Statement, { scan, conditions }: Ask, limit: string): string {
  const from = scan.from(statement, 'r', conditions, 'sample_observation');
  const of = flatten(conditions).filter(isOfSeries);
  const patients = scan.patients;
  const within = patients === null ? '' : ` and q.patient = any(${statement.share(patients, 'text[]')})`;
  return (
    `select l.* from series q cross join lateral (select ${columns} ${from} and r.series = q.id` +
    ` order by r.date_start desc, r.date_end desc limit ${limit}) l` +
    ` where q.tenant = ${statement.tenant}${within}${writeAll(of, { statement, row: 'q', type: scan.type })}`
  );
}

/** What may be the latest of each code. Where texts decide what is covered that is everything: the latest may not be. */
export async function latestRows(on: Queryable, ask: Ask): Promise<Candidate[]> {
  const { scan } = ask;
  const statement = new Statement(scan.grant.tenant);
  const limit = statement.bind(scan.judges ? MOST_JUDGED + 1 : ask.max, 'int');
  const rows = scan.judges ? MOST_JUDGED + 1 : ROWS;
  const [resources, samples] = [resourcesText(statement, ask, limit), samplesText(statement, ask, limit)];
  statement.text = `select * from ((${resources}) union all (${samples})) r order by date_start desc nulls last limit ${rows}`;
  const found = await on.query(statement.text, statement.params);
  return found.map(([id, ...row]) => {
    const at = row.at(-1);
    return { ...stored('Observation', String(id), row), at: at instanceof Date ? at.getTime() : null };
  });
}

/** By what Observations are of one kind: their code of LOINC, else their first; a sample has further ones beside it. */
function kindOf(content: string): string {
  const { code } = JSON.parse(content) as Json & { code?: CodeableConcept }; // what is stored has been checked
  const coding = code?.coding?.find(({ system }) => system === 'http://loinc.org') ?? code?.coding?.[0];
  return coding ? `${coding.system}|${coding.code}` : `text ${code?.text}`;
}

/** The later first, and what does not say when behind all. */
const compareTimes = (one: number | null, other: number | null): number =>
  one === null || other === null ? Number(one === null) - Number(other === null) : other - one;

const newest = (one: Candidate, other: Candidate): number =>
  compareTimes(one.at, other.at) ||
  other.lastUpdated.getTime() - one.lastUpdated.getTime() ||
  (one.id < other.id ? -1 : 1);

/** So many of each kind that the grant covers, the latest first. */
export function latestOf(grant: Grant, candidates: readonly Candidate[], max: number): Candidate[] {
  const kinds = new Map<string, Candidate[]>();
  for (const one of candidates) {
    if (!admits(grant, 'Observation', one, 's')) continue;
    const kind = kindOf(one.content);
    const known = kinds.get(kind);
    if (known) known.push(one);
    else kinds.set(kind, [one]);
  }
  return [...kinds.values()].flatMap((all) => all.toSorted(newest).slice(0, max));
}
