import type { Appointment } from '@medplum/fhirtypes';

import type { Grant } from '../../fhir/access.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { conflict, ok, type Result, ruledOut, unprocessable } from '../../fhir/outcome.ts';
import { uuid7 } from '../../fhir/store/uuid.ts';
import { storeMadeIn } from '../../privacy/made.ts';
import { policyOf } from '../visits/policy.ts';
import type { ProviderId } from '../visits/visit.ts';
import { findVisit } from '../visits/visit.ts';
import { rootOf } from './answer.ts';
import { isAvailable, type Place, placeOf } from './available.ts';
import { freeSlot } from './free-slot.ts';
import { dropHold } from './holds.ts';
import { markSlot, underLocks } from './locks.ts';
import { announcement } from './notices.ts';
import { type Own, readOwnAppointment } from './own.ts';
import { appointmentOf, serviceOf } from './proposed.ts';
import { readyToWrite } from './ready.ts';
import { mayBookIn } from './who.ts';

/** The same Appointment at another time, and perhaps with others. */
function moved(
  { appointment, patient }: Own,
  to: Place,
  kept: { root: string; provider: ProviderId },
): Result<Appointment & { id: string }> {
  const services = serviceOf(to, appointment.serviceType ?? []);
  if (services === null)
    return unprocessable('What was booked is not given at that time; see Slot.serviceType', 'Slot.serviceType');
  const created = Date.parse(appointment.created ?? '') || 0;
  const made = { ...kept, id: appointment.id, status: 'booked', patient, services, now: created } as const;
  const { created: _, ...next } = appointmentOf(appointment, to, made);
  return ok({ ...next, ...(appointment.created === undefined ? {} : { created: appointment.created }) });
}

/** Whether it can still be put off: nobody has begun with it, and it was not called off. */
async function canMove(
  context: FhirContext,
  tenant: number,
  { appointment, slot }: Own,
  to: string,
): Promise<Result<null>> {
  const { id, status } = appointment;
  if (status !== 'booked') return conflict(`Appointment/${id} is ${status}; one that is booked can be put off`);
  if (slot === to) return ruledOut(`Appointment/${id} is in Slot/${to} already`, 'slot');
  const visit = await findVisit(context.database, tenant, 'appointment', id);
  if (visit !== null && visit.state !== 'scheduled')
    return conflict('The visit has begun, or is over; it cannot be put off any more');
  return ok(null);
}

/** Puts an Appointment off to another Slot: that one is taken and the one before is free, or nothing changes. */
export async function reschedule(
  context: FhirContext,
  grant: Grant,
  id: string,
  slot: string,
): Promise<Result<string>> {
  const { tenant } = grant;
  const first = await readOwnAppointment(context, grant, id);
  if (!first.ok) return first;
  const to = await placeOf(context, tenant, slot);
  if (!to.ok) return to;
  const may = mayBookIn(grant, to.value.calendar);
  if (!may.ok) return may;
  const from = first.value.slot === null ? null : await placeOf(context, tenant, first.value.slot);
  const places = [to.value, ...(from?.ok ? [from.value] : [])];
  const { patient } = first.value;
  return underLocks(context, tenant, { places, patient }, async (inside, tx) => {
    const own = await readOwnAppointment(inside, grant, id);
    if (!own.ok) return own;
    const can = await canMove(inside, tenant, own.value, slot);
    if (!can.ok) return can;
    const place = await placeOf(inside, tenant, slot);
    if (!place.ok) return place;
    // Its own time before is not in its way, nor what is kept free around that.
    const free = await isAvailable(inside, tenant, place.value, { patient, appointment: id, leaving: own.value.slot });
    if (!free.ok) return free;
    const { provider } = await policyOf(inside, tenant);
    const appointment = moved(own.value, place.value, { root: rootOf(context, tenant), provider });
    if (!appointment.ok) return appointment;
    const draft = await readyToWrite(inside, grant, appointment.value, own.value.row);
    if (!draft.ok) return draft;
    const written = await inside.store.update(grant, draft.value, own.value.row.version);
    if (!written.ok) return written;
    const taken = await markSlot(inside, tenant, place.value, 'busy');
    if (!taken.ok) return taken;
    await dropHold(tx, tenant, slot);
    const freed = own.value.slot === null ? ok(null) : await freeSlot(inside, tx, tenant, own.value.slot, id);
    if (!freed.ok) return freed;
    const now = context.now();
    const said = announcement(appointment.value, patient, 'rescheduled', { id: uuid7(now), now });
    await storeMadeIn(context, tx, tenant, [said]);
    return ok(written.value.content);
  });
}
