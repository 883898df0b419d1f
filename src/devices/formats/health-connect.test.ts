import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { canonical } from '../canonical.ts';
import { measureOf } from '../measures.ts';
import type { Item, Reading } from '../reading.ts';
import { healthConnect } from './health-connect.ts';
import { exerciseOf, exercises, recordTypes } from './health-connect-records.ts';

const received = Date.UTC(2025, 5, 2);
const read = (payload: unknown): Item[] => [...healthConnect.read(payload, '', { received, zone: 0 })];

const metadata = {
  id: 'r1',
  lastModifiedTime: '2025-06-01T09:00:00Z',
  dataOrigin: 'com.maker.app',
  device: { manufacturer: 'Maker', model: 'Band 2', type: 1 },
  recordingMethod: 2,
};
const instant = { time: '2025-06-01T08:00:00Z', zoneOffset: '+02:00', metadata };
const interval = {
  startTime: '2025-05-31T22:00:00Z',
  startZoneOffset: { id: '+02:00', totalSeconds: 7200 },
  endTime: '2025-06-01T06:00:00Z',
  endZoneOffset: { totalSeconds: 7200 },
  metadata,
};

test.each<[string, object, string, unknown]>([
  ['Steps', { recordType: 'Steps', ...interval, count: 812 }, 'steps', { value: { value: 812, unit: '{steps}' } }],
  [
    'a weight as an app gets it',
    { recordType: 'Weight', ...instant, weight: { inKilograms: 70.5, inPounds: 155.4, inGrams: 70500 } },
    'body-weight',
    { value: { value: 70.5, unit: 'kg' } },
  ],
  [
    'a weight as an app writes it',
    { recordType: 'Weight', ...instant, weight: { value: 155.4, unit: 'pounds' } },
    'body-weight',
    { value: { value: 155.4, unit: '[lb_av]' } },
  ],
  [
    'a blood pressure',
    {
      ...{ recordType: 'BloodPressureRecord', ...instant },
      ...{ systolic: { inMillimetersOfMercury: 120 }, diastolic: { inMillimetersOfMercury: 80 } },
    },
    'blood-pressure',
    {
      value: null,
      components: { 'systolic-blood-pressure': { value: 120 }, 'diastolic-blood-pressure': { value: 80 } },
    },
  ],
  [
    'a glucose of a finger',
    {
      recordType: 'BloodGlucose',
      ...instant,
      level: { inMillimolesPerLiter: 5.5, inMilligramsPerDeciliter: 99 },
      specimenSource: 2,
    },
    'blood-glucose-meter-molar',
    { value: { value: 5.5, unit: 'mmol/L' } },
  ],
  [
    'a glucose of a sensor',
    { recordType: 'BloodGlucose', ...instant, level: { value: 99, unit: 'milligramsPerDeciliter' }, specimenSource: 1 },
    'cgm-sensor-reading-mass',
    { value: { value: 99, unit: 'mg/dL' } },
  ],
  [
    'a night with its stages',
    {
      ...{ recordType: 'SleepSession', ...interval },
      stages: [
        { startTime: '2025-05-31T22:00:00Z', endTime: '2025-05-31T22:30:00Z', stage: 1 },
        { startTime: '2025-05-31T22:30:00Z', endTime: '2025-06-01T02:30:00Z', stage: 4 },
        { startTime: '2025-06-01T02:30:00Z', endTime: '2025-06-01T04:00:00Z', stage: 'DEEP' },
        { startTime: '2025-06-01T04:00:00Z', endTime: '2025-06-01T06:00:00Z', stage: 6 },
      ],
    },
    'sleep-duration',
    {
      value: { value: 450, unit: 'min' },
      components: { 'light-sleep': { value: 240 }, 'deep-sleep': { value: 90 }, 'rem-sleep': { value: 120 } },
    },
  ],
  [
    'a run',
    { recordType: 'ExerciseSession', ...interval, exerciseType: 56 },
    'exercise-session-type',
    { components: { 'exercise-duration': { value: 480, unit: 'min' } } },
  ],
])('%s is read, and is one that can be', (_, record, measure, rest) => {
  const [item, ...others] = read(record);
  expect(others).toEqual([]);
  expect(item).toMatchObject({
    kind: 'reading',
    measure,
    record: { id: 'r1', version: '2025-06-01T09:00:00Z' },
    device: { identity: 'com.maker.app|Maker|Band 2' },
    start: { zone: 120 },
    ...(rest as object), // what a matcher takes
  });
  if (item?.kind !== 'reading') throw new Error('no reading');
  expect(canonical(item, received)).toMatchObject({ ok: true });
});

