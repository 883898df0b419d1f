import { afterAll, beforeAll, expect, test } from 'vitest';

import { type Answer, found, statuses, type TrapWorld, trapWorld } from './trap-world.ts';

let world: TrapWorld;
beforeAll(async () => {
  world = await trapWorld();
});
afterAll(() => world.close());

const observation = (more: object = {}) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'letters' },
  subject: { reference: 'Patient/pa' },
  ...more,
});
const jsonPatch = {
  body: JSON.stringify([{ op: 'replace', path: '/code/text', value: 'patched' }]),
  headers: { 'content-type': 'application/json-patch+json' },
};
const patchBinary = {
  resourceType: 'Binary',
  contentType: 'application/json-patch+json',
  data: Buffer.from(jsonPatch.body).toString('base64'),
};
const meta = { resourceType: 'Parameters', parameter: [{ name: 'meta', valueMeta: { tag: [{ code: 'a' }] } }] };
const bundle = (type: string, method: string, url: string, resource?: object, more: object = {}) => ({
  body: {
    resourceType: 'Bundle',
    type,
    entry: [{ ...(resource && { resource }), request: { method, url, ...more } }],
  },
});

type Ask = (
  method: string,
  path: string,
  sent?: { body?: object | string; headers?: Record<string, string> },
) => Promise<Answer>;

/** What is asked, and the letters that it takes, all of them. */
const interactions: [needs: string, name: string, run: (ask: Ask, id: string) => Promise<Answer>][] = [
  ['r', 'read', (ask, id) => ask('GET', `Observation/${id}`)],
  ['r', 'vread', (ask, id) => ask('GET', `Observation/${id}/_history/1`)],
  ['r', 'history of one', (ask, id) => ask('GET', `Observation/${id}/_history`)],
  ['r', '$meta of one', (ask, id) => ask('GET', `Observation/${id}/$meta`)],
  ['r', '$validate of one', (ask, id) => ask('GET', `Observation/${id}/$validate`)],
  ['s', 'search', (ask) => ask('GET', 'Observation?code:text=letters')],
  [
    's',
    'search by POST',
    (ask) =>
      ask('POST', 'Observation/_search', {
        body: '',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      }),
  ],
  ['s', 'history of a type', (ask) => ask('GET', 'Observation/_history')],
  ['s', '$lastn', (ask) => ask('GET', 'Observation/$lastn?patient=pa&category=vital-signs')],
  ['c', 'create', (ask) => ask('POST', 'Observation', { body: observation() })],
  [
    'c',
    'create in a transaction',
    (ask) => ask('POST', '', bundle('transaction', 'POST', 'Observation', observation())),
  ],
  [
    'cs',
    'conditional create',
    (ask) => ask('POST', 'Observation', { body: observation(), headers: { 'if-none-exist': 'code=none' } }),
  ],
  [
    'cs',
    'conditional create in a transaction',
    (ask) => ask('POST', '', bundle('transaction', 'POST', 'Observation', observation(), { ifNoneExist: 'code=none' })),
  ],
  ['u', 'update', (ask, id) => ask('PUT', `Observation/${id}`, { body: observation({ id }) })],
  [
    'u',
    'update in a transaction',
    (ask, id) => ask('POST', '', bundle('transaction', 'PUT', `Observation/${id}`, observation({ id }))),
  ],
  ['us', 'conditional update', (ask, id) => ask('PUT', `Observation?_id=${id}`, { body: observation() })],
  ['ru', 'patch', (ask, id) => ask('PATCH', `Observation/${id}`, jsonPatch)],
  [
    'ru',
    'patch in a transaction',
    (ask, id) => ask('POST', '', bundle('transaction', 'PATCH', `Observation/${id}`, patchBinary)),
  ],
  ['rus', 'conditional patch', (ask, id) => ask('PATCH', `Observation?_id=${id}`, jsonPatch)],
  ['ru', '$meta-add', (ask, id) => ask('POST', `Observation/${id}/$meta-add`, { body: meta })],
  ['ds', 'conditional delete', (ask, id) => ask('DELETE', `Observation?_id=${id}`)],
  ['d', 'delete', (ask, id) => ask('DELETE', `Observation/${id}`)],
];

