import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { callerOf } from '../../../test/support/caller.ts';
import {
  type Actor,
  admits,
  allows,
  allRows,
  type Caller,
  type Denial,
  type Grant,
  type Rows,
} from '../../fhir/access.ts';
import { compartmentTypes } from '../../fhir/definitions/compartments.ts';
import { loadDefinitions } from '../../fhir/definitions/load.ts';
import { resourceTypes } from '../../fhir/resources.ts';
import { labelBit } from '../../fhir/search/labels.ts';
import { createPredicates } from '../../fhir/search/predicate.ts';
import { actors } from '../../smart/actor.ts';
import { parseScopes } from '../../smart/scopes/scopes.ts';
import { createDecide } from '../gate/decide.ts';
import { directoryTypes } from '../gate/directory.ts';
import { type ConsentEffect, type Facts, noFacts } from '../gate/facts.ts';
import { actorPolicies } from './index.ts';

const definitions = loadDefinitions({ cache: join(import.meta.dirname, '../../../node_modules/.cache/portico') });
const predicateOf = createPredicates(definitions);
const compartment = compartmentTypes(definitions, 'Patient');
const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const R = labelBit('http://terminology.hl7.org/CodeSystem/v3-Confidentiality', 'R');
const V = labelBit('http://terminology.hl7.org/CodeSystem/v3-Confidentiality', 'V');
const [PSY, HIV] = [labelBit(actCode, 'PSY'), labelBit(actCode, 'HIV')];

async function grant(scope: string, who: Partial<Caller>, facts: Partial<Facts> = {}): Promise<Grant> {
  const scopes = parseScopes(scope);
  if (!scopes.ok) throw new Error(scopes.issues[0]?.diagnostics);
  const decide = createDecide(compartment, predicateOf, async () => ({ ...noFacts, ...facts }));
  return decide(callerOf({ purpose: '', reach: [], scopes: scopes.value.clinical, ...who }));
}

const row = (patient: string, labels = 0, id = 'x') => ({ id, patient, patients: null, labels, content: '{}' });

const effect = (patient: string, more: Partial<ConsentEffect> = {}): ConsentEffect => ({
  consent: `Consent/${patient}`,
  patient,
  permits: new Map(),
  opens: 0,
  denials: new Map(),
  emergencyOnly: false,
  ...more,
});

const all = (more: Partial<Rows> = {}): ReadonlyMap<string, readonly Rows[]> =>
  new Map([['*', [{ ...allRows, ...more }]]]);
const none = (...except: readonly Rows[]): ReadonlyMap<string, readonly Denial[]> =>
  new Map([['*', [{ ...allRows, except }]]]);

const lena: Partial<Caller> = { actor: 'practitioner', fhirUser: 'Practitioner/lena', reach: ['p1', 'p2'] };
const broken = (...patients: string[]): Partial<Facts> => ({
  duties: { assigned: [], emergencies: patients.map((patient) => ({ patient, reason: 'unconscious' })) },
});

test('every class of actors has a policy, and who is of none may nothing', async () => {
  expect([...actorPolicies.keys()].sort()).toEqual([...actors].sort());
  expect((await grant('system/*.cruds', { actor: 'nobody' })).types.size).toBe(0);
  expect((await grant('system/*.cruds', { actor: 'server' })).types.size).toBe(0);
});

describe('O-62 what decides of one row', () => {
  const permit = effect('p9', { permits: all() });
  const deny = effect('p9', { denials: none() });
  const sees = async (who: Partial<Caller>, facts: Partial<Facts>): Promise<boolean> =>
    admits(await grant('user/*.rs', who, facts), 'Observation', row('p9'), 'r');
  const near = { ...lena, reach: ['p9'] };

  test.each<[string, boolean, Partial<Caller>, Partial<Facts>]>([
    ['the implicit policy, of somebody in reach', true, near, {}],
    ['the implicit policy, of somebody else', false, lena, {}],
    ['an explicit permit, of somebody else', true, lena, { consents: [permit] }],
    ['an explicit denial, of somebody in reach', false, near, { consents: [deny] }],
    ['a denial against a permit', false, lena, { consents: [permit, deny] }],
    ['an emergency against a denial', true, near, { ...broken('p9'), consents: [deny] }],
    ['an emergency against a denial and beside a permit', true, lena, { ...broken('p9'), consents: [permit, deny] }],
    ['an emergency of another patient against a denial', false, near, { ...broken('p1'), consents: [deny] }],
    ['a permit for emergencies only, without one', false, lena, { consents: [{ ...permit, emergencyOnly: true }] }],
    ['a denial of another patient', true, near, { consents: [effect('p1', { denials: none() })] }],
  ])('is %s: %s', async (_, shows, who, facts) => {
    expect(await sees(who, facts)).toBe(shows);
  });

  test('is what the policy never gives, whatever is permitted', async () => {
    const agent: Partial<Caller> = { actor: 'care-agent', fhirUser: 'Practitioner/a' };
    const facts = { consents: [permit], duties: { assigned: ['p9'], emergencies: [{ patient: 'p9', reason: '' }] } };
    const some = await grant('user/*.cruds', agent, facts);
    expect(allows(some, 'Observation', 'r')).toBe(false);
    expect(admits(some, 'Coverage', row('p9'), 'r')).toBe(true);
  });

  test('is no emergency for who may not break the glass', async () => {
    const some = await grant('user/*.rs', { actor: 'concierge', fhirUser: 'Practitioner/c' }, broken('p9'));
    expect(admits(some, 'Observation', row('p9'), 'r')).toBe(false);
  });
});

