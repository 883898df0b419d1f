import type { Communication, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { fileComplaint } from '../../src/privacy/requests/complaint.ts';
import { clockOf, openRequest, openRequests } from '../../src/privacy/requests/requests.ts';
import { storeAsIs } from '../support/every-type.ts';
import { runDueJobs } from '../support/jobs.ts';
import { type Server, startServer } from '../support/server.ts';

let server: Server;

const DAY = 86_400_000;

beforeAll(async () => {
  server = await startServer();
  await storeAsIs(server.smart.fhir, [
    { resourceType: 'Patient', id: 'ada', generalPractitioner: [{ reference: 'Practitioner/dr' }] },
    { resourceType: 'Practitioner', id: 'dr' },
  ]);
});
afterAll(() => server.close());

const as = async (scope: string, ask: Parameters<Server['token']>[1]) => ({
  authorization: `Bearer ${await server.token(scope, ask)}`,
});
const self = () => as('patient/*.rs', { patient: 'ada', fhirUser: 'Patient/ada' });

const errors = (resource: unknown) =>
  server.smart.fhir.validate(resource).filter(({ severity }) => severity === 'error');

async function communications(): Promise<Communication[]> {
  const bundle = await (await server.fetch('Communication')).json();
  return (bundle.entry ?? []).map(({ resource }: { resource: Communication }) => resource);
}

test('O-88 a complaint reaches the privacy officers, is followed by who made it, and is in no record', async () => {
  const text = 'Dr. Kowalczyk read my record without need';
  const body = JSON.stringify({ resourceType: 'Parameters', parameter: [{ name: 'text', valueString: text }] });
  const sent = await server.fetch('Patient/ada/$complain', { method: 'POST', headers: await self(), body });
  expect(sent.status).toBe(202);
  const task: Task = await sent.json();
  expect(errors(task)).toEqual([]);
  expect((await server.fetch(`Task/${task.id}`, { headers: await self() })).status).toBe(200);
  const [communication] = await communications();
  expect(task.description).toBe(text);
  expect(JSON.stringify(communication)).not.toContain('Kowalczyk');
  expect(communication).toMatchObject({
    payload: [{ contentString: 'A complaint was made. Its Task says what is wrong.' }],
    about: [{ reference: `Task/${task.id}` }],
  });
  expect(errors(communication)).toEqual([]);
  const doctor = await as('user/*.rs', { fhirUser: 'Practitioner/dr' });
  for (const path of ['Communication?subject=Patient/ada', 'Patient/ada/$everything', 'Patient/ada/Communication']) {
    expect(await (await server.fetch(path, { headers: doctor })).text(), path).not.toContain('Kowalczyk');
  }
  expect((await server.fetch(`Task/${task.id}`, { headers: doctor })).status).toBe(403);
});

test('O-88 who has no account any more complains, too; from one place not without end', async () => {
  const { fhir } = server.smart;
  const file = (from: string) =>
    fileComplaint(fhir, 1, { text: 'You ended my account', contact: 'a@example.org', from });
  for (let n = 0; n < 5; n++) expect((await file('192.0.2.1')).ok).toBe(true);
  expect(await file('192.0.2.1')).toMatchObject({ ok: false, status: 429 });
  const other = await file('192.0.2.2');
  expect(other.ok && errors(other.value)).toEqual([]);
  expect(other.ok && other.value.for).toBeFalsy();
  expect(await fileComplaint(fhir, 1, { text: ' ', contact: '', from: 'x' })).toMatchObject({ status: 400 });
  const [row] = await server.database.query(`select string_agg(source, ' ') from complaint_source`);
  expect(String(row?.[0])).not.toContain('192.0.2');
});

test('O-83 a request has an answer due in 30 days: at day 20 the officers are told, at day 30 it is overdue', async () => {
  const { fhir } = server.smart;
  const start = Date.now();
  const requester = { reference: 'Patient/ada' };
  const task = await openRequest(fhir, { tenant: 1, code: 'restriction', patient: 'ada', requester });
  expect(errors(task)).toEqual([]);
  const due = Date.parse(task.restriction?.period?.end ?? '');
  expect(Math.round((due - start) / DAY)).toBe(30);
  const clocks = [19.9, 20.1, 29.9, 30.1].map((days) => clockOf(task, start + days * DAY));
  expect(clocks).toEqual(['in time', 'alert', 'alert', 'breach']);
  const told = async (): Promise<string[]> =>
    (await communications())
      .filter(({ about }) => about?.[0]?.reference === `Task/${task.id}`)
      .flatMap(({ payload }) => payload?.[0]?.contentString ?? []);
  for (const [days, count] of [
    [19, 0],
    [21, 1],
    [22, 1],
    [31, 2],
    [33, 2],
  ] as const) {
    await runDueJobs(fhir, start + days * DAY);
    expect(await told(), `day ${days}`).toHaveLength(count);
  }
  const all = await told();
  expect(all.some((one) => one.includes('overdue'))).toBe(true);
  const open = await openRequests({ ...fhir, now: () => start + 31 * DAY }, 1);
  expect(open.find(({ task: { id } }) => id === task.id)).toMatchObject({
    clock: 'breach',
    due: new Date(due).toISOString(),
  });
});
