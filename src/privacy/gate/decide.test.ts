import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { callerOf } from '../../../test/support/caller.ts';
import { admits, admitsChange, allows, type Caller, type Grant, type Interaction } from '../../fhir/access.ts';
import { loadDefinitions } from '../../fhir/definitions/load.ts';
import { resourceTypes } from '../../fhir/resources.ts';
import { createPredicates } from '../../fhir/search/predicate.ts';
import { parseScopes } from '../../smart/scopes/scopes.ts';
import { anonymousGrant, createDecide } from './decide.ts';
import { directoryTypes, ownedTypes } from './directory.ts';

const compartment = ['Patient', 'Observation', 'Condition', 'Group', 'AuditEvent', 'RelatedPerson'];
const definitions = loadDefinitions({ cache: join(import.meta.dirname, '../../../node_modules/.cache/portico') });
const decide = createDecide(compartment, createPredicates(definitions));

async function grant(scope: string, more: Partial<Caller> = {}): Promise<Grant> {
  const scopes = parseScopes(scope);
  if (!scopes.ok) throw new Error(scopes.issues[0]?.diagnostics);
  return decide(callerOf({ subject: 'ada', reach: [], scopes: scopes.value.clinical, ...more }));
}

const lena = { fhirUser: 'Practitioner/lena', reach: ['p1', 'p2'] };

const category = 'http://terminology.hl7.org/CodeSystem/observation-category';
const observation = (...codes: string[]): string =>
  JSON.stringify({
    resourceType: 'Observation',
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
    category: codes.map((code) => ({ coding: [{ system: category, code }] })),
  });

const row = (patient: string | null, patients: string[] | null = null, content = '', id = 'x') => ({
  id,
  content,
  patient,
  patients,
  labels: 0,
});

const letters = (some: Grant, type: string): string =>
  (['c', 'r', 'u', 'd', 's'] as const).filter((one) => allows(some, type, one)).join('');

test('a system scope covers every row of every type', async () => {
  const all = await grant('system/*.cruds');
  expect([...all.types.keys()]).toEqual([...resourceTypes]);
  expect(admits(all, 'Group', row(null), 'd')).toBe(true);
});

test('a type that no scope names is denied, and so is an interaction that none names', async () => {
  const some = await grant('system/Observation.rs');
  expect(letters(some, 'Observation')).toBe('rs');
  expect(letters(some, 'Condition')).toBe('');
});

test('scopes add up', async () => {
  const some = await grant('system/Observation.r system/Observation.c system/*.s');
  expect(letters(some, 'Observation')).toBe('crs');
  expect(letters(some, 'Condition')).toBe('s');
  expect(some.types.get('Observation')).toHaveLength(1);
});

const ofRecords: [string, Grant, string][] = [
  ['a patient scope', await grant('patient/*.cruds', { patient: 'p1' }), 'p1'],
  ['a user scope', await grant('user/*.cruds', lena), 'p1'],
];

describe.each(ofRecords)('%s', (_, own) => {
  test.each<[string, boolean, ReturnType<typeof row>]>([
    ['a row of the patient', true, row('p1')],
    ['a row of several patients, this one among them', true, row(null, ['p3', 'p1'])],
    ['a row of another patient', false, row('p3')],
    ['a row of nobody', false, row(null)],
    ['a row of other patients', false, row(null, ['p4', 'p3'])],
  ])('meets %s: %s', (_, sees, columns) => {
    expect(admits(own, 'Observation', columns, 'r')).toBe(sees);
    expect(admits(own, 'Patient', columns, 'r')).toBe(sees);
  });

  test.each([...directoryTypes])('reads and searches %s of the directory, and changes none', (type) => {
    expect(admits(own, type, row(null), 'r')).toBe(true);
    expect(letters(own, type)).toBe('rs');
  });

  test('sees nothing of any other type, a Group above all, which tells who else is in it', async () => {
    const elsewhere = resourceTypes.filter((type) => !compartment.includes(type) && !directoryTypes.has(type));
    const others = elsewhere.filter((type) => !ownedTypes.has(type));
    expect(['Group', ...others].filter((type) => own.types.has(type))).toEqual([]);
    expect(others).toContain('Subscription');
  });

  test('may read what is in the record of another as well, and not change it', async () => {
    expect(admits(own, 'Observation', row('p1', ['p1', 'p9']), 'u')).toBe(true);
    expect(admitsChange(own, 'Observation', row('p1', ['p1', 'p9']), 'u')).toBe(false);
    expect(admitsChange(own, 'Observation', row('p1'), 'u')).toBe(true);
  });
});

