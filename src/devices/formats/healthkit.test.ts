import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Coding } from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';

import { shared, sharedMissing } from '../../../test/support/shared-data.ts';
import { loadDefinitions } from '../../fhir/definitions/load.ts';
import { baseUnit } from '../../fhir/search/ucum.ts';
import { createValidator } from '../../fhir/validate/validator.ts';
import { canonical } from '../canonical.ts';
import { observationOf } from '../observation.ts';
import type { Item } from '../reading.ts';
import { quantityTypes } from './healthkit/types.ts';
import { healthKit } from './healthkit.ts';

const received = Date.UTC(2026, 0, 1);
const read = (payload: unknown): Item[] => [...healthKit.read(payload, '', { received, zone: -300 })];
const healthkit = 'http://developer.apple.com/documentation/healthkit';
const ucum = 'http://unitsofmeasure.org';

const sample = (type: string, more: object): unknown => ({
  ...{ type, startDate: '2025-06-01 08:00:00 -0500', endDate: '2025-06-01 08:00:00 -0500', sourceName: 'Watch' },
  ...more,
});
const observation = (codings: readonly object[], valueQuantity: object | undefined, more: object = {}): unknown => ({
  ...{ resourceType: 'Observation', status: 'final', code: { coding: codings }, subject: { reference: 'Patient/1' } },
  ...{ effectiveDateTime: '2025-06-01T08:00:00-05:00' },
  ...(valueQuantity === undefined ? {} : { valueQuantity }),
  ...more,
});
const hk = (code: string, display = code): object => ({ system: healthkit, code, display });

test('a sample is a reading of its measure, under its UUID, by the device that took it', () => {
  const device = { name: 'Apple Watch', manufacturer: 'Apple Inc.', model: 'Watch', localIdentifier: 'A1' };
  expect(
    read(sample('HKQuantityTypeIdentifierHeartRate', { value: 61, unit: 'count/min', uuid: 'u-1', device })),
  ).toEqual([
    {
      ...{ kind: 'reading', path: '', measure: 'heart-rate', value: { value: 61, unit: 'count/min' } },
      ...{ start: { at: Date.UTC(2025, 5, 1, 13), zone: -300 }, duration: 0 },
      record: { id: 'u-1', version: null },
      device: { identity: 'A1', name: 'Apple Watch', manufacturer: 'Apple Inc.', model: 'Watch', serial: 'A1' },
    },
  ]);
});

test.each([
  ['OxygenSaturation', { value: 0.97, unit: '%' }, 'spo2', 97],
  ['BodyFatPercentage', { value: '0.213', unit: '%' }, 'body-fat', 21.3],
  ['StepCount', { value: 120, unit: 'count' }, 'steps', 120],
  ['BodyMassIndex', { value: 22.5, unit: 'count' }, 'bmi', 22.5],
  ['BloodGlucose', { value: 5.5, unit: 'mmol<180.1558800000541>/L' }, 'blood-glucose-meter-molar', 5.5],
  ['BodyMass', { quantity: { value: 154, unit: 'lb' } }, 'body-weight', 69.85322498],
  ['VO2Max', { value: 42, unit: 'mL/min·kg' }, 'vo2-max', 42],
  ['BodyTemperature', { value: 98.6, unit: 'degF' }, 'body-temperature', 37],
  ['ActiveEnergyBurned', { value: 12, unit: 'Cal' }, 'active-energy', 12],
])('%s is in our unit', (name, more, measure, value) => {
  const [item] = read(sample(`HKQuantityTypeIdentifier${name}`, more));
  expect(item).toMatchObject({ kind: 'reading', measure });
  if (item?.kind === 'reading') expect(canonical(item, received)).toMatchObject({ ok: true, value: { value } });
});

test('sleep has its stages, a workout its parts, two blood pressures are one reading, an ECG is a row of voltages', () => {
  const night = { startDate: '2025-06-01T01:00:00Z', endDate: '2025-06-01T02:30:00Z' };
  const items = read([
    { ...night, type: 'HKCategoryTypeIdentifierSleepAnalysis', value: 'HKCategoryValueSleepAnalysisAsleepREM' },
    { ...night, type: 'HKCategoryTypeIdentifierSleepAnalysis', value: 4 },
    { ...night, type: 'HKCategoryTypeIdentifierSleepAnalysis', value: 'inBed' },
    {
      ...night,
      type: 'HKWorkout',
      workoutActivityType: 'HKWorkoutActivityTypeRunning',
      duration: 60,
      durationUnit: 'min',
      totalDistance: 8,
      totalDistanceUnit: 'km',
      totalEnergyBurned: 500,
      totalEnergyBurnedUnit: 'kcal',
    },
    {
      ...night,
      type: 'HKCorrelationTypeIdentifierBloodPressure',
      objects: [
        { type: 'HKQuantityTypeIdentifierBloodPressureSystolic', value: 120, unit: 'mmHg' },
        { type: 'HKQuantityTypeIdentifierBloodPressureDiastolic', value: 80, unit: 'mmHg' },
      ],
    },
    { ...night, type: 'HKElectrocardiogram', samplingFrequency: 512, unit: 'uV', voltageMeasurements: [10, 20, -30] },
  ]);
  expect(items.map((item) => (item.kind === 'reading' ? item.measure : item.kind))).toEqual([
    ...['rem-sleep', 'deep-sleep', 'whole', 'exercise-session-type', 'blood-pressure', 'ecg-waveform'],
  ]);
  for (const item of items) if (item.kind === 'reading') expect(canonical(item, received)).toMatchObject({ ok: true });
  expect(items[3]).toMatchObject({
    value: { code: 'LA11836-6' },
    components: { 'walking-running-distance': { value: 8, unit: 'km' } },
  });
});