test('O-62 a Consent gives reading only, and nothing that the scopes do not name', async () => {
  const consents = [effect('p9', { permits: all() })];
  const some = await grant('user/Observation.cruds', lena, { consents });
  expect(['r', 's'].every((one) => admits(some, 'Observation', row('p9'), one as 'r'))).toBe(true);
  expect(['c', 'u', 'd'].some((one) => admits(some, 'Observation', row('p9'), one as 'u'))).toBe(false);
  expect(allows(some, 'Condition', 'r')).toBe(false);
  const granular = await grant('user/Observation.rs?category=laboratory', lena, { consents });
  expect(admits(granular, 'Observation', row('p9'), 'r')).toBe(false);
  const searching = await grant('user/Observation.s', lena, { consents });
  expect(admits(searching, 'Observation', row('p9'), 'r')).toBe(false);
});

test('O-62 what a Consent says is of the rows of its patient alone', async () => {
  const consents = [
    effect('p1', {
      permits: all({ patients: ['p1', 'p8'] }),
      denials: none({ ...allRows, patients: ['p1'], ids: ['y'] }),
    }),
  ];
  const some = await grant('user/*.rs', lena, { consents });
  expect(admits(some, 'Observation', row('p8'), 'r')).toBe(false);
  expect(admits(some, 'Observation', row('p2'), 'r')).toBe(true);
  expect([admits(some, 'Observation', row('p1'), 'r'), admits(some, 'Observation', row('p1', 0, 'y'), 'r')]).toEqual([
    false,
    true,
  ]);
});

test('O-62 an app of a patient gets nothing by a Consent but what it takes', async () => {
  const app: Partial<Caller> = { actor: 'app', fhirUser: 'Patient/p1', reach: ['p1'], clientId: 'app' };
  const some = await grant('user/*.rs', app, { consents: [effect('p9', { permits: all() })] });
  expect(admits(some, 'Observation', row('p9'), 'r')).toBe(false);
  const less = await grant('user/*.rs', app, { consents: [effect('p1', { denials: none() })] });
  expect(admits(less, 'Observation', row('p1'), 'r')).toBe(false);
  const self = await grant('user/*.rs', { ...app, actor: 'self' }, { consents: [effect('p1', { denials: none() })] });
  expect(admits(self, 'Observation', row('p1'), 'r')).toBe(true);
});

