import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { Connection } from './connection.ts';

/** A server that says what it is asked to say, in the pieces it is given. */
let server: Server;
let port = 0;
let pieces: string[] = [];

beforeAll(async () => {
  server = createServer((socket) => {
    socket.setNoDelay(true);
    socket.on('data', async () => {
      for (const piece of pieces) {
        socket.write(piece);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    });
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  port = typeof address === 'object' && address ? address.port : 0;
});

afterAll(() => {
  server.close();
});

const ask = 'GET / HTTP/1.1\r\n\r\n';
const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';

test.each([
  ['in one piece', ['HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello'], 200, 'hello'],
  ['with its head cut in two', ['HTTP/1.1 20', '0 OK\r\ncontent-length: 5\r\n', '\r\nhello'], 200, 'hello'],
  ['with its body cut in two', ['HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe', 'llo'], 200, 'hello'],
  ['without a body', ['HTTP/1.1 204 No Content\r\nETag: W/"2"\r\n\r\n'], 204, ''],
  ['in chunks', [`${chunked}5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n`], 200, 'hello world'],
  [
    'in chunks that are cut anywhere',
    [`${chunked}`, '5\r', '\nhel', 'lo\r\n', '6\r\n world\r\n0\r\n', '\r\n'],
    200,
    'hello world',
  ],
])('an answer %s is read whole', async (_, sent, status, body) => {
  pieces = sent;
  const connection = await Connection.open(port);
  const first = await connection.exchange(ask, true);
  const second = await connection.exchange(ask, true);
  expect([first.status, first.body]).toEqual([status, body]);
  expect([second.status, second.body]).toEqual([status, body]);
  connection.close();
});

test('the Location of a create is kept as it was sent', async () => {
  pieces = ['HTTP/1.1 201 Created\r\nlocation: http://h/fhir/R4/Patient/A1/_history/1\r\nContent-Length: 0\r\n\r\n'];
  const connection = await Connection.open(port);
  expect((await connection.exchange(ask)).location).toBe('http://h/fhir/R4/Patient/A1/_history/1');
  connection.close();
});

test('a connection that the server ends fails the request on it', async () => {
  pieces = [];
  const closing = createServer((socket) => socket.on('data', () => socket.destroy()));
  await new Promise<void>((resolve) => closing.listen(0, '127.0.0.1', resolve));
  const address = closing.address();
  const connection = await Connection.open(typeof address === 'object' && address ? address.port : 0);
  await expect(connection.exchange(ask)).rejects.toThrow();
  closing.close();
});
