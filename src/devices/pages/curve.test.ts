import type { Observation, SampledData } from '@medplum/fhirtypes';
import { expect, test } from 'vitest';

import { type Measure, measureOf } from '../measures.ts';
import { curvesOf, partLength, secondsIn, secondsOf } from './curve.ts';

const ecg = measureOf('ecg-waveform') as Measure; // it is one of ours

const sampled = (data: string, more: Partial<SampledData> = {}): SampledData => ({
  origin: { value: 0, code: 'mV' },
  period: 250,
  dimensions: 1,
  data,
  ...more,
});

const recording = (more: Partial<Observation>): Observation => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'ECG' },
  ...more,
});

test('the values of a curve keep their places, with what was not measured between them', () => {
  const [curve] = curvesOf(ecg, recording({ valueSampledData: sampled('0 1 E L 2') }));
  expect(curve).toEqual({ name: null, period: 250, values: [0, 1, null, null, 2] });
  const shifted = sampled('10 20', { factor: 0.1, origin: { value: 1, code: 'mV' } });
  expect(curvesOf(ecg, recording({ valueSampledData: shifted }))[0]?.values).toEqual([2, 3]);
});

test('a curve in another unit is drawn in that of its measure, and one that cannot be is not drawn', () => {
  const micro = sampled('1000 -500', { origin: { value: 0, code: 'uV' } });
  expect(curvesOf(ecg, recording({ valueSampledData: micro }))[0]?.values).toEqual([1, -0.5]);
  const kilos = sampled('1 2', { origin: { value: 0, code: 'kg' } });
  expect(curvesOf(ecg, recording({ valueSampledData: kilos }))).toEqual([]);
  for (const odd of [sampled(''), sampled('E E'), sampled('1 2', { period: 0 })])
    expect(curvesOf(ecg, recording({ valueSampledData: odd }))).toEqual([]);
});

test('each lead is a curve of its own, twelve at the most', () => {
  const component = Array.from({ length: 20 }, (_, n) => ({
    code: { text: `Lead ${n}` },
    valueSampledData: sampled('1 2'),
  }));
  const curves = curvesOf(
    ecg,
    recording({ component: [{ code: { text: 'rhythm' }, valueString: 'x' }, ...component] }),
  );
  expect(curves.map(({ name }) => name)).toEqual(Array.from({ length: 12 }, (_, n) => `Lead ${n}`));
});

test('what is said of each second has its lowest and highest, and of the last what there is', () => {
  const [curve] = curvesOf(ecg, recording({ valueSampledData: sampled('0 1 2 -1 E E E E 5') }));
  if (curve === undefined) throw new Error('there is no curve');
  expect(secondsOf(curve)).toBe(2.25);
  expect(secondsIn({ curve, from: 0, to: 9 })).toEqual([
    { at: 0, start: 0, low: -1, high: 2 },
    { at: 4, start: 1, low: null, high: null },
    { at: 8, start: 2, low: 5, high: 5 },
  ]);
  expect(secondsIn({ curve, from: 2, to: 5 })).toEqual([
    { at: 0, start: 0, low: -1, high: 2 },
    { at: 2, start: 1, low: null, high: null },
  ]);
});

test('values that are further apart than a second are each said', () => {
  const [curve] = curvesOf(ecg, recording({ valueSampledData: sampled('1 2 3', { period: 1500 }) }));
  expect(curve && secondsIn({ curve, from: 0, to: 3 }).map(({ start }) => start)).toEqual([0, 1, 3]);
});

test('half a minute is drawn at once, and of many curves or fast ones less', () => {
  const of = (count: number, period: number) =>
    partLength(Array.from({ length: count }, () => ({ name: null, values: [1], period })));
  expect(of(1, 4)).toBe(7500);
  expect(of(12, 2)).toBe(5000);
  expect(of(1, 0.001)).toBe(60_000);
  expect(of(1, 60_000)).toBe(2);
});
