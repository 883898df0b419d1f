import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { loadDefinitions } from '../definitions/load.ts';
import { maxErrors } from './check.ts';
import { createValidator } from './validator.ts';

const validate = await createValidator(loadDefinitions());

const xhtml = (inside: string): object => ({
  status: 'generated',
  div: `<div xmlns="http://www.w3.org/1999/xhtml">${inside}</div>`,
});
const patient = { resourceType: 'Patient', id: 'p1' };
const loinc = (code: string): object => ({ coding: [{ system: 'http://loinc.org', code }] });
const observation = { resourceType: 'Observation', status: 'final', code: loinc('8867-4') };
const beats = { value: 72, unit: 'beats/minute', system: 'http://unitsofmeasure.org', code: '/min' };
const entry = (resource: object): object => ({ fullUrl: 'urn:uuid:c757873d-ec9a-4326-a141-556f43239520', resource });
const collection = (...entries: object[]): object => ({ resourceType: 'Bundle', type: 'collection', entry: entries });
const nested = (depth: number): string =>
  `{"resourceType":"Patient","extension":${'[{"url":"http://a.b/c","extension":'.repeat(depth)}[{"url":"http://a.b/c","valueCode":"x"}]${'}]'.repeat(depth)}}`;
const proto = JSON.parse('{"resourceType":"Patient","__proto__":{"admin":true}}');

