import type {
  Appointment,
  Condition,
  Encounter,
  Location,
  Observation,
  Organization,
  Practitioner,
  Procedure,
  Resource,
} from '@medplum/fhirtypes';

import { bodyOf } from './body.ts';
import type { Booking } from './bookings.ts';
import { at } from './calendar.ts';
import { conditionId, kebab, restricted } from './clinical.ts';
import { practitioners } from './data/clinics.ts';
import { conditions } from './data/conditions.ts';
import type { MeasureKey } from './measures.ts';
import { pressures, reading, valued } from './measures.ts';
import type { Code } from './shapes.ts';
import { coding, hl7, quantity, snomed, systems, to } from './shapes.ts';
import type { Person, World } from './world.ts';
import { toPatient } from './world.ts';

type Status = Encounter['status'];

/** How far a visit has got, in order; each status lasted until the next. */
const courses: Readonly<Record<Booking['state'], readonly Status[]>> = {
  booked: ['planned'],
  arrived: ['planned', 'arrived'],
  'checked-in': ['planned', 'arrived', 'triaged'],
  fulfilled: ['planned', 'arrived', 'in-progress', 'finished'],
  noshow: ['planned', 'cancelled'],
  cancelled: ['planned', 'cancelled'],
};

/** Minutes from the start of the appointment at which a status begins. */
const begins: Readonly<Partial<Record<Status, number>>> = {
  planned: -7 * 1440,
  arrived: -8,
  triaged: -3,
  'in-progress': 2,
  finished: 22,
  cancelled: 15,
};

const startOf = (booking: Booking, status: Status): string => at(booking.date, booking.minutes + (begins[status] ?? 0));

/** What the visit is about, when it is about something. */
const reasonOf = ({ kind, person }: Booking): Person['conditions'][number] | undefined =>
  kind === 'follow-up' ? person.conditions[0] : undefined;

export const isSensitive = (booking: Booking): boolean => {
  const reason = reasonOf(booking);
  return reason !== undefined && (conditions[reason].sensitive ?? false);
};

function encounter(booking: Booking): Encounter {
  const { id, person, practitionerId, virtual, state } = booking;
  const course = courses[state];
  const status = course[course.length - 1] ?? 'planned';
  const reason = reasonOf(booking);
  const clinicId = practitioners.find((one) => one.id === practitionerId)?.clinic ?? person.clinicId;
  const finished = status === 'finished';
  const begun = status !== 'planned' && status !== 'cancelled';
  const past = course.slice(0, -1).map((one, index) => ({
    status: one,
    period: { start: startOf(booking, one), end: startOf(booking, course[index + 1] ?? one) },
  }));
  const during = {
    start: startOf(booking, 'arrived'),
    ...(finished ? { end: startOf(booking, 'finished') } : {}),
  };
  return {
    resourceType: 'Encounter',
    id,
    ...(isSensitive(booking) ? { meta: restricted } : {}),
    status,
    ...(past.length > 0 ? { statusHistory: past } : {}),
    class: coding(systems.act, virtual ? ['VR', 'virtual'] : ['AMB', 'ambulatory']),
    type: [
      reason
        ? snomed(['390906007', 'Follow-up encounter'])
        : person.age < 18
          ? snomed(['410620009', 'Well child visit'])
          : snomed(['185349003', 'Encounter for check up']),
    ],
    subject: toPatient(person),
    participant: [
      {
        type: [hl7('v3-ParticipationType', 'PPRF', 'primary performer')],
        ...(begun ? { period: during } : {}),
        individual: to<Practitioner>('Practitioner', practitionerId),
      },
    ],
    appointment: [to<Appointment>('Appointment', id)],
    ...(begun ? { period: during } : {}),
    ...(finished ? { length: quantity(30, 'min', 'minutes') } : {}),
    ...(reason ? { reasonReference: [to<Condition>('Condition', conditionId(person, reason))] } : {}),
    location: [
      {
        location: to<Location>('Location', virtual ? `${clinicId}-video` : clinicId),
        status: finished ? 'completed' : begun ? 'active' : 'planned',
      },
    ],
    serviceProvider: to<Organization>('Organization', clinicId),
  };
}

/** What is measured at the clinic. Nothing is measured by video. */
function vitals(booking: Booking, world: World): Observation[] {
  const { id, person, practitionerId, date, minutes } = booking;
  const body = bodyOf(person, world);
  const dice = world.randomFor(`${id} vitals`);
  const taken = { effectiveDateTime: at(date, minutes + 4) };
  const source = { encounterId: id, practitionerId };
  const one = (key: MeasureKey, name: string) => reading(`${id}-${name}`, key, person, taken, source);
  return [
    {
      ...one('bloodPressure', 'blood-pressure'),
      ...pressures(body.systolic + dice.whole(-4, 9), body.diastolic + dice.whole(-3, 5)),
    },
    {
      ...one('heartRate', 'heart-rate'),
      ...valued('heartRate', body.restingHeartRate + dice.whole(2, 14)),
    },
    { ...one('weight', 'weight'), ...valued('weight', body.weight) },
    { ...one('height', 'height'), ...valued('height', body.height) },
    { ...one('temperature', 'temperature'), ...valued('temperature', dice.whole(363, 371) / 10) },
  ];
}

/** SNOMED CT. What is done about a condition at a visit to the clinic. */
const procedures: Readonly<Partial<Record<Person['conditions'][number], Code>>> = {
  atrialFibrillation: ['29303009', 'Electrocardiographic procedure'],
  heartFailure: ['40701008', 'Echocardiography'],
  copd: ['127783003', 'Spirometry'],
  asthma: ['127783003', 'Spirometry'],
  osteoarthritis: ['229064008', 'Movement therapy'],
};

function procedure(booking: Booking, code: Code, name: string): Procedure {
  const { id, person, practitionerId, date, minutes } = booking;
  return {
    resourceType: 'Procedure',
    id: `${id}-${name}`,
    status: 'completed',
    code: snomed(code),
    subject: toPatient(person),
    encounter: to<Encounter>('Encounter', id),
    performedPeriod: { start: at(date, minutes + 5), end: at(date, minutes + 15) },
    performer: [{ actor: to<Practitioner>('Practitioner', practitionerId) }],
  };
}

function proceduresOf(booking: Booking): Procedure[] {
  if (booking.kind === 'checkup') return [procedure(booking, ['5880005', 'Physical examination'], 'examination')];
  return booking.person.conditions.flatMap((key) => {
    const code = procedures[key];
    return code ? [procedure(booking, code, kebab(key))] : [];
  });
}

/** Visits that were, and those of today; those to come are only booked. */
export const hasEncounter = (booking: Booking, world: World): boolean => booking.date <= world.today;

/** Encounters, with what was measured and done in those at a clinic. */
export const encounterResources = (world: World, booked: readonly Booking[]): Resource[] =>
  booked
    .filter((booking) => hasEncounter(booking, world))
    .flatMap((booking) => {
      const atClinic = booking.state === 'fulfilled' && !booking.virtual;
      return [encounter(booking), ...(atClinic ? [...vitals(booking, world), ...proceduresOf(booking)] : [])];
    });
