import type { FhirContext } from '../../fhir/context.ts';
import { typeNumber, typeOfNumber } from '../../fhir/resources.ts';
import { numbers, texts } from '../../fhir/store/arrays.ts';
import { type Name, nameOf } from './inventory.ts';

const heldSql = `with h as (select patient from legal_hold
    where tenant = $1 and released_at is null and (until is null or until > $2) and patient is distinct from $3),
  v as materialized (select * from unnest($4::smallint[], string_to_array($5, chr(30))) u(type, id) where exists (select from h))
  select distinct v.type, v.id from v cross join lateral (
      select patient, patients from resource r where r.tenant = $1 and r.type = v.type and r.id = v.id
      union all select patient, patients from resource_history r where r.tenant = $1 and r.type = v.type and r.id = v.id) r
    join h on h.patient = r.patient or h.patient = any(r.patients)`;

/** Names in one statement. */
const BATCH = 500;

/**
 * Which of some resources are in a record under a legal hold, or were when they had another version: whatever becomes of others,
 * they stay as they are.
 *
 * @param beside a patient whose own holds do not count here, because they have been asked for; null: all count
 * @returns `Type/id`
 */
export async function heldAmong(
  { database, now }: FhirContext,
  tenant: number,
  beside: string | null,
  names: readonly Name[],
): Promise<ReadonlySet<string>> {
  const held = new Set<string>();
  for (let at = 0; at < names.length; at += BATCH) {
    const part = names.slice(at, at + BATCH);
    const rows = await database.query(heldSql, [
      tenant,
      new Date(now()),
      beside,
      numbers(part.map(({ type }) => typeNumber(type))),
      texts(part.map(({ id }) => id)),
    ]);
    for (const [type, id] of rows) held.add(nameOf({ type: typeOfNumber(type as number), id: String(id) }));
  }
  return held;
}
