import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { type App, challengeOf, type OpenedApp } from '../support/app.ts';
import { type Server, startServer } from '../support/server.ts';
import { redirectUri, registerApp } from '../support/smart-world.ts';

type Registered = OpenedApp & { app: App };

let server: Server;
let app: Registered;
let other: Registered;

beforeAll(async () => {
  server = await startServer();
  app = await registerApp(server, { credentials: 'key' });
  other = await registerApp(server);
});
afterAll(() => server?.close());

const asked = (): Record<string, string> => ({
  response_type: 'code',
  redirect_uri: redirectUri,
  scope: 'launch/patient patient/Patient.rs',
  state: randomUUID(),
  aud: server.base,
  code_challenge: challengeOf('v'.repeat(64)),
  code_challenge_method: 'S256',
});
const push = (more: Record<string, string> = {}, by = app, headers: Record<string, string> = {}) =>
  by.token({ ...asked(), ...more }, `${server.origin}/oauth2/par`, headers);
const go = (client: Registered, uri: unknown): Promise<Response> => {
  const query = new URLSearchParams({ client_id: client.app.clientId, request_uri: String(uri) });
  return fetch(`${server.origin}/oauth2/authorize?${query}`, { redirect: 'manual' });
};

test('an app pushes its request and gets an address for it, which is good once and for it alone', async () => {
  const { status, body, headers } = await push();
  expect(status).toBe(201);
  expect(body).toEqual({ request_uri: expect.stringMatching(/^urn:/), expires_in: expect.any(Number) });
  expect(headers.get('cache-control')).toContain('no-store');
  expect((await go(other, body.request_uri)).status).toBe(400);
  expect((await go(app, body.request_uri)).status).toBe(303);
  expect((await go(app, body.request_uri)).status).toBe(400);
});

test('a pushed request that is too old is refused', async () => {
  const { body } = await push();
  await server.database.query(
    `update authorization_request set expires_at = now() - interval '1 second' where tenant = $1 and pushed`,
    [1],
  );
  expect((await go(app, body.request_uri)).status).toBe(400);
});

test('what is kept of a pushed request has no proof of who the app is', async () => {
  await push();
  const rows = await server.database.query(
    `select request from authorization_request where tenant = $1 and pushed`,
    [1],
  );
  expect(JSON.stringify(rows)).not.toMatch(/client_assertion|client_secret/);
});

test.each<[string, Record<string, string>, string]>([
  ['another redirect_uri', { redirect_uri: 'https://evil.test/' }, 'invalid_request'],
  ['no redirect_uri', { redirect_uri: '' }, 'invalid_request'],
  ['a request_uri', { request_uri: 'urn:ietf:params:oauth:request_uri:x' }, 'invalid_request'],
  ['another server', { aud: 'https://evil.test/fhir' }, 'invalid_request'],
  ['no challenge', { code_challenge: '' }, 'invalid_request'],
  ['tokens in the address', { response_type: 'token' }, 'unsupported_response_type'],
])('a pushed request with %s is refused at once', async (_, more, error) => {
  const { status, body } = await push(more);
  expect([status, body.error]).toEqual([400, error]);
});

test('only the app itself pushes a request', async () => {
  const body = new URLSearchParams({ ...asked(), client_id: app.app.clientId });
  const answer = await fetch(`${server.origin}/oauth2/par`, { method: 'POST', body });
  expect([answer.status, (await answer.json()).error]).toEqual([400, 'invalid_client']);
});

test('a pushed request with a proof of a key binds its code to that key', async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const htu = `${server.origin}/oauth2/par`;
  const dpop = () =>
    exportJWK(publicKey).then((jwk) =>
      new SignJWT({ htm: 'POST', htu, jti: randomUUID() })
        .setIssuedAt()
        .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk })
        .sign(privateKey),
    );
  expect((await push({}, app, { dpop: await dpop() })).status).toBe(201);
  const [row] = await server.database.query(
    `select request from authorization_request where tenant = $1 and pushed and request like '%dpop_jkt%'`,
    [1],
  );
  expect(row).toBeDefined();
  const wrong = await push({ dpop_jkt: 'x'.repeat(43) }, app, { dpop: await dpop() });
  expect([wrong.status, wrong.body.error]).toEqual([400, 'invalid_dpop_proof']);
});
