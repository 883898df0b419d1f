import { afterAll, beforeAll, expect, test } from 'vitest';

import { addJob } from '../../src/db/jobs.ts';
import { typeNumber } from '../../src/fhir/resources.ts';
import { type Server, startServer } from '../support/server.ts';

const icd10 = 'http://hl7.org/fhir/sid/icd-10-cm';
const act = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const confidentiality = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
const normal = { system: confidentiality, code: 'N' };
const violence = { system: act, code: 'SDV' };

let server: Server;

beforeAll(async () => {
  server = await startServer();
  const made = await server.fetch('Patient/a', put({ resourceType: 'Patient', id: 'a' }));
  expect(made.status).toBe(201);
}, 60_000);
afterAll(() => server?.close());

const put = (resource: object): RequestInit => ({ method: 'PUT', body: JSON.stringify(resource) });
const post = (resource: object): RequestInit => ({ method: 'POST', body: JSON.stringify(resource) });
const condition = (id: string | null, code: string, security: object[] = []) => ({
  resourceType: 'Condition',
  ...(id === null ? {} : { id }),
  ...(security.length > 0 ? { meta: { security } } : {}),
  code: { coding: [{ system: icd10, code }] },
  subject: { reference: 'Patient/a' },
});

type Labelled = { id: string; meta?: { versionId?: string; security?: { system: string; code: string }[] } };

async function labels(path: string): Promise<string[]> {
  const answer = await server.fetch(path);
  expect(answer.status).toBe(200);
  // A resource, of which only meta is looked at.
  const { meta } = (await answer.json()) as Labelled;
  return (meta?.security ?? []).map(({ code }) => code).sort();
}
const partTwo = ['42CFRPart2', 'ETH', 'NORDSCLCD', 'OPIOIDUD', 'R', 'SUD'];

test('O-72 a Condition of opioid dependence that a client puts as normal is stored as restricted', async () => {
  expect((await server.fetch('Condition/normal', put(condition('normal', 'F11.20', [normal])))).status).toBe(201);
  expect(await labels('Condition/normal')).toEqual(partTwo);
  const found = await server.fetch(`Condition?_security=${act}|OPIOIDUD&_summary=count`);
  expect(await found.json()).toMatchObject({ total: 1 });
});

test('O-72 it is so by whichever way it comes in', async () => {
  const created = await server.fetch('Condition', post(condition(null, 'F11.20', [normal])));
  // An answer to a create is the resource.
  const { id } = (await created.json()) as Labelled;
  expect(await labels(`Condition/${id}`)).toEqual(partTwo);
  await server.fetch('Condition?_id=conditional', put(condition('conditional', 'F11.20', [normal])));
  expect(await labels('Condition/conditional')).toEqual(partTwo);
  for (const type of ['transaction', 'batch']) {
    const entry = [
      { resource: condition(type, 'F11.20', [normal]), request: { method: 'PUT', url: `Condition/${type}` } },
      { resource: condition(null, 'F10.1'), request: { method: 'POST', url: 'Condition' } },
      {
        resource: condition(null, 'F11.20'),
        request: { method: 'POST', url: 'Condition', ifNoneExist: `_security=urn:x|${type}` },
      },
    ];
    const answer = await server.fetch('', post({ resourceType: 'Bundle', type, entry }));
    expect(answer.status).toBe(200);
    expect(await labels(`Condition/${type}`)).toEqual(partTwo);
  }
  const alcohol = await server.fetch(`Condition?_security=${act}|ALC&_summary=count`);
  expect(await alcohol.json()).toMatchObject({ total: 2 });
  const opioids = await server.fetch(`Condition?_security=${act}|OPIOIDUD&_summary=count`);
  expect(await opioids.json()).toMatchObject({ total: 7 });
});

test('O-72 no way of writing takes off a label that somebody has put', async () => {
  const path = 'Condition/raised';
  await server.fetch(path, put(condition('raised', 'I10', [violence])));
  await server.fetch(path, put(condition('raised', 'I10', [normal])));
  expect(await labels(path)).toEqual(['N', 'SDV']);
  const patch = [{ op: 'remove', path: '/meta/security' }];
  const headers = { 'content-type': 'application/json-patch+json' };
  expect((await server.fetch(path, { method: 'PATCH', headers, body: JSON.stringify(patch) })).status).toBe(200);
  expect(await labels(path)).toContain('SDV');
  const entry = [{ resource: condition('raised', 'I10'), request: { method: 'PUT', url: path } }];
  for (const type of ['transaction', 'batch']) {
    expect((await server.fetch('', post({ resourceType: 'Bundle', type, entry }))).status).toBe(200);
    expect(await labels(path)).toContain('SDV');
  }
  await server.fetch('Condition?_id=raised', put(condition('raised', 'I10')));
  expect(await labels(path)).toContain('SDV');
});

