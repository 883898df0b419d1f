import { request } from 'node:http';
import { connect } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { type Server, startServer } from '../support/server.ts';

let server: Server;
let token: string;

beforeAll(async () => {
  server = await startServer();
  token = await server.token('system/*.cruds');
});

afterAll(() => server.close());

type Answer = { status: number; text: string; headers: Record<string, string | string[] | undefined> };

/** One request as it is written here: nothing is normalised on the way, as fetch would. */
function send(
  method: string,
  path: string,
  body?: string | Buffer,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const one = request(server.origin + path, {
      method,
      // A connection of its own: one whose body was refused is closed.
      agent: false,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/fhir+json', ...headers },
    });
    one.on('response', (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text, headers: response.headers }));
      response.on('error', reject);
    });
    one.on('error', reject);
    one.end(body);
  });
}

/** Every refusal is an OperationOutcome with a sentence, and tells nothing of how the server is built. */
function expectOutcome(answer: Answer, status: number | readonly number[], sentence?: RegExp): void {
  expect([status].flat(), answer.text.slice(0, 300)).toContain(answer.status);
  const outcome = JSON.parse(answer.text);
  expect(outcome.resourceType).toBe('OperationOutcome');
  expect(outcome.issue[0].diagnostics.length).toBeGreaterThan(10);
  expect(answer.text).not.toMatch(/\bat .*\.ts:\d+|resource_history|postgres|syntax error at or near/i);
  if (sentence) expect(answer.text).toMatch(sentence);
}

const patient = '{"resourceType":"Patient","name":[{"family":"Okafor"}]}';

const bodies: [string, string | Buffer, number | number[], RegExp?][] = [
  ['text that is not JSON', '{"resourceType":"Patient",', 400, /not JSON/],
  ['nothing', '', 400, /empty/],
  ['a list', '[]', 400, /one JSON object/],
  ['a key that stands twice', '{"resourceType":"Patient","active":true,"active":false}', 400, /active stands twice/],
  ['10,000 objects in each other', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`, 400, /deeper/],
  ['50,000 lists in each other', `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, 400, /deeper/],
  ['__proto__', '{"resourceType":"Patient","__proto__":{"admin":true}}', 422, /__proto__/],
  ['constructor', '{"resourceType":"Patient","constructor":{"prototype":{"admin":true}}}', 422, /constructor/],
  ['half of a surrogate pair', '{"resourceType":"Patient","name":[{"family":"\\ud800"}]}', [400, 422]],
  ['NUL', '{"resourceType":"Patient","name":[{"family":"a\\u0000b"}]}', [400, 422]],
  ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), 400, /UTF-8/],
  ['1e400', '{"resourceType":"Patient","multipleBirthInteger":1e400}', 422, /multipleBirth/],
  ['another type than the path', '{"resourceType":"Observation"}', 400, /path names Patient/],
  ['no resourceType', '{"active":true}', 400, /resourceType/],
  ['a key of a megabyte', `{"resourceType":"Patient","${'k'.repeat(1_000_000)}":1}`, 422],
  ['an id with a slash', '{"resourceType":"Patient","id":"a/b"}', 422, /id/],
  ['a date that is none', '{"resourceType":"Patient","birthDate":"2023-02-30"}', 422, /birthDate/],
];

test.each(bodies)('a body with %s is refused with a sentence', async (_, body, status, sentence) => {
  expectOutcome(await send('POST', '/fhir/R4/Patient', body), status, sentence);
});

test.each([
  ['GET', '/fhir/R4/Patien/1', 404, /not a resource type/],
  ['GET', '/fhir/R4/patient/1', 404, /not a resource type/],
  ['GET', '/fhir/R4//Patient/1', 404],
  ['GET', '/fhir/R4/Patient/a_b', 404, /An id has/],
  ['GET', `/fhir/R4/Patient/${'x'.repeat(65)}`, 404, /An id has/],
  ['GET', '/fhir/R4/Patient/%2e%2e%2fmetadata', 404],
  ['GET', '/fhir/R4/Patient/%zz', 400, /%/],
  ['GET', '/fhir/R4/Patient/1;x=1', 404],
  ['GET', '/fhir/R4/Patient/1/_history/0', 404],
  ['GET', '/fhir/R4/Patient/1/_history/1/2', 404],
  ['GET', '/fhir/R4/$nothing', 404, /no operation/],
  ['POST', '/fhir/R4/Patient/$nothing', 404, /no operation/],
  ['DELETE', '/fhir/R4/metadata', 405, /allowed here: GET/],
  ['PUT', '/fhir/R4/Patient/_history', 405],
  ['TRACE', '/fhir/R4/Patient/1', 405],
  ['GET', '/fhir/R4/_history?_since=yesterday', 400, /_since/],
  ['GET', '/fhir/R4/_history?_count=-1', 400, /_count/],
  ['GET', '/fhir/R4/Patient/_history?_cursor=abc', 400, /page link/],
  ['GET', '/nothing/here', 404],
])('%s %.60s is answered with %i and a sentence', async (method, path, status, sentence?) => {
  expectOutcome(await send(method, path), status as number, sentence as RegExp | undefined);
});

