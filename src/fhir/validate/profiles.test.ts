import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

import type { Validate } from '../context.ts';
import { loadDefinitions } from '../definitions/load.ts';
import { tarGz } from '../definitions/tar-for-tests.ts';
import { createValidator } from './validator.ts';

const base = 'http://example.org/fhir/StructureDefinition';
const loincUrl = 'http://loinc.org';

type Element = Record<string, unknown> & { id: string };
const profile = (name: string, type: string, element: Element[], more: object = {}): Record<string, unknown> => ({
  resourceType: 'StructureDefinition',
  url: `${base}/${name}`,
  name,
  kind: 'resource',
  type,
  baseDefinition: `http://hl7.org/fhir/StructureDefinition/${type}`,
  derivation: 'constraint',
  differential: { element: element.map((one) => ({ path: one.id.replace(/:[^.]*/g, ''), ...one })) },
  ...more,
});

const structures = [
  profile('pulse', 'Observation', [
    { id: 'Observation', constraint: [{ key: 'ex-1', severity: 'error', human: 'a note is asked for', expression: 'note.exists() or performer.exists()' }] },
    { id: 'Observation.category', min: 1, slicing: { discriminator: [{ type: 'pattern', path: '$this' }], rules: 'open' } },
    { id: 'Observation.category:vital', sliceName: 'vital', min: 1, max: '1', patternCodeableConcept: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' }] } },
    { id: 'Observation.code', patternCodeableConcept: { coding: [{ system: loincUrl, code: '8867-4' }] } },
    { id: 'Observation.subject', min: 1, mustSupport: true, type: [{ code: 'Reference', targetProfile: ['http://hl7.org/fhir/StructureDefinition/Patient'] }] },
    { id: 'Observation.value[x]', type: [{ code: 'Quantity' }] },
    { id: 'Observation.value[x].system', min: 1, fixedUri: 'http://unitsofmeasure.org' },
    { id: 'Observation.component', max: '0' },
    { id: 'Observation.bodySite', mustSupport: true },
  ]),
  profile('resting-pulse', 'Observation', [{ id: 'Observation.method', min: 1 }], { baseDefinition: `${base}/pulse` }),
  profile('person', 'Patient', [
    { id: 'Patient.extension', slicing: { discriminator: [{ type: 'value', path: 'url' }], rules: 'open' } },
    { id: 'Patient.extension:mood', sliceName: 'mood', min: 1, max: '1', type: [{ code: 'Extension', profile: [`${base}/mood`] }] },
    { id: 'Patient.identifier', slicing: { discriminator: [{ type: 'value', path: 'system' }], rules: 'closed' } },
    { id: 'Patient.identifier:mrn', sliceName: 'mrn', max: '1', min: 0 },
    { id: 'Patient.identifier:mrn.system', min: 1, fixedUri: 'http://example.org/mrn' },
    { id: 'Patient.identifier:mrn.value', min: 1 },
    { id: 'Patient.maritalStatus', binding: { strength: 'extensible', valueSet: 'http://hl7.org/fhir/ValueSet/administrative-gender' } },
    { id: 'Patient.communication.language', binding: { strength: 'required', valueSet: 'http://hl7.org/fhir/ValueSet/languages' } },
  ]),
  profile('mood', 'Extension', [
    { id: 'Extension.url', fixedUri: `${base}/mood` },
    { id: 'Extension.value[x]', min: 1, type: [{ code: 'code' }] },
  ], { kind: 'complex-type', context: [{ type: 'element', expression: 'Patient' }] }),
  profile('choice', 'Observation', [
    { id: 'Observation.value[x]', slicing: { discriminator: [{ type: 'type', path: '$this' }], rules: 'open' } },
    { id: 'Observation.value[x]:valueQuantity', sliceName: 'valueQuantity', min: 0, max: '1', type: [{ code: 'Quantity' }] },
    { id: 'Observation.value[x]:valueQuantity.unit', min: 1 },
  ]),
  profile('panel', 'Bundle', [
    { id: 'Bundle.entry', slicing: { discriminator: [{ type: 'type', path: 'resource' }], rules: 'open' } },
    { id: 'Bundle.entry:who', sliceName: 'who', min: 1, max: '1' },
    { id: 'Bundle.entry:who.resource', min: 1, type: [{ code: 'Patient' }] },
  ]),
  profile('sample', 'Observation', [
    { id: 'Observation.hasMember', slicing: { discriminator: [{ type: 'type', path: 'resolve()' }], rules: 'open' } },
    { id: 'Observation.hasMember:answers', sliceName: 'answers', min: 1, max: '*', type: [{ code: 'Reference', targetProfile: ['http://hl7.org/fhir/StructureDefinition/QuestionnaireResponse'] }] },
  ]),
  profile('dated', 'Observation', [
    { id: 'Observation.component', slicing: { discriminator: [{ type: 'exists', path: 'interpretation' }], rules: 'open' } },
    { id: 'Observation.component:judged', sliceName: 'judged', min: 1, max: '1' },
    { id: 'Observation.component:judged.interpretation', min: 1 },
  ]),
]; // biome-ignore format: a table

const folder = mkdtempSync(join(tmpdir(), 'portico-profiles-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const files = structures.map((one) => [`package/StructureDefinition-${one.name}.json`, one]);
writeFileSync(join(folder, 'example.tgz'), tarGz(Object.fromEntries(files)));
const definitions = loadDefinitions({ packages: folder });
const validate: Validate = await createValidator(definitions, { mandatoryProfiles: [`${base}/mandatory`] });

const claim = (name: string): object => ({ meta: { profile: [`${base}/${name}`] } });
const vital = {
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' }],
};
const code = { coding: [{ system: loincUrl, code: '8867-4' }] };
const value = { value: 60, unit: 'beats/minute', system: 'http://unitsofmeasure.org', code: '/min' };
const pulse = {
  resourceType: 'Observation',
  ...claim('pulse'),
  status: 'final',
  category: [vital, { text: 'mine' }],
  code,
  subject: { reference: 'Patient/1' },
  note: [{ text: 'x' }],
  valueQuantity: value,
};
const mood = { url: `${base}/mood`, valueCode: 'good' };
const person = { resourceType: 'Patient', ...claim('person'), extension: [mood] };
const plain = { resourceType: 'Observation', status: 'final', code };

test.each([
  ['all that a profile asks', pulse],
  ['a profile on a profile', { ...pulse, ...claim('resting-pulse'), method: { text: 'x' } }],
  ['an extension of the profile', person],
  ['an identifier of the slice', { ...person, identifier: [{ system: 'http://example.org/mrn', value: '1' }] }],
  ['a choice with what its slice asks', { ...plain, ...claim('choice'), valueQuantity: value }],
  ['a choice of another type', { ...plain, ...claim('choice'), valueString: 'x' }],
  ['an entry of the type of the slice', { resourceType: 'Bundle', type: 'collection', ...claim('panel'), entry: [{ resource: { resourceType: 'Patient' } }] }],
  ['a member of the type of the slice', { ...plain, ...claim('sample'), hasMember: [{ reference: 'QuestionnaireResponse/1' }] }],
  ['a slice by what is there', { ...plain, ...claim('dated'), component: [{ code: { text: 'a' }, interpretation: [{ text: 'b' }] }, { code: { text: 'c' } }] }],
  ["R4's own definition of the type", { ...plain, meta: { profile: ['http://hl7.org/fhir/StructureDefinition/Observation'] } }],
])('%s is accepted', (_, resource) => {
  expect(validate(resource)).toEqual([]);
}); // biome-ignore format: a table

test.each([
  ['too few of a slice', { ...pulse, category: [{ text: 'x' }] }, 'Observation.category', 'required'],
  ['too many of a slice', { ...pulse, category: [vital, vital] }, 'Observation.category', 'structure'],
  ['another value than the pattern', { ...pulse, code: { text: 'x' } }, 'Observation.code', 'value'],
  ['another value than the fixed one', { ...pulse, valueQuantity: { ...value, system: 'http://a.b' } }, 'Observation.value.ofType(Quantity).system', 'value'],
  ['less than the profile asks below', { ...pulse, valueQuantity: { value: 1 } }, 'Observation.value.ofType(Quantity).system', 'required'],
  ['a type that the profile excludes', { ...pulse, valueQuantity: undefined, valueString: 'x' }, 'Observation.value.ofType(string)', 'structure'],
  ['an element that the profile excludes', { ...pulse, component: [{ code: { text: 'x' } }] }, 'Observation.component', 'structure'],
  ['a missing element', { ...pulse, subject: undefined }, 'Observation.subject', 'required'],
  ['a target that the profile excludes', { ...pulse, subject: { reference: 'Group/1' } }, 'Observation.subject.reference', 'value'],
  ['a broken rule of the profile', { ...pulse, note: undefined }, 'Observation', 'invariant'],
  ['what the profile below adds', { ...pulse, ...claim('resting-pulse') }, 'Observation.method', 'required'],
  ['a missing extension', { ...person, extension: undefined }, 'Patient.extension', 'required'],
  ['an extension of the wrong type', { ...person, extension: [{ url: `${base}/mood`, valueString: 'good' }] }, 'Patient.extension[0].value.ofType(string)', 'structure'],
  ['an item of no slice where slices are closed', { ...person, identifier: [{ system: 'http://a.b', value: '1' }] }, 'Patient.identifier[0]', 'structure'],
  ['a slice without what it asks', { ...person, identifier: [{ system: 'http://example.org/mrn' }] }, 'Patient.identifier[0].value', 'required'],
  ['a code outside a required value set', { ...person, communication: [{ language: { coding: [{ system: 'urn:ietf:bcp:47', code: 'xx' }] } }] }, 'Patient.communication[0].language', 'code-invalid'],
  ['a choice without what its slice asks', { ...plain, ...claim('choice'), valueQuantity: { value: 1 } }, 'Observation.value.ofType(Quantity).unit', 'required'],
  ['a bundle without the entry', { resourceType: 'Bundle', type: 'collection', ...claim('panel'), entry: [{ resource: plain }] }, 'Bundle.entry', 'required'],
  ['no member of the type of the slice', { ...plain, ...claim('sample'), hasMember: [{ reference: 'Observation/1' }] }, 'Observation.hasMember', 'required'],
  ['nothing with what makes the slice', { ...plain, ...claim('dated'), component: [{ code: { text: 'a' } }] }, 'Observation.component', 'required'],
  ['a profile of another type', { ...plain, ...claim('person') }, 'Observation.meta.profile[0]', 'value'],
  ['a fault in an entry that claims a profile', { resourceType: 'Bundle', type: 'collection', entry: [{ resource: { ...pulse, subject: undefined } }] }, 'Bundle.entry[0].resource.subject', 'required'],
  ['a mandatory profile that is not loaded', { ...plain, ...claim('mandatory') }, 'Observation.meta.profile[0]', 'not-found'],
])('%s is refused', (_, resource, expression, kind) => {
  const errors = validate(resource).filter((issue) => issue.severity === 'error');
  expect(errors).toMatchObject([{ expression, code: kind }]);
}); // biome-ignore format: a table

test('a profile that is not known is a warning', () => {
  expect(validate({ ...plain, ...claim('nowhere') })).toEqual([
    {
      severity: 'warning',
      code: 'not-found',
      diagnostics: `The profile ${base}/nowhere is not known here, so it was not checked`,
      expression: 'Observation.meta.profile[0]',
    },
  ]);
});

test('a code outside an extensible value set is a warning', () => {
  const maritalStatus = { coding: [{ system: 'http://a.b', code: 'x' }] };
  expect(validate({ ...person, maritalStatus })).toMatchObject([
    { severity: 'warning', code: 'code-invalid', expression: 'Patient.maritalStatus' },
  ]);
});

test('a profile can be asked for that the resource does not claim', () => {
  const unclaimed = { ...pulse, meta: undefined, subject: undefined };
  expect(validate(unclaimed)).toEqual([]);
  expect(validate(unclaimed, { profiles: [`${base}/pulse`] })).toMatchObject([{ expression: 'Observation.subject' }]);
});

test('a known extension is checked wherever it stands, and its place is advised', () => {
  const basic = { resourceType: 'Basic', code: { text: 'x' } };
  expect(validate({ ...basic, extension: [mood] })).toMatchObject([
    { severity: 'warning', expression: 'Basic.extension[0].url' },
  ]);
  expect(
    validate({ resourceType: 'Patient', extension: [{ ...mood, valueCode: undefined, valueInteger: 1 }] }),
  ).toMatchObject([{ severity: 'error', expression: 'Patient.extension[0].value.ofType(integer)' }]);
});