describe('O-72 a label', () => {
  const sees = async (labels: number, opens: number, facts: Partial<Facts> = {}): Promise<boolean> =>
    admits(
      await grant('user/*.rs', lena, { consents: [effect('p1', { opens })], ...facts }),
      'Observation',
      row('p1', labels),
      'r',
    );

  test.each<[string, boolean, number, number]>([
    ['Restricted alone', false, R, 0],
    ['Restricted, opened', true, R, R],
    ['a matter, while another is opened', false, R | PSY, HIV],
    ['a matter, opened, and Restricted because of it', true, R | PSY, PSY],
    ['of two matters one opened', false, R | PSY | HIV, PSY],
    ['of two matters both opened', true, R | PSY | HIV, PSY | HIV],
    ['a matter, while only Restricted is opened', false, R | PSY, R],
    ['Very restricted, while only its matter is opened', false, V | PSY, PSY],
    ['Very restricted and its matter, opened', true, V | PSY, V | PSY],
    ['none', true, 0, 0],
  ])('holds a row back, unless the patient opens it: %s', async (_, shows, labels, opens) => {
    expect(await sees(labels, opens)).toBe(shows);
  });

  test('that one patient opens stays closed of another', async () => {
    const some = await grant('user/*.rs', lena, { consents: [effect('p1', { opens: PSY })] });
    expect([
      admits(some, 'Observation', row('p1', R | PSY), 'r'),
      admits(some, 'Observation', row('p2', R | PSY), 'r'),
    ]).toEqual([true, false]);
  });

  test('holds back nothing in an emergency, and of what is created', async () => {
    expect(await sees(R | V | PSY, 0, broken('p1'))).toBe(true);
    const some = await grant('user/*.cruds', lena);
    expect([admits(some, 'Observation', row('p1', R), 'c'), admits(some, 'Observation', row('p1', R), 'u')]).toEqual([
      true,
      false,
    ]);
  });

  test('is opened by a permit that names it, and by no other permit', async () => {
    const opened = await grant('user/*.rs', lena, { consents: [effect('p9', { permits: all({ having: PSY }) })] });
    expect(admits(opened, 'Observation', row('p9', R | PSY), 'r')).toBe(true);
    expect([0, R, R | PSY | HIV].some((labels) => admits(opened, 'Observation', row('p9', labels), 'r'))).toBe(false);
    const whole = await grant('user/*.rs', lena, { consents: [effect('p9', { permits: all() })] });
    expect(admits(whole, 'Observation', row('p9', PSY), 'r')).toBe(false);
  });
});

test('the hash of a grant changes with whatever decides', async () => {
  const hashes = await Promise.all([
    grant('user/*.rs', lena),
    grant('user/*.rs', { ...lena, actor: 'concierge' }),
    grant('user/*.rs', { ...lena, purpose: 'HPAYMT' }),
    grant('user/*.rs', { ...lena, organization: 'acme' }),
    grant('user/*.rs', lena, { consents: [effect('p1', { opens: PSY })] }),
    grant('user/*.rs', lena, { consents: [effect('p1', { denials: none() })] }),
    grant('user/*.rs', lena, broken('p9')),
    grant('user/*.rs', lena, { duties: { assigned: ['p9'], emergencies: [] } }),
    grant('user/*.rs', lena, { wards: [{ patient: 'p1', age: 'adult' }] }),
    grant('user/*.rs', lena, { registration: { types: new Set(['Claim']), elements: ['Claim.status'] } }),
  ]);
  expect(new Set(hashes.map(({ hash }) => hash)).size).toBe(hashes.length);
  expect((await grant('user/*.rs', lena)).hash).toBe(hashes[0]?.hash);
});

test('the ledger is told of whom each Consent is, and of an emergency', async () => {
  const facts = { ...broken('p9'), consents: [effect('p1', { opens: PSY })] };
  expect((await grant('user/*.rs', lena, facts)).basis).toEqual([
    'practitioner',
    'BTG Patient/p9',
    'Consent/p1 Patient/p1',
  ]);
});

const clinical = [
  'Observation',
  'Condition',
  'DocumentReference',
  'QuestionnaireResponse',
  'Binary',
  'MedicationRequest',
];

test.each<Actor>(['care-agent', 'privacy-officer', 'legal', 'sysadmin', 'analytics', 'employer-feed', 'marketing'])(
  'O-71 %s has no clinical type, whatever the scopes say',
  async (actor) => {
    const who = { actor, fhirUser: 'Practitioner/a', organization: 'acme' };
    for (const scope of ['system/*.cruds', 'user/*.cruds']) {
      const some = await grant(scope, who, { duties: { assigned: ['p1'], emergencies: [] } });
      expect(
        clinical.filter((type) => (['c', 'r', 'u', 'd', 's'] as const).some((one) => allows(some, type, one))),
      ).toEqual([]);
    }
  },
);

test('F26 who keeps the server running has the directory and nothing else', async () => {
  const some = await grant('system/*.cruds', { actor: 'sysadmin' });
  expect([...some.types.keys()].sort()).toEqual([...directoryTypes].sort());
});

test('F1 a person sees all of their own, whatever its labels and whatever they keep from others', async () => {
  const own: Partial<Caller> = { actor: 'self', fhirUser: 'Patient/p1', reach: ['p1'], patient: 'p1' };
  const some = await grant('patient/*.rs', own, { consents: [effect('p1', { denials: none() })] });
  for (const labels of [0, R, V | PSY | HIV]) expect(admits(some, 'Observation', row('p1', labels), 'r')).toBe(true);
  expect(compartment.filter((type) => type !== 'Group' && !allows(some, type, 'r'))).toEqual([]);
});

