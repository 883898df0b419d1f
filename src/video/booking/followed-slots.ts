import type { Appointment } from '@medplum/fhirtypes';

import { addJob } from '../../db/jobs.ts';
import type { FhirContext, Record } from '../../fhir/context.ts';
import type { JobHandler } from '../../privacy/jobs/job-handler.ts';
import { readOwn } from '../../privacy/made.ts';
import { idOf } from './asked.ts';
import { placeOf } from './available.ts';
import { freeSlot } from './free-slot.ts';
import { underLocks } from './locks.ts';

const kind = 'video-free-slot';

/** ms after which what was written is committed, or will not be. */
const SETTLED = 2000;

/** As `record`; and has the Slots looked at of Appointments that somebody has written by themselves, without the operations. */
export function slotsFollowed(context: FhirContext, record: Record): Record {
  return async (request, answer, seen) => {
    await record(request, answer, seen);
    const { tenant } = request.grant;
    const written = seen.filter(({ type, interaction }) => type === 'Appointment' && interaction === 'u');
    for (const { id } of written) {
      const runAt = new Date(context.now() + SETTLED);
      await addJob(context.database, { tenant, kind, payload: { appointment: id }, key: id, runAt });
    }
  };
}

/** A Slot whose one Appointment was called off is free, whoever called it off and how. */
async function follow(context: FhirContext, tenant: number, id: string): Promise<void> {
  const found = await readOwn<Appointment>(context, tenant, 'Appointment', id);
  if (!found.ok || !['cancelled', 'entered-in-error'].includes(found.value.resource.status)) return;
  const base = context.settings.baseOf(tenant);
  const slot = idOf('Slot', found.value.resource.slot?.[0]?.reference, base);
  const place = slot === null ? null : await placeOf(context, tenant, slot);
  if (slot === null || !place?.ok || place.value.slot.status === 'free') return;
  const done = await underLocks(context, tenant, { places: [place.value], patient: '' }, (inside, tx) =>
    freeSlot(inside, tx, tenant, slot, id),
  );
  // Somebody wrote in between: the job is asked again.
  if (!done.ok) throw new Error(`a Slot was not freed: ${done.status}`);
}

/** Frees the Slot of an Appointment that was called off. */
export const freeSlotJob: JobHandler = {
  kind,
  async run(context, { tenant, payload }) {
    await follow(context, tenant, (payload as { appointment: string }).appointment); // as addJob was given it
  },
};
