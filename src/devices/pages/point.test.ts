import type { Observation } from '@medplum/fhirtypes';
import { expect, test } from 'vitest';

import { type Measure, measureOf } from '../measures.ts';
import { clockOf, measureOfObservation, pointsOf } from './point.ts';

const loinc = (...codes: string[]) => ({ coding: codes.map((code) => ({ system: 'http://loinc.org', code })) });

const reading = (more: Partial<Observation>): Observation & { id: string } => ({
  resourceType: 'Observation',
  id: '1',
  status: 'final',
  code: loinc('8867-4'),
  effectiveDateTime: '2026-03-02T23:30:00-05:00',
  valueQuantity: { value: 72, code: '/min' },
  ...more,
});

const measure = (id: string): Measure => {
  const found = measureOf(id);
  if (found === undefined) throw new Error(`There is no ${id}`);
  return found;
};

test.each([
  ['2026-03-02T23:30:00-05:00', { at: Date.UTC(2026, 2, 2, 23, 30), zone: -300, day: false }],
  ['2026-03-02T23:30:00.5Z', { at: Date.UTC(2026, 2, 2, 23, 30, 0, 500), zone: 0, day: false }],
  ['2026-03-02', { at: Date.UTC(2026, 2, 2), zone: null, day: true }],
  ['2026-03', null],
  ['', null],
])('%s is a time on the clock of the device', (text, clock) => {
  expect(clockOf(text)).toEqual(clock);
});

test('a reading is drawn where its device showed it, whatever the clock of the server', () => {
  const [point] = pointsOf(measure('heart-rate'), reading({}));
  expect(point).toMatchObject({ start: Date.UTC(2026, 2, 2, 23, 30), zone: -300, values: [72], device: null });
});

test('a resting heart rate that is coded as a heart rate as well is a resting one', () => {
  expect(measureOfObservation(reading({}))?.id).toBe('heart-rate');
  expect(measureOfObservation(reading({ code: loinc('8867-4', '40443-4') }))?.id).toBe('resting-heart-rate');
  expect(measureOfObservation(reading({ code: loinc('40443-4') }))?.id).toBe('resting-heart-rate');
  expect(measureOfObservation(reading({ code: loinc('2345-7') }))).toBeNull();
  expect(pointsOf(measure('heart-rate'), reading({ code: loinc('8867-4', '40443-4') }))).toEqual([]);
});

test('what was entered in error is not drawn', () => {
  expect(pointsOf(measure('heart-rate'), reading({ status: 'entered-in-error' }))).toEqual([]);
});

test('a reading in another unit is drawn in that of its measure', () => {
  const weight = reading({ code: loinc('29463-7'), valueQuantity: { value: 154, code: '[lb_av]' } });
  expect(pointsOf(measure('body-weight'), weight)[0]?.values[0]).toBeCloseTo(69.85, 2);
});

test('a blood pressure has two lines', () => {
  const pressure = reading({
    code: loinc('85354-9'),
    valueQuantity: undefined,
    component: [
      { code: loinc('8462-4'), valueQuantity: { value: 81, code: 'mm[Hg]' } },
      { code: loinc('8480-6'), valueQuantity: { value: 124, code: 'mm[Hg]' } },
    ],
  });
  expect(pointsOf(measure('blood-pressure'), pressure)[0]?.values.slice(0, 2)).toEqual([124, 81]);
});

test('a curve of values is a point for each, and a gap for what was not measured', () => {
  const curve = reading({
    valueQuantity: undefined,
    valueSampledData: { origin: { value: 0, code: '/min' }, period: 60_000, dimensions: 1, data: '61 E 63' },
  });
  const points = pointsOf(measure('heart-rate'), curve);
  expect(points.map(({ start, values }) => [start - Date.UTC(2026, 2, 2, 23, 30), values[0]])).toEqual([
    [0, 61],
    [120_000, 63],
  ]);
});
