import type { Queryable } from '../../db/database.ts';
import { key } from '../../fhir/search/hash.ts';
import { numbers, texts } from '../../fhir/store/arrays.ts';
import { measures } from '../measures.ts';

/** Whose readings of what are to be rolled up anew. */
export type Due = { patient: string; measure: string };

/** Hours that are taken at once. */
const MOST = 200;

const nextSql = `select patient, measure from rollup_due where tenant = $1 and (patient, measure) > ($2, $3) and hour <= $4
  order by patient, measure limit 1`;

// An hour that somebody is writing to is left for the next time.
const takeSql = `delete from rollup_due d using (select patient, measure, hour from rollup_due
    where tenant = $1 and patient = $2 and measure = $3 and hour <= $4 order by hour limit ${MOST} for update skip locked) t
  where d.tenant = $1 and d.patient = t.patient and d.measure = t.measure and d.hour = t.hour returning d.hour`;

const againSql = `insert into rollup_due (tenant, patient, measure, hour)
  select distinct $1::int, s.patient, s.measure, date_bin('1 hour', m.start, timestamptz 'epoch')
  from series s join sample m on m.tenant = s.tenant and m.series = s.id
  where s.tenant = $1 and s.patient = $2 order by 2, 3, 4
  on conflict (tenant, patient, measure, hour) do update set hour = excluded.hour where false`;

/** The first behind another of which an hour is due that begins at `until` (ms since 1970) or before; null: none is. */
export async function nextDue(on: Queryable, tenant: number, behind: Due, until: number): Promise<Due | null> {
  const [row] = await on.query(nextSql, [tenant, behind.patient, behind.measure, new Date(until)]);
  return row ? { patient: String(row[0]), measure: String(row[1]) } : null;
}

/**
 * Takes hours off the list, in the order of time.
 *
 * @param on in the transaction in which they are rolled up
 * @returns ms since 1970 at which each begins, and whether there may be more
 */
export async function takeDue(
  on: Queryable,
  tenant: number,
  { patient, measure }: Due,
  until: number,
): Promise<{ hours: number[]; more: boolean }> {
  const rows = await on.query(takeSql, [tenant, patient, measure, new Date(until)]);
  const hours = (rows as [Date][]).map(([hour]) => hour.getTime()).toSorted((one, other) => one - other);
  return { hours, more: rows.length === MOST };
}

/** One after the other for one patient: nobody erases what is being rolled up, nor rolls up what is being erased. */
export async function lockRollUps(tx: Queryable, tenant: number, patient: string): Promise<void> {
  await tx.query('select pg_advisory_xact_lock($1, hashtext($2))', [tenant, `roll-ups of ${patient}`]);
}

// What is longer than a day and the hour of a clock that is put back is summed up nowhere.
const againOfResourcesSql = `with r as materialized (select keys, date_start, date_end from resource
    where tenant = $1 and type = 96 and patient = $2 and keys && $3::bigint[] and date_start > '-infinity')
  insert into rollup_due (tenant, patient, measure, hour)
  select distinct $1::int, $2, v.measure, h.hour
  from r join unnest($3::bigint[], string_to_array($4, chr(30))) v(key, measure) on v.key = any(r.keys)
    cross join lateral generate_series(date_bin('1 hour', r.date_start, timestamptz 'epoch'),
      least(greatest(r.date_end - interval '2 ms', r.date_start), r.date_start + interval '26 hours'), interval '1 hour') h(hour)
  order by 3, 4 on conflict (tenant, patient, measure, hour) do update set hour = excluded.hour where false`;

/** Everything of a patient is rolled up anew, of both tiers: other sources count first, or labels have changed. */
export async function rollUpAgain(on: Queryable, tenant: number, patient: string): Promise<void> {
  await on.query(againSql, [tenant, patient]);
  const rolled = measures.filter(({ roll }) => roll !== null);
  const keys = rolled.map(({ codings: [{ system, code } = {}] }) =>
    key(tenant, 'Observation', 'code', 's', `${system}|${code}`),
  );
  await on.query(againOfResourcesSql, [tenant, patient, numbers(keys), texts(rolled.map(({ id }) => id))]);
}
