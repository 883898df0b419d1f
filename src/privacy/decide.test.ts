import { describe, expect, test } from 'vitest';

import { callerOf } from '../../test/support/caller.ts';
import { admits, allows, type Grant, type Interaction } from '../fhir/access.ts';
import { resourceTypes } from '../fhir/resources.ts';
import { parseScopes } from '../smart/scopes.ts';
import { anonymousGrant, createDecide } from './decide.ts';
import { directoryTypes } from './directory.ts';

const compartment = ['Patient', 'Observation', 'Condition', 'Group', 'AuditEvent'];
const decide = createDecide(compartment);

function grant(scope: string, patient: string | null = null): Grant {
  const scopes = parseScopes(scope);
  if (!scopes.ok) throw new Error(scopes.issues[0]?.diagnostics);
  return decide(callerOf({ subject: 'ada', scopes: scopes.value.clinical, patient }));
}

const row = (patient: string | null, patients: string[] | null = null) => ({
  id: 'x',
  content: '',
  patient,
  patients,
  labels: 0,
});

test('a system scope covers every row of every type', () => {
  const all = grant('system/*.cruds');
  expect([...all.types.keys()]).toEqual([...resourceTypes]);
  expect(admits(all, 'Group', row(null), 'd')).toBe(true);
});

test('a scope grants its own interactions and type, and no other', () => {
  const some = grant('user/Observation.rs');
  expect(allows(some, 'Observation', 'r')).toBe(true);
  expect(allows(some, 'Observation', 'c')).toBe(false);
  expect(allows(some, 'Condition', 'r')).toBe(false);
});

test('scopes add up', () => {
  const some = grant('user/Observation.r user/Observation.c user/*.s');
  const letters = (type: string) =>
    (['c', 'r', 'u', 'd', 's'] as const).filter((one) => allows(some, type, one)).join('');
  expect(letters('Observation')).toBe('crs');
  expect(letters('Condition')).toBe('s');
});

describe('a patient scope', () => {
  const own = grant('patient/*.cruds', 'p1');

  test.each<[string, boolean, ReturnType<typeof row>]>([
    ['a row of the patient', true, row('p1')],
    ['a row of several patients, this one among them', true, row(null, ['p2', 'p1'])],
    ['a row of another patient', false, row('p2')],
    ['a row of nobody', false, row(null)],
    ['a row of other patients', false, row(null, ['p2', 'p3'])],
  ])('meets %s: %s', (_, sees, columns) => {
    expect(admits(own, 'Observation', columns, 'r')).toBe(sees);
    expect(admits(own, 'Patient', columns, 'r')).toBe(sees);
  });

  test.each([...directoryTypes])('reads and searches %s of the directory, and changes none', (type) => {
    expect(admits(own, type, row(null), 'r')).toBe(true);
    expect(allows(own, type, 's')).toBe(true);
    for (const change of ['c', 'u', 'd'] satisfies Interaction[]) expect(allows(own, type, change)).toBe(false);
  });

  test('sees nothing of any other type, a Group above all, which tells who else is in it', () => {
    const others = resourceTypes.filter((type) => !compartment.includes(type) && !directoryTypes.has(type));
    expect(['Group', ...others].filter((type) => own.types.has(type))).toEqual([]);
    expect(others).toContain('Binary');
    expect(others).toContain('Subscription');
  });

  test('grants nothing where no patient is in context', () => {
    expect(grant('patient/*.cruds').types.size).toBe(0);
  });
});

test('every directory type is a resource type', () => {
  expect([...directoryTypes].filter((type) => !(resourceTypes as readonly string[]).includes(type))).toEqual([]);
});

test('where scopes differ in their rows, no more is granted than one of them says', () => {
  const mixed = grant('patient/Observation.cruds user/Observation.rs', 'p1');
  expect(admits(mixed, 'Observation', row('p2'), 'r')).toBe(true);
  expect(admits(mixed, 'Observation', row('p2'), 'c')).toBe(false);
});

test('a grant is made once for a caller', () => {
  const one = grant('user/*.rs');
  expect(decide(one.caller)).toBe(one);
});

test('the hash tells grants apart, and is the same for the same person with the same rights', () => {
  const hashes = [
    grant('user/*.rs'),
    grant('user/*.r'),
    grant('patient/*.rs', 'p1'),
    grant('patient/*.rs', 'p2'),
    grant('user/Observation.rs'),
  ].map((one) => one.hash);
  expect(new Set(hashes).size).toBe(hashes.length);
  expect(grant('user/*.sr'.replace('sr', 'rs')).hash).toBe(hashes[0]);
});

test('who has not said who they are sees nothing that is stored', () => {
  const nobody = anonymousGrant(1);
  expect(resourceTypes.some((type) => allows(nobody, type, 'r'))).toBe(false);
});
