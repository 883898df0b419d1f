import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { grantOf, type SearchWorld, searchWorld } from '../../../test/support/search-world.ts';
import { match, matchMany } from './match.ts';

let world: SearchWorld;

const patient = (id: string, family: string, more = {}) => ({
  resourceType: 'Patient',
  id,
  name: [{ family }],
  identifier: [{ system: 'http://h.example/mrn', value: id === 'pb' ? 'B-77' : 'A-1' }],
  ...more,
});
const icd = (code: string) => ({ coding: [{ system: 'http://hl7.org/fhir/sid/icd-10', code }] });
const restricted = { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }] };

/** The attacker pa, the victim pb, and every link between them that could leak. */
const resources = [
  patient('pa', 'Alpha', { link: [{ other: { reference: 'Patient/pb' }, type: 'seealso' }] }),
  patient('pb', 'Zyxworth', { birthDate: '1961-03-09' }),
  { resourceType: 'Observation', id: 'oa1', status: 'final', code: icd('1'), subject: { reference: 'Patient/pa' } },
  {
    resourceType: 'Observation',
    id: 'ob1',
    status: 'final',
    code: icd('44261-6'),
    subject: { reference: 'Patient/pb' },
    valueInteger: 21,
  },
  {
    resourceType: 'Observation',
    id: 'oa-focus',
    status: 'final',
    code: icd('2'),
    subject: { reference: 'Patient/pa' },
    focus: [{ reference: 'Patient/pb' }],
    hasMember: [{ reference: 'Observation/ob1' }],
  },
  { resourceType: 'Condition', id: 'cb1', code: icd('F32.2'), subject: { reference: 'Patient/pb' } },
  { resourceType: 'Condition', id: 'ca1', code: icd('J45'), subject: { reference: 'Patient/pa' }, meta: restricted },
  {
    resourceType: 'Encounter',
    id: 'ea',
    status: 'finished',
    class: { code: 'AMB' },
    subject: { reference: 'Patient/pa' },
    partOf: { reference: 'Encounter/eb1' },
  },
  {
    resourceType: 'Encounter',
    id: 'eb1',
    status: 'finished',
    class: { code: 'AMB' },
    subject: { reference: 'Patient/pb' },
    reasonCode: [icd('F32.2')],
  },
  {
    resourceType: 'List',
    id: 'la',
    status: 'current',
    mode: 'working',
    subject: { reference: 'Patient/pa' },
    entry: [{ item: { reference: 'Observation/ob1' } }],
  },
  {
    resourceType: 'Group',
    id: 'g1',
    type: 'person',
    actual: true,
    member: [{ entity: { reference: 'Patient/pa' } }, { entity: { reference: 'Patient/pb' } }],
  },
  {
    resourceType: 'Task',
    id: 'ta',
    status: 'ready',
    intent: 'order',
    for: { reference: 'Patient/pa' },
    focus: { reference: 'Condition/cb1' },
  },
  {
    resourceType: 'AuditEvent',
    id: 'xb',
    type: { code: 'rest' },
    recorded: '2026-01-01T00:00:00Z',
    agent: [{ who: { reference: 'Patient/pb' }, requestor: true }],
    source: { observer: { display: 'x' } },
  },
  {
    resourceType: 'Appointment',
    id: 'ab',
    status: 'booked',
    participant: [
      { actor: { reference: 'Patient/pa' }, status: 'accepted' },
      { actor: { reference: 'Patient/pb' }, status: 'accepted' },
    ],
  },
];

const attacker = grantOf({ patients: ['pa'] });
const hidden = /\b(pb|ob1|cb1|eb1|xb)\b/;

beforeAll(async () => {
  world = await searchWorld();
  await world.store(resources);
  await world.store([patient('pc', 'Tenant two'), patient('pa', 'Alpha of tenant two')], 2);
});

afterAll(() => world.close());