const invalid: [string, unknown, string, string][] = [
  ['an unknown element', { ...patient, nmae: [] }, 'Patient.nmae', 'structure'],
  ['an element named __proto__', proto, 'Patient.__proto__', 'structure'],
  ['an element named constructor', { ...patient, constructor: 1 }, 'Patient.constructor', 'structure'],
  ['an unknown element below', { ...patient, name: [{ famly: 'x' }] }, 'Patient.name[0].famly', 'structure'],
  ['no resourceType', { id: 'x' }, 'Resource.resourceType', 'required'],
  ['an unknown resourceType', { resourceType: 'Patent' }, 'Resource.resourceType', 'value'],
  ['an abstract resourceType', { resourceType: 'DomainResource' }, 'DomainResource.resourceType', 'value'],
  ['a resourceType that is no text', { resourceType: ['Patient'] }, 'Resource.resourceType', 'value'],
  ['an empty list', { ...patient, name: [] }, 'Patient.name', 'structure'],
  ['an empty object', { ...patient, maritalStatus: {} }, 'Patient.maritalStatus', 'invariant'],
  ['an object with only an id', { ...patient, name: [{ id: 'n' }] }, 'Patient.name[0]', 'invariant'],
  ['an empty text', { ...patient, name: [{ family: '' }] }, 'Patient.name[0].family', 'value'],
  ['one where a list belongs', { ...patient, name: { family: 'x' } }, 'Patient.name', 'structure'],
  ['a list where one belongs', { ...patient, maritalStatus: [{ text: 'x' }] }, 'Patient.maritalStatus', 'structure'],
  ['a list where one primitive belongs', { ...patient, birthDate: ['1980'] }, 'Patient.birthDate', 'structure'],
  ['an object where a primitive belongs', { ...patient, birthDate: { value: '1980' } }, 'Patient.birthDate', 'structure'],
  ['null', { ...patient, birthDate: null }, 'Patient.birthDate', 'structure'],
  ['null in a list without extension', { ...patient, name: [{ given: ['a', null] }] }, 'Patient.name[0].given[1]', 'structure'],
  ['a number for a text', { ...patient, name: [{ given: ['a', 'b', 3] }] }, 'Patient.name[0].given[2]', 'value'],
  ['a text for a boolean', { ...patient, active: 'true' }, 'Patient.active', 'value'],
  ['a text for a number', { ...observation, valueInteger: '3' }, 'Observation.value.ofType(integer)', 'value'],
  ['30 February', { ...patient, birthDate: '1980-02-30' }, 'Patient.birthDate', 'value'],
  ['29 February of a common year', { ...patient, birthDate: '2100-02-29' }, 'Patient.birthDate', 'value'],
  ['month 13', { ...patient, birthDate: '1980-13' }, 'Patient.birthDate', 'value'],
  ['a date with a time', { ...patient, birthDate: '1980-01-01T00:00:00Z' }, 'Patient.birthDate', 'value'],
  ['a time without a zone', { ...observation, effectiveDateTime: '2024-01-01T10:00:00' }, 'Observation.effective.ofType(dateTime)', 'value'],
  ['a time without seconds', { ...observation, effectiveDateTime: '2024-01-01T10:00Z' }, 'Observation.effective.ofType(dateTime)', 'value'],
  ['hour 25', { ...observation, effectiveDateTime: '2024-01-01T25:00:00Z' }, 'Observation.effective.ofType(dateTime)', 'value'],
  ['an instant without a time', { ...observation, issued: '2024-01-01' }, 'Observation.issued', 'value'],
  ['a number beyond double', JSON.parse('{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":1e400}}'), 'Observation.value.ofType(Quantity).value', 'value'],
  ['a fraction for an integer', { ...observation, valueInteger: 1.5 }, 'Observation.value.ofType(integer)', 'value'],
  ['an integer beyond 32 bits', { ...observation, valueInteger: 2147483648 }, 'Observation.value.ofType(integer)', 'value'],
  ['zero for a positive number', { ...patient, telecom: [{ system: 'phone', value: '1', rank: 0 }] }, 'Patient.telecom[0].rank', 'value'],
  ['an id with a space', { ...patient, id: 'a b' }, 'Patient.id', 'value'],
  ['an id of 65 characters', { ...patient, id: 'a'.repeat(65) }, 'Patient.id', 'value'],
  ['a uri with a space', { ...patient, implicitRules: 'http://a b' }, 'Patient.implicitRules', 'value'],
  ['a code with two spaces', { ...patient, meta: { tag: [{ system: 'http://a.b', code: 'a  b' }] } }, 'Patient.meta.tag[0].code', 'value'],
  ['base64 that is not', { ...patient, photo: [{ contentType: 'image/png', data: 'abc' }] }, 'Patient.photo[0].data', 'value'],
  ['a MIME type that is not', { ...patient, photo: [{ contentType: 'picture' }] }, 'Patient.photo[0].contentType', 'value'],
  ['an oid that is not', { resourceType: 'Parameters', parameter: [{ name: 'x', valueOid: 'urn:oid:9.1' }] }, 'Parameters.parameter[0].value.ofType(oid)', 'value'],
  ['a uuid that is not', { resourceType: 'Parameters', parameter: [{ name: 'x', valueUuid: 'urn:uuid:1' }] }, 'Parameters.parameter[0].value.ofType(uuid)', 'value'],
  ['a time of day that is not', { ...observation, valueTime: '24:00:00' }, 'Observation.value.ofType(time)', 'value'],
  ['NUL in a text', { ...patient, name: [{ family: 'a\0b' }] }, 'Patient.name[0].family', 'value'],
  ['half a surrogate pair', { ...patient, name: [{ family: 'a\ud800' }] }, 'Patient.name[0].family', 'value'],
  ['a text beyond 1 MB', { ...patient, name: [{ family: 'a'.repeat(1048577) }] }, 'Patient.name[0].family', 'value'],
  ['a code outside its value set', { ...patient, gender: 'm' }, 'Patient.gender', 'code-invalid'],
  ['a coding outside a required value set', { resourceType: 'AllergyIntolerance', patient: { reference: 'Patient/1' }, clinicalStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'gone' }] } }, 'AllergyIntolerance.clinicalStatus', 'code-invalid'],
  ['a required concept with only a text', { resourceType: 'AllergyIntolerance', patient: { reference: 'Patient/1' }, clinicalStatus: { text: 'active' } }, 'AllergyIntolerance.clinicalStatus', 'code-invalid'],
  ['a currency that is none', { resourceType: 'Invoice', status: 'draft', totalNet: { value: 1, currency: 'QQQ' } }, 'Invoice.totalNet.currency', 'value'],
  ['a missing required element', { resourceType: 'Observation', code: loinc('1-8') }, 'Observation.status', 'required'],
  ['a missing required element below', { ...patient, link: [{ type: 'seealso' }] }, 'Patient.link[0].other', 'required'],
  ['a missing required choice', { resourceType: 'MedicationRequest', status: 'active', intent: 'order', subject: { reference: 'Patient/1' } }, 'MedicationRequest.medication', 'required'],
  ['two of a choice', { ...observation, valueString: 'x', valueBoolean: true }, 'Observation.value', 'structure'],
  ['a type that a choice does not have', { ...observation, valueDecimal: 1 }, 'Observation.valueDecimal', 'structure'],
  ['an extension without url', { ...patient, extension: [{ valueString: 'x' }] }, 'Patient.extension[0].url', 'required'],
  ['an extension with value and extensions', { ...patient, extension: [{ url: 'http://a.b', valueString: 'x', extension: [{ url: 'y', valueString: 'z' }] }] }, 'Patient.extension[0]', 'invariant'],
  ['an extension with neither', { ...patient, extension: [{ url: 'http://a.b' }] }, 'Patient.extension[0]', 'invariant'],
  ['an R4 extension with the wrong type', { ...patient, extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/patient-birthPlace', valueString: 'Ulm' }] }, 'Patient.extension[0].value.ofType(string)', 'structure'],
  ['a wrong primitive extension', { ...patient, _birthDate: { extension: [{ url: 'http://a.b', valueDate: 'x' }] } }, 'Patient.birthDate.extension[0].value.ofType(date)', 'value'],
  ['an empty primitive extension', { ...patient, _birthDate: {} }, 'Patient.birthDate', 'invariant'],
  ['primitive extensions of another length', { ...patient, name: [{ given: ['a', 'b'], _given: [{ id: 'x' }] }] }, 'Patient.name[0].given', 'structure'],
  ['a reference to a type that is not allowed', { ...observation, subject: { reference: 'Organization/1' } }, 'Observation.subject.reference', 'value'],
  ['an absolute reference to such a type', { ...observation, subject: { reference: 'https://a.b/fhir/Organization/1' } }, 'Observation.subject.reference', 'value'],
  ['a Reference.type that is not allowed', { ...observation, subject: { type: 'Organization', display: 'x' } }, 'Observation.subject.type', 'value'],
  ['a reference that is none', { ...observation, subject: { reference: 'somebody' } }, 'Observation.subject.reference', 'value'],
  ['a fragment of nothing', { ...observation, subject: { reference: '#x' } }, 'Observation.subject.reference', 'invariant'],
  ['a fragment of the wrong type', { ...observation, contained: [{ resourceType: 'Organization', id: 'x', name: 'x' }], subject: { reference: '#x' } }, 'Observation.subject.reference', 'value'],
  ['a contained resource nobody refers to', { ...patient, contained: [{ resourceType: 'Organization', id: 'x', name: 'x' }] }, 'Patient.contained[0]', 'invariant'],
  ['contained in contained', { ...patient, managingOrganization: { reference: '#x' }, contained: [{ resourceType: 'Organization', id: 'x', name: 'x', contained: [] }] }, 'Patient.contained[0].contained', 'invariant'],
  ['two contained resources with one id', { ...patient, managingOrganization: { reference: '#x' }, contained: [1, 2].map((n) => ({ resourceType: 'Organization', id: 'x', name: `${n}` })) }, 'Patient.contained[1].id', 'invariant'],
  ['a contained resource with a fault', { ...patient, managingOrganization: { reference: '#x' }, contained: [{ resourceType: 'Organization', id: 'x', name: 3 }] }, 'Patient.contained[0].name', 'value'],
  ['a contained resource with a version', { ...patient, managingOrganization: { reference: '#x' }, contained: [{ resourceType: 'Organization', id: 'x', name: 'x', meta: { versionId: '1' } }] }, 'Patient', 'invariant'],
  ['a fault in the fourth entry', collection(entry(patient), entry(patient), entry(patient), { resource: { ...observation, status: 'done' } }), 'Bundle.entry[3].resource.status', 'code-invalid'],
  ['two entries with one fullUrl', collection(entry(patient), entry(patient)), 'Bundle', 'invariant'],
  ['an entry of an unknown type', collection({ resource: { resourceType: 'Foo' } }), 'Bundle.entry[0].resource.resourceType', 'value'],
  ['an entry with nothing', collection({ fullUrl: 'http://a.b/1' }), 'Bundle.entry[0]', 'invariant'],
  ['a transaction without requests', { resourceType: 'Bundle', type: 'transaction', entry: [{ resource: patient }] }, 'Bundle', 'invariant'],
  ['a period that ends before it begins', { ...patient, name: [{ family: 'x', period: { start: '2024-02', end: '2024-01' } }] }, 'Patient.name[0].period', 'invariant'],
  ['a unit code without system', { ...observation, valueQuantity: { value: 1, code: 'mg' } }, 'Observation.value.ofType(Quantity)', 'invariant'],
  ['a value and why it is absent', { ...observation, valueQuantity: beats, dataAbsentReason: { text: 'x' } }, 'Observation', 'invariant'],
  ['a component that repeats the code', { ...observation, valueQuantity: beats, component: [{ code: loinc('8867-4') }] }, 'Observation', 'invariant'],
  ['an empty reference range', { ...observation, referenceRange: [{ type: { text: 'x' } }] }, 'Observation.referenceRange[0]', 'invariant'],
  ['a comparator in a range', { ...observation, referenceRange: [{ low: { value: 1, comparator: '<' } }] }, 'Observation.referenceRange[0].low.comparator', 'invariant'],
  ['a range the wrong way round', { ...observation, valueRange: { low: { value: 2 }, high: { value: 1 } } }, 'Observation.value.ofType(Range)', 'invariant'],
  ['a telecom without system', { ...patient, telecom: [{ value: '1' }] }, 'Patient.telecom[0]', 'invariant'],
  ['an organization at home', { resourceType: 'Organization', name: 'x', address: [{ use: 'home', city: 'Ulm' }] }, 'Organization.address[0]', 'invariant'],
  ['an organization without name and identifier', { resourceType: 'Organization', active: true }, 'Organization', 'invariant'],
  ['a contact without anything', { ...patient, contact: [{ gender: 'male' }] }, 'Patient.contact[0]', 'invariant'],
  ['two links of one linkId', { resourceType: 'Questionnaire', status: 'draft', item: [1, 2].map(() => ({ linkId: '1', type: 'string' })) }, 'Questionnaire', 'invariant'],
  ['a script in the narrative', { ...patient, text: xhtml('<script>alert(1)</script>') }, 'Patient.text.div', 'invariant'],
  ['an event handler in the narrative', { ...patient, text: xhtml('<p onclick="x()">a</p>') }, 'Patient.text.div', 'invariant'],
  ['a javascript link in the narrative', { ...patient, text: xhtml('<a href="jav&#x09;ascript:x()">a</a>') }, 'Patient.text.div', 'invariant'],
  ['a narrative that is not well-formed', { ...patient, text: xhtml('<p>a') }, 'Patient.text.div', 'invariant'],
  ['a narrative without content', { ...patient, text: xhtml(' ') }, 'Patient.text.div', 'invariant'],
  ['a narrative without its namespace', { ...patient, text: { status: 'generated', div: '<div>a</div>' } }, 'Patient.text.div', 'invariant'],
  ['a DOCTYPE in the narrative', { ...patient, text: { status: 'generated', div: '<!DOCTYPE div [<!ENTITY a "b">]><div xmlns="http://www.w3.org/1999/xhtml">&a;</div>' } }, 'Patient.text.div', 'invariant'],
]; // biome-ignore format: a table

describe('refused, with the place and the kind of the fault', () => {
  test.each(invalid)('%s', (_, resource, expression, code) => {
    const [first, ...rest] = validate(resource).filter((issue) => issue.severity === 'error');
    expect({ expression: first?.expression, code: first?.code, rest }).toEqual({ expression, code, rest: [] });
    expect(first?.diagnostics).toMatch(/^.{20,}$/s);
  });
});

const valid: [string, unknown][] = [
  ['a resource with nothing but its type', { resourceType: 'Patient' }],
  ['an extension in place of a value', { ...patient, _birthDate: { extension: [{ url: 'http://a.b', valueCode: 'unknown' }] } }],
  ['an extension in place of a required value', { resourceType: 'Observation', code: loinc('1-8'), _status: { extension: [{ url: 'http://a.b', valueCode: 'unknown' }] } }],
  ['null beside an extension', { ...patient, name: [{ given: ['a', null], _given: [null, { extension: [{ url: 'http://a.b', valueCode: 'x' }] }] }] }],
  ['an id beside a primitive', { ...patient, birthDate: '1980', _birthDate: { id: 'b' } }],
  ['29 February of a leap year', { ...patient, birthDate: '2024-02-29' }],
  ['a leap second', { ...observation, effectiveInstant: '2016-12-31T23:59:60Z' }],
  ['zero', { ...observation, valueQuantity: { value: 0 } }],
  ['false', { ...patient, active: false }],
  ['line breaks and tabs in a text', { ...patient, name: [{ text: 'a\r\n\tb' }] }],
  ['an unknown extension', { ...patient, extension: [{ url: 'http://a.b/c', valueString: 'x' }] }],
  ['a contained resource', { ...patient, managingOrganization: { reference: '#x' }, contained: [{ resourceType: 'Organization', id: 'x', name: 'x' }] }],
  ['urn:uuid for a reference', { ...observation, subject: { reference: 'urn:uuid:c757873d-ec9a-4326-a141-556f43239520' } }],
  ['a conditional reference', { ...observation, subject: { reference: 'Patient?identifier=a|b' } }],
  ['a versioned absolute reference', { ...observation, subject: { reference: 'https://a.b/fhir/Patient/1/_history/2' } }],
  ['a logical reference', { ...observation, subject: { identifier: { value: 'x' } } }],
  ['entities of HTML in the narrative', { ...patient, text: xhtml('<p style="color: red">a&nbsp;&eacute;<br/></p>') }],
  ['an open end that may be later', { ...patient, name: [{ family: 'x', period: { start: '2024-02-01', end: '2024' } }] }],
  ['the same code in another system', { ...observation, valueQuantity: beats, component: [{ code: { coding: [{ system: 'http://a.b', code: '8867-4' }] }, valueQuantity: beats }] }],
  ['a bundle of what servers answer', { resourceType: 'Bundle', type: 'searchset', total: 0, link: [{ relation: 'self', url: 'http://a.b' }] }],
]; // biome-ignore format: a table

test.each(valid)('%s is accepted', (_, resource) => {
  expect(validate(resource)).toEqual([]);
});

test('what is not an object is refused', () => {
  for (const value of [null, 'x', 3, [], undefined]) expect(validate(value)).toMatchObject([{ code: 'structure' }]);
});

test('a sentence says what was found and what is allowed', () => {
  expect(validate({ ...patient, gender: 'm', birthDate: '1980-02-30' })).toEqual([
    {
      severity: 'error',
      code: 'code-invalid',
      diagnostics:
        '"m" is not one of male, female, other, unknown (http://hl7.org/fhir/ValueSet/administrative-gender)',
      expression: 'Patient.gender',
    },
    {
      severity: 'error',
      code: 'value',
      diagnostics: 'Found "1980-02-30"; expected a date that exists: YYYY, YYYY-MM or YYYY-MM-DD',
      expression: 'Patient.birthDate',
    },
  ]);
});

test('a resource full of faults is answered with the first 50', () => {
  const name = Array.from({ length: 1000 }, () => ({ family: 3 }));
  expect(validate({ ...patient, name })).toHaveLength(maxErrors);
});

test.each([200, 5_000, 50_000])('%i objects deep is refused and does not end the process', (depth) => {
  let value: unknown = { url: 'http://a.b/c', valueCode: 'x' };
  for (let level = 0; level < depth; level++) value = { url: 'http://a.b/c', extension: [value] };
  expect(validate({ ...patient, extension: [value] })).toMatchObject([{ code: 'too-long' }]);
});

const many = Array.from({ length: 20_000 }, (_, index) => index);
const spaces = ' '.repeat(1_000_000);

test.each([
  [
    'contained resources with as many references',
    {
      resourceType: 'List',
      status: 'current',
      mode: 'working',
      contained: many.map((n) => ({ resourceType: 'Patient', id: `${n}` })),
      entry: many.map((n) => ({ item: { reference: `#${n}` } })),
    },
  ],
  [
    'codings in as many components',
    {
      ...observation,
      valueString: 'x',
      code: { coding: many.map((n) => ({ code: `${n}` })) },
      component: many.map((n) => ({ code: { coding: [{ code: `c${n}` }] } })),
    },
  ],
  [
    'groupings with as many resources',
    {
      resourceType: 'ImplementationGuide',
      url: 'http://a.b',
      name: 'A',
      status: 'draft',
      packageId: 'a.b',
      fhirVersion: ['4.0.1'],
      definition: {
        grouping: many.map((n) => ({ id: `${n}`, name: 'x' })),
        resource: many.map((n) => ({ reference: { reference: `Basic/${n}` }, groupingId: `${n}` })),
      },
    },
  ],
  ['letters in a narrative', { ...patient, text: xhtml(`${'a'.repeat(1_000_000)}<b>x</b>`) }],
])('twenty thousand %s are checked in a moment', { timeout: 5000 }, (_, resource) => {
  expect(validate(resource)).toEqual([]);
});

test.each([
  ['base64', { ...patient, photo: [{ contentType: 'image/png', data: `${spaces}!` }] }],
  ['a MIME type', { ...patient, photo: [{ contentType: `a/b${spaces}!` }] }],
  ['a code', { ...patient, meta: { tag: [{ code: `a${spaces}` }] } }],
  ['a reference', { ...observation, subject: { reference: `http://${'/A'.repeat(500_000)}!` } }],
  ['a narrative', { ...patient, text: xhtml(`<p>${spaces}`) }],
])('%s of a million characters that is wrong is checked in a moment', { timeout: 5000 }, (_, resource) => {
  expect(validate(resource).length).toBeLessThan(3);
});

test('eighty objects deep is accepted', () => {
  expect(validate(JSON.parse(nested(80)))).toEqual([]);
});

test('a rule of best practice is no reason to complain', () => {
  expect(validate(observation)).toEqual([]);
});

test('a rule that only warns does not refuse', () => {
  const issues = validate({ resourceType: 'ValueSet', status: 'draft', name: 'not a name' });
  expect(issues).toMatchObject([{ severity: 'warning', code: 'invariant', expression: 'ValueSet' }]);
});

/** The same JSON with the keys of every object in another order. */
function reordered(value: unknown, order: (keys: string[]) => string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => reordered(item, order));
  if (typeof value !== 'object' || value === null) return value;
  const source = value as Record<string, unknown>; // an object that is no list
  return Object.fromEntries(order(Object.keys(source)).map((key) => [key, reordered(source[key], order)]));
}

