import type { Appointment, CodeableConcept } from '@medplum/fhirtypes';

import type { Grant } from '../../fhir/access.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { conflict, ok, type Result } from '../../fhir/outcome.ts';
import { uuid7 } from '../../fhir/store/uuid.ts';
import { storeMadeIn } from '../../privacy/made.ts';
import { isOver } from '../session.ts';
import { advance } from '../visits/advance.ts';
import { findVisit } from '../visits/visit.ts';
import { placeOf } from './available.ts';
import { freeSlot } from './free-slot.ts';
import { underLocks } from './locks.ts';
import { announcement } from './notices.ts';
import { type Own, readOwnAppointment } from './own.ts';
import { readyToWrite } from './ready.ts';
import { sideOf } from './who.ts';

export const reasonSystem = 'http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason';

/** Statuses in which an Appointment can be called off. */
const open: ReadonlySet<string> = new Set(['proposed', 'pending', 'booked', 'arrived', 'checked-in', 'waitlist']);

const words = { pat: 'Patient', prov: 'Provider' } as const;

/** Why, in a code and perhaps in words; what is not said is who cancelled. */
export type Why = { code: string | null; text: string | null };

function reasonOf({ code, text }: Why, side: 'patient' | 'clinic'): CodeableConcept {
  const usual = side === 'patient' ? 'pat' : 'prov';
  const coding =
    code === null || code === usual
      ? { system: reasonSystem, code: usual, display: words[usual] }
      : { system: reasonSystem, code };
  return { coding: [coding], ...(text === null ? {} : { text }) };
}

/** Who cancels takes no part any more. */
function cancelled({ appointment }: Own, grant: Grant, why: Why): Appointment & { id: string } {
  const side = sideOf(grant);
  const isTheirs = (reference = ''): boolean =>
    side === 'patient' ? reference.startsWith('Patient/') : reference === grant.caller.fhirUser;
  return {
    ...appointment,
    status: 'cancelled',
    cancelationReason: reasonOf(why, side),
    participant: appointment.participant.map((one) =>
      isTheirs(one.actor?.reference) ? { ...one, status: 'declined' } : one,
    ),
  };
}

/** A visit that was opened ends first, which says whether it still can. */
async function endVisit(context: FhirContext, grant: Grant, id: string): Promise<Result<null>> {
  const visit = await findVisit(context.database, grant.tenant, 'appointment', id);
  if (visit === null || isOver(visit.state)) return ok(null);
  const by = { reference: grant.caller.fhirUser ?? `Patient/${grant.caller.patient ?? visit.patient}` };
  const ended = await advance(context, grant.tenant, visit.id, 'cancel', by);
  return ended.ok ? ok(null) : ended;
}

/** The time of an Appointment that was cancelled before is free, if it is not yet. */
async function freed(context: FhirContext, tenant: number, { slot, patient, row }: Own): Promise<Result<string>> {
  const place = slot === null ? null : await placeOf(context, tenant, slot);
  if (!place?.ok || place.value.slot.status === 'free') return ok(row.content);
  return underLocks(context, tenant, { places: [place.value], patient }, async (inside, tx) => {
    const done = await freeSlot(inside, tx, tenant, place.value.slot.id, row.id);
    return done.ok ? ok(row.content) : done;
  });
}

/** The text of an Appointment that is called off; its time is free, and both sides are told. */
export async function cancel(context: FhirContext, grant: Grant, id: string, why: Why): Promise<Result<string>> {
  const { tenant } = grant;
  const first = await readOwnAppointment(context, grant, id);
  if (!first.ok) return first;
  const { status } = first.value.appointment;
  // Who says again that it is cancelled says nothing new; who cancelled it by writing it has not freed its time.
  if (status === 'cancelled') return freed(context, tenant, first.value);
  if (!open.has(status)) return conflict(`Appointment/${id} is ${status}, which cannot be cancelled`);
  const coming = await readyToWrite(context, grant, cancelled(first.value, grant, why), first.value.row);
  if (!coming.ok) return coming;
  const ended = await endVisit(context, grant, id);
  if (!ended.ok) return ended;
  const place = first.value.slot === null ? null : await placeOf(context, tenant, first.value.slot);
  const places = place?.ok ? [place.value] : [];
  return underLocks(context, tenant, { places, patient: first.value.patient }, async (inside, tx) => {
    // The end of the visit has written it, and so may others.
    const own = await readOwnAppointment(inside, grant, id);
    if (!own.ok) return own;
    const appointment = cancelled(own.value, grant, why);
    const draft = await readyToWrite(inside, grant, appointment, own.value.row);
    if (!draft.ok) return draft;
    const written = await inside.store.update(grant, draft.value, own.value.row.version);
    if (!written.ok) return written;
    for (const { slot } of places) {
      const done = await freeSlot(inside, tx, tenant, slot.id, id);
      if (!done.ok) return done;
    }
    const now = context.now();
    const said = announcement(appointment, own.value.patient, `cancelled by the ${sideOf(grant)}`, {
      id: uuid7(now),
      now,
    });
    if (status !== 'pending') await storeMadeIn(context, tx, tenant, [said]);
    return ok(written.value.content);
  });
}
