import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { addUser, findUser } from '../../src/smart/people/users.ts';
import { type Server, startServer } from '../support/server.ts';

let data: string;
let server: Server;
beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'portico-sealed-'));
  server = await startServer({ PORTICO_SHRED: 'on', PORTICO_DATA: data });
}, 120_000);
afterAll(async () => {
  await server?.close();
  rmSync(data, { recursive: true, force: true });
});

async function call(method: string, path: string, body?: object): Promise<{ status: number; text: string }> {
  const response = await server.fetch(path, { method, ...(body ? { body: JSON.stringify(body) } : {}) });
  return { status: response.status, text: await response.text() };
}
const put = async (resource: { resourceType: string; id: string; [more: string]: unknown }) => {
  const { status, text } = await call('PUT', `${resource.resourceType}/${resource.id}`, resource);
  expect(status, text).toBeLessThan(300);
};

const mark = `${'a'.repeat(120)},"portico:sealed":"1/nobody/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}`;
const whole = `{"resourceType":"Patient","id":"x","meta":{"versionId":"1"}${'a'.repeat(120)},"portico:sealed":"1/nobody/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}`;

test.each([mark, whole])('what somebody writes looks like a sealed text to nobody: %#', async (text) => {
  await put({ resourceType: 'Patient', id: 'forger', name: [{ family: text, given: [text] }] });
  await put({ resourceType: 'Patient', id: 'other', name: [{ family: 'Other' }] });
  await put({
    resourceType: 'Observation',
    id: 'forged',
    status: 'final',
    code: { text, coding: [{ system: 'urn:x', code: text.slice(0, 40), display: text }] },
    subject: { reference: 'Patient/forger' },
    valueString: text,
  });
  for (const path of [
    'Patient?_sort=family&_count=1',
    'Patient?_sort=-family&_count=1',
    'Patient?family=other',
    'Observation?code:text=aaaa',
    'Observation?_sort=value-string&_count=1',
    'Observation/forged',
    'Patient/forger/$everything',
    'Patient?_has:Observation:patient:code:text=x',
  ]) {
    const { status, text: said } = await call('GET', path);
    expect([path, status === 500 ? said : ''], said).toEqual([path, '']);
    for (const { url, relation } of (JSON.parse(said) as { link?: { url: string; relation: string }[] }).link ?? []) {
      if (relation === 'next')
        expect((await fetch(url, { headers: { authorization: `Bearer ${await server.token()}` } })).status).toBe(200);
    }
  }
  await call('POST', `Patient/other/$hold`, {
    resourceType: 'Parameters',
    parameter: [{ name: 'matter', valueString: text }],
  });
  const asked = await call('DELETE', 'Patient/other');
  expect(asked.status, asked.text).toBe(409);
  const user = await addUser(server.smart.database, { tenant: 1, username: `u${text.length}`, displayName: text });
  expect((await findUser(server.smart.database, 1, user?.id ?? ''))?.displayName).toBe(text);
});

test('what is moved from one record into another, or is in two, is read and erased with whose it is', async () => {
  for (const id of ['one', 'two']) await put({ resourceType: 'Patient', id, name: [{ family: `Family${id}` }] });
  const note = (id: string, of: string, text: string) =>
    put({ resourceType: 'Observation', id, status: 'final', code: { text }, subject: { reference: `Patient/${of}` } });
  await note('moved', 'one', 'before');
  await note('moved', 'two', 'after');
  await put({
    resourceType: 'Communication',
    id: 'both',
    status: 'completed',
    sender: { reference: 'Patient/one' },
    recipient: [{ reference: 'Patient/two' }],
    payload: [{ contentString: 'to both' }],
  });
  expect((await call('GET', 'Observation/moved/_history/1')).text).toContain('before');
  expect((await call('POST', 'Patient/one/$erase?grace=0')).status).toBe(200);
  expect((await call('GET', 'Observation/moved/_history/1')).status).toBe(404);
  expect((await call('GET', 'Observation/moved')).text).toContain('after');
  const both = await call('GET', 'Communication/both');
  expect(both.text).toContain('to both');
  expect(both.text).not.toContain('Patient/one');
  expect((await call('POST', 'Patient/two/$erase?grace=0')).status).toBe(200);
  for (const path of ['Observation/moved', 'Communication/both']) expect((await call('GET', path)).status).toBe(404);
  expect((await call('GET', 'Observation?_count=100')).status).toBe(200);
  expect((await call('GET', '_history?_count=100')).status).toBe(200);
});
