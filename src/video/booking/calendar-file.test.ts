import type { Appointment } from '@medplum/fhirtypes';
import ICAL from 'ical.js';
import { expect, test } from 'vitest';

import { calendarFile } from './calendar-file.ts';
import { videoVisit } from './services.ts';

const appointment: Appointment & { id: string } = {
  resourceType: 'Appointment',
  id: 'a1',
  meta: { versionId: '3', lastUpdated: '2026-03-01T12:00:00Z' },
  status: 'booked',
  serviceType: [videoVisit],
  description: 'canary-description',
  reasonCode: [{ text: 'canary-reason' }],
  start: '2026-03-09T09:00:00-04:00',
  end: '2026-03-09T09:30:00-04:00',
  participant: [{ actor: { reference: 'Patient/canary', display: 'canary-name' }, status: 'accepted' }],
};

const options = {
  origin: 'https://clinic.example',
  address: 'https://clinic.example/video/a1',
  words: { video: 'Visit by video', visit: 'Visit', description: 'Commas, semicolons; and\na new line' },
  now: 0,
};

/** Read by another library than the one that writes it. */
function read(text: string) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  const component = calendar.getFirstSubcomponent('vevent');
  if (!component) throw new Error('there is no event');
  return { calendar, component, event: new ICAL.Event(component) };
}

test('a calendar reads when and where a visit is, on the other side of summer time too', () => {
  const { calendar, component, event } = read(calendarFile(appointment, options));
  expect(calendar.getFirstPropertyValue('method')).toBe('PUBLISH');
  expect(event.startDate.toJSDate().toISOString()).toBe('2026-03-09T13:00:00.000Z');
  expect(event.endDate.toJSDate().toISOString()).toBe('2026-03-09T13:30:00.000Z');
  expect([event.uid, event.sequence, event.summary]).toEqual(['a1@clinic.example', 2, 'Visit by video']);
  expect([event.location, event.description]).toEqual([options.address, options.words.description]);
  expect(component.getFirstPropertyValue('status')).toBe('CONFIRMED');
  expect(component.getFirstPropertyValue('dtstamp')?.toString()).toBe('2026-03-01T12:00:00Z');
});

test('an Appointment that is cancelled takes its entry out of the calendar, by a later version of the same', () => {
  const later = { ...appointment, status: 'cancelled' as const, meta: { ...appointment.meta, versionId: '4' } };
  const { calendar, component, event } = read(calendarFile(later, options));
  expect(calendar.getFirstPropertyValue('method')).toBe('CANCEL');
  expect([event.uid, event.sequence]).toEqual(['a1@clinic.example', 3]);
  expect(component.getFirstPropertyValue('status')).toBe('CANCELLED');
  expect(component.getFirstSubcomponent('valarm')).toBeNull();
});

test('a calendar is told nothing of why somebody comes, nor who they are; lines are as long as they may be', () => {
  const text = calendarFile(appointment, options);
  expect(text).not.toContain('canary');
  for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
});
