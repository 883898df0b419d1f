import { afterAll, beforeAll, expect, test } from 'vitest';

import { runDueJobs } from '../support/jobs.ts';
import { type Server, startServer, type TokenAsk } from '../support/server.ts';

// What a court or an authority has ordered nobody to be told of, and whoever looks for it in all that they may see.
let server: Server;
beforeAll(async () => {
  server = await startServer();
}, 120_000);
afterAll(() => server?.close());

async function call(
  method: string,
  path: string,
  ask: TokenAsk,
  body?: object,
): Promise<{ status: number; text: string }> {
  const scope = ask.patient ? 'patient/*.cruds user/*.cruds' : ask.fhirUser ? 'user/*.cruds' : 'system/*.cruds';
  const headers = { authorization: `Bearer ${await server.token(scope, ask)}` };
  const response = await server.fetch(path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
  return { status: response.status, text: await response.text() };
}
const put = async (resource: { resourceType: string; id: string; [more: string]: unknown }) => {
  const { resourceType, id } = resource;
  const { status, text } = await call('PUT', `${resourceType}/${id}`, {}, resource);
  expect(status, text).toBeLessThan(300);
};
const self = (id: string): TokenAsk => ({ actor: 'self', patient: id, fhirUser: `Patient/${id}` });
const legal: TokenAsk = { actor: 'legal', fhirUser: 'Practitioner/counsel', subject: 'counsel' };
const officer: TokenAsk = { actor: 'privacy-officer', fhirUser: 'Practitioner/officer', subject: 'officer' };
const parameters = (...parameter: object[]) => ({ resourceType: 'Parameters', parameter });

/** All that somebody may look at of their own record. */
async function everything(id: string): Promise<string> {
  const paths = [
    `Patient/${id}/$everything`,
    `Patient/${id}/$everything?_count=500`,
    `Patient/${id}/*?_count=500`,
    `AuditEvent?patient=${id}&_count=500`,
    `AuditEvent?_count=500`,
    `Patient/${id}/$accounting?_count=1000`,
    `Patient/${id}/$explain-access`,
    `Task?patient=${id}&_count=500`,
    `Task?_count=500`,
    `Communication?_count=500`,
    `Flag?_count=500`,
    `Provenance?_count=500`,
    `DocumentReference?_count=500`,
    `Patient/${id}/_history`,
    `_history?_count=500`,
  ];
  const texts = await Promise.all(paths.map(async (path) => `${path}: ${(await call('GET', path, self(id))).text}`));
  return texts.join('\n');
}
test('O-87 of a sealed hold nothing is seen in the record, nor in the account of who used it', async () => {
  await put({ resourceType: 'Patient', id: 'held' });
  const placed = await call(
    'POST',
    'Patient/held/$hold',
    legal,
    parameters({ name: 'matter', valueString: 'Grand jury' }, { name: 'sealed', valueBoolean: true }),
  );
  expect(placed.status, placed.text).toBe(200);
  const { id } = JSON.parse(placed.text) as { id: string };
  expect(await everything('held')).not.toMatch(/hold|Grand jury/);
  expect((await call('GET', `Flag/${id}`, self('held'))).status).toBe(404);
  expect((await call('POST', `Patient/held/$release-hold?hold=${id}`, officer)).status).toBe(200);
  expect(await everything('held')).not.toMatch(/hold|Grand jury/);
});

test('O-74 of an order that is kept from the patient nothing is seen before its day', async () => {
  await put({ resourceType: 'Patient', id: 'ordered' });
  await put({
    resourceType: 'Observation',
    id: 'drink',
    status: 'final',
    code: { text: 'alcohol' },
    subject: { reference: 'Patient/ordered' },
  });
  await everything('ordered');
  const asked = await call(
    'POST',
    '$request-disclosure',
    legal,
    parameters(
      { name: 'patient', valueString: 'ordered' },
      { name: 'agency', valueString: 'County Sheriff' },
      { name: 'order-number', valueString: '25-117' },
      { name: 'kind', valueCode: 'warrant' },
      { name: 'order', valueAttachment: { contentType: 'text/plain', data: btoa('It is ordered') } },
      { name: 'type', valueCode: 'Observation' },
      { name: 'suspend-until', valueDate: '2099-01-01' },
    ),
  );
  expect(asked.status, asked.text).toBeLessThan(300);
  const { id } = JSON.parse(asked.text) as { id: string };
  for (const by of [legal, officer])
    expect((await call('POST', `Task/${id}/$approve-disclosure`, by)).status).toBe(200);
  const told = await call('POST', `Task/${id}/$disclose`, legal);
  expect(told.text).toContain('alcohol');
  await call('GET', `Task/${id}`, legal);
  await call('GET', `Task?code=disclose`, officer);
  await runDueJobs(server.smart.fhir);
  const seen = await everything('ordered');
  for (const word of ['Sheriff', '25-117', 'disclose', 'counsel', id, 'HLEGAL'])
    expect(
      seen
        .split('\n')
        .filter((line) => line.includes(word))
        .map((line) => line.slice(0, 60)),
      word,
    ).toEqual([]);
  const late = await call('GET', `Patient/ordered/$accounting?_count=1000`, officer);
  expect(late.text).toContain('Sheriff');
});

test('O-80 a request for a correction that somebody made up changes nothing of another record', async () => {
  for (const id of ['forger', 'victim']) await put({ resourceType: 'Patient', id });
  await put({
    resourceType: 'Observation',
    id: 'of-victim',
    status: 'final',
    code: { text: 'as it was' },
    subject: { reference: 'Patient/victim' },
  });
  const system = 'https://portico.dev/fhir/CodeSystem/request';
  const task = (id: string, focus: string) => ({
    resourceType: 'Task',
    id,
    status: 'requested',
    intent: 'order',
    code: { coding: [{ system, code: 'correct' }] },
    for: { reference: 'Patient/forger' },
    requester: { reference: 'Patient/forger' },
    focus: { reference: focus },
    input: [
      { type: { coding: [{ system, code: 'value' }] }, valueString: '{"code":{"text":"changed"}}' },
      { type: { coding: [{ system, code: 'reason' }] }, valueString: 'It is wrong' },
    ],
  });
  await put(task('made-up', 'Observation/of-victim'));
  for (const [by, body] of [
    [officer, parameters({ name: 'decision', valueCode: 'accept' })],
    [{ actor: 'operator' } as TokenAsk, parameters({ name: 'decision', valueCode: 'accept' })],
  ] as const) {
    const decided = await call('POST', 'Task/made-up/$decide-correction', by, body);
    expect([404, 409, 422], decided.text).toContain(decided.status);
  }
  expect((await call('GET', 'Observation/of-victim', {})).text).toContain('as it was');
  const own = task('own-forged', 'Observation/of-victim');
  expect((await call('PUT', 'Task/own-forged', self('forger'), own)).status).toBe(403);
});