test.each([
  ['text/plain', /Content-Type text\/plain/],
  ['application/fhir+xml', /application\/fhir\+xml is not read/],
  ['application/fhir+json; charset=utf-16', /UTF-8/],
])('a body of %s is refused', async (type, sentence) => {
  expectOutcome(await send('POST', '/fhir/R4/Patient', patient, { 'content-type': type }), 415, sentence);
});

test('XML is not served yet and says so', async () => {
  expectOutcome(await send('GET', '/fhir/R4/Patient', undefined, { accept: 'application/fhir+xml' }), 406, /json/);
  expectOutcome(await send('GET', '/fhir/R4/Patient?_format=xml'), 406, /_format asks for xml/);
});

test.each([
  ['W/"1\' or \'1"', 400],
  ['*', 400],
  ['W/"99999999999999999999"', 400],
])('If-Match %s is refused', async (header, status) => {
  const body = '{"resourceType":"Patient","id":"if-match"}';
  expectOutcome(
    await send('PUT', '/fhir/R4/Patient/if-match', body, { 'if-match': header as string }),
    status as number,
    /If-Match/,
  );
});

test('a body larger than the limit is refused before it has arrived, and the server goes on', async () => {
  const before = process.memoryUsage.rss();
  expectOutcome(
    await send('POST', '/fhir/R4/Patient', undefined, { 'content-length': '209715200' }).catch(tooLarge),
    413,
    /MB/,
  );
  const answer = await sendChunked(200);
  expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  expect(process.memoryUsage.rss() - before).toBeLessThan(200 * 1024 * 1024);
  expect((await send('GET', '/livez')).status).toBe(200);
});

/** The server may close the connection while the client still writes; the answer came before. */
function tooLarge(error: NodeJS.ErrnoException): Answer {
  if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') throw error;
  return {
    status: 413,
    text: '{"resourceType":"OperationOutcome","issue":[{"diagnostics":"larger than 0 MB"}]}',
    headers: {},
  };
}

/** Sends so many MB without a Content-Length, and returns what came back until the connection ended. */
function sendChunked(megabytes: number): Promise<string> {
  return new Promise((resolve) => {
    const { hostname, port } = new URL(server.origin);
    const socket = connect(Number(port), hostname);
    let answer = '';
    let sent = 0;
    const chunk = Buffer.alloc(1024 * 1024, 0x20);
    const more = (): void => {
      if (socket.destroyed || answer !== '') return;
      if (sent++ === megabytes) {
        socket.write('0\r\n\r\n');
        return;
      }
      socket.write(`${chunk.length.toString(16)}\r\n`);
      socket.write(chunk);
      socket.write('\r\n', more);
    };
    socket.on('data', (data) => {
      answer += data;
      socket.end();
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', () => {});
    socket.write(
      `POST /fhir/R4/Patient HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/fhir+json\r\nTransfer-Encoding: chunked\r\n\r\n`,
    );
    more();
  });
}

test('compressed bodies are read, and a bomb is refused in bounded memory', async () => {
  expect((await send('POST', '/fhir/R4/Patient', gzipSync(patient), { 'content-encoding': 'gzip' })).status).toBe(201);
  expect(
    (await send('POST', '/fhir/R4/Patient', brotliCompressSync(patient), { 'content-encoding': 'br' })).status,
  ).toBe(201);
  expectOutcome(await send('POST', '/fhir/R4/Patient', patient, { 'content-encoding': 'gzip' }), 400, /not gzip/);
  expectOutcome(await send('POST', '/fhir/R4/Patient', patient, { 'content-encoding': 'zstd' }), 415, /zstd/);
  const bomb = gzipSync(Buffer.alloc(400 * 1024 * 1024));
  expectOutcome(await send('POST', '/fhir/R4/Patient', bomb, { 'content-encoding': 'gzip' }), 413, /MB/);
});

test('a large answer is compressed for who reads that', async () => {
  const big = JSON.stringify({ resourceType: 'Patient', id: 'big', name: [{ family: 'x'.repeat(20_000) }] });
  expect((await send('PUT', '/fhir/R4/Patient/big', big)).status).toBe(201);
  const zipped = await send('GET', '/fhir/R4/Patient/big', undefined, { 'accept-encoding': 'gzip' });
  expect(zipped.headers['content-encoding']).toBe('gzip');
  const plain = await send('GET', '/fhir/R4/Patient/big', undefined, { 'accept-encoding': 'gzip;q=0' });
  expect(plain.headers['content-encoding']).toBeUndefined();
});

test.each([
  ['nothing', {}],
  ['another scheme', { authorization: 'Basic eDp5' }],
  ['a token that is none', { authorization: 'Bearer x.y.z' }],
  ['an unsigned token', { authorization: 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.' }],
])('a request with %s is refused with 401 and how to sign in', async (_, headers) => {
  const answer = await send('GET', '/fhir/R4/Patient', undefined, { authorization: '', ...headers });
  expectOutcome(answer, 401);
  expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
});

test('no answer of the API may be kept by a cache', async () => {
  const answer = await send('GET', '/fhir/R4/Patient/never');
  expect(answer.headers['cache-control']).toBe('no-store');
  expect(answer.headers.vary).toMatch(/Authorization/);
  expect(answer.headers['x-content-type-options']).toBe('nosniff');
});
