import { expect, test } from 'vitest';

import { contextsAgree, formatScopes, parseScopes } from './scopes.ts';

const rewritten = (text: string): string => {
  const scopes = parseScopes(text);
  return scopes.ok ? formatScopes(scopes.value) : scopes.issues.map((issue) => issue.diagnostics).join();
};

const category = 'http://terminology.hl7.org/CodeSystem/observation-category';

test.each([
  ['patient/Observation.rs', 'patient/Observation.rs'],
  ['patient/Observation.read', 'patient/Observation.rs'],
  ['user/Observation.write', 'user/Observation.cud'],
  ['system/*.*', 'system/*.cruds'],
  ['system/*.cruds', 'system/*.cruds'],
  ['user/Patient.cud', 'user/Patient.cud'],
  ['openid fhirUser patient/Patient.r  offline_access', 'patient/Patient.r openid fhirUser offline_access'],
  ['launch launch/patient launch/encounter profile', 'launch launch/patient launch/encounter profile'],
  ['online_access email portico/operator portico/launch', 'online_access email portico/operator portico/launch'],
  ['patient/Patient.r patient/Patient.r', 'patient/Patient.r'],
  ['', ''],
  [
    `patient/Observation.rs?category=${category}|vital-signs`,
    `patient/Observation.rs?category=${category}|vital-signs`,
  ],
  ['system/Condition.r?category=http%3A%2F%2Fx%7Cy', 'system/Condition.r?category=http%3A%2F%2Fx%7Cy'],
  ['user/Observation.s?category=a,b&code=|c&status=final', 'user/Observation.s?category=a,b&code=|c&status=final'],
  ['system/Patient.rs?_tag=http://x|y', 'system/Patient.rs?_tag=http://x|y'],
  ['system/Basic.rs?_security=R', 'system/Basic.rs?_security=R'],
])('%j grants %j', (text, granted) => {
  expect(rewritten(text)).toBe(granted);
});

test.each([
  ['patient/Observation.sr', /letters of cruds in this order/],
  ['patient/Observation.rr', /letters of cruds in this order/],
  ['patient/Observation.constructor', /letters of cruds/],
  ['patient/Observation.', /not one that this server knows/],
  ['patient/Observatio.rs', /Observatio, which is not a resource type/],
  ['patient/observation.rs', /not a resource type/],
  ['patient/Obs*.rs', /not one that this server knows/],
  ['practitioner/Patient.rs', /not one that this server knows/],
  ['Patient/Observation.rs', /not one that this server knows/],
  ['admin', /not one that this server knows/],
  ['address', /not one that this server knows/],
  ['OPENID', /not one that this server knows/],
])('%j is refused', (text, sentence) => {
  expect(parseScopes(text).ok).toBe(false);
  expect(rewritten(text)).toMatch(sentence);
});

