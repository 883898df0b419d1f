import { createHmac, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose';
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { readConfig } from '../../src/config.ts';
import { start } from '../../src/start.ts';
import type { App } from '../support/app.ts';
import { freePort, type Server, startServer } from '../support/server.ts';
import { registerService } from '../support/smart-world.ts';

type Json = Record<string, unknown>;
type Key = { kind: 'key'; key: CryptoKey; alg: string; kid: string };
type Asked = { claims?: Json; header?: Json; by?: Pick<Key, 'key' | 'alg' | 'kid'>; app?: App };

const PORTICO_SECRET = 'a secret that both servers of one database have';
let server: Server;
let app: App;
let other: App;
let rsa: App;

beforeAll(async () => {
  server = await startServer({ PORTICO_SECRET });
  app = (await registerService(server)).app;
  other = (await registerService(server)).app;
  rsa = (await registerService(server, 'system/*.rs', { alg: 'RS384' })).app;
});
afterAll(() => server?.close());

const keyOf = ({ credentials }: App): Key => {
  if (credentials.kind !== 'key') throw new Error('it has no key');
  return credentials;
};

const claimsOf = ({ clientId }: App, claims: Json = {}): Json => {
  const now = Math.floor(Date.now() / 1000);
  const aud = `${server.origin}/oauth2/token`;
  return { iss: clientId, sub: clientId, aud, iat: now, exp: now + 300, jti: randomUUID(), ...claims };
};

const assertion = ({ claims, header, app: of = app, by = keyOf(of) }: Asked = {}): Promise<string> =>
  new SignJWT(claimsOf(of, claims))
    .setProtectedHeader({ alg: by.alg, kid: by.kid, typ: 'JWT', ...header })
    .sign(by.key);

const bearer = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

async function ask(client_assertion: string, more: Record<string, string> = {}, origin = server.origin) {
  const form = { grant_type: 'client_credentials', client_assertion_type: bearer, client_assertion, ...more };
  const answer = await fetch(`${origin}/oauth2/token`, { method: 'POST', body: new URLSearchParams(form) });
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Json };
}

async function refused(client_assertion: string, more: Record<string, string> = {}): Promise<void> {
  const { status, body } = await ask(client_assertion, more);
  expect([status, body.error, body.access_token], JSON.stringify(body)).toEqual([400, 'invalid_client', undefined]);
}

const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

test('the assertion that the others are made from is believed', async () => {
  expect((await ask(await assertion())).status).toBe(200);
  expect((await ask(await assertion({ app: rsa }))).status).toBe(200);
});

test.each(['none', 'None', 'nOnE', ''])('A-40 alg %j is no signature', async (alg) => {
  const unsigned = `${base64({ alg, kid: keyOf(app).kid })}.${base64(claimsOf(app))}.`;
  await refused(unsigned);
  await refused(`${unsigned}AAAA`);
});

test('A-40 a registered public key is no shared secret', async () => {
  const { publicKey, privateKey } = await generateKeyPair('RS384', { extractable: true });
  const kid = randomUUID();
  const jwk = { ...(await exportJWK(publicKey)), kid };
  const own = await registerService(server, 'system/*.rs', { metadata: { jwks: { keys: [jwk] } } });
  const input = `${base64({ alg: 'HS256', kid })}.${base64(claimsOf(own.app))}`;
  for (const secret of [await exportSPKI(publicKey), JSON.stringify(jwk), String(jwk.n)]) {
    await refused(`${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`);
  }
  // The key is good for it, and the client is not registered for it.
  const byAnotherName = await crypto.subtle.exportKey('pkcs8', privateKey);
  const rsa256 = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('pkcs8', byAnotherName, rsa256, false, ['sign']);
  await refused(await assertion({ app: own.app, by: { key, alg: 'RS256', kid } }));
});

test('A-40 a signature of zeros is none', async () => {
  const [head, body] = (await assertion()).split('.');
  await refused(`${head}.${body}.${Buffer.alloc(96).toString('base64url')}`);
});

test('A-40 extensions that the sender calls critical are not known', async () => {
  const { key, alg, kid } = keyOf(app);
  for (const more of [
    { b64: false, crit: ['b64'] },
    { crit: ['x'], x: 1 },
  ]) {
    const input = `${base64({ alg, kid, ...more })}.${base64(claimsOf(app))}`;
    const signed = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-384' }, key, Buffer.from(input));
    await refused(`${input}.${Buffer.from(signed).toString('base64url')}`);
  }
});

test.each<[string, () => Promise<Json>]>([
  ['jku', async () => ({ jku: 'http://127.0.0.1:9/evil' })],
  ['x5u', async () => ({ x5u: 'http://127.0.0.1:9/evil' })],
  ['no kid', async () => ({ kid: undefined })],
  ['a path as kid', async () => ({ kid: '../../../../dev/null' })],
  ['SQL as kid', async () => ({ kid: "' OR 1=1--" })],
  ['NUL as kid', async () => ({ kid: '\u0000' })],
  ['a number as kid', async () => ({ kid: 1 })],
  ['__proto__ as kid', async () => ({ kid: '__proto__' })],
])('A-41 a key of its own, with %s, is not believed', async (_, header) => {
  const { privateKey, publicKey } = await generateKeyPair('ES384', { extractable: true });
  const by = { key: privateKey, alg: 'ES384', kid: keyOf(app).kid };
  const jwk = await exportJWK(publicKey);
  await refused(await assertion({ by, header: { ...(await header()), jwk } }));
  await refused(await assertion({ by, header: await header() }));
});

