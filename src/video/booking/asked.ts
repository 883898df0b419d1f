import type { Appointment } from '@medplum/fhirtypes';

import { invalid, ok, type Result, unprocessable } from '../../fhir/outcome.ts';
import type { Parameters } from '../../fhir/parameters.ts';
import { localName } from '../../privacy/consents/references.ts';

/** An Appointment that somebody asks for: the Slot it is to be in, and whose it is to be. */
export type AskedAppointment = { resource: Appointment; slot: string; patient: string };

/** The id of a resource of this type that a reference is to; null: it is to something else. */
export function idOf(type: string, reference: unknown, base: string): string | null {
  const name = localName(reference, base);
  return name?.startsWith(`${type}/`) ? name.slice(type.length + 1) : null;
}

/** Reads `appt-resource`, as $find has proposed it and with the patient in it. */
export function askedAppointment(parameters: Parameters, base: string): Result<AskedAppointment> {
  const sent = parameters.resource('appt-resource');
  if (sent?.resourceType !== 'Appointment')
    return invalid('appt-resource must be an Appointment, as $find proposes it', 'appt-resource');
  // Its shape is checked once it is what is to be stored; until then every part of it may be anything.
  const resource = sent as unknown as Appointment;
  const slots = Array.isArray(resource.slot) ? resource.slot : [];
  const slot = idOf('Slot', slots[0]?.reference, base);
  if (slot === null || slots.length !== 1)
    return unprocessable('The Appointment must name one Slot', 'Appointment.slot');
  const participants = Array.isArray(resource.participant) ? resource.participant : [];
  const patients = participants.flatMap((one) => idOf('Patient', one?.actor?.reference, base) ?? []);
  const [patient] = patients;
  if (patient === undefined || patients.length !== 1)
    return unprocessable('The Appointment must have one patient among its participants', 'Appointment.participant');
  return ok({ resource, slot, patient });
}
