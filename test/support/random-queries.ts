import fc from 'fast-check';

import { randomTypes } from './random-resources.ts';
import * as values from './random-values.ts';

const { oneOf } = values;

/** A text that means itself in a list of values. */
const escaped = (text: string): string => text.replace(/[\\,|$]/g, '\\$&');

/** One criterion, `name=value`, not percent-encoded. */
type Criterion = fc.Arbitrary<string>;

const oneOrTwo = (value: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 4, arbitrary: value },
    { weight: 1, arbitrary: fc.tuple(value, value).map((both) => both.join(',')) },
  );

const criterion = (names: readonly string[], value: fc.Arbitrary<string>): Criterion =>
  fc.tuple(oneOf(names), oneOrTwo(value)).map(([name, text]) => `${name}=${text}`);

const missing = (name: string): Criterion => oneOf(['true', 'false']).map((value) => `${name}:missing=${value}`);

const aCode = fc.tuple(oneOf([...values.codes, ...values.componentCodes]), fc.nat(3)).map(([[system, code], form]) => {
  if (form === 0) return escaped(code);
  if (form === 1) return system === undefined ? `|${escaped(code)}` : `${system}|${escaped(code)}`;
  if (form === 2) return `|${escaped(code)}`;
  return `${system ?? 'urn:none'}|`;
});

const token = (name: string): Criterion =>
  fc.oneof(
    { weight: 4, arbitrary: criterion([name, name, `${name}:not`], aCode) },
    { weight: 1, arbitrary: criterion([`${name}:text`], oneOf(['heart', 'HEART RATE', 'weight', 'unter', 'e'])) },
    { weight: 1, arbitrary: missing(name) },
  );

const code = (name: string, codes: readonly string[]): Criterion =>
  fc.oneof(criterion([name, `${name}:not`], oneOf(codes)), missing(name));

const texts = [...values.families, ...values.givens, ...values.cities];
const part = fc
  .tuple(oneOf(texts), fc.integer({ min: 1, max: 8 }))
  .map(([text, length]) => escaped(text.slice(0, length).trim()));

const string = (name: string): Criterion =>
  fc.oneof(
    criterion([name, `${name}:contains`], part),
    criterion([name, `${name}:exact`], oneOf(texts).map(escaped)),
    missing(name),
  );

const prefix = oneOf(['', 'eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb']);
const someDate = oneOf([...values.dates, ...values.times, '2024-02-29T23:30', '1900', '2024-02-29T23:30:00']);

const date = (name: string): Criterion =>
  fc.oneof(
    criterion(
      [name],
      fc.tuple(prefix, someDate).map((both) => both.join('')),
    ),
    missing(name),
  );

const number = oneOf(['0', '1', '5', '5.4', '5.40', '60', '100', '100.0', '1e2', '-3']);
const unit = oneOf([
  '',
  '||mg',
  '||g',
  '|http://unitsofmeasure.org|kg',
  '||/min',
  '||beats/min',
  '||tablet',
  '||Cel',
  '||K',
]);
const amount = fc.tuple(prefix, number, unit).map((all) => all.join(''));

const quantity = (name: string): Criterion => fc.oneof(criterion([name], amount), missing(name));

const pointer = (...types: string[]): fc.Arbitrary<string> =>
  fc.tuple(oneOf(types), fc.nat(4), fc.nat(5)).map(([type, at, form]) => {
    const id = values.idOf(type, at);
    if (form === 0) return id;
    return form === 1 ? `http://elsewhere.example/fhir/${type}/${id}` : `${type}/${id}`;
  });

const reference = (name: string, ...types: string[]): Criterion =>
  fc.oneof(
    { weight: 4, arbitrary: criterion([name], pointer(...types)) },
    {
      weight: 1,
      arbitrary: fc.tuple(oneOf(types), fc.nat(4)).map(([type, at]) => `${name}:${type}=${values.idOf(type, at)}`),
    },
    { weight: 1, arbitrary: criterion([`${name}:identifier`], oneOf(['1', 'urn:a|1', '|1', 'urn:a|'])) },
    { weight: 1, arbitrary: missing(name) },
  );

