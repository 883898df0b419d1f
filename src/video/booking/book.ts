import type { Appointment } from '@medplum/fhirtypes';

import { addJob } from '../../db/jobs.ts';
import { allows, type Grant } from '../../fhir/access.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { conflict, forbidden, ok, type Result, unprocessable } from '../../fhir/outcome.ts';
import type { Draft } from '../../fhir/store/draft.ts';
import type { Stored } from '../../fhir/store/release.ts';
import { uuid7 } from '../../fhir/store/uuid.ts';
import { storeMadeIn } from '../../privacy/made.ts';
import { policyOf } from '../visits/policy.ts';
import { rootOf } from './answer.ts';
import type { AskedAppointment } from './asked.ts';
import { isAvailable, type Place, placeOf } from './available.ts';
import { countHolds, dropHold, HOLD, MOST_HOLDS, putHold } from './holds.ts';
import { markSlot, underLocks } from './locks.ts';
import { announcement } from './notices.ts';
import { appointmentOf, serviceOf } from './proposed.ts';
import { readyToWrite } from './ready.ts';
import { mayBookIn } from './who.ts';

/** The kind of the job by which a hold ends. */
export const holdKind = 'video-hold';

export type Wish = AskedAppointment & {
  /** The Appointment that has been held; null: none has. */
  held: Stored | null;
  status: 'pending' | 'booked';
};

/** An Appointment that is written; `until`: how long its time is held, ms since 1970. */
export type Booked = { text: string; until: number };

type Coming = { place: Place; patient: string; appointment: Appointment & { id: string }; draft: Draft };

async function comingOf(context: FhirContext, grant: Grant, wish: Wish): Promise<Result<Coming>> {
  const { tenant } = grant;
  const place = await placeOf(context, tenant, wish.slot);
  if (!place.ok) return place;
  const own = mayBookIn(grant, place.value.calendar);
  if (!own.ok) return own;
  const asked = Array.isArray(wish.resource.serviceType) ? wish.resource.serviceType : [];
  const services = serviceOf(place.value, asked);
  if (services === null)
    return unprocessable('This service is not given in this Slot; see Slot.serviceType', 'Appointment.serviceType');
  const now = context.now();
  const { patient, status, held } = wish;
  const { provider } = await policyOf(context, tenant);
  const root = rootOf(context, tenant);
  const made = { id: held?.id ?? uuid7(now), status, patient, services, root, provider, now };
  const appointment = appointmentOf(wish.resource, place.value, made);
  const draft = await readyToWrite(context, grant, appointment, held);
  return draft.ok ? ok({ place: place.value, patient, appointment, draft: draft.value }) : draft;
}

/**
 * Holds or books a time. Of those who want it at once one has it.
 *
 * @returns 409 where it is taken, held, too soon or in the way of another Appointment of the patient; 403 where the caller
 * writes no such Appointment; 422 where what was sent cannot be one
 */
export async function book(context: FhirContext, grant: Grant, wish: Wish): Promise<Result<Booked>> {
  const { tenant } = grant;
  if (!allows(grant, 'Appointment', wish.held === null ? 'c' : 'u'))
    return forbidden('Your access does not cover booking an Appointment');
  const coming = await comingOf(context, grant, wish);
  if (!coming.ok) return coming;
  const { place, patient, appointment, draft } = coming.value;
  const { status, held } = wish;
  // Most who come too late need not wait for the locks.
  const open = await isAvailable(context, tenant, place, { patient, appointment: appointment.id });
  if (!open.ok) return open;
  const until = context.now() + HOLD;
  return underLocks(context, tenant, { places: [place], patient }, async (inside, tx) => {
    const current = await placeOf(inside, tenant, place.slot.id);
    if (!current.ok) return current;
    const free = await isAvailable(inside, tenant, current.value, { patient, appointment: appointment.id });
    if (!free.ok) return free;
    if (status === 'pending' && (await countHolds(tx, tenant, patient, context.now())) >= MOST_HOLDS)
      return conflict(`At most ${MOST_HOLDS} times are held for one patient at once; book one of them, or wait`);
    const marked = await markSlot(inside, tenant, current.value, status === 'pending' ? 'busy-tentative' : 'busy');
    if (!marked.ok) return marked;
    const text = await written(inside, grant, draft, held);
    if (!text.ok) return text;
    if (status === 'pending') {
      const hold = { tenant, slot: place.slot.id, patient, appointment: appointment.id, expiresAt: until };
      await putHold(tx, hold);
      const payload = { slot: place.slot.id, appointment: appointment.id };
      await addJob(tx, { tenant, kind: holdKind, payload, runAt: new Date(until), key: appointment.id });
      return ok({ text: text.value, until });
    }
    await dropHold(tx, tenant, place.slot.id);
    const now = context.now();
    const said = announcement(appointment, patient, 'booked', { id: uuid7(now), now });
    await storeMadeIn(context, tx, tenant, [said]);
    return ok({ text: text.value, until });
  });
}

/** Written with what the caller may, in the transaction. */
async function written(inside: FhirContext, grant: Grant, draft: Draft, held: Stored | null): Promise<Result<string>> {
  if (held !== null) {
    const updated = await inside.store.update(grant, draft, held.version);
    return updated.ok ? ok(updated.value.content) : updated;
  }
  const created = await inside.store.create(grant, [draft]);
  return created.ok ? ok(created.value[0]?.content ?? '') : created;
}
