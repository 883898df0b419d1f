import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { askToken, challenge, exchange, grantTo, refresh, verifier } from '../support/granted.ts';
import { type Server, startServer } from '../support/server.ts';
import { registerApp } from '../support/smart-world.ts';

let server: Server;
let app: { clientId: string };
let other: { clientId: string };

beforeAll(async () => {
  server = await startServer();
  app = (await registerApp(server)).app;
  other = (await registerApp(server)).app;
  await server.fetch('Patient/pa', { method: 'PUT', body: '{"resourceType":"Patient","id":"pa"}' });
});
afterAll(() => server?.close());

const reads = async (token = ''): Promise<number> =>
  (await fetch(`${server.base}/Patient/pa`, { headers: { authorization: `Bearer ${token}` } })).status;

test('a code and its verifier give tokens that work', async () => {
  const { code } = await grantTo(server, app);
  const { status, body } = await exchange(server, app, code);
  expect(status).toBe(200);
  expect(body).toMatchObject({
    token_type: 'Bearer',
    patient: 'pa',
    scope: expect.stringContaining('patient/Patient.rs'),
  });
  expect(await reads(body.access_token)).toBe(200);
});

test.each<[string, Record<string, string>]>([
  ['no verifier', { code_verifier: '' }],
  ['a verifier of 42 characters', { code_verifier: 'v'.repeat(42) }],
  ['a verifier of 129 characters', { code_verifier: 'v'.repeat(129) }],
  ['another verifier', { code_verifier: 'w'.repeat(64) }],
  ['the challenge as its verifier', { code_verifier: challenge }],
])('A-45 %s gives no token', async (_, more) => {
  const { code } = await grantTo(server, app);
  const { status, body } = await exchange(server, app, code, more);
  expect([status, body.error]).toEqual([400, 'invalid_grant']);
  expect(body.access_token).toBeUndefined();
});

test('A-45 the verifier of one code does not open another', async () => {
  const second = 'x'.repeat(64);
  const codeChallenge = createHash('sha256').update(second).digest('base64url');
  const { code } = await grantTo(server, app, { codeChallenge });
  expect((await exchange(server, app, code, { code_verifier: verifier })).status).toBe(400);
});

test('A-46 a code that is used twice is refused, and what it gave the first time ends', async () => {
  const { code } = await grantTo(server, app);
  const first = await exchange(server, app, code);
  expect(await reads(first.body.access_token)).toBe(200);
  const second = await exchange(server, app, code);
  expect([second.status, second.body.error]).toEqual([400, 'invalid_grant']);
  expect(await reads(first.body.access_token)).toBe(401);
  expect((await refresh(server, app, first.body.refresh_token)).status).toBe(400);
});

test('A-46 of 50 exchanges at once exactly one gives a token', async () => {
  const { code } = await grantTo(server, app);
  const all = await Promise.all(Array.from({ length: 50 }, () => exchange(server, app, code)));
  expect(all.filter(({ status }) => status === 200).length).toBe(1);
  expect(all.filter(({ status }) => status === 400).length).toBe(49);
});

test('A-46 a code of one app is no code of another, and stays good for its own', async () => {
  const { code } = await grantTo(server, app);
  expect((await exchange(server, other, code)).status).toBe(400);
  expect((await exchange(server, app, code)).status).toBe(200);
});

test('A-46 a code that is older than a minute is refused', async () => {
  const { code, grantId } = await grantTo(server, app);
  await server.database.query(
    `update authorization_code set expires_at = now() - interval '1 second' where tenant = $1 and grant_id = $2`,
    [1, grantId],
  );
  expect((await exchange(server, app, code)).status).toBe(400);
});

test.each(['https://app.test/back/', 'https://app.test/other', ''])(
  'A-46 another redirect_uri (%j) than the first gives no token',
  async (redirect_uri) => {
    const { code } = await grantTo(server, app);
    expect((await exchange(server, app, code, { redirect_uri })).status).toBe(400);
  },
);

test('A-47 a refresh token gives the next; used again, the whole family ends', async () => {
  const { code } = await grantTo(server, app);
  const { body: first } = await exchange(server, app, code);
  const { body: second, status } = await refresh(server, app, first.refresh_token);
  expect(status).toBe(200);
  expect(second.refresh_token).not.toBe(first.refresh_token);
  expect(await reads(second.access_token)).toBe(200);
  expect((await refresh(server, app, first.refresh_token)).body.error).toBe('invalid_grant');
  expect(await reads(second.access_token)).toBe(401);
  expect((await refresh(server, app, second.refresh_token)).body.error).toBe('invalid_grant');
});

test('A-47 of 20 refreshes at once exactly one gives a token', async () => {
  const { code } = await grantTo(server, app);
  const { body } = await exchange(server, app, code);
  const all = await Promise.all(Array.from({ length: 20 }, () => refresh(server, app, body.refresh_token)));
  expect(all.filter(({ status }) => status === 200).length).toBe(1);
});

test('A-47 a refresh token of one app is none of another', async () => {
  const { code } = await grantTo(server, app);
  const { body } = await exchange(server, app, code);
  expect((await refresh(server, other, body.refresh_token)).status).toBe(400);
  expect((await refresh(server, app, body.refresh_token)).status).toBe(200);
});

test.each([
  'patient/*.cruds',
  'system/*.rs',
  'user/*.rs',
  'patient/Patient.rs patient/Encounter.rs',
  'patient/Patient.cruds',
])('A-48 a refresh does not widen to %s', async (scope) => {
  const { code } = await grantTo(server, app);
  const { body } = await exchange(server, app, code);
  const wider = await refresh(server, app, body.refresh_token, { scope });
  expect([wider.status, wider.body.error]).toEqual([400, 'invalid_scope']);
});

test('A-48 a refresh may narrow, for its own access token', async () => {
  const { code } = await grantTo(server, app);
  const { body } = await exchange(server, app, code);
  const scope =
    'patient/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|vital-signs';
  const narrow = await refresh(server, app, body.refresh_token, { scope });
  expect([narrow.status, narrow.body.scope]).toEqual([200, scope]);
  expect(await reads(narrow.body.access_token)).toBe(403);
  const again = await refresh(server, app, narrow.body.refresh_token);
  expect(await reads(again.body.access_token)).toBe(200);
});

test('A-49 a patient that the app names itself at the token endpoint counts for nothing', async () => {
  const { code } = await grantTo(server, app);
  const { body } = await exchange(server, app, code, { patient: 'pb' });
  expect(body.patient).toBe('pa');
});

test('a parameter that comes twice is refused', async () => {
  const body = 'grant_type=authorization_code&grant_type=refresh_token';
  const answer = await fetch(`${server.origin}/oauth2/token`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  expect([answer.status, (await answer.json()).error]).toEqual([400, 'invalid_request']);
});

test('an unknown app and a wrong secret are answered alike', async () => {
  const { app: confidential } = await registerApp(server, { credentials: 'post' });
  const ask = (client_id: string) =>
    askToken(server, { grant_type: 'authorization_code', code: 'x', client_id, client_secret: 'wrong' });
  const [known, unknown] = [await ask(confidential.clientId), await ask('unknown')];
  expect(known).toEqual(unknown);
  expect(known.body.error).toBe('invalid_client');
});
