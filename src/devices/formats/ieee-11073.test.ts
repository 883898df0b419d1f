import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { shared, sharedMissing } from '../../../test/support/shared-data.ts';
import { loadDefinitions } from '../../fhir/definitions/load.ts';
import { createValidator } from '../../fhir/validate/validator.ts';
import { canonical } from '../canonical.ts';
import { observationOf } from '../observation.ts';
import type { Item } from '../reading.ts';
import { ieee11073 } from './ieee-11073.ts';

const received = Date.UTC(2026, 0, 1);
const folder = join(shared ?? '', 'data/wearables/hl7-phd/input/examples');
const validate = await createValidator(loadDefinitions());
const read = (payload: unknown): Item[] => [...ieee11073.read(payload, '', { received, zone: 0 })];
const example = (name: string): unknown => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));

/** What becomes of an item, in a word. */
function verdict(item: Item): string {
  if (item.kind === 'whole') return 'kept whole';
  if (item.kind !== 'reading') return item.kind;
  const value = canonical(item, received);
  return value.ok ? item.measure : `refused: ${value.issues[0]?.diagnostics}`;
}

const expected: Readonly<Record<string, string>> = {
  'bits-observation': 'kept whole',
  'bp-devicemetric-example': 'metric',
  'bpm-status': 'kept whole',
  'coin-20181119174911': 'kept whole',
  'coin-20181119202022': 'kept whole',
  'coin-example-1': 'kept whole',
  'coin-example-timefault': 'kept whole',
  'compound-numeric-blood-pressure': 'blood-pressure',
  'compound-numeric-blood-pressure-no-mean': 'blood-pressure',
  'compound-observation-glucose': 'kept whole',
  'glucose-observation': 'kept whole',
  'meal-context-observation': 'kept whole',
  'numeric-observation-not-a-number': 'kept whole',
  'numeric-spo2-alarm': 'spo2',
  'numeric-spotnumeric': 'heart-rate',
  'patientExample-1': 'nothing',
  'patientExample-2': 'nothing',
  'phd-00601900010E9234.F45EABA80832': 'nothing',
  'phd-711000FEFF5F49B0.B0495F001071': 'nothing',
  'phd-74E8FFFEFF051C00.001C05FFE874': 'nothing',
  'phg-ecde3d4e58532d31.000000000000': 'nothing',
  'phg-example': 'nothing',
  'rtsa-example': 'kept whole',
  // Its samples of -261 to 143 are in microvolts, and it says mV: no heart gives a quarter of a volt.
  'rtsa-example-2': 'refused: Impossible value of ecg-waveform: -50 to 50 mV is allowed',
  'string-observation-1': 'kept whole',
  'stringenum-1234': 'kept whole',
  'temperature-observation': 'body-temperature',
};

test.skipIf(shared === null)(
  `each example of the guide has the verdict that is expected of it (${sharedMissing})`,
  () => {
    const names = readdirSync(folder).map((file) => file.replace(/\.json$/, ''));
    const found = names
      .filter((name) => !name.startsWith('bundle-'))
      .map((name) => [name, read(example(name)).map(verdict)]);
    expect(Object.fromEntries(found)).toEqual(
      Object.fromEntries(Object.entries(expected).map(([name, one]) => [name, [one]])),
    );
    const refused = Object.values(expected).filter((one) => one.startsWith('refused')).length;
    process.stdout.write(`PHD examples: ${names.length - refused} of ${names.length} are taken\n`);
  },
);

test.skipIf(shared === null)('each entry of the Bundles of the guide has an item', () => {
  const tally = (name: string): Record<string, number> => {
    const count: Record<string, number> = {};
    for (const one of read(example(name)).map(verdict)) count[one] = (count[one] ?? 0) + 1;
    return count;
  };
  expect(tally('bundle-continuousnonin')).toEqual({ 'kept whole': 23, spo2: 12, 'heart-rate': 12 });
  expect(tally('bundle-example-1')).toEqual({ nothing: 3, 'kept whole': 1, spo2: 1, 'heart-rate': 1 });
});

