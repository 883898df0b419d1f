import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { connect as openSocket, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { readConfig } from '../../src/config.ts';
import { connect } from '../../src/db/connect.ts';
import { type Embedded, startEmbedded } from '../../src/db/embedded.ts';
import { mintToken, placeOf } from '../../src/smart/tokens/tokens.ts';
import { type Running, start } from '../../src/start.ts';
import { listen } from '../../src/web/listen.ts';
import { startProcess } from '../support/process.ts';
import { freePort } from '../support/server.ts';

const compiled = join(import.meta.dirname, '../../node_modules/.cache/portico');
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A Postgres of its own, which can be taken away. */
let folder: string;
let postgres: Embedded;
let server: Running;
let port: number;
let headers: Record<string, string>;

const startPostgres = (): Promise<Embedded> =>
  startEmbedded({ folder: join(folder, 'postgres'), settings: { fsync: 'off', max_connections: '60' } });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'portico-outage-'));
  postgres = await startPostgres();
  port = await freePort();
  const config = readConfig({ PORTICO_DATA: folder, PORT: String(port), PORTICO_DEMO: 'off' });
  server = await start({ ...config, database: postgres.target, compiled }, pino({ level: 'silent' }));
  const claims = { tenant: 1, subject: 'test', clientId: null, scope: 'system/*.cruds', patient: null };
  const token = await mintToken(server.keys, placeOf(server.baseUrl, 1), claims, 3600);
  headers = { authorization: `Bearer ${token}`, 'content-type': 'application/fhir+json' };
});

