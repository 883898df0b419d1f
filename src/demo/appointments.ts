import type {
  Appointment,
  Condition,
  HealthcareService,
  Location,
  Practitioner,
  Resource,
  Schedule,
  Slot,
} from '@medplum/fhirtypes';

import { virtualService } from '../fhir/virtual-service.ts';
import type { Booking } from './bookings.ts';
import { at, dayAfter, workdaysAfter } from './calendar.ts';
import { conditionId } from './clinical.ts';
import { practitioners } from './data/clinics.ts';
import { openDays, slotMinutes, slotStarts } from './data/visits.ts';
import { hl7, services, to } from './shapes.ts';
import type { World } from './world.ts';
import { toPatient } from './world.ts';

const clock = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}${String(minutes % 60).padStart(2, '0')}`;

/** What happened to a booking's place in the calendar: it is taken unless somebody called it off. */
const keepsSlot = ({ state }: Booking): boolean => state !== 'cancelled';

function slot(practitionerId: string, id: string, date: string, minutes: number, status: Slot['status']): Slot {
  return {
    resourceType: 'Slot',
    id,
    schedule: to<Schedule>('Schedule', practitionerId),
    status,
    start: at(date, minutes),
    end: at(date, minutes + slotMinutes),
  };
}

/** The slots of today and the workdays to come, named by the day's place: `…-d00-0900` is today at nine. */
function openSlots(world: World, booked: readonly Booking[]): Slot[] {
  const taken = new Set(
    booked.filter(keepsSlot).map(({ practitionerId, date, minutes }) => `${practitionerId} ${date} ${minutes}`),
  );
  const days = [world.today, ...workdaysAfter(world.today, openDays)];
  return practitioners.flatMap(({ id }) =>
    days.flatMap((date, day) =>
      slotStarts.map((minutes) =>
        slot(
          id,
          `${id}-d${String(day).padStart(2, '0')}-${clock(minutes)}`,
          date,
          minutes,
          taken.has(`${id} ${date} ${minutes}`) ? 'busy' : 'free',
        ),
      ),
    ),
  );
}

function appointment(booking: Booking, slotId: string | undefined, world: World): Appointment {
  const { person, practitionerId, date, minutes, virtual, state, kind } = booking;
  const practitioner = practitioners.find(({ id }) => id === practitionerId);
  const clinicId = practitioner?.clinic ?? person.clinicId;
  const reason = kind === 'follow-up' ? person.conditions[0] : undefined;
  const status = state === 'cancelled' ? 'declined' : 'accepted';
  return {
    resourceType: 'Appointment',
    id: booking.id,
    ...(virtual ? { extension: [virtualService('Appointment', world.origin, booking.id)] } : {}),
    status: state,
    ...(state === 'cancelled' ? { cancelationReason: hl7('appointment-cancellation-reason', 'pat', 'Patient') } : {}),
    serviceType: [virtual ? services.video : services.clinic],
    appointmentType: hl7('v2-0276', kind === 'checkup' ? 'CHECKUP' : 'FOLLOWUP'),
    ...(reason ? { reasonReference: [to<Condition>('Condition', conditionId(person, reason))] } : {}),
    description: virtual ? 'Visit by video' : 'Visit at the clinic',
    start: at(date, minutes),
    end: at(date, minutes + slotMinutes),
    minutesDuration: slotMinutes,
    ...(slotId ? { slot: [to<Slot>('Slot', slotId)] } : {}),
    created: at(dayAfter(date, -14), 600),
    participant: [
      { actor: toPatient(person), required: 'required', status },
      {
        type: [hl7('v3-ParticipationType', 'PPRF', 'primary performer')],
        actor: to<Practitioner>('Practitioner', practitionerId),
        required: 'required',
        status: 'accepted',
      },
      {
        actor: virtual
          ? to<HealthcareService>('HealthcareService', `${clinicId}-video-visits`)
          : to<Location>('Location', clinicId),
        status: 'accepted',
      },
    ],
  };
}

/** The calendar: free and busy slots, and the appointments that take them. */
export function appointmentResources(world: World, booked: readonly Booking[]): Resource[] {
  const open = openSlots(world, booked);
  const key = (practitionerId: string, start: string): string => `${practitionerId} ${start}`;
  const ids = new Map(open.map((one) => [key(one.schedule.reference?.slice(9) ?? '', one.start), one.id]));
  return [
    ...open,
    ...booked.flatMap((booking): Resource[] => {
      if (!keepsSlot(booking)) return [appointment(booking, undefined, world)];
      const known = ids.get(key(booking.practitionerId, at(booking.date, booking.minutes)));
      if (known) return [appointment(booking, known, world)];
      // What is past has a slot of its own, which was taken.
      const past = slot(booking.practitionerId, `${booking.id}-slot`, booking.date, booking.minutes, 'busy');
      return [past, appointment(booking, past.id, world)];
    }),
  ];
}