test.skipIf(shared === null)('what is made of the examples breaks no rule of R4', () => {
  const errors = readdirSync(folder).flatMap((file) =>
    read(JSON.parse(readFileSync(join(folder, file), 'utf8'))).flatMap((item) => {
      const value = item.kind === 'reading' ? canonical(item, received) : null;
      const references = { patient: 'Patient/1', device: 'Device/1', gateway: 'Device/2' };
      const made =
        item.kind === 'whole'
          ? { ...item.resource, subject: { reference: 'Patient/1' } }
          : value?.ok
            ? observationOf(value.value, references)
            : null;
      const issues = made === null ? [] : validate(made);
      return issues
        .filter(({ severity }) => severity === 'error' || severity === 'fatal')
        .map((one) => ({ file, ...one }));
    }),
  );
  expect(errors).toEqual([]);
});

const heartRate = (at: string) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { coding: [{ system: 'urn:iso:std:iso:11073:10101', code: '149530' }] },
  extension: [
    {
      url: 'http://hl7.org/fhir/uv/phd/StructureDefinition/CoincidentTimeStampReference',
      valueReference: { reference: 'Observation/clock' },
    },
  ],
  effectiveDateTime: at,
  valueQuantity: { value: 60, system: 'http://unitsofmeasure.org', code: '/min' },
});

const clock = (gateway: string, device: object) => ({
  resourceType: 'Observation',
  id: 'clock',
  status: 'final',
  code: { coding: [{ system: 'urn:iso:std:iso:11073:10101', code: '67975' }] },
  subject: { reference: 'Device/scale' },
  effectiveDateTime: gateway,
  ...device,
});

const bundle = (...resources: object[]) => ({
  resourceType: 'Bundle',
  entry: resources.map((resource) => ({ resource })),
});

test('a reading that is read out twice is told by its device’s clock, whatever the gateway corrects it to', () => {
  const once = read(
    bundle(
      clock('2025-03-01T10:00:00.250Z', { valueDateTime: '2025-03-01T09:00:00Z' }),
      heartRate('2025-03-01T09:30:00.250Z'),
    ),
  );
  const again = read(
    bundle(
      clock('2025-03-02T10:00:00.900Z', { valueDateTime: '2025-03-02T09:00:00Z' }),
      heartRate('2025-03-01T09:30:00.900Z'),
    ),
  );
  const shown = Date.parse('2025-03-01T08:30:00Z');
  expect(once[1]).toMatchObject({ untrustedClock: true, shown, start: { at: Date.parse('2025-03-01T09:30:00.250Z') } });
  expect(again[1]).toMatchObject({ untrustedClock: true, shown });
});

test('a clock that had a fault, or that was not sent along, makes a reading untrusted and tells nothing of it', () => {
  const absent = { dataAbsentReason: { text: 'Sensor Time Fault' } };
  for (const items of [
    read(bundle(clock('2025-03-01T10:00:00Z', absent), heartRate('2025-03-01T09:30:00Z'))),
    read(bundle(heartRate('2025-03-01T09:30:00Z'))),
  ]) {
    const reading = items.find(({ kind }) => kind === 'reading');
    expect(reading).toMatchObject({ untrustedClock: true });
    expect(reading).not.toHaveProperty('shown');
  }
});

test('a clock is that of the device that it is about, and a battery is of the device and of who has it', () => {
  const battery = { ...heartRate('2025-03-01T09:30:00Z'), extension: [], subject: { reference: 'Device/scale' } };
  const items = read(bundle(clock('2025-03-01T10:00:00Z', { valueDateTime: '2025-03-01T10:00:00Z' }), battery));
  for (const item of items) {
    expect(item).toMatchObject({ device: { reference: 'Device/scale' } });
    expect(item).not.toHaveProperty('subject');
  }
});