test.each([
  ['no type', { startDate: '2025-06-01T01:00:00Z' }],
  ['no time', { type: 'HKQuantityTypeIdentifierHeartRate', value: 1 }],
  [
    'an end before its start',
    sample('HKQuantityTypeIdentifierHeartRate', { value: 1, endDate: '2020-01-01T00:00:00Z' }),
  ],
  ['no value', sample('HKQuantityTypeIdentifierHeartRate', {})],
  ['a value that is none', sample('HKQuantityTypeIdentifierHeartRate', { value: 'high' })],
  ['an unknown quantity', sample('HKQuantityTypeIdentifierMadeUp', { value: 1 })],
  ['an unknown type', sample('__proto__', { value: 1 })],
  ['no object', 7],
  ['another resource', { resourceType: 'Patient' }],
])('a sample with %s is refused alone', (_, bad) => {
  const items = read([bad, sample('HKQuantityTypeIdentifierHeartRate', { value: 61, unit: 'count/min' })]);
  expect(items.map(({ kind }) => kind)).toEqual(['unreadable', 'reading']);
  expect(items[0]?.path).toMatch(/^\[0\]/);
});

test.each([
  [
    'in',
    'HKQuantityTypeIdentifierWaistCircumference',
    '8280-0',
    { value: 32, unit: 'in', system: ucum, code: 'in' },
    81.28,
  ],
  [
    'a fraction',
    'HKQuantityTypeIdentifierOxygenSaturation',
    '59408-5',
    { value: 0.99, unit: '%', system: ucum, code: '%' },
    99,
  ],
  ['no unit', 'HKQuantityTypeIdentifierStepCount', '55423-8', { value: 42, unit: 'steps' }, 42],
])('an Observation with %s is a reading all the same', (_, type, code, quantity, value) => {
  const [item] = read(observation([{ system: 'http://loinc.org', code }, hk(type)], quantity));
  expect(item?.kind).toBe('reading');
  // Nothing more than a sample has room for.
  expect(item).not.toHaveProperty('more');
  if (item?.kind === 'reading') expect(canonical(item, received)).toMatchObject({ ok: true, value: { value } });
});

test('what HealthKitOnFHIR writes under the code of another type has its own', () => {
  const burden = observation(
    [hk('HKQuantityTypeIdentifierAppleSleepingWristTemperature', 'Atrial Fibrillation Burden')],
    { value: 0.02, unit: '%', system: ucum, code: '%' },
  );
  const wrist = observation([hk('HKQuantityTypeIdentifierAppleSleepingWristTemperature')], {
    value: 34.5,
    unit: 'C',
    system: ucum,
    code: 'Cel',
  });
  const speed = observation([hk('HKQuantityTypeIdentifierCyclingFunctionalThresholdPower', 'Cycling Speed')], {
    value: 25,
    unit: 'km/h',
    system: ucum,
    code: 'km/h',
  });
  const power = observation([hk('HKQuantityTypeIdentifierCyclingFunctionalThresholdPower')], {
    value: 250,
    unit: 'watt',
    system: ucum,
    code: 'W',
  });
  const coded = (code: string, value: number) => ({
    kind: 'whole',
    resource: { code: { coding: [{ code }] }, valueQuantity: { value } },
  });
  expect(read([burden, wrist, speed, power])).toMatchObject([
    coded('HKQuantityTypeIdentifierAtrialFibrillationBurden', 2),
    { kind: 'reading', measure: 'wrist-skin-temperature' },
    coded('HKQuantityTypeIdentifierCyclingSpeed', 25),
    coded('HKQuantityTypeIdentifierCyclingFunctionalThresholdPower', 250),
  ]);
});

