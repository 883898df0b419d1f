import { afterAll, beforeAll, expect, test } from 'vitest';

import { observation, of } from './requests.ts';
import { trapResources } from './trap-resources.ts';
import { type Answer, found, type Sent, type TrapWorld, trapWorld } from './trap-world.ts';

/*
 * People with user/ scopes: what they see is what they have to do with, and where it is not known who they are, nothing.
 * Okafor (pr1) is the general practitioner of pa and pb; Strand met pa once; Vale is a practitioner of nobody.
 */

const to = (reference: string) => ({ reference });
const more = [
  { resourceType: 'Practitioner', id: 'strand', name: [{ family: 'Strand' }] },
  { resourceType: 'Practitioner', id: 'vale', name: [{ family: 'Vale' }] },
  {
    resourceType: 'Encounter',
    id: 'met',
    status: 'finished',
    class: { code: 'AMB' },
    ...of('pa'),
    participant: [{ individual: to('Practitioner/strand') }],
  },
  { resourceType: 'RelatedPerson', id: 'mother', patient: to('Patient/pa'), period: { end: '2999' } },
  { resourceType: 'RelatedPerson', id: 'former', patient: to('Patient/pb'), active: false },
];

let world: TrapWorld;
beforeAll(async () => {
  world = await trapWorld({}, [...trapResources, ...more]);
});
afterAll(() => world?.close());

type As = (method: string, path: string, sent?: Sent) => Promise<Answer>;

async function as(fhirUser: string | undefined, scope = 'user/*.cruds', patient?: string): Promise<As> {
  const token = await world.server.token(scope, { ...(fhirUser ? { fhirUser } : {}), ...(patient ? { patient } : {}) });
  return (method, path, sent = {}) =>
    // Whoever asks here must see nothing of pb.
    world.ask('none', method, path, { ...sent, headers: { authorization: `Bearer ${token}`, ...sent.headers } });
}

const paths = [
  'Patient/pb',
  'Patient',
  'Observation',
  'Observation/ob1',
  'Condition',
  'Binary/bb1',
  'Group/g1',
  '_history',
  '',
  'Patient/pb/$everything',
  'Patient/pb/Observation',
  'Observation/_history',
  'Observation/$lastn?patient=pb&code=44261-6',
  'Practitioner?_has:Patient:general-practitioner:family=Zyxworth',
];

test.each([
  ['nobody', undefined],
  ['somebody who is no person', 'Group/g1'],
  ['a practitioner who is not stored', 'Practitioner/zz'],
  ['a practitioner without patients', 'Practitioner/vale'],
  ['somebody who was related once', 'RelatedPerson/former'],
  ['somebody who is not related', 'RelatedPerson/zz'],
])('A-49 user scopes of %s open no record', async (_, fhirUser) => {
  const ask = await as(fhirUser);
  for (const path of paths) {
    const answer = await ask('GET', path);
    expect([200, 401, 403, 404], path).toContain(answer.status);
    if (answer.status === 200)
      expect(found(answer).join(' '), path).not.toMatch(/Patient|Observation|Condition|Encounter/);
  }
  for (const patient of ['pa', 'pb'])
    expect((await ask('POST', 'Observation', { body: observation(of(patient)) })).status).toBe(403);
});

test('A-49 without a user the answer is a refusal, and not an empty list', async () => {
  const ask = await as(undefined);
  for (const path of ['Patient', 'Observation', 'Practitioner', 'Patient/pa'])
    expect((await ask('GET', path)).status).toBe(403);
});

test('A-11 a practitioner finds whom they have met, and nobody else', async () => {
  const ask = await as('Practitioner/strand');
  expect(found(await ask('GET', 'Patient'))).toEqual(['Patient/pa']);
  expect(found(await ask('GET', 'Patient?_id=pa,pb'))).toEqual(['Patient/pa']);
  expect((await ask('GET', 'Observation/oa1')).status).toBe(200);
  // What is answered is looked through for pb.
  for (const path of paths) await ask('GET', path);
  expect(found(await ask('GET', 'Practitioner?_has:Patient:general-practitioner:family=Zyxworth'))).toEqual([]);
  expect(found(await ask('GET', 'Practitioner?_has:Patient:general-practitioner:family=Alpha'))).toEqual([
    'Practitioner/pr1',
  ]);
});

