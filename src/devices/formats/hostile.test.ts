import fc from 'fast-check';
import { expect, test } from 'vitest';

import { canonical } from '../canonical.ts';
import type { Item } from '../reading.ts';
import type { Format } from './format.ts';
import { healthKit } from './healthkit.ts';
import { openMhealth } from './open-mhealth.ts';

const received = Date.UTC(2026, 0, 1);
const kinds: readonly Item['kind'][] = ['reading', 'whole', 'deleted', 'unreadable', 'nothing'];

const time = { start_date_time: '2025-02-05T06:00:00Z', end_date_time: '2025-02-05T07:00:00Z' };
const point = {
  header: {
    id: 'x',
    creation_date_time: '2025-02-05T07:25:00Z',
    schema_id: { namespace: 'omh', name: 'physical-activity', version: '1.2' },
    acquisition_provenance: { source_name: 'x', modality: 'sensed' },
  },
  body: {
    activity_name: 'walking',
    distance: { value: 1, unit: 'km' },
    effective_time_frame: { time_interval: time },
    descriptive_statistic: 'average',
  },
};
const sample = {
  type: 'HKQuantityTypeIdentifierHeartRate',
  value: 61,
  unit: 'count/min',
  startDate: '2025-06-01 08:00:00 -0500',
  metadata: { HKWasUserEntered: true },
  device: { name: 'Watch' },
};
const observation = {
  resourceType: 'Observation',
  status: 'final',
  code: { coding: [{ system: 'http://developer.apple.com/documentation/healthkit', code: sample.type }] },
  effectivePeriod: { start: time.start_date_time, end: time.end_date_time },
  valueQuantity: { value: 61, code: '/min', system: 'http://unitsofmeasure.org' },
  identifier: [{ id: 'x' }],
  extension: [
    { url: 'https://bdh.stanford.edu/fhir/defs/sourceDevice', extension: [{ url: 'name', valueString: 'x' }] },
  ],
};

const leaves = (value: unknown, at: readonly string[] = []): (readonly string[])[] =>
  typeof value === 'object' && value !== null
    ? [at, ...Object.entries(value).flatMap(([name, part]) => leaves(part, [...at, name]))]
    : [at];

function replaced(value: unknown, [name, ...rest]: readonly string[], by: unknown): unknown {
  if (name === undefined) return by;
  if (Array.isArray(value)) return value.map((one, index) => (String(index) === name ? replaced(one, rest, by) : one));
  const own = value as Record<string, unknown>; // `leaves` went through it
  return { ...own, [name]: replaced(own[name], rest, by) };
}

/** One place of something good, with anything in it. */
const spoiled = (good: unknown): fc.Arbitrary<unknown> =>
  fc
    .tuple(
      fc.constantFrom(...leaves(good)),
      fc.oneof(fc.jsonValue(), fc.constantFrom('__proto__', 'constructor', 1e308, -1, '')),
    )
    .map(([at, by]) => replaced(good, at, by));

test.each<[string, Format, readonly unknown[]]>([
  ['open-mhealth', openMhealth, [point]],
  [
    'healthkit',
    healthKit,
    [sample, observation, { samples: [sample] }, { resourceType: 'Bundle', entry: [{ resource: observation }] }],
  ],
])('%s throws at nothing that is JSON, and says of everything what it is', (_, format, good) => {
  const anything = fc.oneof(fc.jsonValue(), ...good.map(spoiled));
  fc.assert(
    fc.property(anything, (payload) => {
      for (const item of format.read(payload, '', { received, zone: 0 })) {
        expect(kinds).toContain(item.kind);
        if (item.kind === 'reading') expect(canonical(item, received)).toHaveProperty('ok');
      }
    }),
    { numRuns: 3000 },
  );
});

test.each([openMhealth, healthKit])('$name is not exhausted by depth', (format) => {
  const depths = ['['.repeat(50_000) + ']'.repeat(50_000), `${'{"resource":'.repeat(20_000)}1${'}'.repeat(20_000)}`];
  const deep: unknown = JSON.parse(`${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`);
  const payloads = [
    ...depths.map((text): unknown => JSON.parse(text)),
    { ...observation, note: deep },
    { ...point, body: { ...point.body, more: deep } },
  ];
  for (const payload of payloads) {
    const items = [...format.read(payload, '', { received, zone: 0 })];
    expect(items.length).toBeLessThan(3);
  }
});