const without = (security: object[], reason?: string): RequestInit =>
  post({
    resourceType: 'Parameters',
    parameter: [
      { name: 'meta', valueMeta: { security } },
      ...(reason === undefined ? [] : [{ name: 'reason', valueString: reason }]),
    ],
  });

test('O-72 $meta-delete cannot lower, but for the privacy officer with a reason', async () => {
  const path = 'Condition/officer';
  await server.fetch(path, put(condition('officer', 'F11.20', [violence])));
  const token = await server.token('system/*.cruds', { actor: 'system' });
  const app = { authorization: `Bearer ${token}`, 'content-type': 'application/fhir+json' };
  await server.fetch(`${path}/$meta-delete`, { ...without([violence], 'I may not'), headers: app });
  expect(await labels(path)).toContain('SDV');
  await server.fetch(`${path}/$meta-delete`, without([violence]));
  expect(await labels(path)).toContain('SDV');
  expect((await server.fetch(`${path}/$meta-delete`, without([violence], 'Put by mistake'))).status).toBe(200);
  expect(await labels(path)).not.toContain('SDV');
  // What the rules give is not theirs to take.
  await server.fetch(`${path}/$meta-delete`, without([{ system: act, code: 'OPIOIDUD' }], 'A test'));
  expect(await labels(path)).toEqual(partTwo);
});

test('O-72 of a label that is raised while others write none is lost', async () => {
  await server.fetch('Condition/race', put(condition('race', 'I10')));
  const writes = Array.from({ length: 20 }, (_, n) =>
    server.fetch('Condition/race', put(condition('race', 'I10', n === 7 ? [violence] : []))),
  );
  const answers = await Promise.all(writes);
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  expect(await labels('Condition/race')).toEqual(['SDV']);
});

test('O-72 what was stored under other rules is labelled once they change, as a version of its own', async () => {
  await server.fetch('Condition/old', put(condition('old', 'I10')));
  const key = [1, typeNumber('Condition'), 'old'];
  await server.database.query(
    `update resource set content = replace(content, 'I10', 'F11.20') where tenant = $1 and type = $2 and id = $3`,
    key,
  );
  expect(await labels('Condition/old')).toEqual([]);
  await server.database.query('delete from label_rules where tenant = $1', [1]);
  await addJob(server.database, { tenant: 1, kind: 'relabel', payload: {} });
  await expect.poll(() => labels('Condition/old'), { timeout: 20_000 }).toEqual(partTwo);
  const history = await server.fetch('Condition/old/_history');
  expect(await history.json()).toMatchObject({
    entry: [{ response: { status: '200' } }, { response: { status: '201' } }],
  });
  const [row] = await server.database.query(
    'select labels::int from resource where tenant = $1 and type = $2 and id = $3',
    key,
  );
  expect(row?.[0]).not.toBe(0);
}, 30_000);

test('O-13 a card number is refused wherever a client puts it', async () => {
  const card = '4111 1111 1111 1111';
  const communication = { resourceType: 'Communication', status: 'completed', payload: [{ contentString: card }] };
  const plain = { 'content-type': 'text/plain' };
  const answers = [
    await server.fetch('Communication', post(communication)),
    await server.fetch('Communication/c', put({ ...communication, id: 'c' })),
    await server.fetch('Binary', { method: 'POST', headers: plain, body: `pay with ${card}` }),
    await server.fetch(
      '',
      post({
        resourceType: 'Bundle',
        type: 'transaction',
        entry: [{ resource: communication, request: { method: 'POST', url: 'Communication' } }],
      }),
    ),
  ];
  for (const answer of answers) {
    expect(answer.status).toBe(422);
    const text = await answer.text();
    expect(text).toContain('****1111');
    expect(text).not.toContain('4111');
  }
  const fine = await server.fetch('Binary', { method: 'POST', headers: plain, body: 'nothing to hide' });
  expect(fine.status).toBe(201);
  const read = await server.fetch(`Binary/${/Binary\/([^/]+)/.exec(fine.headers.get('location') ?? '')?.[1]}`, {
    headers: { accept: 'text/plain' },
  });
  expect(await read.text()).toBe('nothing to hide');
});
