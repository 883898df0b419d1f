import type {
  Appointment,
  CodeableConcept,
  Patient,
  Reference,
  ServiceRequest,
  SupplyRequest,
} from '@medplum/fhirtypes';

import type { Projection } from '../../fhir/access.ts';
import { patientOf } from './coverage.ts';
import type { PersonName } from './facts.ts';

/** Who has booked, as the provider is told: a name, behind a reference that leads nowhere else. */
type Guest = { reference: Reference<Patient>; contained: Patient[] };

type Names = ReadonlyMap<string, PersonName>;

function guestOf(patient: string, at: number, names: Names): Guest {
  const { given = null, family = null } = names.get(patient) ?? {};
  const id = `guest-${at + 1}`;
  const display = [given, family].filter((part) => part !== null).join(' ');
  if (display === '') return { reference: { display: 'Guest' }, contained: [] };
  const name = { ...(family === null ? {} : { family }), ...(given === null ? {} : { given: [given] }) };
  return {
    reference: { reference: `#${id}`, display },
    contained: [{ resourceType: 'Patient', id, name: [name] }],
  };
}

/** What a service is called, in words: what it is coded as may say more of who wants it. */
function described({ text, coding }: CodeableConcept): CodeableConcept[] {
  const words = text ?? coding?.find(({ display }) => display !== undefined)?.display;
  return words === undefined ? [] : [{ text: words }];
}

const listOf = <T>(name: string, list: readonly T[]): Record<string, readonly T[]> =>
  list.length === 0 ? {} : { [name]: list };

function appointment({ id, status, serviceType = [], start, end, participant }: Appointment, names: Names): object {
  const guests = participant.flatMap(({ actor, status: answer }, at) => {
    const patient = patientOf(actor);
    return patient === null ? [] : [{ ...guestOf(patient, at, names), status: answer }];
  });
  return {
    resourceType: 'Appointment',
    id,
    ...listOf(
      'contained',
      guests.flatMap(({ contained }) => contained),
    ),
    status,
    ...listOf('serviceType', serviceType.flatMap(described)),
    ...(start === undefined ? {} : { start }),
    ...(end === undefined ? {} : { end }),
    participant: guests.map(({ reference, status: answer }) => ({ actor: reference, status: answer })),
  };
}

function serviceRequest(request: ServiceRequest, names: Names): object {
  const { id, status, intent, code, subject, occurrenceDateTime, occurrencePeriod } = request;
  const { reference, contained } = guestOf(patientOf(subject) ?? '', 0, names);
  const [service] = code ? described(code) : [];
  return {
    resourceType: 'ServiceRequest',
    id,
    ...listOf('contained', contained),
    status,
    intent,
    ...(service ? { code: service } : {}),
    subject: reference,
    ...(occurrenceDateTime === undefined ? {} : { occurrenceDateTime }),
    ...(occurrencePeriod ? { occurrencePeriod: { start: occurrencePeriod.start, end: occurrencePeriod.end } } : {}),
  };
}

function supplyRequest(request: SupplyRequest, names: Names): object {
  const { id, status, itemCodeableConcept, quantity, deliverTo, occurrenceDateTime } = request;
  const patient = patientOf(deliverTo);
  const guest = patient === null ? null : guestOf(patient, 0, names);
  const [item = { text: 'Order' }] = itemCodeableConcept ? described(itemCodeableConcept) : [];
  return {
    resourceType: 'SupplyRequest',
    id,
    ...listOf('contained', guest?.contained ?? []),
    ...(status === undefined ? {} : { status }),
    itemCodeableConcept: item,
    quantity: { value: quantity.value },
    ...(occurrenceDateTime === undefined ? {} : { occurrenceDateTime }),
    ...(guest ? { deliverTo: guest.reference } : {}),
  };
}

const views: Record<string, (resource: never, names: Names) => object> = {
  Appointment: appointment,
  ServiceRequest: serviceRequest,
  SupplyRequest: supplyRequest,
};

/** What looks at nothing but when it is, and how it stands. */
const parameters: Record<string, readonly string[]> = {
  Appointment: ['_id', '_lastUpdated', 'date', 'status'],
  ServiceRequest: ['_id', '_lastUpdated', 'occurrence', 'status', 'intent'],
  SupplyRequest: ['_id', '_lastUpdated', 'status'],
};

/**
 * A booking as whom it is with may see it: first and last name, the service in words, when, and the id of the booking. What
 * FHIR demands beside that is how it stands.
 */
export function booking(type: string, names: Names): Projection | null {
  const view = views[type];
  if (!view) return null;
  return {
    name: `booking of ${type}`,
    parameters: new Set(parameters[type]),
    // What is stored has been checked to be of its type.
    of: (content) => JSON.stringify(view(JSON.parse(content) as never, names)),
  };
}
