import { expect, test } from 'vitest';

import { parseScopes } from './scopes.ts';

const letters = (text: string): string => {
  const scopes = parseScopes(text);
  if (!scopes.ok) return scopes.issues.map((issue) => issue.diagnostics).join();
  return scopes.value.clinical.map((one) => `${one.context}/${one.type}.${[...one.interactions].join('')}`).join(' ');
};

test.each([
  ['patient/Observation.rs', 'patient/Observation.rs'],
  ['patient/Observation.read', 'patient/Observation.rs'],
  ['user/Observation.write', 'user/Observation.cud'],
  ['system/*.*', 'system/*.cruds'],
  ['system/*.cruds', 'system/*.cruds'],
  ['user/Patient.cud', 'user/Patient.cud'],
  ['openid fhirUser patient/Patient.r  offline_access', 'patient/Patient.r'],
  ['launch launch/patient launch/encounter profile online_access', ''],
  ['', ''],
])('%j grants %j', (text, granted) => {
  expect(letters(text)).toBe(granted);
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
  ['patient/Observation.rs?category=vital-signs', /grants whole types/],
  ['admin', /not one that this server knows/],
  ['patient/Patient.r\npatient/*.cruds', /not one that this server knows/],
])('%j is refused', (text, sentence) => {
  const scopes = parseScopes(text);
  expect(scopes.ok).toBe(false);
  expect(letters(text)).toMatch(sentence);
});

test('the operator scope is known and grants no type', () => {
  const scopes = parseScopes('portico/operator');
  expect(scopes.ok && [...scopes.value.others]).toEqual(['portico/operator']);
  expect(scopes.ok && scopes.value.clinical).toEqual([]);
});
