import type { Schedule, Slot } from '@medplum/fhirtypes';

import type { FhirContext } from '../../fhir/context.ts';
import { conflict, ok, type Result, ruledOut, unprocessable } from '../../fhir/outcome.ts';
import { readOwn } from '../../privacy/made.ts';
import { type Calendar, calendarOf, isOfPatient } from './calendar.ts';
import { holdOf } from './holds.ts';
import { isFree, type Span, spanOf, takenOfCalendar, takenOfPatient } from './taken.ts';
import { inZone } from './time-zones.ts';

/** A Slot with the Schedule that it is in. */
export type Place = { slot: Slot & { id: string }; version: number; calendar: Calendar; span: Span };

const where = 'Appointment.slot[0].reference';

const unknown = (id: string) => unprocessable(`Slot/${id} is not known here`, where);

export async function placeOf(context: FhirContext, tenant: number, id: string): Promise<Result<Place>> {
  const found = await readOwn<Slot>(context, tenant, 'Slot', id);
  if (!found.ok) return unknown(id);
  const { resource: slot, version } = found.value;
  const [, schedule = ''] = /^Schedule\/([A-Za-z0-9.-]{1,64})$/.exec(slot.schedule.reference ?? '') ?? [];
  const of = await readOwn<Schedule>(context, tenant, 'Schedule', schedule);
  const calendar = of.ok ? calendarOf(of.value.resource) : null;
  return calendar === null || isOfPatient(calendar) ? unknown(id) : ok({ slot, version, calendar, span: spanOf(slot) });
}

const notFree = conflict('This time is not free any more; find another with Appointment/$find', where);

/** Whom a time is asked for: the id of the patient, and of the Appointment that it is for, which is not in its own way. */
export type Asked = {
  patient: string;
  appointment: string;
  /** The Slot that the Appointment gives up for it. */
  leaving?: string | null;
};

/**
 * Whether a time can be had; asked again under the locks of the Schedule and of the patient before anything is written.
 *
 * @returns 409 where somebody has it, or the patient has another Appointment then; 409 business-rule for one that is too soon
 */
export async function isAvailable(
  context: FhirContext,
  tenant: number,
  { slot, calendar, span }: Place,
  { patient, appointment, leaving = null }: Asked,
): Promise<Result<null>> {
  const now = context.now();
  const hold = await holdOf(context.database, tenant, slot.id);
  const isTheirs = hold !== null && hold.appointment === appointment;
  const isHeld = hold !== null && hold.expiresAt > now && !isTheirs;
  // Whoever held it may be gone before the job that frees it has run.
  const isOpen = slot.status === 'free' || (slot.status === 'busy-tentative' && hold !== null);
  if (!calendar.active || !isOpen || isHeld) return notFree;
  if (span.start < now + calendar.lead) {
    const earliest = inZone(now + calendar.lead, calendar.zone ?? 'UTC');
    return ruledOut(`Times in this Schedule are booked ahead: the earliest is ${earliest}`, where);
  }
  const isOther = ({ by }: { by: string }): boolean => ![appointment, slot.id, leaving].includes(by);
  const [taken, own] = await Promise.all([
    takenOfCalendar(context, tenant, calendar, span),
    takenOfPatient(context, tenant, patient, span),
  ]);
  if (!isFree(span, taken.filter(isOther), calendar.buffer)) return notFree;
  if (own.some(isOther)) return conflict('The patient has another Appointment at this time', 'Appointment.start');
  return ok(null);
}
