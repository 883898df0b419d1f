import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

import { bundle, entry, jsonPatch, observation, of } from './requests.ts';
import {
  type Answer,
  indist,
  resourceOf,
  type Sent,
  statuses,
  type TrapWorld,
  trapWorld,
  versionsOfOthers,
} from './trap-world.ts';

let world: TrapWorld;
let before: string;
const send = (method: string, path: string, sent: Sent = {}): Promise<Answer> => world.ask('A', method, path, sent);

beforeAll(async () => {
  world = await trapWorld();
  before = await versionsOfOthers(world);
});
afterAll(() => world.close());
afterEach(async () => {
  // Whatever was tried: nothing was written in another's record, or in the attacker's that a test would not expect.
  expect(await versionsOfOthers(world)).toBe(before);
});

const shared = { ...of('pb'), performer: [{ reference: 'Patient/pa' }] };

test.each([
  ['of another', of('pb')],
  ['of another, signed by oneself', shared],
  ['of nobody', {}],
  ['of a patient that is not there', of('zz')],
  ['of another by an absolute URL, signed by oneself', { ...shared, subject: { reference: 'BASE/Patient/pb' } }],
  ['of another version of another', { ...shared, subject: { reference: 'Patient/pb/_history/1' } }],
])('a row %s cannot be created', async (_, more) => {
  const text = JSON.stringify(observation(more)).replace('BASE', world.server.base);
  const body = JSON.parse(text);
  expect((await send('POST', 'Observation', { body })).status).toBe(403);
  expect((await send('PUT', 'Observation/oa1', { body: { ...body, id: 'oa1' } })).status).toBe(403);
  expect((await send('POST', 'Observation', { body, headers: { 'if-none-exist': 'code=nothing' } })).status).toBe(403);
  const one = entry('POST', 'Observation', body);
  const other = entry('PUT', 'Observation/oa1', { ...body, id: 'oa1' });
  for (const each of [one, other, entry('POST', 'Observation', body, { ifNoneExist: 'code=nothing' })]) {
    expect((await send('POST', '', bundle('transaction', each))).status).toBe(403);
    expect(statuses(await send('POST', '', bundle('batch', each)))).toEqual(['403']);
  }
});

test('a row of oneself cannot be moved into the record of another', async () => {
  const move = [
    { op: 'replace', path: '/subject/reference', value: 'Patient/pb' },
    { op: 'add', path: '/performer', value: [{ reference: 'Patient/pa' }] },
  ];
  expect((await send('PATCH', 'Observation/oa1', jsonPatch(...move))).status).toBe(403);
  expect((await send('PATCH', 'Observation/oa1', jsonPatch(move[0] ?? {}))).status).toBe(403);
  expect((await send('PATCH', 'Observation?_id=oa1', jsonPatch(...move))).status).toBe(403);
  const data = Buffer.from(JSON.stringify(move)).toString('base64');
  const patch = { resourceType: 'Binary', contentType: 'application/json-patch+json', data };
  expect((await send('POST', '', bundle('transaction', entry('PATCH', 'Observation/oa1', patch)))).status).toBe(403);
  expect(statuses(await send('POST', '', bundle('batch', entry('PATCH', 'Observation/oa1', patch))))).toEqual(['403']);
});

