import type { Appointment } from '@medplum/fhirtypes';

import type { Grant } from '../../fhir/access.ts';
import { forbidden, ok, type Result } from '../../fhir/outcome.ts';
import type { Calendar } from './calendar.ts';

const isTheirs = (grant: Grant, references: readonly (string | undefined)[]): boolean =>
  grant.caller.fhirUser !== null && references.includes(grant.caller.fhirUser);

/** Whether the calendar is one that the caller books in: patients do in all, who treats in their own. */
export function mayBookIn(grant: Grant, { actors }: Pick<Calendar, 'actors'>): Result<null> {
  if (grant.caller.actor !== 'practitioner') return ok(null);
  return isTheirs(
    grant,
    actors.map(({ reference }) => reference),
  )
    ? ok(null)
    : forbidden('A practitioner books times of their own Schedule', 'Appointment.slot');
}

/** Whether the Appointment is one that the caller changes: who treats changes those that they take part in. */
export function mayChange(grant: Grant, { participant }: Appointment): Result<null> {
  if (grant.caller.actor !== 'practitioner') return ok(null);
  return isTheirs(
    grant,
    participant.map(({ actor }) => actor?.reference),
  )
    ? ok(null)
    : forbidden('A practitioner changes Appointments that they take part in');
}

/** In whose name something is done: of the patient, or of those who treat them. */
export const sideOf = ({ caller }: Grant): 'patient' | 'clinic' =>
  caller.actor === 'self' || caller.actor === 'proxy' || caller.actor === 'app' ? 'patient' : 'clinic';
