import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { disableUser } from '../../src/smart/people/end-sessions.ts';
import type { NewAppGrant } from '../../src/smart/tokens/app-grants.ts';
import type { App } from '../support/app.ts';
import { askToken, exchange, grantTo, refresh } from '../support/granted.ts';
import { type Server, startServer } from '../support/server.ts';
import { registerApp } from '../support/smart-world.ts';

let server: Server;
let app: App;

beforeAll(async () => {
  server = await startServer();
  app = (await registerApp(server)).app;
});
afterAll(() => server?.close());

const change = (sql: string, ...more: string[]): Promise<unknown> => server.database.query(sql, [1, ...more]);

/** What an app has once somebody let it in. */
async function tokens(more: Partial<NewAppGrant> = {}, of: App = app) {
  const granted = await grantTo(server, of, more);
  const { body } = await exchange(server, of, granted.code);
  return { ...granted, token: body.refresh_token ?? '' };
}

const invalidGrant = { status: 400, body: expect.objectContaining({ error: 'invalid_grant' }) };

test('without offline_access and online_access there is no refresh token', async () => {
  const { code } = await grantTo(server, app, { scope: 'launch/patient patient/Patient.rs' });
  expect((await exchange(server, app, code)).body).not.toHaveProperty('refresh_token');
});

test('a refresh token lasts for half a year from its last use', async () => {
  const { token, grantId } = await tokens();
  await change(
    `update refresh_token set expires_at = now() + interval '1 hour' where tenant = $1 and grant_id = $2`,
    grantId,
  );
  expect((await refresh(server, app, token)).status).toBe(200);
  const rows = await server.database.query(
    `select round(extract(epoch from expires_at - now()) / 86400)::int from refresh_token
     where tenant = $1 and grant_id = $2 and used_at is null`,
    [1, grantId],
  );
  expect(rows).toEqual([[180]]);
});

test('a refresh token that is too old is refused', async () => {
  const { token, grantId } = await tokens();
  await change(
    `update refresh_token set expires_at = now() - interval '1 second' where tenant = $1 and grant_id = $2`,
    grantId,
  );
  expect(await refresh(server, app, token)).toMatchObject(invalidGrant);
});

test('what is kept of a refresh token is a hash', async () => {
  const { token, grantId } = await tokens();
  const rows = await server.database.query('select hash from refresh_token where tenant = $1 and grant_id = $2', [
    1,
    grantId,
  ]);
  expect(JSON.stringify(rows)).not.toContain(token);
});

test('online_access ends with the session', async () => {
  const sessionId = randomUUID();
  await change(
    `insert into user_session (tenant, hash, id, expires_at) values ($1, $2, $3, now() + interval '1 hour')`,
    randomUUID(),
    sessionId,
  );
  const scope = 'launch/patient online_access patient/Patient.rs';
  const { token } = await tokens({ sessionId, scope });
  const next = await refresh(server, app, token);
  expect(next.status).toBe(200);
  await change(`update user_session set expires_at = now() where tenant = $1 and id = $2`, sessionId);
  expect(await refresh(server, app, next.body.refresh_token)).toMatchObject(invalidGrant);
});

test('a refresh token ends with the account of the person and with the app', async () => {
  const { token, grantId } = await tokens();
  const [row] = await server.database.query('select user_id from app_grant where tenant = $1 and id = $2', [
    1,
    grantId,
  ]);
  await disableUser(server.smart, 1, String(row?.[0]));
  expect(await refresh(server, app, token)).toMatchObject(invalidGrant);
  const { app: ended } = await registerApp(server);
  const { token: its } = await tokens({}, ended);
  await change('update client set disabled_at = now() where tenant = $1 and id = $2', ended.clientId);
  expect((await refresh(server, ended, its)).body.error).toBe('invalid_client');
});

test('an app that is registered for less gets less at the next refresh, and for nothing gets nothing', async () => {
  const { app: own } = await registerApp(server);
  const { token } = await tokens({}, own);
  const register = (scope: string): Promise<unknown> =>
    change(
      `update client set metadata = (metadata::jsonb || jsonb_build_object('scope', $3::text))::text
       where tenant = $1 and id = $2`,
      own.clientId,
      scope,
    );
  await register('launch/patient offline_access patient/Patient.r');
  const less = await refresh(server, own, token);
  expect(less.body.scope).toBe('launch/patient offline_access patient/Patient.r');
  await register('email');
  expect(await refresh(server, own, less.body.refresh_token)).toMatchObject(invalidGrant);
});

test('a refresh token that is used twice ends what it belongs to, and it is written down why', async () => {
  const { token, grantId } = await tokens();
  await refresh(server, app, token);
  expect(await refresh(server, app, token)).toMatchObject(invalidGrant);
  const rows = await server.database.query(
    'select revoked_at is not null, revoked_why from app_grant where tenant = $1 and id = $2',
    [1, grantId],
  );
  expect(rows).toEqual([[true, 'A refresh token was used twice']]);
});

/** Proofs of one key for the token endpoint. */
async function proofs(): Promise<() => Promise<{ dpop: string }>> {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const jwk = await exportJWK(publicKey);
  const iat = Math.floor(Date.now() / 1000);
  return async () => ({
    dpop: await new SignJWT({ htm: 'POST', htu: `${server.origin}/oauth2/token`, jti: randomUUID(), iat })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk })
      .sign(privateKey),
  });
}

test('A-47 a public app that lost the answer asks again within ten seconds, if it has the key; then no more', async () => {
  const [own, stranger] = [await proofs(), await proofs()];
  const { code, grantId } = await grantTo(server, app);
  const redirect_uri = app.redirectUri;
  const form = { grant_type: 'authorization_code', client_id: app.clientId, code, redirect_uri };
  const { body } = await askToken(server, { ...form, code_verifier: 'v'.repeat(64) }, await own());
  const again = { grant_type: 'refresh_token', client_id: app.clientId, refresh_token: body.refresh_token ?? '' };
  const [first, second] = [await askToken(server, again, await own()), await askToken(server, again, await own())];
  expect([first.status, second.status]).toEqual([200, 200]);
  const later = { ...again, refresh_token: first.body.refresh_token ?? '' };
  expect((await askToken(server, later, await own())).status).toBe(200);
  await change(
    `update refresh_token set used_at = now() - interval '11 seconds' where tenant = $1 and grant_id = $2 and used_at is not null`,
    grantId,
  );
  expect(await askToken(server, later, await own())).toMatchObject(invalidGrant);
  expect(
    await askToken(server, { ...again, refresh_token: second.body.refresh_token ?? '' }, await own()),
  ).toMatchObject(invalidGrant);
  const other = await tokens();
  const stolen = { ...again, refresh_token: other.token };
  await askToken(server, stolen, await own());
  expect(await askToken(server, stolen, await stranger())).toMatchObject(invalidGrant);
});