describe('an app of one patient', () => {
  test.each([
    ['Observation?subject=Patient/pb', ''],
    ['Observation?patient=pb', ''],
    ['Observation?subject:Patient=pb', ''],
    ['Observation?patient.identifier=B-77', ''],
    ['Observation?_id=ob1,oa1', 'Observation/oa1'],
    ['Observation?_sort=-date', 'Observation/oa-focus Observation/oa1'],
    ['Patient/pb/Observation', ''],
    // What the caller sees anyway: resources that name both.
    ['Patient/pb/*', 'Appointment/ab Group/g1'],
    ['Encounter/eb1/Observation', ''],
    [
      'Observation?_id=oa-focus&_include=Observation:focus&_include=Observation:has-member&_include=*',
      'Observation/oa-focus +Patient/pa',
    ],
    [
      'Encounter?_id=ea&_include=Encounter:part-of&_include:iterate=Encounter:subject&_include:iterate=Patient:link',
      'Encounter/ea +Patient/pa',
    ],
    ['Patient?_id=pa&_revinclude=AuditEvent:patient&_revinclude=Observation:focus', 'Patient/pa'],
    ['Observation?_id=oa-focus&focus:Patient.family=Zyx', ''],
    ['Observation?_id=oa-focus&focus:Patient.family=Aaa', ''],
    ['Encounter?part-of.reason-code=F32.2', ''],
    ['Task?focus:Condition.code=F32.2', ''],
    ['Patient?_has:Encounter:patient:part-of.reason-code=F32.2', ''],
    ['Patient?_has:Observation:focus:code=2', ''],
    ['Patient?_filter=family eq "Zyxworth"', ''],
    ['Patient?_content=Zyxworth', ''],
    ['Patient?family:not-a-modifier=Zyxworth', '400'],
    ['Observation?_list=la', ''],
    ['Appointment?patient=pb', 'Appointment/ab'],
    ['?_lastUpdated=gt2000&_type=Patient,Observation', 'Observation/oa-focus Observation/oa1 Patient/pa'],
  ])('%s: %s', async (query, expected) => {
    const found = (await world.find(query, attacker)).join(' ');
    expect(found.replace(/^400 .*/, '400')).toBe(expected);
    expect(found).not.toMatch(hidden);
  });

  test('sees nothing of another in a _revinclude of everything', async () => {
    const found = await world.find('Patient?_id=pa&_revinclude=*&_include:iterate=*', attacker);
    expect(found).toContain('+Observation/oa1');
    expect(found.join(' ')).not.toMatch(hidden);
  });

  test.each(['_total=accurate', '_total=estimate', '_summary=count', '_count=0'])(
    'counts with %s what it sees',
    async (how) => {
      expect(await world.ask(`Condition?code=F32.2&${how}`, attacker)).toMatchObject({ total: 0 });
      expect(await world.ask(`Observation?${how}`, attacker)).toMatchObject({ total: 2 });
    },
  );

  test('cannot follow the page link of another', async () => {
    const first = await world.ask('Observation?_count=1');
    const next = 'next' in first ? (first.next?.split('?')[1] ?? '') : '';
    expect(await world.find(`Observation?${next}`)).toHaveLength(1);
    expect(await world.find(`Observation?${next}`, attacker)).toEqual([expect.stringMatching(/^404/)]);
    expect(await world.find(`Observation?status=final&${next}`)).toEqual([expect.stringMatching(/^404/)]);
    expect(await world.find('Observation?_cursor=forged')).toEqual([expect.stringMatching(/^404/)]);
  });
});

describe('an app of one type', () => {
  const patients = grantOf({ types: ['Patient'] });

  test.each([
    'Patient?_has:Condition:patient:code=F11.20',
    'Patient?general-practitioner.name=x',
    'Patient?_filter=general-practitioner.name eq x',
    'Condition?code=F32.2',
    '?_type=Patient,Condition',
  ])('%s is 403', async (query) => {
    expect((await world.find(query, patients))[0]).toMatch(/^403/);
  });

  test('includes nothing of another type', async () => {
    expect(await world.find('Patient?_id=pa&_revinclude=*', patients)).toEqual(['Patient/pa']);
    expect(await world.find('?_lastUpdated=gt2000', patients)).toEqual(['Patient/pb', 'Patient/pa']);
  });
});

test('a tenant sees its own', async () => {
  expect(await world.find('Patient', grantOf({ tenant: 2 }))).toEqual(['Patient/pa', 'Patient/pc']);
  expect(await world.find('Patient?_id=pb', grantOf({ tenant: 2 }))).toEqual([]);
});

test('rows with a forbidden label are not there, for a count or an include neither', async () => {
  const [row] = await world.database.query(`select labels::float8 from resource where tenant = 1 and id = 'ca1'`);
  const grant = grantOf({ forbiddenLabels: Number(row?.[0]) });
  expect(Number(row?.[0])).toBeGreaterThan(0);
  expect(await world.find('Condition', grant)).toEqual(['Condition/cb1']);
  expect(await world.ask('Condition?_summary=count', grant)).toMatchObject({ total: 1 });
  expect(await world.find('Patient?_id=pa&_revinclude=Condition:patient', grant)).toEqual(['Patient/pa']);
});

describe('a conditional interaction', () => {
  test('finds what the caller sees, and never more than two', async () => {
    const { context } = world;
    const all = grantOf();
    expect(await match(context, all, 'Patient', 'identifier=http://h.example/mrn|B-77')).toMatchObject({
      value: [{ id: 'pb', version: 1 }],
    });
    expect(await match(context, attacker, 'Patient', 'identifier=http://h.example/mrn|B-77')).toMatchObject({
      value: [],
    });
    expect(await match(context, all, 'Observation', 'status=final')).toMatchObject({ value: [{}, {}] });
    expect(await match(context, all, 'Patient', 'name=zyx&birthdate=1961')).toMatchObject({ value: [{ id: 'pb' }] });
    expect(await match(context, grantOf({ types: [] }), 'Patient', 'name=zyx')).toMatchObject({ status: 403 });
    for (const query of ['', 'nope=1', '_sort=name', 'name='])
      expect(await match(context, all, 'Patient', query)).toMatchObject({ status: 400 });
  });

  test('finds many at once', async () => {
    const criteria = [
      { type: 'Patient', query: 'identifier=http://h.example/mrn|B-77' },
      { type: 'Patient', query: 'identifier=http://h.example/mrn|none' },
      { type: 'Observation', query: 'status=final' },
      { type: 'Patient', query: 'name=alpha' },
      { type: 'Patient', query: 'identifier=http%3A%2F%2Fh.example%2Fmrn%7CB-77' },
      { type: 'Nope', query: 'name=alpha' },
    ];
    const found = await matchMany(world.context, grantOf(), criteria);
    const ids = found.map((one) => (one.ok ? one.value.map(({ id }) => id).length : one.status));
    expect(ids).toEqual([1, 0, 2, 1, 1, 400]);
  });
});