test.each([
  ['patient/Observation.rs?', /parameter=value/],
  ['patient/Observation.rs?category', /parameter=value/],
  ['patient/Observation.rs?category=', /parameter=value/],
  ['patient/Observation.rs?category=a&', /parameter=value/],
  ['patient/Observation.rs?&category=a', /parameter=value/],
  ['patient/Observation.rs?category=a,', /category must be/],
  ['patient/Observation.rs?category=|', /category must be/],
  ['patient/Observation.rs?category=a|b|c', /category must be/],
  ['patient/Observation.rs?category:not=a', /without modifier, chain or prefix/],
  ['patient/Observation.rs?category:in=http://x', /without modifier, chain or prefix/],
  ['patient/Observation.rs?category%3Anot=a', /without modifier, chain or prefix/],
  ['patient/Observation.rs?subject.name=x', /without modifier, chain or prefix/],
  ['patient/Observation.rs?_has:Provenance:target:agent=x', /without modifier, chain or prefix/],
  ['patient/Observation.rs?subject=Patient/p', /not a token search parameter of Observation/],
  ['patient/Observation.rs?date=ge2020', /not a token search parameter of Observation/],
  ['patient/Observation.rs?value-quantity=gt5', /not a token search parameter of Observation/],
  ['patient/Observation.rs?gender=male', /not a token search parameter of Observation/],
  ['patient/Observation.rs?_id=x', /not a token search parameter of Observation/],
  ['patient/Observation.rs?_query=x', /not a token search parameter of Observation/],
  ['patient/Observation.rs?_filter=x', /without modifier|not a token/],
  ['patient/Observation.rs?category=a&_include=Observation:subject', /not a token search parameter of Observation/],
  ['patient/Observation.rs?category=a&_count=5', /not a token search parameter of Observation/],
  ['patient/Observation.rs?category=a+b', /percent-encoded/],
  ['patient/Observation.rs?category=a%2', /percent-encoded/],
  ['patient/Observation.rs?category=%C3', /not percent-encoded UTF-8/],
  ['patient/Observation.rs?category=a%00', /not percent-encoded UTF-8/],
  ['patient/Observation.rs?category=a%0Apatient/Patient.r', /not percent-encoded UTF-8/],
  ['patient/Observation.rs?category=a%E2%80%AEb', /not percent-encoded UTF-8/],
  ['patient/Observation.rs?category=a?b', /percent-encoded/],
  ['patient/Observation.rs?category=a=b', /percent-encoded/],
  ['patient/Observation.rs?category=a;status=final', /percent-encoded/],
  ['patient/*.rs?category=a', /must name the type/],
  ['patient/Observation.read?category=a', /letters of cruds/],
  ['openid?category=a', /not one that this server knows/],
])('a part of a type is not asked for by %j', (text, sentence) => {
  expect(parseScopes(text).ok).toBe(false);
  expect(rewritten(text)).toMatch(sentence);
});

test.each([
  ['a newline', 'patient/Patient.r\npatient/*.cruds'],
  ['a tab', 'patient/Patient.r\tpatient/*.cruds'],
  ['a no-break space', 'patient/Patient.r\u00a0patient/*.cruds'],
  ['a zero-width space', 'patient/Patient.r\u200bpatient/*.cruds'],
  ['NUL', 'patient/Patient.r\0'],
  ['a quotation mark', 'patient/Patient.r"'],
  ['a backslash', 'patient/Observation.rs?category=a\\,b'],
  ['a letter of another script', 'p\u0430tient/Patient.r'],
  ['an encoded star', 'patient/%2a.read'],
  ['an encoded slash', 'patient%2FPatient.rs'],
  ['an encoded slash in small letters', 'patient%2fPatient.rs'],
  ['a comma between scopes', 'patient/Patient.r,patient/*.cruds'],
  ['a plus between scopes', 'patient/Patient.r+patient/*.cruds'],
  ['two types', 'patient/Patient/Observation.rs'],
  ['two dots', 'patient/Patient..rs'],
  ['a fragment', 'patient/Patient.rs#'],
])('A-48 %s is no way to more', (_, text) => {
  expect(parseScopes(text).ok).toBe(false);
});

test('a text of many thousand characters is not read', () => {
  expect(parseScopes('patient/Patient.r '.repeat(400)).ok).toBe(true);
  expect(rewritten('patient/Patient.r '.repeat(500))).toMatch(/at most 8000/);
});

test.each([
  ['system/Patient.rs system/Observation.rs', true],
  ['patient/Patient.rs user/Observation.rs openid', true],
  ['system/Patient.rs user/Observation.rs', false],
  ['patient/Patient.rs system/Observation.rs', false],
  ['openid', true],
])('A-48 the contexts of %s go together: %s', (text, together) => {
  const scopes = parseScopes(text);
  expect(scopes.ok && contextsAgree(scopes.value.clinical).ok).toBe(together);
});

test('the operator scope is known and grants no type', () => {
  const scopes = parseScopes('portico/operator');
  expect(scopes.ok && [...scopes.value.others]).toEqual(['portico/operator']);
  expect(scopes.ok && scopes.value.clinical).toEqual([]);
});
