import { expect, test } from 'vitest';

import { loadDefinitions } from './definitions/load.ts';
import { parseLossless, sameJson, stringifyLossless } from './lossless.ts';
import { project } from './projection.ts';

const definitions = loadDefinitions();
const tag =
  '{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"SUBSETTED","display":"Resource encoded in summary mode"}';

const observation =
  '{"resourceType":"Observation","id":"o","meta":{"versionId":"1","tag":[{"code":"mine"}]},"text":{"status":"empty","div":"<div/>"},' +
  '"status":"final","_status":{"id":"s"},"code":{"text":"weight","extension":[{"url":"u","valueBoolean":true}]},"valueQuantity":{"value":1.50,"unit":"kg"},"note":[{"text":"}\\"]"}]}';

test.each([
  [
    { summary: 'true' },
    `{"resourceType":"Observation","id":"o","meta":{"versionId":"1","tag":[${tag},{"code":"mine"}]},"status":"final","_status":{"id":"s"},"code":{"text":"weight"},"valueQuantity":{"value":1.50,"unit":"kg"}}`,
  ],
  [
    { summary: 'text' },
    `{"resourceType":"Observation","id":"o","meta":{"versionId":"1","tag":[${tag},{"code":"mine"}]},"text":{"status":"empty","div":"<div/>"},"status":"final","_status":{"id":"s"},"code":{"text":"weight","extension":[{"url":"u","valueBoolean":true}]}}`,
  ],
  [
    { elements: ['value'] },
    `{"resourceType":"Observation","id":"o","meta":{"versionId":"1","tag":[${tag},{"code":"mine"}]},"status":"final","_status":{"id":"s"},"code":{"text":"weight","extension":[{"url":"u","valueBoolean":true}]},"valueQuantity":{"value":1.50,"unit":"kg"}}`,
  ],
  [{ summary: 'false' }, observation],
  [{ summary: 'count' }, observation],
  [{}, observation],
] as const)('%j keeps what the specification says, as it was written', (how, expected) => {
  expect(project(observation, how, definitions)).toBe(expected);
});

test('_summary=data leaves out the narrative only', () => {
  const value = JSON.parse(project(observation, { summary: 'data' }, definitions));
  expect(Object.keys(value)).toEqual([
    'resourceType',
    'id',
    'meta',
    'status',
    '_status',
    'code',
    'valueQuantity',
    'note',
  ]);
});

test('_elements takes names with their type, and names of what is inside', () => {
  const patient =
    '{"resourceType":"Patient","id":"p","name":[{"family":"A","given":["B"]}],"gender":"male","birthDate":"1970-01-01"}';
  const value = JSON.parse(project(patient, { elements: ['Patient.name.family', 'Observation.gender'] }, definitions));
  expect(value).toEqual({
    resourceType: 'Patient',
    id: 'p',
    meta: { tag: [JSON.parse(tag)] },
    name: [{ family: 'A' }],
  });
});

test('a projection of every summary kind is JSON for every resource type', () => {
  for (const type of definitions.types) {
    const text = `{"resourceType":"${type}","id":"x","text":{"status":"empty","div":"<div/>"},"language":"en"}`;
    for (const summary of ['true', 'text', 'data'] as const) {
      expect(JSON.parse(project(text, { summary }, definitions)).resourceType).toBe(type);
    }
  }
});

test('numbers come back as they were written', () => {
  const text = '{"a":1.50,"b":[1E2,-0,0.000001,1e-7,12345678901234567890.10],"c":1,"__proto__":{"d":2.0}}';
  expect(stringifyLossless(parseLossless(text))).toBe(text);
});

test.each([
  ['1.50', '1.5', true],
  ['1e2', '100', true],
  ['-0', '0', true],
  ['12345678901234567890.1', '12345678901234567890.2', false],
  ['{"a":1,"b":2.0}', '{"b":2,"a":1}', true],
  ['[1]', '{"0":1}', false],
  ['{"a":1}', '{"__proto__":1}', false],
  ['"1"', '1', false],
])('%s and %s are the same value: %s', (a, b, same) => {
  expect(sameJson(parseLossless(a), parseLossless(b))).toBe(same);
});
