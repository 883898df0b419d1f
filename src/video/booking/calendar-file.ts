import type { Appointment } from '@medplum/fhirtypes';
import ical, { ICalAlarmType, ICalCalendarMethod, ICalEventStatus } from 'ical-generator';

import { isVideo } from './services.ts';

/** Seconds before the start at which a calendar says that it is near. */
const NEAR = 15 * 60;

export type CalendarWords = {
  video: string;
  visit: string;
  /** What stands in the text of the entry: when it is where it takes place, and how one gets there. */
  description: string;
};

const statuses: Readonly<Record<string, ICalEventStatus>> = {
  cancelled: ICalEventStatus.CANCELLED,
  pending: ICalEventStatus.TENTATIVE,
};

/**
 * An Appointment as a file for calendars. Its instants are in UTC, so that each calendar shows them in its own zone. There is
 * nothing in it of why somebody comes, nor with whom: calendars are shared.
 *
 * @param origin `https://host`, which the identity of the entry is within
 * @param address where it takes place; null: at the clinic
 * @see https://www.rfc-editor.org/rfc/rfc5545
 * @see https://www.rfc-editor.org/rfc/rfc5546#section-3.2.1
 */
export function calendarFile(
  appointment: Appointment & { id: string },
  { origin, address, words, now }: { origin: string; address: string | null; words: CalendarWords; now: number },
): string {
  const { id, meta, status, start = '', end = '', serviceType = [] } = appointment;
  const isCancelled = status === 'cancelled';
  const { hostname } = new URL(origin);
  const calendar = ical({
    prodId: { company: 'portico.dev', product: 'Portico' },
    method: isCancelled ? ICalCalendarMethod.CANCEL : ICalCalendarMethod.PUBLISH,
  });
  const event = calendar.createEvent({
    id: `${id}@${hostname}`,
    // Each version of the Appointment comes after the one before it.
    sequence: Math.max(0, Number(meta?.versionId ?? 1) - 1),
    stamp: new Date(meta?.lastUpdated ?? now),
    start: new Date(start),
    end: new Date(end),
    summary: isVideo(serviceType) ? words.video : words.visit,
    description: words.description,
    status: statuses[status] ?? ICalEventStatus.CONFIRMED,
    organizer: { name: 'Portico', email: `no-reply@${hostname}` },
    ...(address === null ? {} : { url: address, location: address }),
  });
  if (!isCancelled) event.createAlarm({ type: ICalAlarmType.display, trigger: NEAR });
  return calendar.toString();
}
