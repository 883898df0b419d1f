import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { shared, sharedMissing } from '../../test/support/shared-data.ts';
import { loadDefinitions } from '../fhir/definitions/load.ts';
import { canonical as base } from '../fhir/search/ucum.ts';
import { createValidator } from '../fhir/validate/validator.ts';
import { canonical } from './canonical.ts';
import { type Measure, measureOf, measureOfCoding, measures } from './measures.ts';
import { observationOf } from './observation.ts';
import type { Amount, Reading } from './reading.ts';

const validate = await createValidator(loadDefinitions());
const received = Date.UTC(2026, 0, 1);

/** Something that can be. */
function amountOf({ usual, range, unit }: Measure): Amount {
  const between = usual ?? range ?? { low: 100, high: 140 };
  return { value: (between.low + between.high) / 2, unit: unit?.code ?? null };
}

const partsOf = (ids: readonly string[] | undefined): Record<string, Amount> =>
  Object.fromEntries(
    (ids ?? []).flatMap((id) => {
      const part = measureOf(id);
      return part === undefined ? [] : [[id, amountOf(part)]];
    }),
  );

function readingOf(measure: Measure): Reading {
  const common = {
    kind: 'reading',
    path: 'x',
    measure: measure.id,
    start: { at: Date.UTC(2025, 5, 1), zone: 330 },
  } as const;
  const { unit, kind, components, further, codes = [] } = measure;
  if (kind === 'components')
    return { ...common, duration: 0, value: null, components: partsOf([...(components ?? []), ...(further ?? [])]) };
  if (kind === 'code')
    return { ...common, duration: 3_600_000, value: { code: codes[0]?.code ?? '' }, components: partsOf(further) };
  if (kind === 'sampled')
    return {
      ...common,
      duration: 0,
      value: { sampled: { values: [0.1, null, -0.2], period: 2, unit: unit?.code ?? null } },
    };
  return {
    ...common,
    duration: measure.roll === 'sum' ? 60_000 : 0,
    value: amountOf(measure),
    components: partsOf(further),
  };
}

test.each(measures.map((measure) => [measure.id, measure] as const))(
  'a reading of %s is a valid Observation of its profile',
  (_, measure) => {
    const known = canonical(readingOf(measure), received);
    expect(known).toMatchObject({ ok: true });
    if (!known.ok) return;
    const made = observationOf(known.value, { patient: 'Patient/1', device: 'Device/1', gateway: 'Device/2' });
    const profiles = [
      ...(measure.profile === null ? [] : [measure.profile]),
      ...(measure.category === 'vital-signs' ? ['http://hl7.org/fhir/StructureDefinition/vitalsigns'] : []),
    ];
    expect(validate(made, { profiles }).filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(made.code.coding?.[0]).toEqual(measure.codings[0]);
  },
);

test('each measure has an id, a first code and a unit of its own, which UCUM knows', () => {
  expect(new Set(measures.map(({ id }) => id)).size).toBe(measures.length);
  const firsts = measures.map(({ codings: [first] }) => `${first?.system}|${first?.code}`);
  expect(new Set(firsts).size).toBe(measures.length);
  for (const {
    id,
    unit,
    range,
    usual,
    codings: [first],
    further = [],
    components = [],
  } of measures) {
    expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    if (unit !== null) expect(base(1, unit.code), id).not.toBeNull();
    if (range !== null) expect(range.low, id).toBeLessThan(range.high);
    if (usual !== undefined && range !== null)
      expect(usual.low >= range.low && usual.high <= range.high, id).toBe(true);
    expect(measureOfCoding(first?.system, first?.code)?.id).toBe(id);
    for (const part of [...further, ...components]) expect(measureOf(part), part).toBeDefined();
  }
});

test('a general code is of the general measure, and the codes of a device are known', () => {
  expect(measureOfCoding('http://loinc.org', '8867-4')?.id).toBe('heart-rate');
  expect(measureOfCoding('http://loinc.org', '2708-6')?.id).toBe('spo2');
  expect(measureOfCoding('urn:iso:std:iso:11073:10101', '149530')?.id).toBe('heart-rate');
  expect(measureOfCoding('urn:iso:std:iso:11073:10101', '150020')?.id).toBe('blood-pressure');
  expect(measureOfCoding('http://loinc.org', '0-0')).toBeUndefined();
  expect(measureOf('__proto__')).toBeUndefined();
});

describe.skipIf(shared === null)(`the table of measures${shared === null ? ` (${sharedMissing})` : ''}`, () => {
  test('every row of it is a measure, with its code and its unit', () => {
    const text = readFileSync(join(shared ?? '', 'data/wearables/measures.csv'), 'utf8');
    const rows = text
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => [...line.matchAll(/"([^"]*)"/g)].map(([, cell = '']) => cell));
    expect(rows.length).toBe(measures.length);
    for (const [name = '', loinc = '', ucum = ''] of rows) {
      const codes = (measure: Measure): boolean =>
        loinc === 'LOCAL'
          ? measure.codings[0]?.system === 'https://portico.dev/fhir/CodeSystem/measure'
          : measure.codings.some(({ code }) => code === loinc.replace(' (MDC)', ''));
      const found = measures.filter((measure) => codes(measure) && (measure.unit?.code ?? '') === ucum);
      expect(found.length, name).toBeGreaterThan(0);
    }
  });
});
