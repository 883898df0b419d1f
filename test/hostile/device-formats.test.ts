import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { canonical } from '../../src/devices/canonical.ts';
import { formats } from '../../src/devices/formats/index.ts';
import { observationOf } from '../../src/devices/observation.ts';
import type { Item } from '../../src/devices/reading.ts';
import { itemsIn } from '../../src/devices/stream.ts';
import { shared, sharedMissing } from '../support/shared-data.ts';

const received = Date.UTC(2026, 5, 1);
const context = { received, zone: 0 };
const refs = { patient: 'Patient/p', device: null, gateway: null };

/** What a value is replaced by: of the wrong type, too large, too small, or of no use to whoever trusts it. */
const hostile: readonly unknown[] = [
  null,
  true,
  -0,
  -1,
  0.1,
  1e308,
  -1e308,
  Number.POSITIVE_INFINITY, // 1e400, as JSON.parse reads it
  8.65e15,
  253_402_300_800,
  '',
  'NaN',
  '-1',
  '__proto__',
  'constructor',
  'toString',
  '0001-01-01T00:00:00Z',
  '0000-00-00',
  '9999-12-31T23:59:60Z',
  '+275761-01-01T00:00:00Z',
  '2026-05-01T00:00:00+99:99',
  '2026-02-30',
  'x'.repeat(100_000),
  '\u0000\u001d\u001e\ud800',
  [],
  {},
  [[[[]]]],
  [null],
  // What JavaScript makes a text of by calling these.
  { toString: 1, valueOf: 1 },
  { constructor: { prototype: 1 } },
  JSON.parse('{"__proto__": {"value": 1, "unit": "x"}, "hasOwnProperty": 1}'),
  JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`),
];

type Place = { holder: Record<string, unknown>; name: string };

function places(value: unknown, found: Place[] = []): Place[] {
  if (typeof value !== 'object' || value === null) return found;
  for (const name of Object.keys(value)) {
    const holder = value as Record<string, unknown>; // lists are walked as objects
    found.push({ holder, name });
    if (found.length < 400) places(holder[name], found);
  }
  return found;
}

function payloads(folder: string): { name: string; value: unknown }[] {
  if (shared === null) return [];
  const root = join(shared, 'data/wearables', folder);
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile() && one.name.endsWith('.json'))
    .slice(0, 60)
    .map(({ parentPath, name }) => ({ name, value: JSON.parse(readFileSync(join(parentPath, name), 'utf8')) }));
}

const quantity = { value: 60, unit: '/min', system: 'http://unitsofmeasure.org', code: '/min' };
const observation = {
  resourceType: 'Observation',
  id: 'one',
  status: 'final',
  meta: { security: [{ system: 'x', code: 'R' }], versionId: '1' },
  identifier: [{ system: 'http://x', value: '1' }],
  code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
  subject: { reference: 'Patient/p' },
  device: { reference: 'urn:uuid:1', display: 'x', identifier: { system: 'http://x', value: '2' } },
  effectivePeriod: { start: '2026-05-01T00:00:00Z', end: '2026-05-01T00:01:00Z' },
  valueQuantity: quantity,
  component: [{ code: { coding: [{ system: 'http://loinc.org', code: '8480-6' }] }, valueQuantity: quantity }],
  note: [{ text: 'x' }],
};
const sampled = {
  ...observation,
  valueQuantity: undefined,
  valueSampledData: { origin: { value: 0, code: '/min' }, period: 1000, dimensions: 1, data: '1 2 E 3' },
};
const bundle = {
  resourceType: 'Bundle',
  type: 'collection',
  entry: [
    {
      fullUrl: 'urn:uuid:1',
      resource: { resourceType: 'Device', serialNumber: '1', identifier: [{ system: 'x', value: 'y' }] },
    },
    { resource: observation },
    { resource: sampled },
  ],
};
const garmin = {
  dailies: [
    {
      userId: 'u',
      summaryId: 's',
      startTimeInSeconds: 1_777_000_000,
      startTimeOffsetInSeconds: 0,
      durationInSeconds: 86400,
      steps: 5,
      restingHeartRateInBeatsPerMinute: 60,
      timeOffsetHeartRateSamples: { 15: 70 },
    },
  ],
  epochs: [{ userId: 'u', summaryId: 's', startTimeInSeconds: 1_777_000_000, durationInSeconds: 900, steps: 5 }],
  sleeps: [
    {
      userId: 'u',
      summaryId: 's',
      startTimeInSeconds: 1_777_000_000,
      durationInSeconds: 900,
      deepSleepDurationInSeconds: 60,
    },
  ],
  bodyComps: [{ userId: 'u', summaryId: 's', measurementTimeInSeconds: 1_777_000_000, weightInGrams: 70000 }],
};
const oura = {
  heartrate: [{ bpm: 60, source: 'awake', timestamp: '2026-05-01T00:00:00+00:00' }],
  sleep: [
    {
      id: '1',
      bedtime_start: '2026-05-01T00:00:00+00:00',
      bedtime_end: '2026-05-01T06:00:00+00:00',
      total_sleep_duration: 600,
      heart_rate: { interval: 300, items: [60, null], timestamp: '2026-05-01T00:00:00+00:00' },
    },
  ],
  deleted: [{ kind: 'sleep', id: '1' }],
};
const healthConnect = {
  records: [
    {
      type: 'HeartRate',
      metadata: { id: '1', dataOrigin: 'x' },
      startTime: '2026-05-01T00:00:00Z',
      endTime: '2026-05-01T00:01:00Z',
      samples: [{ time: '2026-05-01T00:00:01Z', beatsPerMinute: 60 }],
    },
    {
      type: 'Steps',
      metadata: { id: '2' },
      startTime: '2026-05-01T00:00:00Z',
      endTime: '2026-05-01T00:01:00Z',
      count: 5,
    },
  ],
};

const own: readonly { name: string; value: unknown }[] = [
  { name: 'bundle', value: bundle },
  { name: 'garmin', value: garmin },
  { name: 'oura', value: oura },
  { name: 'health-connect', value: healthConnect },
];

const all = [...own, ...['shimmer', 'hl7-phd', 'healthkitonfhir', 'openmhealth-schemas/test-data'].flatMap(payloads)];

/** What becomes of an item in a submission, short of what is stored. */
function follow(item: Item): void {
  expect(typeof item.path).toBe('string');
  if (item.kind !== 'reading') return;
  const value = canonical(item, received);
  if (!value.ok) return;
  const made = observationOf(value.value, refs);
  JSON.stringify(made);
  // A number that JSON has none of would be stored as null.
  if (made.valueQuantity) expect(made.valueQuantity.value).toSatisfy(Number.isFinite);
  expect(made.valueSampledData?.data ?? '').not.toMatch(/NaN|Infinity/);
  expect(Object.keys(Object.prototype)).toEqual([]);
}

describe.skipIf(shared === null)('whatever stands in a payload, a format says what is wrong and does not break', () => {
  if (shared === null) console.warn(sharedMissing);
  test.each(formats.map((format) => [format.name, format] as const))(
    '%s',
    async (_, format) => {
      const faults = new Map<string, string>();
      const run = async (what: string, value: unknown): Promise<number> => {
        let count = 0;
        try {
          for await (const item of itemsIn(format, value, '', context)) {
            count += item.kind === 'reading' || item.kind === 'whole' ? 1 : 0;
            follow(item);
          }
        } catch (error) {
          const said =
            error instanceof Error
              ? `${error.message.split('\n')[0]} ${error.stack?.split('\n').find((line) => line.includes('src/devices'))}`
              : String(error);
          if (!faults.has(said)) faults.set(said, what);
        }
        return count;
      };
      for (const value of hostile) await run('alone', value);
      for (const { name, value } of all) {
        // What the format has no readings of is another's.
        const usual = await run(name, value);
        if (usual === 0 || usual > 500) continue;
        const found = places(value);
        const step = Math.max(1, Math.floor(found.length / 60));
        for (let at = 0; at < found.length; at += step) {
          const place = found[at];
          if (!place) continue;
          const before = place.holder[place.name];
          for (const [index, other] of hostile.entries()) {
            place.holder[place.name] = other;
            await run(`${name} ${place.name} = hostile[${index}]`, value);
          }
          place.holder[place.name] = before;
        }
      }
      expect([...faults].slice(0, 20)).toEqual([]);
    },
    120_000,
  );
});
