import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { measures } from '../measures.ts';
import type { Item } from '../reading.ts';
import { fhir } from './fhir.ts';

const read = (payload: unknown, path = ''): Item[] => [...fhir.read(payload, path, { received: 0, zone: 0 })];

const heartRate = {
  resourceType: 'Observation',
  status: 'final',
  category: [
    { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' }] },
  ],
  code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }], text: 'Heart rate' },
  subject: { reference: 'Patient/1' },
  effectiveDateTime: '2024-02-29T10:30:00-05:00',
  valueQuantity: { value: 61, unit: 'beats/minute', system: 'http://unitsofmeasure.org', code: '/min' },
};

test('an Observation with nothing beyond a value is a reading with nothing beyond it', () => {
  expect(read(heartRate)).toEqual([
    {
      kind: 'reading',
      path: 'Observation',
      subject: 'Patient/1',
      measure: 'heart-rate',
      start: { at: Date.UTC(2024, 1, 29, 15, 30), zone: -300 },
      duration: 0,
      value: { value: 61, unit: '/min' },
    },
  ]);
});

test('every measure is found by its code', () => {
  const shared = new Set<string>();
  for (const measure of measures) {
    const [coding] = measure.codings;
    const [item] = read({ ...heartRate, code: { coding: [coding] }, component: undefined });
    const found = item?.kind === 'reading' ? item.measure : item?.kind;
    // Of what has parts alone an amount is no value: it is kept as it came.
    if (measure.kind !== 'components') expect(found, measure.id).toBe(measure.id);
    else expect(found, measure.id).toBe('whole');
    shared.add(measure.id);
  }
  expect(shared.size).toBe(measures.length);
});

test('of two measures that codes name, it is the one that most of them are of', () => {
  const resting = [
    { system: 'http://loinc.org', code: '8867-4' },
    { system: 'http://loinc.org', code: '40443-4' },
  ];
  expect(read({ ...heartRate, code: { coding: resting } })[0]).toMatchObject({ measure: 'resting-heart-rate' });
});

describe('what a reading has no room for is kept beside it', () => {
  test.each([
    ['bodySite', { bodySite: { text: 'wrist' } }],
    ['note', { note: [{ text: 'after the stairs' }] }],
    ['interpretation', { interpretation: [{ text: 'high' }] }],
  ])('%s', (name, more) => {
    expect(read({ ...heartRate, ...more })[0]).toMatchObject({ kind: 'reading', more: { [name]: expect.anything() } });
  });

  test('a code of the sender’s own, and the labels that it protects the reading with', () => {
    const own = { system: 'https://maker.example', code: 'hr' };
    const security = [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }];
    const coding = [...heartRate.code.coding, own];
    const [item] = read({ ...heartRate, meta: { security }, code: { coding } });
    expect(item).toMatchObject({ more: { code: { coding: [own] }, meta: { security } } });
  });
});

describe('an Observation that no reading can be is kept as it came', () => {
  test.each<[string, object]>([
    ['of a code that we do not measure', { code: { coding: [{ system: 'urn:x', code: 'y' }] } }],
    ['that is not final yet', { status: 'preliminary' }],
    ['whose value is only known to be more', { valueQuantity: { ...heartRate.valueQuantity, comparator: '>' } }],
    ['whose value is absent', { valueQuantity: undefined, dataAbsentReason: { text: 'not a number' } }],
  ])('%s', (_, change) => {
    const sent = JSON.parse(JSON.stringify({ ...heartRate, ...change }));
    const { subject: _subject, ...rest } = sent;
    expect(read(sent)).toMatchObject([{ kind: 'whole', subject: 'Patient/1', resource: rest }]);
  });

  test('without the references that are the sender’s own', () => {
    const [item] = read({ ...heartRate, status: 'preliminary', performer: [{ reference: 'Practitioner/7' }] });
    expect(item).toMatchObject({ resource: { performer: [{ display: 'Practitioner/7' }] } });
    expect(JSON.stringify(item)).not.toContain('"reference":"Practitioner/7"');
  });
});

