import { afterAll, beforeAll, expect, test } from 'vitest';

import { type SearchWorld, searchWorld } from '../../../test/support/search-world.ts';
import type { FhirContext, Resource } from '../../fhir/context.ts';
import { createStore } from '../../fhir/store/store.ts';
import { createReach, type Reach } from './reach.ts';

let world: SearchWorld;
let reach: Reach;

const to = (reference: string) => ({ reference });
const patient = (id: string, ...generalPractitioner: string[]): Resource => ({
  resourceType: 'Patient',
  id,
  generalPractitioner: generalPractitioner.map(to),
});
const related = (id: string, more: object = {}): Resource => ({
  resourceType: 'RelatedPerson',
  id,
  patient: to('Patient/p1'),
  ...more,
});
const team = (id: string, of: string, member: object, more: object = {}): Resource => ({
  resourceType: 'CareTeam',
  id,
  status: 'active',
  subject: to(`Patient/${of}`),
  participant: [member],
  ...more,
});
const visit = (id: string, of: string, who: string, status = 'finished'): Resource => ({
  resourceType: 'Encounter',
  id,
  status,
  class: { code: 'AMB' },
  subject: to(`Patient/${of}`),
  participant: [{ individual: to(who) }],
});
const appointment = (id: string, status: string, ...actors: string[]): Resource => ({
  resourceType: 'Appointment',
  id,
  status,
  participant: actors.map((actor) => ({ actor: to(actor), status: 'accepted' })),
});
const role = (id: string, who: string, more: object = {}): Resource => ({
  resourceType: 'PractitionerRole',
  id,
  practitioner: to(`Practitioner/${who}`),
  ...more,
});

// The world's clock stands at 2026-01-31.
const resources: Resource[] = [
  ...['gp', 'team', 'visits', 'booked', 'roles', 'nobody', 'stranger'].map((id) => ({
    resourceType: 'Practitioner',
    id,
  })),
  { resourceType: 'Practitioner', id: 'left', active: false },
  patient('p1', 'Practitioner/gp', 'Practitioner/left', 'Practitioner/gone'),
  patient('p2', 'Practitioner/other', 'Practitioner/gp'),
  patient('p3', 'PractitionerRole/current'),
  patient('p4', 'PractitionerRole/former'),
  patient('p5', 'PractitionerRole/over'),
  related('mother'),
  related('aunt', { active: false }),
  related('guardian', { period: { end: '2025-12-31' } }),
  related('today', { period: { start: '2026-01-01', end: '2026-01-31' } }),
  related('next-year', { period: { start: '2027' } }),
  team('t1', 'p1', { member: to('Practitioner/team') }),
  team('t2', 'p2', { member: to('Practitioner/team') }, { status: 'inactive' }),
  team('t3', 'p3', { member: to('Practitioner/team'), period: { end: '2025' } }),
  team('t4', 'p4', { member: to('Practitioner/team') }, { period: { end: '2026-01-30' } }),
  team(
    't5',
    'p5',
    { member: to('Practitioner/team') },
    { period: { start: '2020' }, participant: [{ member: to('Patient/p2') }, { member: to('Practitioner/team') }] },
  ),
  visit('v1', 'p1', 'Practitioner/visits'),
  visit('v2', 'p2', 'Practitioner/visits', 'cancelled'),
  visit('v3', 'p3', 'Practitioner/visits', 'entered-in-error'),
  visit('v4', 'p4', 'PractitionerRole/current'),
  appointment('a1', 'booked', 'Patient/p1', 'Practitioner/booked', 'Patient/p2'),
  appointment('a2', 'cancelled', 'Patient/p3', 'Practitioner/booked'),
  appointment('a3', 'booked', 'Patient/p4', 'Practitioner/visits-not'),
  role('current', 'roles'),
  role('former', 'roles', { active: false }),
  role('over', 'roles', { period: { end: '2020' } }),
];

beforeAll(async () => {
  world = await searchWorld();
  await world.store(resources);
  await world.store([{ resourceType: 'Practitioner', id: 'gp' }, patient('elsewhere', 'Practitioner/gp')], 2);
  reach = createReach({ ...world.context, store: createStore(world.database) } as FhirContext);
});
afterAll(() => world?.close());

test.each<[string | null, string[]]>([
  ['Patient/p1', ['p1']],
  ['RelatedPerson/mother', ['p1']],
  ['RelatedPerson/aunt', []],
  ['RelatedPerson/guardian', []],
  ['RelatedPerson/today', ['p1']],
  ['RelatedPerson/next-year', []],
  ['RelatedPerson/unknown', []],
  ['Practitioner/gp', ['p1', 'p2']],
  ['Practitioner/team', ['p1', 'p5']],
  ['Practitioner/visits', ['p1']],
  ['Practitioner/booked', ['p1', 'p2']],
  ['Practitioner/roles', ['p3', 'p4']],
  ['Practitioner/nobody', []],
  ['Practitioner/left', []],
  ['Practitioner/gone', []],
  ['PractitionerRole/current', []],
  ['Group/g', []],
  ['Practitioner/gp,team', []],
  ['Practitioner/', []],
  ['http://elsewhere/Practitioner/gp', []],
  ['', []],
  [null, []],
])('A-49 %s reaches %j', async (fhirUser, patients) => {
  expect(await reach(1, fhirUser)).toEqual(patients);
});

test('nobody reaches patients of another tenant', async () => {
  expect(await reach(2, 'Practitioner/gp')).toEqual(['elsewhere']);
  expect(await reach(3, 'Practitioner/gp')).toEqual([]);
});
