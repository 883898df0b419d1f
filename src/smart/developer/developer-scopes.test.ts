import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseScopes } from '../scopes/scopes.ts';
import { moreTypes, picksOf, scopeOf, usualOthers, usualTypes } from './developer-scopes.ts';

/** Each context, type, letter and query by itself, and each other scope. */
function atoms(scope: string): string[] {
  const parsed = parseScopes(scope);
  if (!parsed.ok) throw new Error(parsed.issues[0]?.diagnostics);
  const clinical = parsed.value.clinical.flatMap(({ context, type, interactions, query }) =>
    [...interactions].map((one) => `${context} ${type} ${one} ${query}`),
  );
  return [...new Set([...clinical, ...parsed.value.others])].sort();
}

test.each([
  ['patient/*.rs', { records: 'patient', read: ['*'], write: [] }],
  [
    'user/Observation.cruds patient/Observation.cruds',
    { records: 'both', read: ['Observation'], write: ['Observation'] },
  ],
  ['system/Patient.read', { records: 'system', read: ['Patient'], write: [] }],
  [
    'patient/Observation.rs?category=laboratory openid',
    { others: ['openid'], rest: 'patient/Observation.rs?category=laboratory' },
  ],
  ['patient/Account.rs patient/Patient.r', { read: [], rest: 'patient/Account.rs patient/Patient.r' }],
])('%s is ticked as what it says', (scope, picks) => {
  expect(picksOf(scope, 'patient')).toMatchObject(picks);
});

test('an app that is edited without a change keeps what it may be granted', () => {
  const clinical = fc
    .tuple(
      fc.constantFrom('patient', 'user', 'system'),
      fc.constantFrom(...usualTypes, ...moreTypes.slice(0, 5), 'Account'),
      fc.constantFrom('rs', 'cud', 'cruds', 'r', 'c', 'cu', 'read', 'write', '*'),
    )
    .map(([context, type, letters]) => `${context}/${type}.${letters}`);
  const scopes = fc.array(fc.oneof(clinical, fc.constantFrom(...usualOthers, 'portico/launch')), { maxLength: 8 });
  fc.assert(
    fc.property(scopes, (list) => {
      const scope = list.join(' ');
      expect(atoms(scopeOf(picksOf(scope, 'patient')))).toEqual(atoms(scope));
    }),
    { numRuns: 500 },
  );
});