test('A-23 a practitioner does not make somebody their patient', async () => {
  const ask = await as('Practitioner/strand');
  const own = { participant: [{ individual: to('Practitioner/strand') }] };
  const visit = { resourceType: 'Encounter', status: 'finished', class: { code: 'AMB' }, ...of('pb'), ...own };
  expect((await ask('POST', 'Encounter', { body: visit })).status).toBe(403);
  const both = {
    resourceType: 'Appointment',
    status: 'booked',
    start: '2027-01-01T10:00:00Z',
    end: '2027-01-01T11:00:00Z',
  };
  for (const actors of [['pb'], ['pa', 'pb']]) {
    const participant = [...actors.map((id) => `Patient/${id}`), 'Practitioner/strand'].map((one) => ({
      actor: to(one),
      status: 'accepted',
    }));
    expect((await ask('POST', 'Appointment', { body: { ...both, participant } })).status).toBe(403);
  }
  const body = { resourceType: 'Patient', id: 'pb', generalPractitioner: [to('Practitioner/strand')] };
  expect((await ask('PUT', 'Patient/pb', { body })).status).toBe(403);
  const role = { resourceType: 'PractitionerRole', practitioner: to('Practitioner/strand') };
  expect((await ask('POST', 'PractitionerRole', { body: role })).status).toBe(403);
  expect((await ask('GET', 'Patient/pb')).status).toBe(404);
});

test('A-23 who is related to a patient does not write for how long', async () => {
  for (const [scope, patient] of [['user/*.cruds'], ['patient/*.cruds', 'pa']] as const) {
    const ask = await as('RelatedPerson/mother', scope, patient);
    expect((await ask('GET', 'Patient/pa')).status).toBe(200);
    const body = { resourceType: 'RelatedPerson', id: 'mother', patient: to('Patient/pa') };
    expect((await ask('PUT', 'RelatedPerson/mother', { body })).status).toBe(403);
    expect((await ask('POST', 'RelatedPerson', { body })).status).toBe(403);
  }
});

test('A-49 openid and fhirUser let a user read who they are, and no more', async () => {
  const both = await as('Practitioner/vale', 'openid fhirUser');
  expect((await both('GET', 'Practitioner/vale')).status).toBe(200);
  expect((await both('GET', 'Practitioner/pr1')).status).toBe(404);
  expect((await both('GET', 'Practitioner')).status).toBe(403);
  expect((await both('GET', 'Patient/pa')).status).toBe(403);
  const one = await as('Practitioner/vale', 'fhirUser');
  expect((await one('GET', 'Practitioner/vale')).status).toBe(403);
  const patient = await as('Patient/pa', 'openid fhirUser patient/Observation.rs', 'pa');
  expect((await patient('GET', 'Patient/pa')).status).toBe(200);
  expect((await patient('GET', 'Patient/pb')).status).toBe(404);
  expect((await patient('PUT', 'Patient/pa', { body: { resourceType: 'Patient', id: 'pa' } })).status).toBe(403);
});

test('what changes of the care changes who is reached, within a minute at most for a token that was used before', async () => {
  const scope = { fhirUser: 'Practitioner/vale' };
  const fresh = async (): Promise<Answer> =>
    world.ask('none', 'GET', 'Patient', {
      headers: { authorization: `Bearer ${await world.server.token('user/Patient.rs', scope)}` },
    });
  expect(found(await fresh())).toEqual([]);
  const team = {
    resourceType: 'CareTeam',
    id: 'care',
    status: 'active',
    ...of('pa'),
    participant: [{ member: to('Practitioner/vale') }],
  };
  await world.ask('system', 'PUT', 'CareTeam/care', { body: team });
  expect(found(await fresh())).toEqual(['Patient/pa']);
  await world.ask('system', 'PUT', 'CareTeam/care', { body: { ...team, status: 'inactive' } });
  expect(found(await fresh())).toEqual([]);
});
