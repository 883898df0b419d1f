import { createHmac } from 'node:crypto';
import { exportJWK, generateKeyPair } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { type Pair, startPair } from '../support/beside.ts';
import { type Bound, boundTokens, dpopKey } from '../support/dpop.ts';
import { askToken } from '../support/granted.ts';
import type { Server } from '../support/server.ts';
import { registerApp } from '../support/smart-world.ts';

type Json = Record<string, unknown>;

let pair: Pair;
let server: Server;
let app: { clientId: string };
let url: string;

beforeAll(async () => {
  pair = await startPair();
  server = pair.server;
  url = `${server.base}/Patient/pa`;
  app = (await registerApp(server)).app;
  await server.fetch('Patient/pa', { method: 'PUT', body: '{"resourceType":"Patient","id":"pa"}' });
});
afterAll(() => pair?.close());

const bound = (): Promise<Bound> => boundTokens(server, app);

const ask = async (token: string, dpop?: string, at = url, scheme = 'DPoP') => {
  const answer = await fetch(at, { headers: { authorization: `${scheme} ${token}`, ...(dpop ? { dpop } : {}) } });
  await answer.text();
  return answer;
};

test.each<[string, (url: string, ath: string) => [string, string, Json, Json?]]>([
  ['is for another method', (at, ath) => ['POST', at, { ath }]],
  ['is for another address', (at, ath) => ['GET', `${at}x`, { ath }]],
  ['is for another server', (at, ath) => ['GET', at.replace('127.0.0.1', 'evil.test'), { ath }]],
  ['is for no address', (_, ath) => ['GET', 'Patient/pa', { ath }]],
  ['is for several addresses', (at, ath) => ['GET', at, { ath, htu: [at, `${at}x`] }]],
  ['has no ath', (at) => ['GET', at, {}]],
  ['has the ath of another token', (at) => ['GET', at, { ath: 'x' }]],
  ['is ten minutes old', (at, ath) => ['GET', at, { ath, iat: Math.floor(Date.now() / 1000) - 600 }]],
  ['is of the future', (at, ath) => ['GET', at, { ath, iat: Math.floor(Date.now() / 1000) + 600 }]],
  ['has no time', (at, ath) => ['GET', at, { ath, iat: undefined }]],
  ['has no jti', (at, ath) => ['GET', at, { ath, jti: undefined }]],
  ['has a jti without an end', (at, ath) => ['GET', at, { ath, jti: 'x'.repeat(300) }]],
  ['is another kind of JWT', (at, ath) => ['GET', at, { ath }, { typ: 'JWT' }]],
  ['brings no key', (at, ath) => ['GET', at, { ath }, { jwk: undefined }]],
  ['points to its key', (at, ath) => ['GET', at, { ath }, { jwk: undefined, jku: 'http://127.0.0.1:9/evil' }]],
])('A-57 a proof that %s is refused', async (_, make) => {
  const { prove, token, ath } = await bound();
  const answer = await ask(token, await prove(...make(url, ath)));
  expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, expect.stringMatching(/^DPoP /)]);
});

test('A-57 a proof is good once, and that of another key never', async () => {
  const { prove, token, ath, body } = await bound();
  const once = await prove('GET', url, { ath });
  expect([(await ask(token, once)).status, (await ask(token, once)).status]).toEqual([200, 401]);
  const stranger = await dpopKey();
  expect((await ask(token, await stranger('GET', url, { ath }))).status).toBe(401);
  const form = { grant_type: 'refresh_token', client_id: app.clientId, refresh_token: body.refresh_token ?? '' };
  const tokenUrl = `${server.origin}/oauth2/token`;
  expect((await askToken(server, form)).status).toBe(400);
  expect((await askToken(server, form, { dpop: await stranger('POST', tokenUrl) })).status).toBe(400);
  const next = await askToken(server, form, { dpop: await prove('POST', tokenUrl) });
  expect([next.status, next.body.token_type]).toEqual([200, 'DPoP']);
});

test('A-57 of one proof that twenty send at once to two servers one is answered', async () => {
  const { prove, token, ath } = await bound();
  const once = await prove('GET', url, { ath });
  const sent = Array.from({ length: 20 }, (_, at) => ask(token, once, `${pair.origins[at % 2]}/fhir/R4/Patient/pa`));
  const answers = await Promise.all(sent);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(19).fill(401)]);
});

test('A-57 a proof for one token is none for another of the same key', async () => {
  const first = await bound();
  const second = await boundTokens(server, app, first.prove);
  expect((await ask(second.token, await first.prove('GET', url, { ath: first.ath }))).status).toBe(401);
  expect((await ask(second.token, await first.prove('GET', url, { ath: second.ath }))).status).toBe(200);
});

test('A-57 a token that is bound to a key is no bearer token, of FHIR and of who one is', async () => {
  const { prove, token, ath } = await bound();
  for (const at of [url, `${server.origin}/oauth2/userinfo`]) {
    expect((await ask(token, undefined, at, 'Bearer')).status).toBe(401);
    expect((await ask(token, await prove('GET', at, { ath }), at, 'Bearer')).status).toBe(401);
    expect((await ask(token, undefined, at)).status).toBe(401);
    expect((await ask(token, await prove('GET', at, { ath }), at)).status).toBe(200);
    expect((await ask(token, await prove('GET', `${at}?_summary=true`, { ath }), at)).status).toBe(200);
  }
});

const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

test('A-57 keys of any shape are refused, at every address, and are no fault of the server', async () => {
  const { token, ath } = await bound();
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(publicKey);
  const secret = { kty: 'oct', k: base64('secret') };
  const keys: unknown[] = [
    ...[null, 'key', 1, [], {}, [jwk], { ...jwk, kty: 'oct' }, secret, await exportJWK(privateKey)],
    ...[
      { ...jwk, crv: 'P-999' },
      { ...jwk, x: 1 },
      { ...jwk, x: '' },
      { ...jwk, x: jwk.y },
      { ...jwk, kty: 'RSA' },
    ],
    ...[
      { kty: 'RSA', n: 'AQ', e: 'AQ' },
      { kty: 'RSA', n: 'x'.repeat(5000), e: 'x'.repeat(1000) },
    ],
    ...[
      { kty: 'OKP', crv: 'Ed25519', x: '' },
      { kty: 'OKP', crv: 'X25519', x: jwk.x },
      { kty: 'AKP', pub: 'x' },
    ],
    ...[
      { ...jwk, key_ops: ['encrypt'] },
      { ...jwk, use: 'enc' },
      { ...jwk, alg: 'RS256' },
      { ...jwk, ext: 'no' },
    ],
  ];
  const claims = (at: string) => ({ htm: 'GET', htu: at, jti: crypto.randomUUID(), iat: Date.now() / 1000, ath });
  for (const key of keys) {
    for (const alg of ['ES256', 'RS256', 'HS256', 'EdDSA', 'none', 1]) {
      for (const at of [url, `${server.origin}/oauth2/userinfo`]) {
        const signed = `${base64({ alg, typ: 'dpop+jwt', jwk: key })}.${base64(claims(at))}`;
        const signature = createHmac('sha256', 'secret').update(signed).digest('base64url');
        expect((await ask(token, `${signed}.${signature}`, at)).status, JSON.stringify([alg, key])).toBe(401);
      }
    }
  }
});