const letters = ['c', 'r', 'u', 'd', 's', 'rs', 'cu', 'ru', 'cs', 'us', 'ds', 'rus', 'cruds'];

for (const context of ['patient', 'user', 'system'] as const) {
  test.each(letters)(`A-48 ${context}/Observation.%s allows what its letters say and nothing else`, async (given) => {
    const authorization = `Bearer ${await world.server.token(`${context}/Observation.${given}`, { patient: 'pa', fhirUser: 'Practitioner/pr1' })}`;
    const ask: Ask = (method, path, sent = {}) =>
      world.ask('P', method, path, { ...sent, headers: { authorization, ...sent.headers } });
    const wrong: string[] = [];
    for (const [needs, name, run] of interactions) {
      const id = `letters-${given}`;
      await world.ask('system', 'PUT', `Observation/${id}`, { body: observation({ id }) });
      const version = (await world.ask('system', 'GET', `Observation/${id}`)).headers.etag;
      const answer = await run(ask, id);
      const allowed = [...needs].every((letter) => given.includes(letter));
      if (allowed !== answer.status < 300) wrong.push(`${name}: ${answer.status} ${answer.text.slice(0, 150)}`);
      if (allowed) continue;
      if (![403, 404].includes(answer.status)) wrong.push(`${name}: refused with ${answer.status}`);
      const now = await world.ask('system', 'GET', `Observation/${id}`);
      if (now.headers.etag !== version) wrong.push(`${name} was refused and done`);
    }
    expect(wrong).toEqual([]);
  });
}

test('A-48 who may change and not read is not shown what there was', async () => {
  const authorization = `Bearer ${await world.server.token('system/Observation.cud')}`;
  const headers = { authorization, prefer: 'return=representation' };
  const attempts = [
    bundle('transaction', 'PATCH', 'Observation/ob1', patchBinary),
    bundle('batch', 'PATCH', 'Observation/ob1', patchBinary),
    bundle('transaction', 'GET', 'Observation/ob1'),
    bundle('batch', 'GET', 'Observation?_id=ob1'),
  ];
  for (const attempt of attempts) {
    const answer = await world.ask('none', 'POST', '', { ...attempt, headers });
    expect(answer.status === 200 ? statuses(answer) : [String(answer.status)]).toEqual(['403']);
  }
});

test('A-48 a scope for one patient does not narrow what another scope of the token grants', async () => {
  const both = { patient: 'pa', fhirUser: 'Practitioner/pr1' };
  const token = await world.server.token('patient/Observation.r user/Observation.cruds', both);
  const headers = { authorization: `Bearer ${token}` };
  // Of what is labelled in the record of pb a practitioner sees nothing without a Consent.
  const ofOther = { ...observation({ id: 'plain' }), subject: { reference: 'Patient/pb' } };
  expect((await world.ask('system', 'PUT', 'Observation/plain', { body: ofOther })).status).toBe(201);
  expect((await world.ask('P', 'PUT', 'Observation/plain', { body: ofOther, headers })).status).toBe(200);
  const inside = bundle('transaction', 'PUT', 'Observation/plain', ofOther);
  expect(statuses(await world.ask('P', 'POST', '', { ...inside, headers }))).toEqual(['200']);
  const ofNobody = { ...observation({ id: 'new-3' }), subject: { reference: 'Patient/somebody' } };
  const narrow = bundle('transaction', 'PUT', 'Observation/new-3', ofNobody);
  expect([403, 404]).toContain((await world.ask('P', 'POST', '', { ...narrow, headers })).status);
});

test('P, who may read, changes nothing', async () => {
  for (const [needs, name, run] of interactions) {
    if (!/[cud]/.test(needs)) continue;
    const answer = await run((method, path, sent) => world.ask('P', method, path, sent), 'oa1');
    expect([403, 404], `${name} ${answer.text}`).toContain(answer.status);
  }
  expect(found(await world.ask('P', 'GET', 'Observation?_id=oa1,plain'))).toHaveLength(2);
});
