import type { Appointment } from '@medplum/fhirtypes';

import { allows, type Grant } from '../../fhir/access.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { forbidden, ok, type Result, unprocessable } from '../../fhir/outcome.ts';
import type { Stored } from '../../fhir/store/release.ts';
import { idOf } from './asked.ts';
import { mayChange } from './who.ts';

/** An Appointment that somebody may change, as it is stored. */
export type Own = {
  row: Stored;
  appointment: Appointment & { id: string };
  /** The id of its patient. */
  patient: string;
  /** The id of its Slot; null: it is in none. */
  slot: string | null;
};

/**
 * Reads an Appointment for a change to it.
 *
 * @returns 403 for who may change none, or takes no part in it; 404 for what they cannot see; 422 for one of nobody
 */
export async function readOwnAppointment(context: FhirContext, grant: Grant, id: string): Promise<Result<Own>> {
  if (!allows(grant, 'Appointment', 'u')) return forbidden('Your access does not cover changing an Appointment');
  const found = await context.store.read(grant, 'Appointment', id);
  if (!found.ok) return found;
  // What is stored has been checked to be of its type.
  const appointment = JSON.parse(found.value.content) as Appointment & { id: string };
  const may = mayChange(grant, appointment);
  if (!may.ok) return may;
  const base = context.settings.baseOf(grant.tenant);
  const [patient, other] = appointment.participant.flatMap(
    ({ actor }) => idOf('Patient', actor?.reference, base) ?? [],
  );
  if (patient === undefined || other !== undefined)
    return unprocessable('Only an Appointment of one patient is changed here', 'Appointment.participant');
  return ok({ row: found.value, appointment, patient, slot: idOf('Slot', appointment.slot?.[0]?.reference, base) });
}