test('the order of keys does not matter', () => {
  const seeds = fc.array(fc.nat(), { minLength: 30, maxLength: 30 });
  fc.assert(
    fc.property(
      fc.constantFrom(...[...valid, ...invalid].map(([, resource]) => resource)),
      seeds,
      (resource, weights) => {
        const order = (keys: string[]): string[] =>
          keys
            .map((key, at) => ({ key, weight: weights[at % 30] ?? 0 }))
            .sort((a, b) => a.weight - b.weight)
            .map(({ key }) => key);
        const found = (issues: ReturnType<typeof validate>): string[] =>
          issues.map(({ code, expression }) => `${code} ${expression}`).sort();
        if ((resource as { resourceType?: unknown }).resourceType === undefined || resource === proto) return;
        const isChoice = JSON.stringify(resource).includes('valueBoolean');
        if (!isChoice) expect(found(validate(reordered(resource, order)))).toEqual(found(validate(resource)));
      },
    ),
    { numRuns: 500 },
  );
});

const junk = fc.oneof(
  fc.constantFrom(null, true, 0, -1, 1e308, '', ' ', '#', 'urn:uuid:x', [], {}, [null], [[]], {
    resourceType: 'Patient',
  }),
  fc.jsonValue(),
);

/** The same JSON with the value at one place, counted through all of them, replaced. */
function mutated(value: unknown, place: { left: number }, by: unknown): unknown {
  if (place.left-- === 0) return by;
  if (Array.isArray(value)) return value.map((item) => mutated(item, place, by));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mutated(item, place, by)]));
}

test('whatever is put anywhere, the answer is a list of issues with a place', () => {
  const resources = fc.constantFrom(...[...valid, ...invalid].map(([, resource]) => resource));
  fc.assert(
    fc.property(resources, fc.nat({ max: 40 }), junk, (resource, place, by) => {
      for (const issue of validate(mutated(resource, { left: place }, by))) expect(issue.diagnostics).toBeTruthy();
    }),
    { numRuns: 3000 },
  );
});
