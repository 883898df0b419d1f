import { afterAll, beforeAll, expect, test } from 'vitest';

import { type Answer, indist, resourceOf, type Sent, type TrapWorld, trapWorld } from './trap-world.ts';

let world: TrapWorld;
beforeAll(async () => {
  world = await trapWorld({ PORTICO_REFERENCES: 'enforce' });
});
afterAll(() => world.close());

const send = (method: string, path: string, sent: Sent = {}): Promise<Answer> => world.ask('A', method, path, sent);
const observation = (focus: string, more: object = {}) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'x' },
  subject: { reference: 'Patient/pa' },
  focus: [{ reference: focus }],
  ...more,
});
const bundle = (type: string, method: string, url: string, resource?: object): Sent => ({
  body: { resourceType: 'Bundle', type, entry: [{ ...(resource && { resource }), request: { method, url } }] },
});

test.each([
  ['Patient/pb', 'Patient/zz'],
  ['Observation/ob1', 'Observation/zz1'],
  ['Encounter/eb1', 'Encounter/zz1'],
  ['Group/g1', 'Group/zz'],
])('A-20 a reference to %s does not tell whether it is there', async (hidden, unknown) => {
  const ids = [hidden, unknown];
  const ways: ((focus: string) => Promise<Answer>)[] = [
    (focus) => send('POST', 'Observation', { body: observation(focus) }),
    (focus) => send('POST', 'Observation', { body: observation(focus), headers: { 'if-none-exist': 'code=none' } }),
    (focus) => send('PUT', 'Observation/oa-lab1', { body: observation(focus, { id: 'oa-lab1' }) }),
    (focus) => send('POST', '', bundle('transaction', 'POST', 'Observation', observation(focus))),
    (focus) =>
      send('POST', '', bundle('transaction', 'PUT', 'Observation/oa-lab1', observation(focus, { id: 'oa-lab1' }))),
    (focus) => send('POST', '', bundle('batch', 'POST', 'Observation', observation(focus))),
    (focus) =>
      send('PATCH', 'Observation/oa-lab1', {
        body: JSON.stringify([{ op: 'add', path: '/focus', value: [{ reference: focus }] }]),
        headers: { 'content-type': 'application/json-patch+json' },
      }),
  ];
  for (const way of ways) {
    const [one, other] = [await way(hidden), await way(unknown)];
    expect(one.text).toContain('is referenced but not stored here');
    for (const answer of [one, other]) delete answer.headers['content-length'];
    indist(one, other, ids);
  }
});

test('what the caller may see may be referred to', async () => {
  for (const focus of ['Patient/pa', 'Practitioner/pr1', 'Observation/oa-lab1'])
    expect((await send('POST', 'Observation', { body: observation(focus) })).status, focus).toBe(201);
  const wide = await world.ask('system', 'POST', 'Observation', { body: observation('Patient/pb') });
  expect(wide.status).toBe(201);
});

test('A-22 a delete does not tell whether what is hidden is there, or refers to it', async () => {
  for (const [one, other] of [
    ['Condition/cb1', 'Condition/zz1'],
    ['Observation/ob1', 'Observation/zz1'],
  ] as const) {
    indist(await send('DELETE', one), await send('DELETE', other), []);
    for (const type of ['batch', 'transaction'])
      indist(
        await send('POST', '', bundle(type, 'DELETE', one)),
        await send('POST', '', bundle(type, 'DELETE', other)),
        [],
      );
    indist(await send('GET', `${one}/$validate?mode=delete`), await send('GET', `${other}/$validate?mode=delete`), [
      one,
      other,
    ]);
  }
  const own = resourceOf(await send('POST', 'Observation', { body: observation('Patient/pa') }));
  const pointing = {
    resourceType: 'Observation',
    status: 'final',
    code: { text: 'y' },
    subject: { reference: 'Patient/pb' },
    hasMember: [{ reference: `Observation/${own.id}` }],
  };
  expect((await world.ask('system', 'POST', 'Observation', { body: pointing })).status).toBe(201);
  const refused = await send('DELETE', `Observation/${own.id}`);
  expect(refused.status).toBe(409);
  expect(refused.text).toMatch(/is still referenced; references are enforced here/);
  expect((await world.ask('system', 'DELETE', `Observation/${own.id}`)).text).toMatch(
    /is still referenced by a Observation/,
  );
});
