import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Server } from '../../test/support/server.ts';
import { startServer } from '../../test/support/server.ts';
import { registerApp } from '../../test/support/smart-world.ts';
import { KEPT, noteRefusal, refusalOf, refusalsOf } from './refusals.ts';

let server: Server;
let clientId: string;

beforeAll(async () => {
  server = await startServer();
  clientId = (await registerApp(server)).app.clientId;
}, 120_000);
afterAll(() => server?.close());

const on = (now: () => number = Date.now) => ({ database: server.database, now, onFault: vi.fn() });
const refused = { tenant: 1, place: 'POST /oauth2/token', error: 'invalid_grant' };

test('a refusal is told without secrets and without names of records', async () => {
  const token = `eyJhbGciOiJFUzM4NCJ9.${'a'.repeat(60)}.${'b'.repeat(60)}`;
  const reason = `The code ${'x'.repeat(43)} and ${token} of Patient/amara-osei\r\nare wrong`;
  const requestId = '01a1b2c3-0000-7000-8000-000000000001';
  noteRefusal(on(), { ...refused, clientId, reason, requestId });
  await expect
    .poll(() => refusalOf(server, 1, clientId, requestId))
    .toMatchObject({ error: 'invalid_grant', reason: 'The code … and … of Patient/… are wrong' });
  expect(await refusalOf(server, 1, 'another', requestId)).toBeNull();
  expect(await refusalOf(server, 2, clientId, requestId)).toBeNull();
});

test('an app that is not registered leaves nothing behind, and a fault is told and not thrown', async () => {
  const told = on();
  noteRefusal(told, { ...refused, clientId: 'nobody', reason: 'Nobody' });
  noteRefusal(told, { ...refused, clientId: '\0', reason: 'Nobody' });
  const broken = { query: () => Promise.reject(new Error('gone')) };
  noteRefusal({ ...told, database: { ...server.database, byKey: broken } }, { ...refused, clientId, reason: 'x' });
  await expect.poll(() => told.onFault.mock.calls.length).toBe(1);
  expect(
    await server.database.query("select 1 from app_refusal where tenant = $1 and client_id = 'nobody'", [1]),
  ).toEqual([]);
});

test('of a flood only some are noted, and of many the newest are kept', async () => {
  const { clientId } = (await registerApp(server)).app;
  let now = Date.now();
  const told = on(() => now);
  for (let at = 0; at < 1000; at += 1) noteRefusal(told, { ...refused, clientId, reason: `Number ${at}` });
  // What is under way ends.
  await setTimeout(300);
  const noted = (await refusalsOf(server, 1, clientId, 1000)).length;
  expect(noted).toBeGreaterThan(0);
  expect(noted).toBeLessThanOrEqual(20);
  for (let at = 0; at < KEPT + 5; at += 1) {
    now += 60_000;
    noteRefusal(told, { ...refused, clientId, reason: `Later ${at}` });
    await expect
      .poll(async () => (await refusalsOf(server, 1, clientId, 1))[0]?.reason, { interval: 3 })
      .toBe(`Later ${at}`);
  }
  await expect.poll(async () => (await refusalsOf(server, 1, clientId, 1000)).length).toBe(KEPT);
  await server.database.query("update app_refusal set at = now() - interval '8 days' where tenant = $1", [1]);
  expect(await refusalsOf(server, 1, clientId)).toEqual([]);
  expect(told.onFault).not.toHaveBeenCalled();
}, 60_000);
