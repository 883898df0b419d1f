/** A kind of visit that was, is or will be. */
export type State = 'fulfilled' | 'noshow' | 'cancelled' | 'booked' | 'arrived' | 'checked-in';

/** Half-hour slots begin at these minutes of a workday. */
export const slotMinutes = 30;
export const slotStarts: readonly number[] = [540, 570, 600, 630, 660, 690, 780, 810, 840, 870, 900, 930, 960];

/** Workdays with slots, beside today. */
export const openDays = 15;

/** Who comes today, when, and how far they have got. */
export const today: readonly { person: string; minutes: number; virtual: boolean; state: State }[] = [
  { person: 'nia-osei', minutes: 570, virtual: false, state: 'checked-in' },
  { person: 'etienne-tremblay-roy', minutes: 600, virtual: false, state: 'arrived' },
  { person: 'simran-kaur-mendes', minutes: 660, virtual: true, state: 'booked' },
  { person: 'rami-haddad', minutes: 840, virtual: true, state: 'arrived' },
  { person: 'amara-osei', minutes: 900, virtual: true, state: 'booked' },
  { person: 'noor-haddad', minutes: 930, virtual: false, state: 'booked' },
];