test('an ECG has MDC under its name, hertz in UCUM; a workout its code; a stage of sleep its length; an identifier its value', () => {
  const oid = 'urn:oid:2.16.840.1.113883.6.24';
  const ecg = observation([hk('HKElectrocardiogram'), { system: oid, code: '131328' }], undefined, {
    component: [
      {
        code: { coding: [hk('HKElectrocardiogram.SamplingFrequency')] },
        valueQuantity: { value: 512, unit: 'hertz', system: ucum, code: 'hertz' },
      },
      {
        code: { coding: [{ system: oid, code: '131329' }] },
        valueSampledData: {
          origin: { value: 0, unit: 'uV', system: ucum, code: 'uV' },
          period: 1.95,
          dimensions: 1,
          data: '1 2 3',
        },
      },
    ],
  });
  const workout = observation([{ system: 'http://loinc.org', code: '73985-4' }], undefined, {
    valueString: 'running',
    identifier: [{ id: '8F7D0B5C-6F0F-4D0A-8E1B-0B7E3C1B2A11' }],
  });
  const effectivePeriod = { start: '2025-06-01T01:00:00Z', end: '2025-06-01T02:00:00Z' };
  const sleep = observation([hk('HKCategoryTypeIdentifierSleepAnalysis')], undefined, {
    valueString: 'asleepDeep',
    effectiveDateTime: undefined,
    effectivePeriod,
  });
  const items = read({ resourceType: 'Bundle', entry: [ecg, workout, sleep].map((resource) => ({ resource })) });
  expect(JSON.stringify(items[0])).not.toMatch(/urn:oid|hertz"\}/);
  expect(items).toMatchObject([
    { kind: 'whole', path: 'Bundle.entry[0].resource' },
    {
      kind: 'reading',
      measure: 'exercise-session-type',
      value: { code: 'LA11836-6' },
      record: { id: 'urn:ietf:rfc:3986|urn:uuid:8f7d0b5c-6f0f-4d0a-8e1b-0b7e3c1b2a11' },
    },
    { kind: 'reading', measure: 'deep-sleep', value: { value: 60, unit: 'min' } },
  ]);
});

describe.skipIf(shared === null)(`the map of HealthKitOnFHIR${shared === null ? ` (${sharedMissing})` : ''}`, () => {
  type Entry = { codings: Coding[]; unit?: { code?: string; hkunit: string; unit: string; system?: string } };
  const map = (): Record<string, Record<string, Entry>> =>
    JSON.parse(readFileSync(join(shared ?? '', 'data/wearables/healthkitonfhir/HKSampleMapping.json'), 'utf8'));

  test('each of its types is read, as JSON and as FHIR, in a unit of UCUM and without an error of the validator', async () => {
    const validate = await createValidator(loadDefinitions());
    const counts = { reading: 0, whole: 0, repaired: 0 };
    const wrong: string[] = [];
    const types = Object.entries(map().HKQuantitySamples ?? {});
    for (const [type, { codings, unit }] of types) {
      const known = quantityTypes.get(type);
      const value =
        unit?.code === '%'
          ? 0.2
          : type.endsWith('OxygenSaturation')
            ? 0.97
            : unit?.code === '[in_i]'
              ? 70
              : type.includes('Forced')
                ? 4
                : 36;
      const asked = type.endsWith('OxygenSaturation') ? 0.97 : value;
      const { hkunit, ...quantity } = unit ?? { hkunit: 'count', unit: 'count' };
      if (known === undefined) wrong.push(`${type}: unknown`);
      if (known !== undefined && baseUnit(known.unit) === null) wrong.push(`${type}: ${known.unit} is no unit of UCUM`);
      if (codings.every(({ code }) => code !== type) || (unit?.code !== undefined && baseUnit(unit.code) === null))
        counts.repaired += 1;
      const asFhir = observation(codings, { value: asked, ...quantity });
      for (const item of [...read(sample(type, { value: asked, unit: hkunit })), ...read(asFhir)]) {
        if (item.kind !== 'reading' && item.kind !== 'whole')
          wrong.push(`${type}: ${'why' in item ? item.why : item.kind}`);
        if (item.kind === 'whole') {
          counts.whole += 1;
          const { resource } = item;
          if (!resource.code?.coding?.some(({ code }) => code === type))
            wrong.push(`${type}: under ${resource.code?.coding?.[0]?.code}`);
          if (resource.valueQuantity?.code !== undefined && baseUnit(resource.valueQuantity.code) === null)
            wrong.push(`${type}: ${resource.valueQuantity.code}`);
          wrong.push(
            ...validate({ ...resource, subject: { reference: 'Patient/1' } })
              .filter(({ severity }) => severity === 'error')
              .map(({ diagnostics }) => `${type}: ${diagnostics}`),
          );
        }
        if (item.kind !== 'reading') continue;
        counts.reading += 1;
        const ours = canonical(item, received);
        if (!ours.ok) {
          wrong.push(`${type}: ${ours.issues[0]?.diagnostics}`);
          continue;
        }
        const made = observationOf(ours.value, { patient: 'Patient/1', device: null, gateway: null });
        wrong.push(
          ...validate(made)
            .filter(({ severity }) => severity === 'error')
            .map(({ diagnostics }) => `${type}: ${diagnostics}`),
        );
      }
    }
    const categories = Object.keys(map().HKCategorySamples ?? {});
    for (const type of categories) {
      const [item] = read(sample(type, { value: 1 }));
      if (item?.kind !== 'reading' && item?.kind !== 'whole') wrong.push(`${type}: ${item?.kind}`);
    }
    console.log(
      `HealthKit: ${types.length} quantities and ${categories.length} categories read; ${counts.reading} as readings, ${counts.whole} whole; ${counts.repaired} repaired`,
    );
    expect(wrong).toEqual([]);
  });
});