test('each sample of a heart rate is a reading, and a part of its record', () => {
  const samples = [
    { time: '2025-06-01T00:00:00Z', beatsPerMinute: 55 },
    { time: '2025-06-01T00:00:05Z', beatsPerMinute: 'fast' },
    { time: '2025-06-01T00:00:10Z', beatsPerMinute: 57 },
  ];
  const items = read({ recordType: 'HeartRate', ...interval, samples });
  expect(items).toMatchObject([
    {
      kind: 'reading',
      path: 'samples[0]',
      value: { value: 55, unit: '/min' },
      record: { id: 'r1', part: '1748736000000' },
    },
    { kind: 'unreadable', path: 'samples[1].beatsPerMinute' },
    { kind: 'reading', path: 'samples[2]', record: { id: 'r1', part: '1748736010000' } },
  ]);
});

test('changes have records and what was deleted', () => {
  const changes = {
    upsertionChanges: [{ record: { recordType: 'Steps', ...interval, count: 5 } }],
    deletionChanges: [{ recordId: 'r0' }],
    nextChangesToken: 'x',
  };
  expect(read(changes)).toMatchObject([
    { kind: 'reading', path: 'upsertionChanges[0].record' },
    { kind: 'deleted', path: 'deletionChanges[0]', record: { id: 'r0', version: null } },
  ]);
});

test('every exercise type that LOINC has a word for has its code, and every other one is another', () => {
  const display = (code: string) =>
    measureOf('exercise-session-type')?.codes?.find((one) => one.code === code)?.display;
  for (const [number, name, word] of exercises) {
    expect(display(exerciseOf(number))).toBe(word);
    expect(display(exerciseOf(`EXERCISE_TYPE_${name}`))).toBe(word);
  }
  expect(display(exerciseOf(1234))).toBe('Other');
});

test('what somebody typed in is said to be theirs', () => {
  const typed = { recordType: 'Steps', ...interval, count: 5, metadata: { ...metadata, recordingMethod: 3 } };
  expect(read(typed)).toMatchObject([{ selfReported: true }]);
});

test('every record type is of a measure that is, in a unit that it can be in', () => {
  for (const [type, { measure, unit }] of Object.entries(recordTypes)) {
    const of = measureOf(measure);
    expect(of, type).toBeDefined();
    const low = of?.range?.low ?? 0;
    const reading: Reading = {
      kind: 'reading',
      path: '',
      measure,
      duration: 0,
      value: { value: Math.max(1, low), unit },
      start: { at: received, zone: 0 },
    };
    const value = canonical(reading, received);
    const said = value.ok ? '' : (value.issues[0]?.diagnostics ?? '');
    expect(said, type).not.toMatch(/unit/i);
  }
});

describe('what cannot be read says where and why', () => {
  test.each<[string, unknown, string]>([
    ['no record', 7, ''],
    ['no type', { ...instant }, 'recordType'],
    ['a type that is none', { recordType: 'constructor', ...instant }, 'recordType'],
    ['no time', { recordType: 'Weight', weight: 70 }, 'startTime'],
    [
      'an end before its start',
      { recordType: 'Steps', ...interval, endTime: '2025-05-31T21:00:00Z', count: 1 },
      'endTime',
    ],
    ['no value', { recordType: 'Weight', ...instant }, 'weight'],
    ['half a pressure', { recordType: 'BloodPressure', ...instant, systolic: 120 }, 'diastolic'],
    ['a stage that is none', { recordType: 'SleepSession', ...interval, stages: [{ stage: 99 }] }, 'stages[0].stage'],
  ])('%s', (_, record, path) => {
    expect(read(record)).toMatchObject([{ kind: 'unreadable', path, why: expect.stringMatching(/\w/) }]);
  });
});

test('a record of no measure of ours is none, and says so', () => {
  expect(read({ recordType: 'Hydration', ...interval, volume: 1 })).toMatchObject([
    { kind: 'nothing', why: expect.stringContaining('Hydration') },
  ]);
});

test('nothing that can be sent makes it throw', () => {
  const record = fc.record({
    recordType: fc.constantFrom(
      ...Object.keys(recordTypes),
      'SleepSession',
      'BloodPressure',
      'BloodGlucose',
      'ExerciseSession',
    ),
    time: fc.oneof(fc.jsonValue(), fc.constant('2025-06-01T00:00:00Z')),
    zoneOffset: fc.jsonValue(),
    samples: fc.jsonValue(),
    stages: fc.jsonValue(),
    level: fc.jsonValue(),
    metadata: fc.jsonValue(),
  });
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), record), (payload) => {
      expect(read(payload).every(({ path }) => typeof path === 'string')).toBe(true);
    }),
    { numRuns: 300 },
  );
});
