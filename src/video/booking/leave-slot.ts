import type { Appointment } from '@medplum/fhirtypes';

import type { Queryable } from '../../db/database.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { ok, type Result } from '../../fhir/outcome.ts';
import { placeOf } from './available.ts';
import { dropHold, holdOf } from './holds.ts';
import { markSlot } from './locks.ts';
import { searchOwn } from './search-own.ts';
import { undone } from './taken.ts';

/**
 * A Slot that an Appointment was in is free again, unless somebody else has it: which Slot an Appointment names, others write as
 * well. Under the locks of its place.
 *
 * @param left the id of the Appointment
 */
export async function leaveSlot(
  inside: FhirContext,
  tx: Queryable,
  tenant: number,
  slot: string,
  left: string,
): Promise<Result<null>> {
  const place = await placeOf(inside, tenant, slot);
  if (!place.ok || place.value.slot.status === 'busy-unavailable') return ok(null);
  const hold = await holdOf(tx, tenant, slot);
  if (hold !== null && hold.appointment !== left) return ok(null);
  const all = await searchOwn<Appointment>(inside, tenant, 'Appointment', [
    ['slot', `Slot/${slot}`],
    ['status', undone],
  ]);
  if (all.some(({ id }) => id !== left)) return ok(null);
  await dropHold(tx, tenant, slot);
  return place.value.slot.status === 'free' ? ok(null) : markSlot(inside, tenant, place.value, 'free');
}
