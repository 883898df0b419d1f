import { afterAll, beforeAll, expect, test } from 'vitest';

import { type Server, startServer } from '../support/server.ts';

let server: Server;
let second: string;

beforeAll(async () => {
  server = await startServer();
  await server.database.query("insert into tenant (id, name) values (2, 'second')");
  second = `${server.origin}/t/2/fhir/R4`;
});
afterAll(() => server.close());

const body = (family: string): string => JSON.stringify({ resourceType: 'Patient', id: 'same', name: [{ family }] });

async function ask(base: string, tenant: number, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = {
    authorization: `Bearer ${await server.token('system/*.cruds', { tenant })}`,
    'content-type': 'application/fhir+json',
  };
  return fetch(`${base}${path}`, { ...init, headers });
}

test('two tenants have the same id and each finds its own', async () => {
  for (const [base, tenant, family] of [
    [server.base, 1, 'First'],
    [second, 2, 'Second'],
  ] as const) {
    expect((await ask(base, tenant, '/Patient/same', { method: 'PUT', body: body(family) })).status).toBe(201);
  }
  expect(await (await ask(second, 2, '/Patient/same')).json()).toMatchObject({ name: [{ family: 'Second' }] });
  for (const path of [
    '/Patient?name=first',
    '/Patient?_id=same&name=first',
    '/Patient/_history?_since=2000',
    '/_history',
  ]) {
    expect(await (await ask(second, 2, path)).text(), path).not.toContain('First');
  }
  const found = await (await ask(second, 2, '/Patient?name=second')).json();
  expect(found.entry[0].fullUrl).toBe(`${second}/Patient/same`);
});

test('a token of one tenant is refused at the base of another', async () => {
  expect((await ask(second, 1, '/Patient/same')).status).toBe(401);
  expect((await ask(server.base, 2, '/Patient/same')).status).toBe(401);
});

test('a tenant that there is not is nowhere', async () => {
  for (const path of [
    '/t/3/fhir/R4/metadata',
    '/t/1/fhir/R4/metadata',
    '/t/0/fhir/R4/metadata',
    '/t/x/fhir/R4/metadata',
  ]) {
    expect((await fetch(`${server.origin}${path}`)).status, path).toBe(404);
  }
  expect((await fetch(`${second}/metadata`)).status).toBe(200);
});

test('an absolute reference to the own base is the relative one', async () => {
  const observation = (id: string, reference: string): string =>
    JSON.stringify({ resourceType: 'Observation', id, status: 'final', code: { text: 'x' }, subject: { reference } });
  const put = (id: string, reference: string): Promise<Response> =>
    ask(second, 2, `/Observation/${id}`, { method: 'PUT', body: observation(id, reference) });
  await put('own', `${second}/Patient/same`);
  await put('others', `${server.base}/Patient/same`);
  for (const query of ['patient=same', 'subject=Patient/same', `subject=${second}/Patient/same`]) {
    const found = await (await ask(second, 2, `/Observation?${query}`)).json();
    expect(
      found.entry?.map((one: { resource: { id: string } }) => one.resource.id),
      query,
    ).toEqual(['own']);
  }
});
