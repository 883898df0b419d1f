import { expect, test } from 'vitest';

import { birthday } from './birthday.ts';

const zone = (valueCode: string) => [{ url: 'http://hl7.org/fhir/StructureDefinition/timezone', valueCode }];

test.each<[string, string | undefined, string]>([
  ['2008-03-09', undefined, '2026-03-09T00:00:00.000Z'],
  ['2008-03-09', 'America/Toronto', '2026-03-09T04:00:00.000Z'],
  // Clocks went forward at 2:00 on the day before.
  ['2008-03-08', 'America/Toronto', '2026-03-08T05:00:00.000Z'],
  ['2008-07-01', 'Asia/Kolkata', '2026-06-30T18:30:00.000Z'],
  ['2008-02-29', undefined, '2026-03-01T00:00:00.000Z'],
  ['2008-07', undefined, '2026-07-01T00:00:00.000Z'],
  ['2008', undefined, '2026-01-01T00:00:00.000Z'],
  ['2008-07-01', 'Nowhere/Else', '2026-07-01T00:00:00.000Z'],
])('O-60 who was born on %s and lives in %s is 18 at %s', (birthDate, place, at) => {
  const of = birthday({ birthDate, ...(place ? { extension: zone(place) } : {}) }, 18);
  expect(of === null ? null : new Date(of).toISOString()).toBe(at);
});

test('O-60 the time zone of an address will do, and without a date of birth nothing is known', () => {
  const address = [{ extension: zone('America/Toronto') }];
  expect(birthday({ birthDate: '2008-01-01', address }, 18)).toBe(Date.parse('2026-01-01T05:00:00Z'));
  expect(birthday({}, 18)).toBe(null);
});
