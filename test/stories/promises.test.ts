import { afterAll, beforeAll, expect, test } from 'vitest';

import { type AccountWorld, accountWorld } from '../support/account-world.ts';

let world: AccountWorld;

beforeAll(async () => {
  world = await accountWorld({ PORTICO_BEHIND_PROXY: 'on' });
});
afterAll(() => world?.close());

test('O-67 who looks around gets no cookie, and who signs in gets those that a sign-in cannot do without', async () => {
  const { origin, base } = world.server;
  for (const url of [origin, `${base}/metadata`, `${origin}/livez`, `${origin}/.well-known/smart-configuration`]) {
    const answer = await fetch(url);
    expect([url, answer.status, answer.headers.getSetCookie()]).toEqual([url, 200, []]);
  }
  const page = await fetch(`${origin}/account/sign-in`);
  const cookies = page.headers.getSetCookie();
  expect(cookies.length).toBeLessThanOrEqual(1);
  for (const cookie of cookies) expect(cookie).toMatch(/HttpOnly/i);
  for (const cookie of cookies) expect(cookie).toMatch(/SameSite=Lax/i);
});

test('O-66 where somebody came from is kept as a network, but for what counts wrong passwords', async () => {
  const { server } = world;
  const user = await world.user();
  const page = await fetch(`${server.origin}/account/sign-in`);
  const html = await page.text();
  const [, csrf = ''] = /name="csrf" value="([^"]+)"/.exec(html) ?? [];
  const cookie = page.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
  const body = new URLSearchParams({ csrf, username: user.username, password: 'wrong' });
  const headers = { 'x-forwarded-for': '203.0.113.77', cookie, origin: server.origin };
  const answer = await fetch(`${server.origin}/account/sign-in`, { method: 'POST', body, headers, redirect: 'manual' });
  expect(await answer.text()).toContain('password');
  const tables = await server.database.query(
    `select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
  );
  const holding: string[] = [];
  for (const [table] of tables) {
    const [row] = await server.database.query(`select count(*) from "${table}" t where t::text like '%203.0.113.77%'`);
    if (Number(row?.[0]) > 0) holding.push(String(table));
  }
  expect(holding.filter((table) => table !== 'failed_attempt')).toEqual([]);
  const [seen] = await server.database.query(`select count(*) from ledger where content like '%203.0.113.0%'`);
  expect(Number(seen?.[0])).toBeGreaterThan(0);
});

type Entity = { detail?: { type: string; valueString: string }[] };

test('O-90 every refusal has its reason in the ledger, as a code, and none of it in the answer', async () => {
  const { server } = world;
  const token = await server.token('patient/Observation.rs', { patient: 'p', subject: 'refused' });
  const refused = { headers: { authorization: `Bearer ${token}` } };
  const asked = [
    ['Condition', 403, 'privacy'],
    ['Observation/hidden', 404, 'privacy'],
    ['Observation?code:nonsense=1', 400, 'manner'],
  ] as const;
  for (const [path, status, code] of asked) {
    const answer = await server.fetch(path, refused);
    expect([path, answer.status]).toEqual([path, status]);
    expect(await answer.text()).not.toMatch(/privacy|manner|Consent/);
    const found = await server.fetch('AuditEvent?outcome=4&_count=1&_sort=-date');
    const { entry } = (await found.json()) as { entry: { resource: { entity: Entity[] } }[] };
    expect([path, entry[0]?.resource.entity.flatMap(({ detail = [] }) => detail)]).toEqual([
      path,
      [{ type: 'refusal', valueString: code }],
    ]);
  }
});
