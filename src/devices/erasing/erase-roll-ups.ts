import type { Queryable } from '../../db/database.ts';
import { markDueOf } from '../../fhir/samples/due.ts';
import { eraseRows } from '../../privacy/erase/erase-rows.ts';
import { measureOf } from '../measures.ts';
import { lockRollUps } from '../rollups/due.ts';
import { HOUR, LONGEST } from '../rollups/piece.ts';
import { rollUpId } from '../rollups/roll-up-observation.ts';
import { daysTouched } from '../rollups/touched.ts';
import type { Brought } from './brought.ts';

/** A reading that goes; ms since 1970 and ms. */
export type Gone = { measure: string; start: number; duration: number };

function hoursOf({ start, duration }: Gone): number[] {
  const hours: number[] = [];
  const end = start + Math.max(Math.min(duration, LONGEST), 1);
  for (let hour = Math.floor(start / HOUR) * HOUR; hour < end; hour += HOUR) hours.push(hour);
  return hours;
}

/** The ids of all roll-ups that something of these readings may be in. */
function rollUpsOf({ tenant, patient }: Brought, gone: readonly Gone[]): string[] {
  const ids: string[] = [];
  for (const [id, some] of Map.groupBy(gone, ({ measure }) => measure)) {
    const measure = measureOf(id);
    if (measure === undefined || measure.roll === null) continue;
    const of = { tenant, patient, measure };
    const hours = [...new Set(some.flatMap(hoursOf))];
    for (const start of hours) ids.push(rollUpId({ ...of, span: 'hourly', start }));
    for (const start of daysTouched(hours)) ids.push(rollUpId({ ...of, span: 'daily', start }));
  }
  return ids;
}

/** Ids in one statement. */
const BATCH = 2000;

const deletedSql = `select distinct id from resource_history where tenant = $1 and type = 96 and id = any($2::text[]) and deleted`;
const versionsSql = `delete from resource_history where tenant = $1 and type = 96 and id = any($2::text[]) and not deleted`;

/**
 * Erases, with every version, what was rolled up of readings that are about to go; what is left of others is rolled up anew. That
 * somebody has deleted a roll-up stays known: it is not made again.
 *
 * @param tx in which the readings go as well
 */
export async function eraseRollUps(tx: Queryable, of: Brought, gone: readonly Gone[]): Promise<void> {
  const { tenant, patient } = of;
  await lockRollUps(tx, tenant, patient);
  await markDueOf(tx, tenant, patient, gone);
  const ids = rollUpsOf(of, gone);
  for (let at = 0; at < ids.length; at += BATCH) {
    const part = ids.slice(at, at + BATCH);
    const deleted = new Set((await tx.query(deletedSql, [tenant, part])).map(([id]) => String(id)));
    if (deleted.size > 0) await tx.query(versionsSql, [tenant, [...deleted]]);
    const names = part.filter((id) => !deleted.has(id)).map((id) => ({ type: 'Observation', id }));
    await eraseRows(tx, tenant, names);
  }
}
