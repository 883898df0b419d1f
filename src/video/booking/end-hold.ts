import type { Appointment } from '@medplum/fhirtypes';

import type { FhirContext } from '../../fhir/context.ts';
import { ok } from '../../fhir/outcome.ts';
import type { JobHandler } from '../../privacy/jobs/job-handler.ts';
import { readOwn, replaceMade } from '../../privacy/made.ts';
import { idOf } from './asked.ts';
import { placeOf } from './available.ts';
import { holdKind } from './book.ts';
import { reasonSystem } from './cancel.ts';
import { dropHold, holdOf } from './holds.ts';
import { markSlot, underLocks } from './locks.ts';

/** Frees what was held and not booked: whoever looks at the Slot sees that it is free again. */
async function endHold(context: FhirContext, tenant: number, slot: string, appointment: string): Promise<void> {
  const place = await placeOf(context, tenant, slot);
  const found = await readOwn<Appointment>(context, tenant, 'Appointment', appointment);
  if (!place.ok || !found.ok) return dropHold(context.database, tenant, slot);
  const base = context.settings.baseOf(tenant);
  const patients = found.value.resource.participant.flatMap(
    ({ actor }) => idOf('Patient', actor?.reference, base) ?? [],
  );
  const done = await underLocks(
    context,
    tenant,
    { places: [place.value], patient: patients[0] ?? '' },
    async (inside, tx) => {
      const hold = await holdOf(tx, tenant, slot);
      const isOurs = hold?.appointment === appointment;
      // Held anew since, which has a job of its own.
      if (isOurs && hold.expiresAt > context.now()) return ok(null);
      const own = await readOwn<Appointment>(inside, tenant, 'Appointment', appointment);
      if (own.ok && own.value.resource.status === 'pending') {
        const cancelationReason = { coding: [{ system: reasonSystem, code: 'other' }], text: 'It was not confirmed' };
        const made: Appointment & { id: string } = { ...own.value.resource, status: 'cancelled', cancelationReason };
        const written = await replaceMade(inside, tenant, made, own.value.version);
        if (!written.ok) return written;
      }
      if (!isOurs) return ok(null);
      await dropHold(tx, tenant, slot);
      const current = await placeOf(inside, tenant, slot);
      return current.ok && current.value.slot.status === 'busy-tentative'
        ? markSlot(inside, tenant, current.value, 'free')
        : ok(null);
    },
  );
  // Somebody wrote in between: the job is asked again.
  if (!done.ok) throw new Error(`a hold was not ended: ${done.status}`);
}

/** The end of a hold. */
export const endHoldJob: JobHandler = {
  kind: holdKind,
  async run(context, { tenant, payload }) {
    const { slot, appointment } = payload as { slot: string; appointment: string }; // as it was asked for in book.ts
    await endHold(context, tenant, slot, appointment);
  },
};
