import { afterAll, beforeAll, expect, test } from 'vitest';

import { createLog, errorShown } from '../../src/web/log.ts';
import { type Server, startServer } from '../support/server.ts';

/** A word that stands nowhere but in what clients send. */
const canary = 'Zqxcanary';
const card = '4111 1111 1111 1111';

let server: Server;
let log = '';

beforeAll(async () => {
  const to = {
    write(line: string) {
      log += line;
    },
  };
  const logger = createLog('debug', to);
  logger.level = 'trace';
  server = await startServer({}, logger);
}, 60_000);
afterAll(() => server?.close());

const patient = {
  resourceType: 'Patient',
  id: `p-${canary}`,
  name: [{ family: canary, given: [canary] }],
  telecom: [{ system: 'email', value: `${canary}@${canary}.example` }],
  birthDate: '1971-02-03',
};
const json = { 'content-type': 'application/fhir+json' };
const body = (resource: object, method = 'POST'): RequestInit => ({ method, body: JSON.stringify(resource) });
const communication = (contentString: string) => ({
  resourceType: 'Communication',
  status: 'completed',
  payload: [{ contentString }],
});

/** What a person and their apps do in a day, and what goes wrong with it. */
async function story(): Promise<number[]> {
  const headers = { authorization: `Bearer ${canary}`, 'x-request-id': canary, 'user-agent': canary };
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const entry = [
    { resource: communication(canary), request: { method: 'POST', url: 'Communication' } },
    { request: { method: 'GET', url: `Patient?name=${canary}` } },
    { request: { method: 'GET', url: `Nothing/${canary}` } },
  ];
  const asked: Promise<Response>[] = [
    server.fetch(`Patient/p-${canary}`, body(patient, 'PUT')),
    server.fetch(`Patient?name=${canary}&_summary=count`),
    server.fetch(`Patient?${canary}=${canary}`, { headers: { prefer: 'handling=strict' } }),
    server.fetch(`Patient/p-${canary}`, { headers }),
    server.fetch(`Patient/p-${canary}`, { headers: { 'if-none-match': canary, 'x-forwarded-for': canary } }),
    server.fetch(`Patient/p-${canary}/$everything`),
    server.fetch(`Patient/p-${canary}/$${canary}`),
    server.fetch(`Patient/p-${canary}/_history/${canary}`),
    server.fetch(`${canary}/${canary}`),
    server.fetch(`Patient/${canary}/${canary}`),
    server.fetch('Patient', { method: 'POST', body: `{"name":"${canary}` }),
    server.fetch('Patient', body({ ...patient, gender: canary })),
    server.fetch('Patient', { ...body(patient), headers: { ...json, 'if-none-exist': `name=${canary}` } }),
    server.fetch(`Patient/p-${canary}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json-patch+json' },
      body: JSON.stringify([{ op: 'test', path: '/name/0/family', value: `not ${canary}` }]),
    }),
    server.fetch('Patient/$validate', body(patient)),
    server.fetch('Communication', body(communication(`${canary} ${card}`))),
    server.fetch('Binary', { method: 'POST', headers: { 'content-type': 'text/plain' }, body: canary }),
    server.fetch('', body({ resourceType: 'Bundle', type: 'batch', entry })),
    server.fetch('', body({ resourceType: 'Bundle', type: 'transaction', entry })),
    fetch(`${server.origin}/devices/${canary.toLowerCase()}`, { method: 'POST', headers, body: canary }),
    fetch(`${server.origin}/devices/fhir?patient=${canary}`, { method: 'POST', headers, body: canary }),
    fetch(`${server.origin}/devices/oura/webhook/${canary}?${canary}=${canary}`, { method: 'POST', body: canary }),
    fetch(`${server.origin}/devices/of/${canary}/${canary}`),
    fetch(`${server.origin}/${canary}?${canary}=${canary}`, { headers: { cookie: `${canary}=${canary}` } }),
    fetch(`${server.origin}/token`, { method: 'POST', headers: form, body: `grant_type=${canary}&code=${canary}` }),
    fetch(`${server.origin}/authorize?client_id=${canary}&redirect_uri=https://${canary}.example&state=${canary}`),
    fetch(`${server.origin}/login`, { method: 'POST', headers: form, body: `email=${canary}&password=${canary}` }),
  ];
  const answers = await Promise.all(asked);
  return answers.map(({ status }) => status);
}

test('O-98 of what people and apps send nothing stands in the log, not even where it went wrong', async () => {
  const statuses = await story();
  expect(statuses).toContain(201);
  expect(statuses).toContain(422);
  // A database that refuses a row quotes it.
  await server.database.query(`alter table resource add constraint never check (content not like '%Zqxfault%')`);
  const fault = communication(`${canary} Zqxfault`);
  const request = { method: 'POST', url: 'Communication' };
  expect((await server.fetch('Communication', body(fault))).status).toBe(500);
  await server.fetch('', body({ resourceType: 'Bundle', type: 'batch', entry: [{ resource: fault, request }] }));
  expect(log).toContain('23514');
  expect(log.split('\n').length).toBeGreaterThan(20);
  for (const path of ['devices/[id]', 'devices/fhir', 'devices/oura/webhook/[id]', 'devices/of/[id]/[id]'])
    expect(log).toContain(`"path":"${path}","status":`);
  for (const secret of [canary, canary.toLowerCase(), 'Zqxfault', '4111', '1971-02-03'])
    expect(log.split('\n').filter((line) => line.includes(secret))).toEqual([]);
  // No digits that could be a card number, whoever wrote them.
  expect(log).not.toMatch(/(?<![\d.])(?:\d[ -]?){15}\d(?![\d])/);
}, 60_000);

test('O-65 what is counted is counted by method and kind of answer, and by nothing that names anybody', async () => {
  const answer = await fetch(`${server.origin}/metrics`);
  expect(answer.status).toBe(200);
  const text = await answer.text();
  expect(text).toContain('portico_request_seconds');
  for (const what of ['readings', 'notification', 'page'])
    expect(text).toContain(`portico_device_request_seconds_count{what="${what}"`);
  expect(text).not.toMatch(/Zqx/i);
  const own = text.split('\n').filter((line) => line.startsWith('portico_'));
  const labels = new Map<string, Set<string>>();
  for (const line of own) {
    for (const [, name = '', value = ''] of line.matchAll(/(\w+)="([^"]*)"/g))
      labels.set(name, (labels.get(name) ?? new Set()).add(value));
  }
  for (const name of ['method', 'status']) {
    for (const value of labels.get(name) ?? []) expect(value).toMatch(/^(?:GET|HEAD|POST|PUT|PATCH|DELETE|\dxx)$/);
    labels.delete(name);
  }
  labels.delete('le');
  // Whatever else is told apart is told apart by words of ours: never by ids.
  for (const [name, values] of labels) {
    for (const value of values) expect(value, name).toMatch(/^[a-z][a-z_-]{0,30}$/);
  }
});

test.each<[string, () => unknown]>([
  ['a text that is no JSON', () => JSON.parse(`{"name": ${canary}`)],
  ['an address that is none', () => new URL(canary)],
  ['a number that is none', () => BigInt(canary)],
])('O-98 an error about %s is logged without it', (_, work) => {
  let thrown: unknown;
  try {
    work();
  } catch (error) {
    thrown = error;
  }
  const shown = JSON.stringify(errorShown(new Error('outer', { cause: thrown })));
  expect(shown).not.toContain(canary);
  expect(shown).toContain('Error');
});
