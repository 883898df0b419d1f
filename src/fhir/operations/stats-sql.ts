import type { Queryable } from '../../db/database.ts';
import { type Condition, writeAll, written } from '../search/condition.ts';
import { parameterId } from '../search/hash.ts';
import type { Scan } from '../search/scan.ts';
import { Statement } from '../search/statement.ts';
import { percentiles, type Statistics } from './statistics.ts';

/** The Observations that are asked about, as far as the grant covers them. */
export type Subject = {
  scan: Scan;
  /** The id of the Patient; null: they are about something else, and no device of a patient measured them. */
  patient: string | null;
  conditions: readonly Condition[];
  /** What is asked of resources alone: their components. */
  ofResources: readonly Condition[];
  /** What holds of a series as a whole, and of each of its samples then. */
  ofSeries: readonly Condition[];
};

/** Begun at or after `start` and before `end`: ms since 1970, null: no bound. */
export const begunWithin = (start: number | null, end: number | null): Condition[] => {
  const bound = (at: number | null, compare: string): Condition[] =>
    at === null
      ? []
      : [
          written(
            ({ statement, row }) =>
              `${row}.date_start ${compare} ${statement.bind(new Date(Math.max(at, -8.64e13)), 'timestamptz')}`,
          ),
        ];
  return [...bound(start, '>='), ...bound(end, '<')];
};

/** In which components are looked at as well: no sample has one. */
const hasComponents: Condition = written(
  ({ statement, row }) => `${row}.present @> ${statement.bind([parameterId('component-code')], 'int[]')}`,
);

/**
 * The rows of both tiers as SQL; samples series by series, each of which an index has in the order of time.
 *
 * @param columns of a row r
 * @param tail behind the conditions of each part: its order and how many
 */
export function rowsText(statement: Statement, subject: Subject, columns: string, tail = ''): string {
  const { scan, conditions, ofResources, ofSeries, patient } = subject;
  const resources = `(select ${columns} ${scan.from(statement, 'r', [...conditions, ...ofResources], 'resource')}${tail})`;
  if (patient === null) return resources;
  const samples = `select ${columns} ${scan.from(statement, 'r', conditions, 'sample_observation')} and r.series = q.id`;
  return (
    `${resources} union all (select l.* from series q cross join lateral (${samples}${tail === '' ? ' offset 0' : tail}) l` +
    ` where q.tenant = ${statement.tenant} and q.patient = ${statement.bind(patient, 'text')}` +
    `${writeAll(ofSeries, { statement, row: 'q', type: scan.type })})`
  );
}

/** Whether there is one whose components may be what is asked for. */
export async function anyComponents(on: Queryable, { scan, conditions, ofResources }: Subject): Promise<boolean> {
  const statement = new Statement(scan.grant.tenant);
  statement.text = `select 1 ${scan.from(statement, 'r', [...conditions, ...ofResources, hasComponents], 'resource')} limit 1`;
  return (await on.query(statement.text, statement.params)).length > 0;
}

/** The text of the latest with a value; null: none has one. */
export async function latestText(on: Queryable, subject: Subject): Promise<string | null> {
  const statement = new Statement(subject.scan.grant.tenant);
  const tail = ' and r.quantity is not null order by r.date_start desc nulls last, r.id limit 1';
  statement.text = `select content from (${rowsText(statement, subject, 'r.content, r.date_start, r.id', tail)}) l
    order by date_start desc nulls last, id limit 1`;
  const [row] = await on.query(statement.text, statement.params);
  return row ? String(row[0]) : null;
}

/**
 * What stands for a whole day beside what stands for its parts is left out. A date alone covers its day, too, and is no total:
 * a Period ends a millisecond later at least.
 */
const isTotal = `(r.date_end - r.date_start > interval '12 hours' and r.date_end - r.date_start <> interval '24 hours')`;

/**
 * The statistics of everything that is covered, of values in the base unit.
 *
 * @param unit the key that rows have whose values are in it; null: they have none, and are taken as they are
 * @param from ms since 1970 that the regression begins at; null: the first of them
 */
export async function statisticsBySql(
  on: Queryable,
  subject: Subject,
  unit: number | null,
  from: number | null,
): Promise<Statistics> {
  const statement = new Statement(subject.scan.grant.tenant);
  const value =
    unit === null
      ? 'r.quantity'
      : `case when r.keys @> ${statement.bind([unit], 'bigint[]')} then coalesce(r.quantity_base, r.quantity) end`;
  const begin = from === null ? 'null::timestamptz' : statement.bind(new Date(from), 'timestamptz');
  const rows = rowsText(statement, subject, `${value} as v, r.date_start as t, ${isTotal} is true as whole`);
  statement.text = `with found as materialized (${rows}),
    kept as materialized (select v, t from found where not whole or not exists (select from found where not whole)),
    m as (select avg(v) as a, coalesce(${begin}, min(t) filter (where v is not null)) as t from kept),
    p as (select k.v, k.v - m.a as d, extract(epoch from k.t - m.t)::float8 / 3600 as x from kept k cross join m)
    select count(v)::float8, count(*)::float8, min(v), max(v), sum(v), avg(v), var_samp(v), var_pop(v), avg(d ^ 3), avg(d ^ 4),
      percentile_cont(array[${percentiles.join(', ')}]::float8[]) within group (order by v),
      regr_slope(v, x), regr_intercept(v, x) from p`;
  const [row = []] = await on.query(statement.text, statement.params);
  // The select list fixes the shape of the row.
  const [count, total, minimum, maximum, sum, average, variance, m2, m3, m4, , gradient, intercept] = row as number[];
  const at = row[10] as (number | null)[] | null;
  const varies = (m2 ?? 0) > 0;
  return {
    count: count ?? 0,
    total: total ?? 0,
    minimum: minimum ?? null,
    maximum: maximum ?? null,
    sum: sum ?? null,
    average: average ?? null,
    variance: variance ?? null,
    skew: varies ? Number(m3) / Number(m2) ** 1.5 : null,
    kurtosis: varies ? Number(m4) / Number(m2) ** 2 : null,
    percentiles: at ?? percentiles.map(() => null),
    gradient: gradient ?? null,
    intercept: intercept ?? null,
  };
}