test('A-41 what the header says of keys counts for nothing where the signature is good', async () => {
  const jwk = await exportJWK((await generateKeyPair('ES384', { extractable: true })).publicKey);
  expect((await ask(await assertion({ header: { jwk, jku: 'http://127.0.0.1:9/' } }))).status).toBe(200);
});

test.each<[string, () => Json]>([
  ['is good for six minutes', () => ({ exp: Math.floor(Date.now() / 1000) + 360 })],
  ['is good for ever', () => ({ exp: 9_999_999_999 })],
  ['has no exp', () => ({ exp: undefined })],
  ['has a text as exp', () => ({ exp: '9999999999' })],
  ['has expired', () => ({ exp: Math.floor(Date.now() / 1000) - 60 })],
  ['is not good yet', () => ({ nbf: Math.floor(Date.now() / 1000) + 60 })],
  ['has no jti', () => ({ jti: undefined })],
  ['has an empty jti', () => ({ jti: '' })],
  ['has a number as jti', () => ({ jti: 1 })],
  ['has a book as jti', () => ({ jti: 'x'.repeat(10_000) })],
  ['has no aud', () => ({ aud: undefined })],
  ['is for another server', () => ({ aud: 'https://other.test/oauth2/token' })],
  ['is for another server too', () => ({ aud: [`${server.origin}/oauth2/token`, 'https://other.test/oauth2/token'] })],
  ['is for the FHIR base', () => ({ aud: server.base })],
  ['is for another tenant', () => ({ aud: `${server.origin}/t/2/oauth2/token` })],
  ['is about another client', () => ({ sub: other.clientId })],
  ['is by another client', () => ({ iss: other.clientId })],
  ['has no sub', () => ({ sub: undefined })],
  ['has no iss', () => ({ iss: undefined })],
  ['is by nobody that is known', () => ({ iss: 'nobody', sub: 'nobody' })],
])('A-43 an assertion that %s is refused', async (_, claims) => {
  await refused(await assertion({ claims: claims() }));
});

test('A-43 an assertion may be meant for the token endpoint or for the issuer', async () => {
  for (const aud of [`${server.origin}/oauth2/token`, server.origin, [server.origin]]) {
    expect((await ask(await assertion({ claims: { aud } }))).status).toBe(200);
  }
});

test('A-43 a jti may be of any characters, and is that of its own client alone', async () => {
  const jti = `'; drop table client; --\u0000\ud83d\ude00`;
  expect((await ask(await assertion({ claims: { jti } }))).status).toBe(200);
  await refused(await assertion({ claims: { jti } }));
  expect((await ask(await assertion({ app: other, claims: { jti } }))).status).toBe(200);
});

test('A-43 of 20 uses of one assertion at once exactly one gives a token', async () => {
  const once = await assertion();
  const all = await Promise.all(Array.from({ length: 20 }, () => ask(once)));
  expect(all.filter(({ status }) => status === 200).length).toBe(1);
});

test('A-43 an assertion that one server took is taken by no other, nor after a restart', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'portico-second-'));
  const settings = { PORTICO_SECRET, PORTICO_DATA: folder, PORTICO_DEMO: 'off', PORTICO_BASE_URL: server.origin };
  const PORT = String(await freePort());
  const compiled = join(import.meta.dirname, '../../node_modules/.cache/portico');
  const config = readConfig({ ...settings, PORT });
  const second = await start({ ...config, database: server.target, compiled }, pino({ level: 'silent' }));
  try {
    const there = `http://127.0.0.1:${PORT}`;
    const [here, first] = [await assertion(), await assertion()];
    expect((await ask(first, {}, there)).status).toBe(200);
    await refused(first);
    expect((await ask(here)).status).toBe(200);
    expect((await ask(here, {}, there)).status).toBe(400);
  } finally {
    await second.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});

test.each<[string, Record<string, string>]>([
  ['another kind of assertion', { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer' }],
  ['a secret beside it', { client_secret: 'x', client_id: 'x' }],
  ['the id of another client beside it', { client_id: 'somebody' }],
])('a client with %s is refused', async (_, more) => {
  await refused(await assertion(), more);
});

test('a client with a key shows itself in no other way', async () => {
  const basic = { authorization: `Basic ${btoa(`${app.clientId}:x`)}` };
  for (const headers of [{}, basic, { authorization: 'Basic' }, { authorization: 'Basic %%%' }]) {
    const form = {
      grant_type: 'client_credentials',
      ...('authorization' in headers ? {} : { client_id: app.clientId }),
    };
    const body = new URLSearchParams(form);
    const answer = await fetch(`${server.origin}/oauth2/token`, { method: 'POST', body, headers });
    const isBasic = 'authorization' in headers;
    expect([answer.status, (await answer.json()).error]).toEqual([isBasic ? 401 : 400, 'invalid_client']);
    expect(answer.headers.has('www-authenticate')).toBe(isBasic);
  }
});

test('an app that was disabled is known no more', async () => {
  const { app: ended } = await registerService(server);
  expect((await ask(await assertion({ app: ended }))).status).toBe(200);
  await server.database.query('update client set disabled_at = now() where tenant = $1 and id = $2', [
    1,
    ended.clientId,
  ]);
  await refused(await assertion({ app: ended }));
});