test.each<[string, Partial<Caller>]>([
  ['patient/*.cruds', {}],
  ['patient/*.cruds', lena],
  ['user/*.cruds', { patient: 'p1' }],
  ['user/*.cruds', { reach: 'all' }],
  ['user/*.cruds', { reach: ['p1'] }],
  ['patient/*.cruds user/*.cruds', { reach: 'all' }],
])('%s of %j grants nothing, for who it is about is not said', async (scope, who) => {
  expect((await grant(scope, who)).types.size).toBe(0);
});

test('that everybody is in reach is not believed of a person', async () => {
  const odd = await grant('user/*.rs', { fhirUser: 'Practitioner/lena', reach: 'all' });
  expect(admits(odd, 'Observation', row('p1'), 'r')).toBe(false);
});

test('a practitioner without patients searches, and finds none', async () => {
  const alone = await grant('user/*.rs', { ...lena, reach: [] });
  expect(letters(alone, 'Patient')).toBe('rs');
  expect(admits(alone, 'Patient', row('p1'), 's')).toBe(false);
  expect(letters(alone, 'Practitioner')).toBe('rs');
});

test('somebody related to a patient does not write for how long they are', async () => {
  const mother = { fhirUser: 'RelatedPerson/m', reach: ['p1'], patient: 'p1' };
  expect(letters(await grant('user/*.cruds', mother), 'RelatedPerson')).toBe('rs');
  expect(letters(await grant('patient/*.cruds', mother), 'RelatedPerson')).toBe('rs');
  expect(letters(await grant('user/*.cruds', mother), 'Observation')).toBe('cruds');
  expect(letters(await grant('user/*.cruds', lena), 'RelatedPerson')).toBe('cruds');
});

test('where scopes differ in their rows, each is honoured as it is', async () => {
  const mixed = await grant('patient/Observation.cruds user/Observation.rs', { ...lena, patient: 'p1' });
  expect(admits(mixed, 'Observation', row('p2'), 'r')).toBe(true);
  expect(admits(mixed, 'Observation', row('p2'), 'c')).toBe(false);
  expect(admits(mixed, 'Observation', row('p1'), 'c')).toBe(true);
  const wide = await grant('patient/Observation.cruds system/Observation.rs', { patient: 'p1' });
  expect(admits(wide, 'Observation', row('p2'), 's')).toBe(true);
  expect(admits(wide, 'Observation', row('p2'), 'u')).toBe(false);
});

describe('openid and fhirUser', () => {
  const patient = { fhirUser: 'Patient/p1', reach: ['p1'], patient: 'p1' };

  test('let the resource that is the user be read, and nothing else be done with it', async () => {
    const known = await grant('patient/Observation.rs', { ...patient, identified: true });
    expect(admits(known, 'Patient', row('p1', null, '', 'p1'), 'r')).toBe(true);
    expect(admits(known, 'Patient', row('p1', null, '', 'p2'), 'r')).toBe(false);
    expect(letters(known, 'Patient')).toBe('r');
  });

  test('that were not both granted let nothing be read', async () => {
    expect(letters(await grant('patient/Observation.rs', patient), 'Patient')).toBe('');
  });

  test('do not narrow what another scope grants', async () => {
    const both = await grant('system/Patient.rs', { ...patient, identified: true });
    expect(admits(both, 'Patient', row('p2', null, '', 'p2'), 'r')).toBe(true);
  });
});