describe('what cannot be read says where and why', () => {
  test.each<[string, unknown, string, RegExp]>([
    ['nothing at all', null, 'Observation', /FHIR resource/],
    ['another type', { resourceType: 'Basic' }, 'Basic', /no reading/],
    ['no code', { ...heartRate, code: {} }, 'Observation.code', /code/],
    ['no time', { ...heartRate, effectiveDateTime: undefined }, 'Observation.effectiveDateTime', /time/],
    ['a time that is none', { ...heartRate, effectiveDateTime: '2024-02-30' }, 'Observation.effectiveDateTime', /day/],
    ['a month', { ...heartRate, effectiveDateTime: '2024-02' }, 'Observation.effectiveDateTime', /day/],
    [
      'a period that ends before it begins',
      {
        ...heartRate,
        effectiveDateTime: undefined,
        effectivePeriod: { start: '2024-02-02T00:00:00Z', end: '2024-02-01T00:00:00Z' },
      },
      'Observation.effectivePeriod',
      /end/,
    ],
    ['no value', { ...heartRate, valueQuantity: undefined }, 'Observation', /value/],
    ['an error without a name', { ...heartRate, status: 'entered-in-error' }, 'Observation.identifier', /identifier/],
  ])('%s', (_, sent, path, why) => {
    expect(read(JSON.parse(JSON.stringify(sent)))).toEqual([
      { kind: 'unreadable', path, why: expect.stringMatching(why), code: expect.any(String) },
    ]);
  });
});

test('an Observation that is entered in error deletes the record of its identifier', () => {
  const identifier = [{ system: 'urn:x', value: '7' }];
  const [sent] = read({ ...heartRate, identifier });
  const [deleted] = read({ ...heartRate, identifier, status: 'entered-in-error' });
  expect(sent).toMatchObject({ record: { id: 'urn:x|7' } });
  const record = { id: 'urn:x|7', version: null };
  expect(deleted).toEqual({ kind: 'deleted', path: 'Observation', record, subject: 'Patient/1' });
});

test('entries refer to each other by their fullUrl, and a Patient of the Bundle is looked up by identifier', () => {
  const items = read({
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [
      { fullUrl: 'urn:uuid:1', resource: { resourceType: 'Patient', identifier: [{ system: 'urn:a', value: 'x&y' }] } },
      { fullUrl: 'urn:uuid:2', resource: { resourceType: 'Device', serialNumber: 'S1', manufacturer: 'Acme' } },
      { resource: { ...heartRate, subject: { reference: 'urn:uuid:1' }, device: { reference: 'urn:uuid:2' } } },
    ],
  });
  expect(items.map(({ kind, path }) => `${kind} ${path}`)).toEqual([
    'nothing Bundle.entry[0].resource',
    'nothing Bundle.entry[1].resource',
    'reading Bundle.entry[2].resource',
  ]);
  expect(items[2]).toMatchObject({
    subject: 'Patient?identifier=urn%3Aa%7Cx%26y',
    device: { identity: 'S1', serial: 'S1', manufacturer: 'Acme', reference: 'urn:uuid:2' },
  });
});

test('samples are read with their origin, factor and gaps', () => {
  const [item] = read({
    ...heartRate,
    valueQuantity: undefined,
    valueSampledData: {
      origin: { value: 10, code: '/min' },
      period: 1000,
      factor: 0.1,
      dimensions: 1,
      data: '500 E 503',
    },
  });
  expect(item).toMatchObject({ value: { sampled: { values: [60, null, 60.3], period: 1000, unit: '/min' } } });
});

test('nothing that can be sent makes it throw', () => {
  const resource = fc.record({
    resourceType: fc.constantFrom('Observation', 'Bundle', 'Device', 'Patient'),
    status: fc.constantFrom('final', 'entered-in-error', 1),
    code: fc.oneof(fc.jsonValue(), fc.constant(heartRate.code)),
    effectiveDateTime: fc.oneof(fc.jsonValue(), fc.constant('2024-01-01')),
    valueQuantity: fc.jsonValue(),
    component: fc.jsonValue(),
    extension: fc.jsonValue(),
    meta: fc.jsonValue(),
    entry: fc.jsonValue(),
  });
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), resource), (payload) => {
      expect(read(payload).every(({ path }) => typeof path === 'string')).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('what is nested without end is refused', () => {
  let note: unknown = [];
  for (let depth = 0; depth < 50_000; depth++) note = [note];
  expect(read({ ...heartRate, note })).toMatchObject([{ kind: 'unreadable', code: 'structure' }]);
});
