import { afterAll, beforeAll, expect, test } from 'vitest';

import { type Server, startServer } from '../../../test/support/server.ts';

let server: Server;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

async function epoch(): Promise<number> {
  const [row] = await server.database.query('select epoch from revocation_epoch where tenant = $1', [1]);
  return Number(row?.[0] ?? 0);
}

/** By how much a request moves the epoch. */
async function moved(path: string, init: RequestInit): Promise<number> {
  const before = await epoch();
  const response = await server.fetch(path, init);
  expect(response.ok).toBe(true);
  return (await epoch()) - before;
}

const put = (resource: { resourceType: string; id: string }) =>
  [`${resource.resourceType}/${resource.id}`, { method: 'PUT', body: JSON.stringify(resource) }] as const;

test('who works where and who cares for whom moves the epoch with its write; what is measured of somebody does not', async () => {
  expect(await moved('Organization', { method: 'POST', body: '{"resourceType":"Organization","name":"A"}' })).toBe(1);
  expect(await moved(...put({ resourceType: 'Practitioner', id: 'p' }))).toBe(1);
  expect(await moved(...put({ resourceType: 'Practitioner', id: 'p' }))).toBe(1);
  expect(await moved('Practitioner/p', { method: 'DELETE' })).toBe(1);
  expect(await moved(...put({ resourceType: 'Patient', id: 'q' }))).toBe(0);
  expect(await moved('Patient/q', { method: 'DELETE' })).toBe(0);
});

test('a transaction moves the epoch once for all that it creates', async () => {
  const entry = ['PractitionerRole', 'Practitioner', 'Location'].map((resourceType) => ({
    resource: { resourceType },
    request: { method: 'POST', url: resourceType },
  }));
  const body = JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry });
  expect(await moved('', { method: 'POST', body })).toBe(1);
});