describe('a granular scope', async () => {
  const vitals = await grant(`patient/Observation.cruds?category=${category}|vital-signs`, { patient: 'p1' });

  test.each<[boolean, string, ReturnType<typeof row>]>([
    [true, 'what it names', row('p1', null, observation('vital-signs'))],
    [true, 'what is that and something else', row('p1', null, observation('survey', 'vital-signs'))],
    [false, 'another category', row('p1', null, observation('laboratory'))],
    [false, 'no category', row('p1', null, observation())],
    [false, 'what it names of another patient', row('p2', null, observation('vital-signs'))],
    [false, 'what was deleted', row('p1', null, '')],
  ])('covers (%s) %s', (covered, _, columns) => {
    for (const one of ['c', 'r', 'u', 'd', 's'] satisfies Interaction[]) {
      expect(admits(vitals, 'Observation', columns, one)).toBe(covered);
      expect(admitsChange(vitals, 'Observation', columns, one)).toBe(covered);
    }
  });

  test('covers no other type', async () => {
    expect([...vitals.types.keys()]).toEqual(['Observation']);
  });

  test('adds to others of its type no more than it says', async () => {
    const some = await grant('patient/Observation.rs?category=laboratory patient/Observation.c', { patient: 'p1' });
    const [lab, vital] = ['laboratory', 'vital-signs'].map((code) => row('p1', null, observation(code)));
    if (!lab || !vital) throw new Error('two rows were made');
    expect([admits(some, 'Observation', lab, 'r'), admits(some, 'Observation', vital, 'r')]).toEqual([true, false]);
    expect([admits(some, 'Observation', lab, 'c'), admits(some, 'Observation', vital, 'c')]).toEqual([true, true]);
    expect([admits(some, 'Observation', lab, 'u'), admits(some, 'Observation', vital, 'u')]).toEqual([false, false]);
  });

  test('beside one of the whole type leaves nothing to look at', async () => {
    const whole = await grant('patient/Observation.rs patient/Observation.rs?category=laboratory', { patient: 'p1' });
    expect(whole.types.get('Observation')).toHaveLength(1);
    expect(admits(whole, 'Observation', row('p1', null, observation()), 'r')).toBe(true);
  });

  test('several of one type are an OR', async () => {
    const two = await grant('system/Observation.r?category=laboratory system/Observation.r?category=survey');
    for (const [code, sees] of Object.entries({ laboratory: true, survey: true, 'vital-signs': false }))
      expect(admits(two, 'Observation', row('p1', null, observation(code)), 'r')).toBe(sees);
  });
});

test('a grant is made once for a caller', async () => {
  const one = await grant('system/*.rs');
  expect(await decide(one.caller)).toBe(one);
});

test('the hash tells grants apart, and is the same for the same person with the same rights', async () => {
  const hashes = [
    await grant('system/*.rs'),
    await grant('system/*.r'),
    await grant('patient/*.rs', { patient: 'p1' }),
    await grant('patient/*.rs', { patient: 'p2' }),
    await grant('system/Observation.rs'),
    await grant('system/Observation.rs?category=a'),
    await grant('system/Observation.rs?category=b'),
    await grant('user/Observation.rs', lena),
    await grant('user/Observation.rs', { ...lena, reach: ['p1'] }),
    await grant('user/Observation.rs', { ...lena, reach: ['p1', 'p2', 'p3', 'p4', 'p5'] }),
    await grant('user/Observation.rs', { ...lena, reach: ['p1', 'p2', 'p3', 'p4', 'p6'] }),
  ].map((one) => one.hash);
  expect(new Set(hashes).size).toBe(hashes.length);
  expect((await grant('system/*.read')).hash).toBe(hashes[0]);
});

test('who has not said who they are sees nothing that is stored', async () => {
  const nobody = anonymousGrant(1);
  expect(resourceTypes.some((type) => allows(nobody, type, 'r'))).toBe(false);
});

test('every directory type is a resource type', async () => {
  expect([...directoryTypes].filter((type) => !(resourceTypes as readonly string[]).includes(type))).toEqual([]);
});

test('bytes are read by who has to do with the patient whom they are secured for, and searched for by nobody else', async () => {
  const bytes = row('p1', null, '', 'b');
  const patient = await grant('patient/Binary.cruds', { patient: 'p1' });
  expect(admits(patient, 'Binary', bytes, 'r')).toBe(true);
  expect(admits(patient, 'Binary', row(null), 'r')).toBe(false);
  const treating = await grant('user/Binary.cruds', lena);
  expect(letters(treating, 'Binary')).toBe('crud');
  expect(admits(treating, 'Binary', bytes, 'r')).toBe(true);
  expect(admits(treating, 'Binary', row('p3'), 'r')).toBe(false);
});

test('what a device can measure is seen by who has to do with the patient whose record it says that it is in', async () => {
  const patient = await grant('patient/DeviceMetric.cruds', { patient: 'p1' });
  const treating = await grant('user/DeviceMetric.cruds', lena);
  for (const some of [patient, treating]) {
    expect(letters(some, 'DeviceMetric')).toBe('cruds');
    expect(admits(some, 'DeviceMetric', row('p1'), 's')).toBe(true);
    expect(admits(some, 'DeviceMetric', row('p3'), 'r')).toBe(false);
    expect(admits(some, 'DeviceMetric', row(null), 'r')).toBe(false);
    expect(admitsChange(some, 'DeviceMetric', row('p3'), 'c')).toBe(false);
  }
});
