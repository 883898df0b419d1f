import { expect, test } from 'vitest';

import { observationTemplate } from './observation.ts';
import { patientBundle, surroundings } from './patient-bundle.ts';
import * as records from './records.ts';
import { searchPairs } from './search-pairs.ts';
import { fill, template } from './template.ts';

test('a template puts strings and numbers in their places and is ASCII', () => {
  const made = template({ name: 'Ünal {{name}}', value: '{{#value}}' });
  expect(fill(made, { name: 'x', value: '7' })).toBe('{"name":"\\u00dcnal x","value":7}');
});

test('an observation is JSON with its value as a number', () => {
  const text = fill(observationTemplate, { patient: 'p', effective: '2024-01-01T00:00:00Z', value: '72' });
  expect(JSON.parse(text)).toMatchObject({ subject: { reference: 'Patient/p' }, valueQuantity: { value: 72 } });
});

/** https://github.com/HealthSamurai/fhir-server-performance-benchmark, k6/seed: bytes of each. */
test.each([
  ['patient', 4695],
  ['explanationOfBenefit', 7776],
  ['encounter', 1910],
  ['claim', 1443],
  ['observation', 1123],
  ['practitioner', 968],
  ['location', 827],
  ['medicationRequest', 801],
  ['organization', 778],
] as const)('%s is within a seventh of the %d bytes of the suite it stands for', (name, bytes) => {
  expect(
    Math.abs(JSON.stringify(new Map<string, object>(Object.entries(records)).get(name)).length / bytes - 1),
  ).toBeLessThan(1 / 7);
});

test('a patient bundle is the same in every run, and every place in it is filled', () => {
  const { text, entries } = patientBundle(5, 83);
  expect(patientBundle(5, 83).text).toBe(text);
  expect(entries).toBe(997);
  expect((JSON.parse(text) as { entry: unknown[] }).entry).toHaveLength(997);
  expect(text).not.toMatch(/\{\{|"reference":""|:,/);
  expect(JSON.parse(surroundings().text)).toMatchObject({ type: 'batch' });
});

test('the search mix has the 24 pairs of the suite, with every path encoded', () => {
  const pairs = searchPairs({ Patient: ['a'], Encounter: ['b'], Practitioner: ['c'] });
  expect(pairs).toHaveLength(24);
  expect(new Set(pairs.map(({ name }) => name)).size).toBe(24);
  for (const path of pairs.flatMap(({ paths }) => paths))
    expect(path).toMatch(/^\/fhir\/R4\/\w+\?[\w:-]+=[\w%.,-]+&_count=20$/);
});
