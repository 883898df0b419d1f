import { generateKeyPairSync } from 'node:crypto';
import { exportJWK, generateKeyPair } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { newInitialAccessToken } from '../../src/smart/clients/initial-access.ts';
import { type Server, startServer } from '../support/server.ts';

type Json = Record<string, unknown>;

let server: Server;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.close());

const app = {
  client_name: 'Sleep Diary',
  redirect_uris: ['https://sleep.example/callback'],
  token_endpoint_auth_method: 'none',
  scope: 'openid launch/patient patient/Observation.rs',
};
const initial = () => newInitialAccessToken(server.database, 1, 'test');

async function register(metadata: Json, token: string | null): Promise<{ status: number; body: Json }> {
  const answer = await fetch(`${server.origin}/oauth2/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(metadata),
  });
  return { status: answer.status, body: (await answer.json()) as Json };
}

test('an app registers itself with a token of the operator, which is good once', async () => {
  const token = await initial();
  const { status, body } = await register(app, token);
  expect(status).toBe(201);
  expect(body).toMatchObject({
    ...app,
    client_id: expect.any(String),
    grant_types: ['authorization_code', 'refresh_token'],
  });
  expect(body.client_secret).toBeUndefined();
  expect((await register(app, token)).status).toBe(401);
  expect((await register(app, null)).status).toBe(401);
});

test('an app with a secret is told it once', async () => {
  const { body } = await register({ ...app, token_endpoint_auth_method: 'client_secret_basic' }, await initial());
  expect(body).toMatchObject({ client_secret: expect.any(String), client_secret_expires_at: 0 });
  const kept = await server.database.query(`select secret_hash, metadata from client where tenant = $1 and id = $2`, [
    1,
    String(body.client_id),
  ]);
  expect(JSON.stringify(kept)).not.toContain(String(body.client_secret));
});

test.each<[string, Json, string]>([
  ['http elsewhere', { redirect_uris: ['http://app.example/cb'] }, 'invalid_redirect_uri'],
  ['a fragment', { redirect_uris: ['https://app.example/cb#f'] }, 'invalid_redirect_uri'],
  ['a wildcard', { redirect_uris: ['https://*.example/cb'] }, 'invalid_redirect_uri'],
  ['a script', { redirect_uris: ['javascript:alert(1)'] }, 'invalid_redirect_uri'],
  ['data', { redirect_uris: ['data:text/html,x'] }, 'invalid_redirect_uri'],
  ['a scheme without a dot', { redirect_uris: ['custom:/cb'] }, 'invalid_redirect_uri'],
  ['a password in it', { redirect_uris: ['https://user:pass@app.example/cb'] }, 'invalid_redirect_uri'],
  ['a backslash', { redirect_uris: ['https://app.example\\@evil.example/cb'] }, 'invalid_redirect_uri'],
  ['a line break', { redirect_uris: ['https://app.example/cb\r\nX: y'] }, 'invalid_redirect_uri'],
  ['nowhere to send codes', { redirect_uris: [] }, 'invalid_redirect_uri'],
  ['an unknown scope', { scope: 'patient/Nonsense.rs' }, 'invalid_client_metadata'],
  ['scopes of a system', { scope: 'system/*.rs' }, 'invalid_client_metadata'],
  ['scopes of the operator', { scope: 'portico/operator' }, 'invalid_client_metadata'],
  [
    'keys with their private half',
    { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [{ kty: 'EC', d: 'x' }] } },
    'invalid_client_metadata',
  ],
  ['no keys though it needs some', { token_endpoint_auth_method: 'private_key_jwt' }, 'invalid_client_metadata'],
  ['another way to authenticate', { token_endpoint_auth_method: 'tls_client_auth' }, 'invalid_client_metadata'],
  ['the implicit grant', { grant_types: ['implicit'] }, 'invalid_client_metadata'],
  ['tokens in the address', { response_types: ['token'] }, 'invalid_client_metadata'],
])('A-44 an app with %s is not registered, and its token stays good', async (_, more, error) => {
  const token = await initial();
  const refused = await register({ ...app, ...more }, token);
  expect([refused.status, refused.body.error]).toEqual([400, error]);
  expect((await register(app, token)).status).toBe(201);
});

test('a service registers itself with a token of the operator that says so', async () => {
  const service = { client_name: 'Night report', grant_types: ['client_credentials'], scope: 'system/Patient.rs' };
  const token = await newInitialAccessToken(server.database, 1, 'test', true);
  const { status, body } = await register(service, token);
  expect([status, body.scope, body.response_types]).toEqual([201, 'system/Patient.rs', []]);
  expect((await register(service, await initial())).body.error).toBe('invalid_client_metadata');
});

test('an app that brings keys shows itself with them', async () => {
  const { publicKey } = await generateKeyPair('ES384');
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'one' }] };
  const { token_endpoint_auth_method: _, ...keyed } = { ...app, jwks };
  expect((await register(keyed, await initial())).body).toMatchObject({
    token_endpoint_auth_method: 'private_key_jwt',
    jwks,
  });
});

test.each<[string, () => Promise<Json>]>([
  ['two keys of one kid', async () => ({ keys: [await publicJwk('ES384'), await publicJwk('RS384')] })],
  ['a key of another algorithm alone', async () => ({ keys: [await publicJwk('ES256')] })],
  ['a short RSA key', async () => ({ keys: [await shortKey()] })],
  ['a point that is on no curve', async () => ({ keys: [{ ...(await publicJwk('ES384')), x: 'AAAA' }] })],
  ['a symmetric key', async () => ({ keys: [{ kty: 'oct', k: 'AAAA', alg: 'HS256' }] })],
  ['no keys in it', async () => ({ keys: [] })],
])('an app with %s is not registered', async (_, jwks) => {
  const keyed = { ...app, token_endpoint_auth_method: 'private_key_jwt', jwks: await jwks() };
  expect((await register(keyed, await initial())).body.error).toBe('invalid_client_metadata');
});

async function publicJwk(alg: string): Promise<Json> {
  const { publicKey } = await generateKeyPair(alg);
  return { ...(await exportJWK(publicKey)), kid: 'one' };
}

async function shortKey(): Promise<Json> {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  return { ...publicKey.export({ format: 'jwk' }), kid: 'one' };
}

test.each([
  ['a line break', 'Sleep\nDiary'],
  ['a turn of direction', 'Sleep \u202eyraiD'],
  ['nothing in it', '  '],
])('an app whose name has %s is not registered', async (_, client_name) => {
  expect((await register({ ...app, client_name }, await initial())).body.error).toBe('invalid_client_metadata');
});

test('apps on phones come back by a scheme of their own, on desks by the machine itself', async () => {
  const redirect_uris = ['com.example.sleep:/callback', 'http://127.0.0.1/cb', 'http://[::1]/cb'];
  expect((await register({ ...app, redirect_uris }, await initial())).status).toBe(201);
});

test('an app reads, changes and ends its own registration, and no other', async () => {
  const { body } = await register(app, await initial());
  const { body: stranger } = await register(app, await initial());
  const url = String(body.registration_client_uri);
  const call = (method: string, token: unknown, change?: Json): Promise<Response> =>
    fetch(url, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(change ? { body: JSON.stringify(change) } : {}),
    });
  const own = body.registration_access_token;
  expect(await (await call('GET', own)).json()).toMatchObject({ client_name: 'Sleep Diary' });
  for (const method of ['GET', 'PUT', 'DELETE']) {
    expect((await call(method, stranger.registration_access_token, method === 'PUT' ? app : undefined)).status).toBe(
      401,
    );
  }
  const renamed = { ...app, client_id: body.client_id, client_name: 'Sleep Journal' };
  expect(await (await call('PUT', own, renamed)).json()).toMatchObject({ client_name: 'Sleep Journal' });
  const wider = await call('PUT', own, { ...renamed, scope: 'patient/*.cruds' });
  expect([wider.status, (await wider.json()).error]).toEqual([400, 'invalid_client_metadata']);
  expect((await call('DELETE', own)).status).toBe(204);
  expect((await call('GET', own)).status).toBe(401);
});

test('what is no JSON object is told so', async () => {
  for (const body of ['', '[]', 'x', '{', 'null']) {
    const answer = await fetch(`${server.origin}/oauth2/register`, { method: 'POST', body });
    expect([answer.status, (await answer.json()).error]).toEqual([400, 'invalid_client_metadata']);
  }
});
