import type { Queryable } from '../../db/database.ts';

/** Samples in one statement, and in one commit. */
const BATCH = 20_000;

const seriesSql = 'select id, array_to_json(keys)::text from series where tenant = $1 and patient = $2 order by id';

/** The tables that samples of a record are deleted from. */
export const readingTables: readonly string[] = ['sample_history', 'sample', 'series'];

/** How many rows each of them has of a patient; tables without one are left out. */
export async function countReadings(on: Queryable, tenant: number, patient: string): Promise<Record<string, number>> {
  const own = 'select id from series where tenant = $1 and patient = $2';
  const counts = readingTables.map(
    (table) =>
      `(select count(*)::int from ${table} where tenant = $1 and ${table === 'series' ? 'id' : 'series'} in (${own}))`,
  );
  const [row = []] = await on.query(`select ${counts.join(', ')}`, [tenant, patient]);
  const all = readingTables.map((table, at): [string, number] => [table, Number(row[at])]);
  return Object.fromEntries(all.filter(([, count]) => count > 0));
}

/** The keys of the texts that samples of a record are found by (concept_text), among others. */
export async function textsOfReadings(on: Queryable, tenant: number, patient: string): Promise<number[]> {
  const rows = await on.query(seriesSql, [tenant, patient]);
  return [...new Set(rows.flatMap(([, keys]) => JSON.parse(String(keys)) as number[]))]; // of a bigint[]
}

// A sample is kept from when it was, or came, if that was later.
const batch = `select ctid from sample where tenant = $1 and series = $2
    and ($3::timestamptz is null or greatest(start + duration * interval '1 ms', received) < $3) limit ${BATCH}`;

const deleteSql = `with gone as (delete from sample m using (${batch}) b where m.ctid = b.ctid and m.tenant = $1 returning m.id),
  past as (delete from sample_history h using gone where h.tenant = $1 and h.id = gone.id)
  select count(*)::int from gone`;

const pastSql = `delete from sample_history where tenant = $1 and series = $2`;
const emptySql = `delete from series s where tenant = $1 and id = $2
  and not exists (select from sample m where m.tenant = $1 and m.series = $2)`;

/**
 * Deletes samples of a record as if they had never been, with their versions; of series of which there are none left, these as
 * well. In batches, each in a commit of its own: it can be begun again.
 *
 * @param before those that are older; null: all
 * @returns how many
 */
export async function eraseReadings(
  on: Queryable,
  tenant: number,
  patient: string,
  before: Date | null,
): Promise<number> {
  let count = 0;
  for (const [series] of await on.query(seriesSql, [tenant, patient])) {
    for (let gone = BATCH; gone === BATCH; count += gone) {
      const [row] = await on.query(deleteSql, [tenant, Number(series), before]);
      gone = Number(row?.[0] ?? 0);
    }
    if (before === null) await on.query(pastSql, [tenant, Number(series)]);
    await on.query(emptySql, [tenant, Number(series)]);
  }
  return count;
}
