import fc from 'fast-check';

import type { Json } from '../../src/fhir/context.ts';

// Small pools, so that what is asked for is often there; each has what the rules of search tell apart.

export const loinc = 'http://loinc.org';
export const snomed = 'http://snomed.info/sct';
const ucum = 'http://unitsofmeasure.org';

/** [system, code, display]; the same code in two systems, and one without a system. */
export const codes: readonly (readonly [string | undefined, string, string])[] = [
  [loinc, '8867-4', 'Heart rate'],
  [snomed, '8867-4', 'Something else'],
  [undefined, '8867-4', 'Heart rate'],
  [loinc, '29463-7', 'Body Weight'],
  [snomed, '38341003', 'Hypertensive disorder'],
  [undefined, 'a,b', 'With, a comma'],
  [loinc, 'x|y', 'With a bar'],
];

/** Of components, which R4 wants to be others than the code of the whole (obs-7). */
export const componentCodes: typeof codes = [
  [loinc, '8480-6', 'Systolic'],
  [snomed, '8480-6', 'Something else'],
  [undefined, 'dia', 'Diastolic'],
];

export const families = [
  'Müller',
  'Muller',
  'MULLER-Smith',
  'Okafor',
  'Ångström',
  'de la Cruz',
  'O, Brien',
  '100%_done',
];
export const givens = ['Zoë', 'Zoe', 'Anna', 'ANNA MARIA', 'Jo'];
export const cities = ['Genève', 'Geneva', 'New York', 'York'];

/** Every precision, two time zones, and the edges of months and leap days. */
export const dates = ['2023', '2024', '2024-01', '2024-02', '2024-02-29', '2024-03-01', '2024-12-31'];
export const times = [
  '2024-02-29T23:30:00Z',
  '2024-02-29T23:30:00-05:00',
  '2024-03-01T00:00:00Z',
  '2024-03-01T00:00:00.500+01:00',
  '2024-12-31T23:59:59.999Z',
];

export const amounts = [0, 1, 5, 5.4, 5.35, 5.45, 60, 99.5, 100, 100.5, -3];

/** [unit, code, system] */
export const units: readonly (readonly [string | undefined, string | undefined, string | undefined])[] = [
  ['mg', 'mg', ucum],
  ['g', 'g', ucum],
  ['kg', 'kg', ucum],
  ['beats/min', '/min', ucum],
  ['Cel', 'Cel', ucum],
  ['tablet', '428673006', snomed],
  ['tablet', undefined, undefined],
  [undefined, undefined, undefined],
];

const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0;

/** Without the elements that are undefined or empty, which JSON has not and FHIR does not allow. A copy of an object is one. */
export const json = (value: Json): Json =>
  JSON.parse(JSON.stringify(value), (_, one) => (isEmpty(one) ? undefined : one)) as Json;

export const oneOf = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
export const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });

const codingOf = (pool: typeof codes) =>
  fc
    .record({ one: oneOf(pool), shown: fc.boolean() })
    .map(({ one: [system, code, display], shown }) => ({ system, code, display: shown ? display : undefined }));

const conceptOf = (pool: typeof codes) =>
  fc.record({
    coding: fc.array(codingOf(pool), { minLength: 1, maxLength: 2 }),
    text: maybe(oneOf(['Heart  rate', 'weight', 'Ünter'])),
  });

export const coding = codingOf(codes);
export const concept = conceptOf(codes);
export const componentConcept = conceptOf(componentCodes);

export const identifier = fc.record({
  system: maybe(oneOf(['urn:a', 'urn:b'])),
  value: oneOf(['1', '2', '3']),
  type: maybe(fc.constant({ coding: [{ system: 'urn:type', code: 'MR' }], text: 'Medical record' })),
});

export const dateTime = oneOf([...dates, ...times]);

/** Never one that ends before it starts, which no search is asked about. */
export const period = fc
  .record({ start: maybe(oneOf(dates)), end: maybe(oneOf(['2024-03', '2025', '2024-12-31'])) })
  .filter(({ start, end }) => start !== undefined || end !== undefined)
  .filter(
    ({ start, end }) =>
      start === undefined || end === undefined || start.slice(0, 7) <= end.slice(0, 7) || end.length === 4,
  );

export const quantity = fc
  .record({
    value: oneOf(amounts),
    unit: oneOf(units),
    comparator: fc.option(oneOf(['<', '>=']), { nil: undefined, freq: 8 }),
  })
  .map(({ value, unit: [unit, code, system], comparator }) => ({ value, comparator, unit, code, system }));

/** A reference to one of a few resources of these types, by its version or not, or to another server. */
export const referenceTo = (...types: string[]): fc.Arbitrary<Json> =>
  fc.oneof(
    {
      weight: 10,
      arbitrary: fc
        .record({ type: oneOf(types), at: fc.nat(4) })
        .map(({ type, at }) => ({ reference: `${type}/${idOf(type, at)}` })),
    },
    {
      weight: 1,
      arbitrary: oneOf(types).map((type) => ({ reference: `http://elsewhere.example/fhir/${type}/${idOf(type, 0)}` })),
    },
    { weight: 1, arbitrary: oneOf(types).map((type) => ({ type, identifier: { system: 'urn:a', value: '1' } })) },
  );

/** The ids that resources of a type have; different types share none, but for `same`. */
export const idOf = (type: string, at: number): string =>
  at === 4 ? 'same' : `${type.slice(0, 3).toLowerCase()}-${at}`;
