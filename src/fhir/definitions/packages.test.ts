import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';

import { noCache, openCache } from './cache.ts';
import { compareVersions } from './conformance.ts';
import { loadDefinitions } from './load.ts';
import { readPackages } from './packages.ts';
import { readTarGz } from './tar.ts';
import { tarGz } from './tar-for-tests.ts';
import { codesOf } from './value-sets.ts';

const folders: string[] = [];
const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'portico-packages-'));
  folders.push(made);
  return made;
};
afterAll(() => {
  for (const one of folders) rmSync(one, { recursive: true, force: true });
});

const animals = 'http://example.org/fhir/CodeSystem/animals';
const files = {
  'package/package.json': { name: 'example.animals', version: '1.0.0' },
  'package/CodeSystem-animals.json': {
    resourceType: 'CodeSystem',
    url: animals,
    content: 'complete',
    concept: [{ code: 'dog', display: 'Dog', concept: [{ code: 'poodle' }, { code: 'beagle' }] }, { code: 'cat' }],
  },
  'package/ValueSet-dogs.json': {
    resourceType: 'ValueSet',
    url: 'http://example.org/fhir/ValueSet/dogs',
    version: '1.0.0',
    compose: { include: [{ system: animals, filter: [{ property: 'concept', op: 'is-a', value: 'dog' }] }] },
  },
  'package/ValueSet-not-beagle.json': {
    resourceType: 'ValueSet',
    url: 'http://example.org/fhir/ValueSet/not-beagle',
    compose: {
      include: [
        { valueSet: ['http://example.org/fhir/ValueSet/dogs'] },
        { system: animals, concept: [{ code: 'cat' }] },
      ],
      exclude: [{ system: animals, concept: [{ code: 'beagle' }] }],
    },
  },
  'package/ValueSet-loop.json': {
    resourceType: 'ValueSet',
    url: 'http://example.org/fhir/ValueSet/loop',
    compose: { include: [{ valueSet: ['http://example.org/fhir/ValueSet/loop'] }] },
  },
  'package/ValueSet-expanded.json': {
    resourceType: 'ValueSet',
    url: 'http://example.org/fhir/ValueSet/expanded',
    compose: {
      include: [{ system: 'http://snomed.info/sct', filter: [{ property: 'concept', op: 'is-a', value: '1' }] }],
    },
    expansion: {
      contains: [
        { system: 'http://snomed.info/sct', code: '2', contains: [{ system: 'http://snomed.info/sct', code: '3' }] },
      ],
    },
  },
  'package/SearchParameter-animal.json': {
    resourceType: 'SearchParameter',
    url: 'http://example.org/fhir/SearchParameter/animal',
    code: 'animal',
    type: 'token',
    base: ['Patient'],
    expression: "Patient.extension('http://example.org/animal').value",
  },
  'package/CompartmentDefinition-device.json': {
    resourceType: 'CompartmentDefinition',
    url: 'http://hl7.org/fhir/CompartmentDefinition/device',
    code: 'Device',
    resource: [{ code: 'Observation', param: ['subject', 'device'] }, { code: 'Basic' }],
  },
  'package/example/Patient-x.json': { resourceType: 'ValueSet', url: 'http://example.org/an-example' },
};

function packageFolder(): string {
  const made = folder();
  writeFileSync(join(made, 'example.animals-1.0.0.tgz'), tarGz(files));
  return made;
}

test('a package adds its value sets, search parameters and compartments', () => {
  const definitions = loadDefinitions({ packages: packageFolder() });
  expect(definitions.searchParameters.some(({ code }) => code === 'animal')).toBe(true);
  expect(definitions.compartments.Device).toEqual({ Observation: ['subject', 'device'] });
  expect(definitions.compartments.Patient?.Observation).toEqual(['subject', 'performer']);
  const codes = (name: string): string[] | null => {
    const found = codesOf(definitions, `http://example.org/fhir/ValueSet/${name}`);
    return found && [...found.values()];
  };
  expect(codes('dogs')).toEqual(['dog', 'poodle', 'beagle']);
  expect(codes('not-beagle')).toEqual(['dog', 'poodle', 'cat']);
  expect(codes('expanded')).toEqual(['2', '3']);
  expect(codes('loop')).toBeNull();
  expect(codes('nothing')).toBeNull();
  expect([...(codesOf(definitions, 'http://example.org/fhir/ValueSet/dogs|1.0.0') ?? [])][0]).toEqual([
    `${animals}|dog`,
    'dog',
  ]);
  expect(definitions.conformance.find('ValueSet', 'http://example.org/an-example')).toBeUndefined();
});