test('O-60 of a grown child a parent has nothing, of an adolescent not what they confide, of a child all', async () => {
  const parent: Partial<Caller> = { actor: 'proxy', fhirUser: 'RelatedPerson/m', reach: ['p1'] };
  const seen = async (age: 'child' | 'adolescent' | 'adult') => {
    const some = await grant('user/*.cruds', parent, { wards: [{ patient: 'p1', age }] });
    return [0, R | PSY].map((labels) => admits(some, 'Observation', row('p1', labels), 'r'));
  };
  expect(await seen('child')).toEqual([true, true]);
  expect(await seen('adolescent')).toEqual([true, false]);
  expect(await seen('adult')).toEqual([false, false]);
});

test('a device gateway writes measurements and reads none', async () => {
  const some = await grant('system/*.cruds', { actor: 'device-gateway' });
  const letters = (type: string) =>
    (['c', 'r', 'u', 'd', 's'] as const).filter((one) => allows(some, type, one)).join('');
  expect(['Observation', 'Device', 'Patient', 'Condition'].map(letters)).toEqual(['c', 'rs', '', '']);
});

test('O-08 a device gateway writes what it measures of whom it acts for, and of who consents to it', async () => {
  const writes = (some: Grant, patient: string) => admits(some, 'Observation', row(patient), 'c');
  const consents = [effect('p1', { permits: all() }), effect('p2', { denials: none() })];
  const some = await grant('system/*.cruds', { actor: 'device-gateway' }, { consents });
  expect(['p1', 'p2', 'p9'].map((id) => writes(some, id))).toEqual([true, false, false]);
  expect(['p1', 'p9'].map((id) => admits(some, 'Device', row(id), 'r'))).toEqual([true, false]);
  expect(admits(some, 'Observation', row('p1'), 'r')).toBe(false);
  const own = await grant('patient/*.cruds', { actor: 'device-gateway', patient: 'p3' });
  expect(['p1', 'p3'].map((id) => writes(own, id))).toEqual([false, true]);
});

test('what a patient says of their devices they say of what those can measure', async () => {
  const denied = (more: Partial<Rows>) => new Map([['Device', [{ ...allRows, ...more, except: [] }]]]);
  const sees = (some: Grant) => admits(some, 'DeviceMetric', row('p1'), 'r');
  expect(sees(await grant('user/*.cruds', lena))).toBe(true);
  for (const more of [{}, { ids: ['d'] }]) {
    const some = await grant('user/*.cruds', lena, { consents: [effect('p1', { denials: denied(more) })] });
    expect([sees(some), admits(some, 'Observation', row('p1'), 'r')]).toEqual([false, true]);
  }
  const permits = new Map([['Device', [allRows]]]);
  const beyond = { ...lena, reach: ['p2'] };
  expect(sees(await grant('user/*.rs', beyond))).toBe(false);
  expect(sees(await grant('user/*.rs', beyond, { consents: [effect('p1', { permits })] }))).toBe(true);
  const one = new Map([['Device', [{ ...allRows, ids: ['d'] }]]]);
  expect(sees(await grant('user/*.rs', beyond, { consents: [effect('p1', { permits: one })] }))).toBe(false);
});

test('O-63 what a patient denies to a contractor it does not see', async () => {
  const registration = { types: new Set(['Claim']), elements: ['Claim.status'] };
  const contractor: Partial<Caller> = { actor: 'contractor', clientId: 'c' };
  const some = await grant('system/*.rs', contractor, { registration, consents: [effect('p1', { denials: none() })] });
  expect(['p1', 'p2'].map((id) => admits(some, 'Claim', row(id), 'r'))).toEqual([false, true]);
});

test('what a class does not act for gets it nothing', async () => {
  for (const [actor, { purposes }] of actorPolicies) {
    if (actor === 'marketing') continue;
    expect(purposes).not.toContain('HMARKT');
    expect((await grant('system/*.cruds', { actor: actor as Actor, purpose: 'HMARKT' })).types.size).toBe(0);
  }
  expect((await grant('user/*.rs', lena)).caller.purpose).toBe('TREAT');
  expect((await grant('user/*.rs', { ...lena, purpose: 'BTG' })).types.size).toBeGreaterThan(0);
});

test('every type that a policy names is a type', () => {
  for (const { never } of actorPolicies.values())
    expect([...never].filter((type) => !(resourceTypes as readonly string[]).includes(type))).toEqual([]);
});
