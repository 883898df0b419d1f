import { randomUUID } from 'node:crypto';
import { createServer, type Server as HttpServer, type RequestListener } from 'node:http';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

import { type App, openApp } from '../support/app.ts';
import { type Server, startServer } from '../support/server.ts';
import { registerService } from '../support/smart-world.ts';

type Key = { jwk: JWK; credentials: App['credentials'] };

let publisher: HttpServer;
let host: string;
let server: Server;
let shift = 0;
let fetches = 0;
let answer: RequestListener;

beforeAll(async () => {
  publisher = createServer((incoming, outgoing) => {
    fetches += 1;
    answer(incoming, outgoing);
  });
  await new Promise<void>((resolve) => publisher.listen(0, '127.0.0.1', resolve));
  const address = publisher.address();
  host = `127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  server = await startServer({ PORTICO_ALLOW_ADDRESSES: host });
  // The test lets time pass.
  const { now } = server.smart;
  server.smart.now = () => now() + shift;
});
beforeEach(() => {
  shift = 0;
  fetches = 0;
});
afterAll(async () => {
  publisher.close();
  publisher.closeAllConnections();
  await server?.close();
});

async function newKey(): Promise<Key> {
  const { publicKey, privateKey } = await generateKeyPair('ES384', { extractable: true });
  const kid = randomUUID();
  return {
    jwk: { ...(await exportJWK(publicKey)), kid },
    credentials: { kind: 'key', key: privateKey, alg: 'ES384', kid },
  };
}

const publish =
  (keys: () => readonly unknown[], cacheControl?: string): RequestListener =>
  (_, outgoing) => {
    outgoing.setHeader('content-type', 'application/json');
    if (cacheControl) outgoing.setHeader('cache-control', cacheControl);
    outgoing.end(JSON.stringify({ keys: keys() }));
  };

/** A service whose keys are at an address, at another for each test, and what it is answered with a key. */
async function service(url = `http://${host}/${randomUUID()}`) {
  const { app } = await registerService(server, 'system/*.rs', { metadata: { jwks: undefined, jwks_uri: url } });
  return async ({ credentials }: Key) => {
    const { status, body } = await openApp(server, { ...app, credentials }).token({ grant_type: 'client_credentials' });
    return { status, reason: String(body.error_description) };
  };
}

test('keys at jwks_uri are fetched once, and again when what Cache-Control allows is over', async () => {
  const key = await newKey();
  answer = publish(() => [key.jwk], 'max-age=60');
  const ask = await service();
  const all = await Promise.all(Array.from({ length: 5 }, () => ask(key)));
  expect(all.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  expect(fetches).toBe(1);
  // The assertions are made by the clock of this machine, which the server's is now ahead of.
  shift = 59_000;
  expect([(await ask(key)).status, fetches]).toEqual([200, 1]);
  shift = 61_000;
  expect([(await ask(key)).status, fetches]).toEqual([200, 2]);
});

test('keys that may not be kept are fetched each time, though not more than once a second', async () => {
  const key = await newKey();
  answer = publish(() => [key.jwk], 'no-store');
  const ask = await service();
  expect([(await ask(key)).status, (await ask(key)).status, fetches]).toEqual([200, 200, 1]);
  shift = 2000;
  expect([(await ask(key)).status, fetches]).toEqual([200, 2]);
});

test('a key that is taken back is believed no longer than it may be kept', async () => {
  const [old, fresh] = [await newKey(), await newKey()];
  let keys = [old.jwk];
  answer = publish(() => keys, 'max-age=30');
  const ask = await service();
  expect((await ask(old)).status).toBe(200);
  keys = [fresh.jwk];
  shift = 31_000;
  expect((await ask(old)).status).toBe(400);
});

test('a new key is believed at once, and one that there is not makes nobody fetch all day', async () => {
  const [first, second, stranger] = [await newKey(), await newKey(), await newKey()];
  const keys = [first.jwk];
  answer = publish(() => keys, 'max-age=3600');
  const ask = await service();
  expect((await ask(first)).status).toBe(200);
  keys.push(second.jwk);
  shift = 11_000;
  expect((await ask(second)).status).toBe(200);
  expect(fetches).toBe(2);
  for (let time = 0; time < 5; time += 1) expect((await ask(stranger)).status).toBe(400);
  expect(fetches).toBe(2);
});

test('an address that fails is not asked again at once', async () => {
  const key = await newKey();
  answer = (_, outgoing) => outgoing.writeHead(500).end();
  const ask = await service();
  expect((await ask(key)).reason).toContain('it answers with 500');
  answer = publish(() => [key.jwk]);
  expect([(await ask(key)).status, fetches]).toEqual([400, 1]);
  shift = 11_000;
  expect([(await ask(key)).status, fetches]).toEqual([200, 2]);
});

test.each<[string, unknown]>([
  ['no list', { keys: {} }],
  ['nothing', null],
  ['a number', 1],
  ['other things than keys', { keys: [1, null, 'x', {}] }],
  ['a symmetric key', { keys: [{ kty: 'oct', k: 'AAAA' }] }],
])('what is published as %s is a refusal and no fault', async (_, published) => {
  answer = (_incoming, outgoing) => outgoing.end(JSON.stringify(published));
  const ask = await service();
  expect((await ask(await newKey())).status).toBe(400);
});

test('a key that is no point of its curve is a refusal and no fault', async () => {
  const key = await newKey();
  answer = publish(() => [{ ...key.jwk, x: 'AAAA' }]);
  const ask = await service();
  expect((await ask(key)).reason).toContain('cannot be used');
});

test.each<[string, (url: string) => string, RegExp]>([
  ['this machine', () => 'https://localhost:5432/keys', /not public/],
  ['the database of this machine', () => 'http://127.0.0.1:5432', /not an https URL/],
  ['what a cloud tells its machines', () => 'http://169.254.169.254/latest/meta-data', /not an https URL/],
  ['IPv6 of this machine', () => 'https://[::1]/', /not public/],
  ['an address in hexadecimal', () => 'https://0x7f.1/', /not public/],
])('A-42 keys are not looked for at %s', async (_, url, reason) => {
  const ask = await service(url(host));
  const refused = await ask(await newKey());
  expect([refused.status, refused.reason]).toEqual([400, expect.stringMatching(reason)]);
});

test('A-42 a redirect of jwks_uri is not followed', async () => {
  answer = (_, outgoing) => outgoing.writeHead(302, { location: `http://${host}/elsewhere` }).end();
  const ask = await service();
  expect((await ask(await newKey())).reason).toMatch(/redirect/);
  expect(fetches).toBe(1);
});