test('what is in the record of another, too, is read and not changed', async () => {
  const own = resourceOf(await send('GET', 'Appointment/ab'));
  const comment = { ...own, comment: 'A was here' };
  const participants = { ...comment, participant: [{ actor: { reference: 'Patient/pa' }, status: 'accepted' }] };
  for (const body of [comment, participants]) {
    expect((await send('PUT', 'Appointment/ab', { body })).status).toBe(403);
    expect((await send('PUT', 'Appointment?_id=ab', { body })).status).toBe(403);
    expect((await send('POST', '', bundle('transaction', entry('PUT', 'Appointment/ab', body)))).status).toBe(403);
    expect(statuses(await send('POST', '', bundle('batch', entry('PUT', 'Appointment/ab', body))))).toEqual(['403']);
  }
  const only = jsonPatch({ op: 'remove', path: '/participant/1' });
  expect((await send('PATCH', 'Appointment/ab', only)).status).toBe(403);
  expect((await send('DELETE', 'Appointment/ab')).status).toBe(403);
  expect((await send('DELETE', 'Coverage?_id=cov')).status).toBe(403);
  expect((await send('POST', '', bundle('transaction', entry('DELETE', 'Appointment/ab')))).status).toBe(403);
  const meta = { resourceType: 'Parameters', parameter: [{ name: 'meta', valueMeta: { tag: [{ code: 'a' }] } }] };
  expect((await send('POST', 'Appointment/ab/$meta-add', { body: meta })).status).toBe(403);
});

test('an id of another is answered as an id of nobody', async () => {
  const body = (id: string) => observation({ id, ...of('pa') });
  for (const [headers, ifMatch] of [
    [{}, {}],
    [{ 'if-match': 'W/"1"' }, { ifMatch: 'W/"1"' }],
    [{ 'if-none-match': '*' }, { ifNoneMatch: '*' }],
  ] as const) {
    const put = (id: string): Promise<Answer> => send('PUT', `Observation/${id}`, { body: body(id), headers });
    indist(await put('ob1'), await put('zz1'), ['ob1', 'zz1']);
    expect((await put('ob1')).status).toBe(404);
    for (const type of ['transaction', 'batch'] as const) {
      const inside = (id: string): Promise<Answer> =>
        send('POST', '', bundle(type, entry('PUT', `Observation/${id}`, body(id), ifMatch)));
      indist(await inside('ob1'), await inside('zz1'), ['ob1', 'zz1']);
    }
    const remove = (id: string): Promise<Answer> => send('DELETE', `Observation/${id}`, { headers });
    indist(await remove('ob1'), await remove('zz1'), ['ob1', 'zz1']);
    const patch = jsonPatch({ op: 'test', path: '/status', value: 'final' });
    const patched = (id: string): Promise<Answer> =>
      send('PATCH', `Observation/${id}`, { ...patch, headers: { ...patch.headers, ...headers } });
    indist(await patched('ob1'), await patched('zz1'), ['ob1', 'zz1']);
    for (const type of ['transaction', 'batch'] as const) {
      const inside = (id: string): Promise<Answer> =>
        send('POST', '', bundle(type, entry('DELETE', `Observation/${id}`, undefined, ifMatch)));
      indist(await inside('ob1'), await inside('zz1'), ['ob1', 'zz1']);
    }
  }
  // And the id of what was deleted, too.
  const gone = (id: string): Promise<Answer> =>
    send('PUT', `Encounter/${id}`, {
      body: { resourceType: 'Encounter', id, status: 'planned', class: { code: 'AMB' }, ...of('pa') },
    });
  indist(await gone('eb1'), await gone('zz1'), ['eb1', 'zz1']);
});

test('the directory and what is shared are not changed by an app of one patient', async () => {
  for (const path of ['Practitioner/pr1', 'Organization/o1', 'Group/g1', 'Binary/bb1', 'AuditEvent/xb', 'Task/ta']) {
    const [resourceType, id] = path.split('/');
    expect([403, 404, 405, 422], path).toContain((await send('PUT', path, { body: { resourceType, id } })).status);
    // Of a Binary somebody may have some: of this one nothing is deleted, and that is not told.
    const refused = { 'Binary/bb1': 204, 'AuditEvent/xb': 405 }[path] ?? 403;
    expect((await send('DELETE', path)).status, path).toBe(refused);
    const there = await world.ask('system', 'GET', path);
    expect(there.status, path).toBe(200);
  }
  expect((await send('POST', 'Patient', { body: { resourceType: 'Patient' } })).status).toBe(403);
});
