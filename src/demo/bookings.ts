import { workdayBefore, workdaysAfter } from './calendar.ts';
import { practitioners } from './data/clinics.ts';
import { conditions } from './data/conditions.ts';
import type { State } from './data/visits.ts';
import { openDays, slotStarts, today as visitsToday } from './data/visits.ts';
import type { Person, World } from './world.ts';
import { people } from './world.ts';

/** One visit of one person, as the clinic's calendar has it. */
export type Booking = {
  id: string;
  person: Person;
  practitionerId: string;
  /** YYYY-MM-DD. */
  date: string;
  /** From midnight. */
  minutes: number;
  virtual: boolean;
  state: State;
  kind: 'checkup' | 'follow-up';
};

const offersVideo = (practitionerId: string): boolean =>
  practitioners.find(({ id }) => id === practitionerId)?.virtual ?? false;

/** Who sees somebody about what they have, rather than for a check-up. */
function specialistOf(one: Person): string {
  const named = one.conditions.map((key) => conditions[key].specialist).find((id) => id !== undefined);
  return named ?? one.doctorId;
}

/** The next start that this practitioner has free that day, from the one wished for onwards. */
function freeAt(taken: Set<string>, practitionerId: string, date: string, wished: number): number {
  const at = Math.max(0, slotStarts.indexOf(wished));
  const order = [...slotStarts.slice(at), ...slotStarts.slice(0, at)];
  const free = order.find((start) => !taken.has(`${practitionerId} ${date} ${start}`)) ?? wished;
  taken.add(`${practitionerId} ${date} ${free}`);
  return free;
}

function pastState(index: number): State {
  if (index % 9 === 4) return 'noshow';
  if (index % 11 === 6) return 'cancelled';
  return 'fulfilled';
}

/**
 * Everybody had a check-up; those who live with something also a follow-up, and come again; some come today.
 * No practitioner sees two people at once.
 */
export function bookings(world: World): Booking[] {
  const taken = new Set<string>();
  const ahead = workdaysAfter(world.today, openDays);
  const book = (booking: Omit<Booking, 'minutes'>, wished: number): Booking => ({
    ...booking,
    minutes: freeAt(taken, booking.practitionerId, booking.date, wished),
  });
  const start = (index: number): number => slotStarts[index % slotStarts.length] ?? 540;
  return people.flatMap((person, index) => {
    const chronic = person.conditions.length > 0;
    const about = chronic ? specialistOf(person) : person.doctorId;
    const visit = visitsToday.find((one) => one.person === person.id);
    const next = ahead[(index * 5) % ahead.length];
    const checkup = book(
      {
        id: `${person.id}-checkup`,
        person,
        practitionerId: person.doctorId,
        date: workdayBefore(world.today, 25 + ((index * 7) % 60)),
        virtual: false,
        state: 'fulfilled',
        kind: 'checkup',
      },
      start(index),
    );
    const followUp: Omit<Booking, 'minutes' | 'id' | 'date' | 'state'> = {
      person,
      practitionerId: about,
      virtual: offersVideo(about),
      kind: 'follow-up',
    };
    return [
      checkup,
      ...(chronic
        ? [
            book(
              {
                ...followUp,
                id: `${person.id}-follow-up`,
                date: workdayBefore(world.today, 3 + ((index * 3) % 18)),
                state: pastState(index),
              },
              start(index * 3),
            ),
          ]
        : []),
      ...(visit
        ? [
            book(
              {
                ...followUp,
                id: `${person.id}-today`,
                practitionerId: visit.virtual && !offersVideo(about) ? person.doctorId : about,
                date: world.today,
                virtual: visit.virtual,
                state: visit.state,
              },
              visit.minutes,
            ),
          ]
        : []),
      ...(next !== undefined && (chronic || index % 3 === 0)
        ? [book({ ...followUp, id: `${person.id}-next`, date: next, state: 'booked' }, start(index * 2))]
        : []),
    ];
  });
}
