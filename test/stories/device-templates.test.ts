import type { OperationOutcome, Parameters } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { patientIn, post, statusesOf } from '../support/device-submissions.ts';
import { type Server, startServer } from '../support/server.ts';

let server: Server;
let patient: string;

beforeAll(async () => {
  server = await startServer({ PORTICO_REFERENCES: 'allow', PORTICO_LOG: 'error' });
  patient = await patientIn(server);
});

afterAll(() => server?.close());

const template = (unit = 'bpm') => ({
  title: 'Acme band',
  readings: [
    {
      ...{ match: '$.samples[*]', measure: 'heart-rate', value: '$.bpm', unit, start: '$.at' },
      device: { expression: '$.serial', of: 'payload' },
      patient: { expression: '$.who', of: 'payload' },
    },
  ],
});

const payload = (first = 61) => ({
  serial: 'S-7',
  who: `Patient/${patient}`,
  samples: [
    { at: '2026-03-01T10:00:00+01:00', bpm: first },
    { at: '2026-03-01T10:01:00+01:00', bpm: 6000 },
  ],
});

type Answer = { status: number; parameters: Parameters; outcome: OperationOutcome };

/** An operation with parameters that are texts. */
async function call(operation: string, values: Readonly<Record<string, string>>, token?: string): Promise<Answer> {
  const parameter = Object.entries(values).map(([name, valueString]) => ({ name, valueString }));
  const body = JSON.stringify({ resourceType: 'Parameters', parameter });
  const headers =
    token === undefined
      ? {}
      : { headers: { authorization: `Bearer ${token}`, 'content-type': 'application/fhir+json' } };
  const answer = await server.fetch(`$${operation}`, { method: 'POST', body, ...headers });
  const json: unknown = await answer.json();
  // Which of the two it is, its status says.
  return { status: answer.status, parameters: json as Parameters, outcome: json as OperationOutcome };
}

const named = (list: Parameters['parameter'], name: string) => (list ?? []).filter((one) => one.name === name);

const heartRates = async (): Promise<number> => {
  const answer = await server.fetch(`Observation?code=8867-4&patient=${patient}&_summary=count`);
  return ((await answer.json()) as { total: number }).total; // a Bundle
};

test('a template is tried without storing anything, stored, and then reads what is sent', async () => {
  const text = JSON.stringify(template());
  const tried = await call('device-template-test', { template: text, payload: JSON.stringify(payload()) });
  expect(tried.status, JSON.stringify(tried.outcome)).toBe(200);
  const items = named(tried.parameters.parameter, 'item');
  expect(named(tried.parameters.parameter, 'readings')[0]?.valueInteger).toBe(1);
  expect(named(items[0]?.part, 'observation')[0]?.resource).toMatchObject({
    resourceType: 'Observation',
    effectiveDateTime: '2026-03-01T10:00:00.000+01:00',
    valueQuantity: { value: 61, code: '/min' },
  });
  expect(named(items[1]?.part, 'outcome')[0]?.resource).toMatchObject({
    issue: [
      { severity: 'error', diagnostics: expect.stringContaining('Impossible value'), expression: ['samples[1]'] },
    ],
  });
  expect(await heartRates()).toBe(0);

  expect((await post(server, 'template:acme', JSON.stringify(payload()))).status).toBe(404);
  const stored = await call('device-template', { name: 'acme', template: text });
  expect(stored.status, JSON.stringify(stored.outcome)).toBe(200);
  expect(named(stored.parameters.parameter, 'format')[0]?.valueCode).toBe('template:acme');

  const sent = await post(server, 'template:acme', JSON.stringify(payload()));
  expect(sent.status, sent.text).toBe(200);
  expect(statusesOf(sent)).toEqual(['201', '422']);
  expect(statusesOf(await post(server, 'template:acme', JSON.stringify(payload())))).toEqual(['200', '422']);
  expect(await heartRates()).toBe(1);
});

test('a new version takes the place of the one before, and a template that is ended reads nothing', async () => {
  await call('device-template', { name: 'other', template: JSON.stringify(template('furlong')) });
  const wrong = await post(server, 'template:other', JSON.stringify(payload(62)));
  expect(statusesOf(wrong)).toEqual(['422', '422']);
  const second = await call('device-template', { name: 'other', template: JSON.stringify(template('/min')) });
  expect(named(second.parameters.parameter, 'version')[0]?.valueInteger).toBe(2);
  expect(statusesOf(await post(server, 'template:other', JSON.stringify(payload(62))))).toEqual(['200', '422']);
  expect((await call('device-template', { name: 'other', end: 'true' })).status).toBe(200);
  expect((await post(server, 'template:other', JSON.stringify(payload()))).status).toBe(404);
  expect((await call('device-template', { name: 'other', end: 'true' })).status).toBe(404);
});

test('what is wrong with a template is said, all of it, and nothing is stored', async () => {
  const bad = { readings: [{ measure: 'mood', value: '$.a', start: '$.[' }] };
  const answer = await call('device-template', { name: 'bad', template: JSON.stringify(bad) });
  expect(answer.status).toBe(422);
  const said = (answer.outcome.issue ?? []).map(({ diagnostics }) => diagnostics).join('\n');
  expect(said).toMatch(/mood is no measure/);
  expect(said).toMatch(/is no jsonpath/);
  expect((await post(server, 'template:bad', '{}')).status).toBe(404);
});

test.each([
  ['no name', { template: JSON.stringify(template()) }],
  ['a name that is no end of an address', { name: '../x', template: JSON.stringify(template()) }],
  ['no template', { name: 'acme' }],
  ['a template and its end', { name: 'acme', end: 'true', template: JSON.stringify(template()) }],
])('%s is refused', async (_, values) => {
  expect((await call('device-template', values as Record<string, string>)).status).toBe(400); // texts all
});

test('a gateway writes templates of its own, and nobody else’s; an app writes none, and may try one', async () => {
  const text = JSON.stringify(template());
  const gateway = (subject: string) =>
    server.token('patient/Observation.c', { actor: 'device-gateway', patient, subject });
  const [one, other] = [await gateway('gateway-1'), await gateway('gateway-2')];
  const mine = await call('device-template', { name: 'mine', template: text }, one);
  expect(mine.status, JSON.stringify(mine.outcome)).toBe(200);
  expect((await call('device-template', { name: 'mine', template: text }, other)).status).toBe(403);
  expect((await call('device-template', { name: 'mine', end: 'true' }, other)).status).toBe(403);
  const app = await server.token('patient/Observation.c', { actor: 'app', patient, subject: 'app-1' });
  expect((await call('device-template', { name: 'theirs', template: text }, app)).status).toBe(403);
  expect((await call('device-template-test', { template: text, payload: JSON.stringify(payload()) }, app)).status).toBe(
    200,
  );
  const reader = await server.token('patient/Observation.rs', { actor: 'app', patient, subject: 'app-2' });
  expect((await call('device-template-test', { template: text, payload: '{}' }, reader)).status).toBe(403);
});

test('a template is one tenant’s and no other’s', async () => {
  const answer = await fetch(`${server.origin}/t/2/devices/template:acme`, {
    method: 'POST',
    body: '{}',
    headers: { authorization: `Bearer ${await server.token()}`, 'content-type': 'application/json' },
  });
  expect([401, 404]).toContain(answer.status);
});
