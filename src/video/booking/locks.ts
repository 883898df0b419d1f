import type { Slot } from '@medplum/fhirtypes';

import type { Queryable } from '../../db/database.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { Abandoned } from '../../fhir/interactions/transaction-change.ts';
import { conflict, ok, type Result } from '../../fhir/outcome.ts';
import { underCriteria } from '../../fhir/store/criteria.ts';
import { replaceMade } from '../../privacy/made.ts';
import { within } from '../within.ts';
import type { Place } from './available.ts';
import { refersTo } from './calendar.ts';

/**
 * Runs `work` in a transaction while nobody else books with the same people, in the same Schedule, or for the same patient, in
 * whichever process. Of what it refuses nothing is written.
 */
export async function underLocks<T>(
  context: FhirContext,
  tenant: number,
  { places, patient }: { places: readonly Place[]; patient: string },
  work: (inside: FhirContext, tx: Queryable) => Promise<Result<T>>,
): Promise<Result<T>> {
  const calendars = places.flatMap(({ slot, calendar }) => [
    ['Slot', `_id=${slot.id}`],
    ['Schedule', `_id=${calendar.id}`],
    ...refersTo(calendar.actors, 'Practitioner').map((one) => ['Appointment', `practitioner=${one}`]),
  ]);
  const criteria = [...calendars, ['Appointment', `patient=Patient/${patient}`]].map(([type = '', query = '']) => ({
    tenant,
    type,
    query,
  }));
  try {
    return await underCriteria(context.database, criteria, async (tx) => {
      const done = await work(within(context, tx), tx);
      if (!done.ok) throw new Abandoned(done);
      return done;
    });
  } catch (error) {
    if (error instanceof Abandoned) return error.refusal;
    throw error;
  }
}

/** Says of a Slot whether it is free, and nothing of who has it. */
export async function markSlot(
  inside: FhirContext,
  tenant: number,
  { slot, version }: Place,
  status: Slot['status'],
): Promise<Result<null>> {
  const { meta: _, ...rest } = slot;
  const written = await replaceMade(inside, tenant, { ...rest, status }, version);
  if (written.ok) return ok(null);
  return written.status === 412 ? conflict('This time was changed just now; find it again') : written;
}
