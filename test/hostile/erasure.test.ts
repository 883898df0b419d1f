import { afterAll, beforeAll, expect, test } from 'vitest';

import { addJob } from '../../src/db/jobs.ts';
import { runDueJobs } from '../support/jobs.ts';
import { type Server, startServer, type TokenAsk } from '../support/server.ts';

let server: Server;
beforeAll(async () => {
  server = await startServer();
}, 120_000);
afterAll(() => server?.close());

const DAY = 86_400_000;
const later = (days: number) => runDueJobs(server.smart.fhir, Date.now() + days * DAY);

type Parameters = { parameter?: { name: string; valueCode?: string; valueUrl?: string }[]; id?: string };
type Answer = { status: number; text: string; body: Parameters };

async function call(method: string, path: string, body?: object, ask?: TokenAsk): Promise<Answer> {
  const scope = ask?.patient ? 'patient/*.cruds user/*.cruds' : 'system/*.cruds';
  const headers = ask ? { authorization: `Bearer ${await server.token(scope, ask)}` } : undefined;
  const response = await server.fetch(path, {
    method,
    ...(headers ? { headers } : {}),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, text, body: text.startsWith('{') ? (JSON.parse(text) as Parameters) : {} }; // FHIR
}
const put = async (resource: { resourceType: string; id: string; [more: string]: unknown }): Promise<void> => {
  const { status, text } = await call('PUT', `${resource.resourceType}/${resource.id}`, resource);
  expect(status, text).toBeLessThan(300);
};
const selfOf = (id: string): TokenAsk => ({ actor: 'self', patient: id, fhirUser: `Patient/${id}` });
const officer: TokenAsk = { actor: 'privacy-officer' };
const legal: TokenAsk = { actor: 'legal' };
const patient = (id: string, more: object = {}) => put({ resourceType: 'Patient', id, ...more });
const eraseNow = async (id: string): Promise<Answer> => {
  const erased = await call('POST', `Patient/${id}/$erase?grace=0`, undefined, officer);
  expect(erased.status, erased.text).toBe(200);
  return erased;
};

test('whoever calls themself as a code is called does not destroy the resources of others with their own record', async () => {
  await patient('coder', {
    name: [{ text: 'current' }, { text: 'working' }, { text: 'http://loinc.org' }],
    address: [{ text: 'snapshot', line: ['Patient/other'] }],
    identifier: [{ value: 'other' }],
  });
  await patient('other');
  await put({
    resourceType: 'List',
    id: 'ward',
    status: 'current',
    mode: 'working',
    title: 'Ward 3',
    code: { coding: [{ system: 'http://loinc.org', code: '11450-4' }] },
    entry: [{ item: { reference: 'Patient/coder' } }, { item: { reference: 'Patient/other' } }],
  });
  await eraseNow('coder');
  const list = await call('GET', 'List/ward');
  expect(list.status).toBe(200);
  expect(list.body).toMatchObject({
    status: 'current',
    mode: 'working',
    code: { coding: [{ system: 'http://loinc.org', code: '11450-4' }] },
    entry: [{ item: { reference: 'Patient/other' } }],
  });
});

test('a name that stands within other words leaves those as they are', async () => {
  await patient('short', { name: [{ family: 'Li', given: ['Al'] }] });
  await put({
    resourceType: 'List',
    id: 'words',
    status: 'current',
    mode: 'working',
    title: 'Medical lists of Al Li, and of others',
    entry: [{ item: { reference: 'Patient/short' } }],
  });
  await eraseNow('short');
  expect((await call('GET', 'List/words')).text).toContain('"Medical lists of (erased), and of others"');
});

test('O-87 what a held record has in common with another is as it was when that is erased', async () => {
  await patient('held-a');
  await patient('gone-b', { name: [{ text: 'Bela Gone' }] });
  const message = (id: string) =>
    put({
      resourceType: 'Communication',
      id,
      status: 'completed',
      subject: { reference: 'Patient/held-a' },
      sender: { reference: 'Patient/gone-b' },
      payload: [{ contentString: 'I, Bela Gone, saw it' }],
    });
  await message('evidence');
  const held = await call('POST', 'Patient/held-a/$hold?matter=m', undefined, legal);
  expect(held.status).toBe(200);
  await call('POST', 'Patient/gone-b/$erase?grace=0', undefined, officer);
  const after = await call('GET', 'Communication/evidence/_history/1');
  expect(after.status).toBe(200);
  expect(after.text).toContain('Patient/gone-b');
});

test('O-87 what is moved out of a held record does not go with the record into which it is moved', async () => {
  await patient('held-c');
  await patient('gone-d');
  const note = (of: string) =>
    put({
      resourceType: 'Observation',
      id: 'moved',
      status: 'final',
      code: { text: 'seen by all' },
      subject: { reference: `Patient/${of}` },
    });
  await note('held-c');
  expect((await call('POST', 'Patient/held-c/$hold?matter=m', undefined, legal)).status).toBe(200);
  await note('gone-d');
  await call('POST', 'Patient/gone-d/$erase?grace=0', undefined, officer);
  const after = await call('GET', 'Observation/moved/_history/1');
  expect(after.status).toBe(200);
  expect(after.text).toContain('seen by all');
});

test('O-87 by whether it can be taken back nobody is told of a sealed hold', async () => {
  const link = async (id: string) => {
    await patient(id);
    const asked = await call('POST', `Patient/${id}/$erase`, undefined, selfOf(id));
    return asked.body.parameter?.find(({ name }) => name === 'link')?.valueUrl ?? '';
  };
  const sealed = await link('sealed-e');
  await call('POST', 'Patient/sealed-e/$hold?matter=m&sealed=true', undefined, legal);
  await later(15);
  const [row] = await server.database.query(`select id, state from erasure where patient = 'sealed-e'`);
  expect(row?.[1]).toBe('deferred');
  await server.database.query(`update erasure set due_at = now() - interval '1 day' where id = $1`, [
    row?.[0] as string,
  ]);
  const page = await (await fetch(sealed)).text();
  expect(page).not.toContain('<form method="post"');
  const back = await call('POST', 'Patient/sealed-e/$cancel-erase', undefined, selfOf('sealed-e'));
  expect([back.status, back.text]).toEqual([409, expect.stringContaining('too late')]);
});

test('O-87 when a hold ends by itself, what it put off is done', async () => {
  await patient('until-f');
  const until = new Date(Date.now() + 20 * DAY).toISOString();
  expect((await call('POST', `Patient/until-f/$hold?matter=m&until=${until}`, undefined, legal)).status).toBe(200);
  await call('POST', 'Patient/until-f/$erase', undefined, selfOf('until-f'));
  await later(15);
  expect((await call('GET', 'Patient/until-f')).status).toBe(200);
  await later(22);
  expect((await call('GET', 'Patient/until-f')).status).toBe(404);
});

test('an erasure whose job was given up is taken up again', async () => {
  await patient('stuck-g');
  await call('POST', 'Patient/stuck-g/$erase', undefined, selfOf('stuck-g'));
  await server.database.query(
    `update job set done_at = now(), attempts = 12 where kind = 'erase' and key = (select id from erasure where patient = 'stuck-g')`,
  );
  await server.database.query(`update erasure set state = 'erasing' where patient = 'stuck-g'`);
  await later(40);
  expect((await call('GET', 'Patient/stuck-g')).status).toBe(404);
});

test('O-87 what is in a held record and in another is not purged by its age', async () => {
  await patient('held-h');
  await patient('other-h');
  await patient('third-h');
  const coverage = (id: string, beneficiary: string) =>
    put({
      resourceType: 'Coverage',
      id,
      status: 'active',
      beneficiary: { reference: `Patient/${beneficiary}` },
      subscriber: { reference: 'Patient/other-h' },
      payor: [{ reference: 'Patient/other-h' }],
      period: { end: '2001-01-01' },
    });
  await coverage('both-h', 'held-h');
  await coverage('free-h', 'third-h');
  expect((await call('POST', 'Patient/held-h/$hold?matter=m', undefined, legal)).status).toBe(200);
  await later(366 * 12);
  expect((await call('GET', 'Coverage/both-h')).status).toBe(200);
  expect((await call('GET', 'Coverage/free-h')).status).toBe(404);
});

test('a patient who is called as a job says takes no work of others away', async () => {
  await patient('copy');
  await addJob(server.database, {
    tenant: 1,
    kind: 'make-copy',
    payload: { copy: 'of-somebody-else' },
    runAt: new Date(Date.now() + DAY),
  });
  await eraseNow('copy');
  const left = await server.database.query(`select id from job where payload like '%of-somebody-else%'`);
  expect(left.length).toBe(1);
});