const identifier: Criterion = fc.oneof(
  criterion(['identifier'], oneOf(['1', '2', 'urn:a|1', '|1', 'urn:a|', 'urn:b|3'])),
  fc.constant('identifier:of-type=urn:type|MR|1'),
);

const pair = (left: fc.Arbitrary<string>, right: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(left, right).map((both) => both.join('$'));

/** A composite has the forms `code` and `system|code` only. */
const halfCode = oneOf([...values.codes, ...values.componentCodes]).map(([system, value]) =>
  system === undefined ? escaped(value) : `${system}|${escaped(value)}`,
);

const common: Criterion = fc.oneof(
  criterion(['_tag', '_tag:not'], aCode),
  criterion(['_profile'], oneOf(['http://example.org/p', 'http://example.org/p|1', 'http://example.org/p/below'])),
  fc.constant('_profile:below=http://example.org/p'),
  criterion(['_id'], oneOf(['same', 'pat-0', 'obs-1'])),
);

const plain: Readonly<Record<string, Criterion[]>> = {
  Patient: [
    ...['name', 'family', 'given', 'address', 'address-city'].map(string),
    code('gender', ['male', 'female']),
    code('active', ['true', 'false']),
    code('deceased', ['true', 'false']),
    date('birthdate'),
    date('death-date'),
    identifier,
    criterion(['phone', 'email', 'telecom'], oneOf(['555', 'a@example.org'])),
    reference('organization', 'Organization'),
    reference('general-practitioner', 'Organization'),
  ],
  Observation: [
    ...['code', 'category', 'component-code', 'combo-code', 'value-concept', 'combo-value-concept'].map(token),
    code('status', ['final', 'amended']),
    date('date'),
    date('value-date'),
    string('value-string'),
    ...['value-quantity', 'component-value-quantity', 'combo-value-quantity'].map(quantity),
    reference('subject', 'Patient', 'Group'),
    reference('patient', 'Patient'),
    reference('encounter', 'Encounter'),
    reference('performer', 'Organization', 'Patient'),
    identifier,
    criterion(
      ['code-value-concept', 'component-code-value-concept', 'combo-code-value-concept'],
      pair(halfCode, halfCode),
    ),
    criterion(
      ['code-value-quantity', 'component-code-value-quantity', 'combo-code-value-quantity'],
      pair(halfCode, amount),
    ),
    criterion(['code-value-date'], pair(halfCode, someDate)),
    criterion(['code-value-string'], pair(halfCode, part)),
  ],
  Encounter: [
    token('class'),
    token('type'),
    code('status', ['planned', 'finished']),
    date('date'),
    date('location-period'),
    reference('patient', 'Patient'),
    reference('subject', 'Patient', 'Group'),
    reference('part-of', 'Encounter'),
    reference('service-provider', 'Organization'),
    reference('location', 'Location'),
    criterion(['length'], oneOf(['30||min', 'lt1||h', 'ge0.5||h', '1800||s', '30'])),
    identifier,
  ],
  Condition: [
    token('code'),
    token('category'),
    code('clinical-status', ['active', 'resolved']),
    date('onset-date'),
    date('recorded-date'),
    string('onset-info'),
    reference('patient', 'Patient'),
    reference('subject', 'Patient', 'Group'),
    reference('encounter', 'Encounter'),
  ],
  MedicationRequest: [
    token('code'),
    code('status', ['active', 'stopped']),
    code('intent', ['order', 'plan']),
    date('authoredon'),
    reference('patient', 'Patient'),
    reference('requester', 'Organization', 'Patient'),
    reference('medication', 'Medication'),
  ],
  Organization: [
    ...['name', 'address', 'address-city', 'address-state'].map(string),
    token('type'),
    code('active', ['true', 'false']),
    reference('partof', 'Organization'),
    identifier,
  ],
  Location: [
    ...['name', 'address', 'address-city'].map(string),
    code('status', ['active', 'inactive']),
    reference('organization', 'Organization'),
    reference('partof', 'Location'),
    criterion(
      ['near'],
      oneOf(['42.35|-71.06|1|km', '42.35|-71.06|40|km', '42.35|-71.06|30|[mi_us]', '-33.9|151.2', '0|0|10|km']),
    ),
  ],
};

/** [the type it is asked of, what leads to the other type, the other type] */
const chains: readonly (readonly [string, string, string])[] = [
  ['Observation', 'patient.', 'Patient'],
  ['Observation', 'subject:Patient.', 'Patient'],
  ['Observation', 'encounter.', 'Encounter'],
  ['Observation', 'encounter.patient.', 'Patient'],
  ['Encounter', 'service-provider.', 'Organization'],
  ['Encounter', 'location.', 'Location'],
  ['Encounter', 'location.organization.', 'Organization'],
  ['Condition', 'patient.organization.', 'Organization'],
  ['MedicationRequest', 'requester:Organization.', 'Organization'],
  ['Location', 'partof.', 'Location'],
  ['Patient', '_has:Observation:patient:', 'Observation'],
  ['Patient', '_has:Condition:subject:', 'Condition'],
  ['Patient', '_has:Encounter:patient:_has:Observation:encounter:', 'Observation'],
  ['Patient', '_has:Encounter:patient:service-provider.', 'Organization'],
  ['Organization', '_has:Patient:organization:', 'Patient'],
  ['Location', '_has:Encounter:location:', 'Encounter'],
  ['Encounter', '_has:Observation:encounter:', 'Observation'],
];

const criteriaOf = (type: string): Criterion => fc.oneof(...(plain[type] ?? []));

/** :missing and :not say little at the end of a chain, where servers differ on what they deny. */
const chained = (type: string): Criterion[] =>
  chains
    .filter(([from]) => from === type)
    .map(([, link, to]) =>
      criteriaOf(to)
        .filter((one) => !/:(missing|not)=/.test(one))
        .map((one) => link + one),
    );

const sorts: Readonly<Record<string, readonly string[]>> = {
  Patient: ['birthdate', '-birthdate', 'family', '-family,birthdate', 'gender,-_id', '_id'],
  Observation: ['date', '-date', 'status,-date', '-_id'],
  Encounter: ['date', '-date', 'status,date'],
  Condition: ['onset-date', '-recorded-date', '_id'],
  MedicationRequest: ['authoredon', '-authoredon,status'],
  Organization: ['name', '-name'],
  Location: ['name', '-name,_id'],
};

/** A search of a type, as `name=value&…`, not percent-encoded. */
export function randomQuery(type: string): fc.Arbitrary<string> {
  const one = fc.oneof(
    { weight: 8, arbitrary: criteriaOf(type) },
    { weight: 1, arbitrary: common },
    ...chained(type).map((arbitrary) => ({ weight: 1, arbitrary })),
  );
  const sort = fc.option(
    oneOf(sorts[type] ?? ['_id']).map((code) => `_sort=${code}`),
    { nil: null, freq: 2 },
  );
  return fc
    .tuple(fc.oneof(fc.tuple(one), fc.tuple(one), fc.array(one, { minLength: 2, maxLength: 3 })), sort)
    .map(([criteria, order]) => [...criteria, ...(order === null ? [] : [order])].join('&'));
}

/** A search of any of the types. */
export const randomSearch: fc.Arbitrary<{ type: string; query: string }> = oneOf(randomTypes).chain((type) =>
  randomQuery(type).map((query) => ({ type, query })),
);

/** As it goes into a URL. */
export const encodedQuery = (query: string): string =>
  query
    .split('&')
    .map((part) => part.split(/=(.*)/s).slice(0, 2).map(encodeURIComponent).join('='))
    .join('&');
