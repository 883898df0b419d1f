import type { Queryable } from '../../db/database.ts';
import { markDue } from './due.ts';

/** A sample that was entered in error, and its version. */
export type Marked = { id: string; version: number };

// Looked up by id in one order; what is in error already, or has become a resource, stays as it is.
const mark = `with held as materialized (select m.* from unnest(string_to_array($2, ',')) v(id)
    join sample m on m.tenant = $1 and m.id::text collate "C" = v.id where m.status not in (2, 9)
    order by m.series, m.start, m.duration for update of m),
  past as (insert into sample_history (tenant, series, start, duration, zone, status, version, value, received, id)
    select tenant, series, start, duration, zone, status, version, value, received, id from held)
  update sample m set status = 2, version = m.version + 1, received = $3 from held
    where m.tenant = $1 and m.series = held.series and m.start = held.start and m.duration = held.duration
    returning m.id, m.version, m.series, m.start, m.duration`;

/**
 * Samples that were never so: the next version of each says that it was entered in error.
 *
 * @param on in a transaction
 * @param received when we were told
 * @returns those that are marked now and were not before
 */
export async function markSamples(
  on: Queryable,
  tenant: number,
  ids: readonly string[],
  received: Date,
): Promise<readonly Marked[]> {
  if (ids.length === 0) return [];
  const rows = await on.query(mark, [tenant, ids.join(), received]);
  // The select list fixes the shape of a row.
  const marked = rows as [string, number, number, Date, number][];
  const spans = marked.map(([, , series, start, duration]) => ({ series, start: start.getTime(), duration }));
  await markDue(on, tenant, spans);
  return marked.map(([id, version]) => ({ id, version }));
}
