import type { Appointment, Slot } from '@medplum/fhirtypes';

import type { FhirContext } from '../../fhir/context.ts';
import { type Calendar, refersTo } from './calendar.ts';
import { liveHolds } from './holds.ts';
import { searchOwn } from './search-own.ts';

/** ms since 1970; `end` is the first instant that is free again. */
export type Span = { start: number; end: number };

export type Taken = Span & {
  /** The id of the Appointment or the Slot. */
  by: string;
  /** Whether the time around it that a Schedule keeps free is kept around it. */
  buffered: boolean;
};

/** ms; nothing in a calendar is longer. */
const LONGEST = 86_400_000;

const MOST = '1000';

/** What of an Appointment still takes up time. */
export const undone = 'pending,booked,arrived,checked-in,fulfilled';

export const spanOf = ({ start = '', end = '' }: { start?: string; end?: string }): Span => ({
  start: Date.parse(start),
  end: Date.parse(end),
});

export const overlaps = (one: Span, other: Span): boolean => one.start < other.end && other.start < one.end;

/** What begins so that it may reach into the span. */
const around = (parameter: string, { start, end }: Span): [string, string][] => [
  [parameter, `ge${new Date(start - LONGEST).toISOString()}`],
  [parameter, `lt${new Date(end).toISOString()}`],
  ['_count', MOST],
];

async function appointmentsOf(
  context: FhirContext,
  tenant: number,
  whose: readonly [string, string],
  span: Span,
): Promise<Taken[]> {
  const all = await searchOwn<Appointment>(context, tenant, 'Appointment', [
    whose,
    ['status', undone],
    ...around('date', span),
  ]);
  const pending = all.filter(({ status }) => status === 'pending').map(({ id }) => id);
  // One that waits for a confirmation by people takes up its time; one that was held only as long as the hold lasts.
  const live = await liveHolds(context.database, tenant, pending, context.now());
  return all
    .filter(({ id, status, slot }) => status !== 'pending' || slot === undefined || live.has(id))
    .map((one) => ({ ...spanOf(one), by: one.id, buffered: true }))
    .filter((one) => overlaps(one, span));
}

/** When a patient has an Appointment already. */
export const takenOfPatient = (context: FhirContext, tenant: number, patient: string, span: Span): Promise<Taken[]> =>
  appointmentsOf(context, tenant, ['patient', `Patient/${patient}`], span);

/** When those of a Schedule have no time: an Appointment in whichever Schedule, or a Slot that is not free. */
export async function takenOfCalendar(
  context: FhirContext,
  tenant: number,
  { id, actors, buffer }: Calendar,
  asked: Span,
): Promise<Taken[]> {
  const span = { start: asked.start - buffer, end: asked.end + buffer };
  const practitioners = refersTo(actors, 'Practitioner');
  const [booked, slots] = await Promise.all([
    practitioners.length === 0 ? [] : appointmentsOf(context, tenant, ['practitioner', practitioners.join()], span),
    searchOwn<Slot>(context, tenant, 'Slot', [
      ['schedule', `Schedule/${id}`],
      ['status', 'busy,busy-unavailable'],
      ...around('start', span),
    ]),
  ]);
  return [
    ...booked,
    ...slots
      .map((slot) => ({ ...spanOf(slot), by: slot.id, buffered: slot.status === 'busy' }))
      .filter((one) => overlaps(one, span)),
  ];
}

/** Whether a time is free of what is taken, and of the time that a Schedule keeps free around it. */
export const isFree = (span: Span, taken: readonly Taken[], buffer: number): boolean =>
  !taken.some((one) => {
    const margin = one.buffered ? buffer : 0;
    return overlaps({ start: span.start - margin, end: span.end + margin }, one);
  });