afterAll(async () => {
  await server?.stop();
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const send = (method: string, path: string, body?: object, more: Record<string, string> = {}): Promise<Response> =>
  fetch(`${server.baseUrl}/fhir/R4${path}`, {
    method,
    headers: { ...headers, ...more },
    ...(body && { body: JSON.stringify(body) }),
  });

const patient = (id: string) => ({ resourceType: 'Patient', id, name: [{ family: 'Okafor' }] });
const bundle = (type: string, method: string, url: string, resource?: object) => ({
  resourceType: 'Bundle',
  type,
  entry: [{ ...(resource && { resource }), request: { method, url } }],
});

async function unavailable(answer: Response): Promise<void> {
  const text = await answer.text();
  expect(answer.status, text).toBe(503);
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(JSON.parse(text)).toMatchObject({ resourceType: 'OperationOutcome', issue: [{ code: 'transient' }] });
  expect(text).not.toMatch(/ECONN|socket|\.PGSQL|Error:/);
}

test('while the database is away everything is answered with 503 and when to try again, and then it goes on by itself', async () => {
  expect((await send('PUT', '/Patient/kept', patient('kept'))).status).toBe(201);
  await postgres.stop();

  // The first wait for a while, in case it is only a restart.
  const begun = performance.now();
  const asked: [string, string, object?, Record<string, string>?][] = [
    ['GET', '/Patient/kept'],
    ['GET', '/Patient/kept/_history/1'],
    ['GET', '/Patient?family=Okafor'],
    ['GET', '/_history'],
    ['GET', '/Patient/kept/$everything'],
    ['GET', '/Observation/$lastn?patient=kept&category=laboratory'],
    ['POST', '/Patient', { resourceType: 'Patient' }],
    ['POST', '/Patient', { resourceType: 'Patient' }, { 'if-none-exist': 'family=Nobody' }],
    ['PUT', '/Patient/new', patient('new')],
    ['PUT', '/Patient?family=Nobody', { resourceType: 'Patient' }],
    ['DELETE', '/Patient/kept'],
    ['POST', '', bundle('transaction', 'POST', 'Patient', { resourceType: 'Patient' })],
    ['POST', '', bundle('transaction', 'PUT', 'Patient/new', patient('new'))],
  ];
  const answers = await Promise.all(asked.map((one) => send(...one)));
  for (const answer of answers) await unavailable(answer);
  expect(performance.now() - begun).toBeLessThan(12_000);

  // Who comes later is told at once.
  const later = performance.now();
  await unavailable(await send('GET', '/Patient/kept'));
  await unavailable(await send('PUT', '/Patient/new', patient('new')));
  expect(performance.now() - later).toBeLessThan(1000);
  const batch = await send('POST', '', bundle('batch', 'POST', 'Patient', { resourceType: 'Patient' }));
  // Nobody can say whether the token still stands, so none of its entries is looked at.
  expect([batch.status, batch.headers.get('retry-after')]).toEqual([503, '2']);
  // What needs no database is there; whoever balances load is told to go elsewhere.
  expect((await send('GET', '/metadata')).status).toBe(200);
  expect((await fetch(`${server.baseUrl}/livez`)).status).toBe(200);
  const ready = await fetch(`${server.baseUrl}/readyz`);
  expect([ready.status, ready.headers.get('retry-after')]).toEqual([503, '2']);

  postgres = await startPostgres();
  const back = performance.now();
  while ((await fetch(`${server.baseUrl}/readyz`)).status !== 200) {
    expect(performance.now() - back).toBeLessThan(10_000);
    await sleep(50);
  }
  const kept = await send('GET', '/Patient/kept');
  expect([kept.status, kept.headers.get('etag')]).toEqual([200, 'W/"1"']);
  for (const one of asked.filter(([method]) => method === 'GET')) expect((await send(...one)).status).toBe(200);
  expect((await send('GET', '/Patient/new')).status).toBe(404);
  expect((await send('PUT', '/Patient/new', patient('new'))).status).toBe(201);
}, 40_000);

test('a full disk is answered with 507, and reads go on', async () => {
  const database = await connect(postgres.target, { lines: 2 });
  // What Postgres says when there is no space left.
  await database.query(`create function no_space() returns trigger language plpgsql as
    $$ begin raise exception using errcode = '53100', message = 'could not extend file "base/1/2": No space left on device'; end $$`);
  await database.query(
    'create trigger no_space before insert or update on resource for each row execute function no_space()',
  );
  const writes: [string, string, object, Record<string, string>?][] = [
    ['POST', '/Patient', { resourceType: 'Patient' }],
    ['POST', '/Patient', { resourceType: 'Patient' }, { 'if-none-exist': 'family=Nobody' }],
    ['PUT', '/Patient/kept', patient('kept')],
    ['POST', '', bundle('transaction', 'POST', 'Patient', { resourceType: 'Patient' })],
    ['POST', '', bundle('transaction', 'PUT', 'Patient/kept', patient('kept'))],
  ];
  for (const one of writes) {
    const answer = await send(...one);
    const text = await answer.text();
    expect([answer.status, JSON.parse(text).resourceType], text).toEqual([507, 'OperationOutcome']);
    expect(text).not.toMatch(/base\/1|extend file/);
  }
  const batch = await send('POST', '', bundle('batch', 'POST', 'Patient', { resourceType: 'Patient' }));
  expect(await batch.text()).toContain('"status":"507');
  expect((await send('GET', '/Patient/kept')).status).toBe(200);
  await database.query('drop trigger no_space on resource');
  expect((await send('POST', '/Patient', { resourceType: 'Patient' })).status).toBe(201);
  await database.close();
});

/** A connection that says this much and then nothing more until it is told to. */
async function halfway(at: number, text: string): Promise<Socket> {
  const socket = openSocket(at, '127.0.0.1');
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.on('error', () => {});
  socket.write(text);
  return socket;
}

const partOf = (method: string): string =>
  `${method} /fhir/R4/Patient HTTP/1.1\r\nHost: x\r\nAuthorization: ${headers.authorization}\r\n`;
const slowBody = (): string =>
  `${partOf('POST')}Content-Type: application/fhir+json\r\nContent-Length: 3000\r\n\r\n{"resourceType":`;

test('300 clients that send half of a request hold up nobody else', async () => {
  const sockets = await Promise.all(
    Array.from({ length: 300 }, (_, at) => halfway(port, at % 2 === 0 ? partOf('GET') : slowBody())),
  );
  const begun = performance.now();
  for (let n = 0; n < 20; n++) expect((await send('PUT', `/Patient/kept`, patient('kept'))).status).toBe(200);
  expect(performance.now() - begun).toBeLessThan(5000);
  for (const socket of sockets) socket.destroy();
  expect((await send('GET', '/Patient/kept')).status).toBe(200);
});

test('a client that sends its headers or its body drop by drop is cut off, and others are served meanwhile', async () => {
  const at = await freePort();
  const app = { fetch: async (one: Request) => new Response(`read ${(await one.text()).length}`) };
  const listening = await listen(app, '127.0.0.1', at, {
    patience: { headers: 400, request: 800, check: 100 },
  });
  const slow = await Promise.all([halfway(at, partOf('GET')), halfway(at, slowBody())]);
  const drip = setInterval(() => {
    for (const socket of slow) if (socket.writable) socket.write('x');
  }, 50);
  const ended = Promise.all(
    slow.map(
      (socket) =>
        new Promise<string>((resolve) => {
          let answer = '';
          socket.on('data', (chunk) => {
            answer += chunk;
          });
          socket.on('close', () => resolve(answer));
        }),
    ),
  );
  const quick = await fetch(`http://127.0.0.1:${at}/`, { method: 'POST', body: 'abc' });
  expect(await quick.text()).toBe('read 3');
  const begun = performance.now();
  for (const answer of await ended) expect(answer).toMatch(/^(HTTP\/1\.1 408 |$)/);
  expect(performance.now() - begun).toBeLessThan(5000);
  clearInterval(drip);
  await listening.close(100);
});

test('SIGTERM lets what is in flight finish, takes nothing more and ends in order', async () => {
  const data = mkdtempSync(join(tmpdir(), 'portico-term-'));
  const settings = { PORT: String(await freePort()), PORTICO_DATA: data, PORTICO_DEMO: 'off', PORTICO_LOG: 'error' };
  // The same secret and database, and so the same tokens, as of the server above.
  const own = startProcess({
    ...settings,
    DATABASE_URL: `postgres://${postgres.target.user}:${postgres.target.password}@localhost/postgres?host=${encodeURIComponent(String(postgres.target.socket).replace(/\/[^/]*$/, ''))}`,
    PORTICO_BASE_URL: server.baseUrl,
  });
  await own.ready();
  const body = JSON.stringify(patient('in-flight'));
  const answer = new Promise<{ status: number; text: string }>((resolve, reject) => {
    const one = request({
      host: '127.0.0.1',
      port: settings.PORT,
      method: 'PUT',
      path: '/fhir/R4/Patient/in-flight',
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    });
    one.on('error', reject);
    one.on('response', (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    one.write(body.slice(0, 20));
    setTimeout(() => one.end(body.slice(20)), 600);
  });
  await sleep(200);
  const begun = performance.now();
  const stopped = own.stop();
  await sleep(100);
  await expect(fetch(`http://127.0.0.1:${settings.PORT}/livez`)).rejects.toThrow();
  expect((await answer).status).toBe(201);
  expect(await stopped).toBe(0);
  expect(performance.now() - begun).toBeLessThan(4000);
  expect(own.errors()).toBe('');
  expect((await send('GET', '/Patient/in-flight')).status).toBe(200);
  rmSync(data, { recursive: true, force: true });
}, 40_000);
