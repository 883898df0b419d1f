import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { disableClient } from '../../src/smart/clients/clients.ts';
import { disableUser } from '../../src/smart/people/end-sessions.ts';
import { revokeGrant } from '../../src/smart/tokens/app-grants.ts';
import { type Running, start } from '../../src/start.ts';
import { exchange, type Granted, grantTo } from '../support/granted.ts';
import { freePort, type Server, startServer } from '../support/server.ts';
import { registerApp } from '../support/smart-world.ts';

const secret = 'a secret that both servers of a pair have in common';
const compiled = join(import.meta.dirname, '../../node_modules/.cache/portico');
const folder = mkdtempSync(join(tmpdir(), 'portico-beside-'));

let server: Server;
let beside: Running;
let bases: string[];

beforeAll(async () => {
  server = await startServer({ PORTICO_SECRET: secret });
  const port = String(await freePort());
  const settings = { PORTICO_DATA: folder, PORTICO_DEMO: 'off', PORTICO_SECRET: secret, PORT: port };
  // Both are known to their clients by one address, as behind a load balancer.
  const config = readConfig({ ...settings, PORTICO_BASE_URL: server.origin });
  beside = await start({ ...config, database: server.target, compiled }, pino({ level: 'silent' }));
  bases = [server.base, `http://127.0.0.1:${port}/fhir/R4`];
  await server.fetch('Patient/pa', { method: 'PUT', body: '{"resourceType":"Patient","id":"pa"}' });
});
afterAll(async () => {
  await beside?.stop();
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

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
