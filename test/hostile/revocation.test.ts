import { afterAll, beforeAll, expect, test } from 'vitest';

import { disableClient } from '../../src/smart/clients/clients.ts';
import { disableUser } from '../../src/smart/people/end-sessions.ts';
import { revokeGrant } from '../../src/smart/tokens/app-grants.ts';
import { type Pair, startPair } from '../support/beside.ts';
import { exchange, type Granted, grantTo } from '../support/granted.ts';
import type { Server } from '../support/server.ts';
import { registerApp } from '../support/smart-world.ts';

let pair: Pair;
let server: Server;
let bases: string[];

beforeAll(async () => {
  pair = await startPair();
  server = pair.server;
  bases = pair.origins.map((origin) => `${origin}/fhir/R4`);
  await server.fetch('Patient/pa', { method: 'PUT', body: '{"resourceType":"Patient","id":"pa"}' });
});
afterAll(() => pair?.close());

const statusAt = async (base: string, token: string): Promise<number> => {
  const answer = await fetch(`${base}/Patient/pa`, { headers: { authorization: `Bearer ${token}` } });
  await answer.text();
  return answer.status;
};

type Seen = { began: number; status: number };

/** Four readers, two at each server, who note when each of their requests began and how it was answered. */
function read(token: string): { seen: readonly Seen[]; stop(): Promise<void> } {
  const seen: Seen[] = [];
  let reading = true;
  const reader = async (base = ''): Promise<void> => {
    while (reading) {
      const began = performance.now();
      const status = await statusAt(base, token);
      seen.push({ began, status });
    }
  };
  const all = Promise.all([bases[0], bases[1], bases[0], bases[1]].map(reader));
  return {
    seen,
    async stop() {
      reading = false;
      await all;
    },
  };
}

/** Until so many requests that began since have been answered. */
async function until(count: number, seen: readonly Seen[], since: number): Promise<void> {
  while (seen.filter(({ began }) => began > since).length < count)
    await new Promise((resolve) => setTimeout(resolve, 5));
}

type End = (granted: Granted, clientId: string) => Promise<unknown>;

test.each<[string, End]>([
  ['the grant is revoked', ({ grantId }) => revokeGrant(server.smart, 1, grantId, 'test')],
  ['the app is disabled', (_, clientId) => disableClient(server.smart, 1, clientId, 'test')],
  [
    'the person is disabled',
    async ({ grantId }) => {
      const sql = 'select user_id from app_grant where tenant = $1 and id = $2';
      const [row] = await server.database.query(sql, [1, grantId]);
      await disableUser(server.smart, 1, String(row?.[0]));
    },
  ],
])('A-56 once %s, no request that begins afterwards is answered, whichever server it reaches', async (_, end) => {
  for (let round = 0; round < 10; round++) {
    const { clientId } = (await registerApp(server)).app;
    const granted = await grantTo(server, { clientId });
    const { body } = await exchange(server, { clientId }, granted.code);
    const readers = read(body.access_token ?? '');
    await until(8, readers.seen, 0);
    await end(granted, clientId);
    const ended = performance.now();
    await until(8, readers.seen, ended);
    await readers.stop();
    expect(readers.seen.some(({ began, status }) => began < ended && status === 200)).toBe(true);
    const after = readers.seen.filter(({ began }) => began > ended);
    expect(after.filter(({ status }) => status !== 401)).toEqual([]);
  }
});
