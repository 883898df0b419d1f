import { afterAll, beforeAll, expect, test } from 'vitest';

import { type Server, startServer } from '../support/server.ts';

let server: Server;
beforeAll(async () => {
  server = await startServer();
  for (const id of ['p', 'q']) {
    await server.fetch(`Patient/${id}`, { method: 'PUT', body: JSON.stringify({ resourceType: 'Patient', id }) });
    await server.fetch('Observation', {
      method: 'POST',
      body: JSON.stringify({
        resourceType: 'Observation',
        status: 'final',
        code: { text: 'a' },
        subject: { reference: `Patient/${id}` },
      }),
    });
  }
});
afterAll(() => server?.close());

test('O-82 who only counts what somebody has is in their account, with how much it was', async () => {
  const treating = await server.token('patient/*.rs', { patient: 'p', subject: 'counter', actor: 'app' });
  const asked = { headers: { authorization: `Bearer ${treating}` } };
  const counts = [
    'Observation?patient=p&_summary=count',
    'Patient/p/Observation?_count=0',
    'Observation?patient=p,q&_count=0',
  ];
  for (const path of counts) expect(JSON.parse(await (await server.fetch(path, asked)).text()).total).toBe(1);
  const rows = await server.database.query(
    `select patient from ledger where content like '%"count"%' order by block, position`,
  );
  expect(rows.map(([patient]) => patient)).toEqual(['p', 'p', 'p']);
  const own = await server.token('patient/*.rs', { patient: 'p', actor: 'self' });
  const account = await server.fetch('Patient/p/$accounting', { headers: { authorization: `Bearer ${own}` } });
  expect((await account.text()).match(/1 Observation/g)?.length).toBeGreaterThanOrEqual(3);
});