test('a package changes the hash that names what is compiled', () => {
  expect(loadDefinitions({ packages: packageFolder() }).hash).not.toBe(loadDefinitions().hash);
});

test("R4's own value sets are listed where they can be", () => {
  const definitions = loadDefinitions();
  expect([...(codesOf(definitions, 'http://hl7.org/fhir/ValueSet/administrative-gender')?.values() ?? [])]).toEqual([
    'male',
    'female',
    'other',
    'unknown',
  ]);
  expect(codesOf(definitions, 'http://terminology.hl7.org/ValueSet/v3-ActEncounterCode')?.size).toBeGreaterThan(5);
  expect(codesOf(definitions, 'http://hl7.org/fhir/ValueSet/condition-code')).toBeNull();
});

test('what was made is taken from the cache, and a damaged cache is made anew', () => {
  const packages = packageFolder();
  const cache = folder();
  const load = (): object => {
    const { conformance, ...rest } = loadDefinitions({ packages, cache });
    return { ...rest, dogs: conformance.find('ValueSet', 'http://example.org/fhir/ValueSet/dogs') };
  };
  const first = load();
  const names = readdirSync(cache);
  expect(names.length).toBe(3);
  expect(load()).toEqual(first);
  for (const name of names) writeFileSync(join(cache, name), readFileSync(join(cache, name)).subarray(0, 500));
  expect(load()).toEqual(first);
  for (const name of names) expect(readFileSync(join(cache, name)).length).toBeGreaterThan(500);
  expect(readdirSync(cache).sort()).toEqual(names.sort());
});

test('one changed byte in the cache is noticed', () => {
  const where = folder();
  const cache = openCache(where);
  cache.write('x', Buffer.from('abc'));
  expect(cache.read('x')?.toString()).toBe('abc');
  writeFileSync(join(where, 'x'), readFileSync(join(where, 'x'), 'latin1').replace('abc', 'abd'));
  expect(cache.read('x')).toBeNull();
});

test('a cache that cannot be written is no fault', () => {
  const file = join(folder(), 'file');
  writeFileSync(file, '');
  const cache = openCache(join(file, 'below'));
  cache.write('x', Buffer.from('abc'));
  expect(cache.read('x')).toBeNull();
});

test('a file that is no package is named', () => {
  const made = folder();
  writeFileSync(join(made, 'broken.tgz'), gzipSync(Buffer.alloc(700, 'x')));
  expect(() => readPackages(made, noCache, '1')).toThrow(/broken\.tgz is not a FHIR package/);
  writeFileSync(join(made, 'broken.tgz'), 'not gzip');
  expect(() => readPackages(made, noCache, '1')).toThrow(/broken\.tgz is not a FHIR package/);
});

test('long file names of an archive are read whole', () => {
  const name = `package/${'a'.repeat(200)}.json`;
  expect([...readTarGz(tarGz({ [name]: { a: 1 } }))].map(({ path, bytes }) => [path, bytes.toString()])).toEqual([
    [name, '{"a":1}'],
  ]);
});

test.each([
  ['8.0.0', '6.1.0'],
  ['10.0.0', '9.0.0'],
  ['1.0.0', '1.0.0-ballot'],
  ['1.0.1', '1.0'],
])('%s is newer than %s', (newer, older) => {
  expect(compareVersions(newer, older)).toBeGreaterThan(0);
  expect(compareVersions(older, newer)).toBeLessThan(0);
});
