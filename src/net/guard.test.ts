import { createServer, type RequestListener, type Server } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { isPublicAddress } from './addresses.ts';
import { createGuardedFetch } from './guard.ts';

let server: Server;
let host: string;
let hits = 0;
let answer: RequestListener = (_, outgoing) => outgoing.end('{}');

beforeAll(async () => {
  server = createServer((incoming, outgoing) => {
    hits += 1;
    answer(incoming, outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  host = `127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const reasonOf = async (url: string, fetch = createGuardedFetch({ allow: [] })): Promise<string> => {
  const result = await fetch(url, { deadline: 1000 });
  return result.ok ? `fetched ${result.value.text}` : result.reason;
};

test('A-42 nothing is sent to this machine or its network, however it is written', async () => {
  const port = host.split(':')[1];
  const before = hits;
  for (const url of [
    `http://127.0.0.1:${port}/`,
    `https://127.0.0.1:${port}/`,
    `https://localhost:${port}/`,
    `https://localhost.:${port}/`,
    `https://0x7f.1:${port}/`,
    `https://2130706433:${port}/`,
    `https://[::1]:${port}/`,
    `https://[::ffff:127.0.0.1]:${port}/`,
    'http://169.254.169.254/latest/meta-data',
    'https://169.254.169.254/latest/meta-data',
    'https://10.0.0.1/',
    'https://[fd00::1]/',
    'https://[fe80::1]/',
    'https://[64:ff9b::7f00:1]/',
    `https://user:secret@127.0.0.1:${port}/`,
    'https://example.org:25/',
    'file:///etc/passwd',
    'gopher://127.0.0.1/',
    'data:application/json,{}',
    'not a url',
  ]) {
    expect(await reasonOf(url), url).not.toMatch(/^fetched/);
  }
  expect(hits).toBe(before);
});

test('A-42 a name is looked at when the connection is made: one that leads elsewhere the second time is refused', async () => {
  const asked: string[] = [];
  const fetch = createGuardedFetch({
    allow: [],
    look: (name, _options, found) => {
      asked.push(name);
      found(null, [{ address: asked.length % 2 ? '192.0.2.1' : '127.0.0.1', family: 4 }]);
    },
  });
  const before = hits;
  const port = host.split(':')[1];
  expect(await reasonOf(`https://evil.test:${port}/`, fetch)).toBe('it leads into a network that is not public');
  expect(await reasonOf(`https://evil.test:${port}/`, fetch)).toBe('it leads into a network that is not public');
  expect(asked).toEqual(['evil.test', 'evil.test']);
  expect(hits).toBe(before);
});

test('what the operator permits is fetched, by host and port', async () => {
  answer = (_, outgoing) => outgoing.setHeader('content-type', 'application/json').end('{"keys":[]}');
  const fetch = createGuardedFetch({ allow: [host] });
  expect(await fetch(`http://${host}/keys`)).toMatchObject({
    ok: true,
    value: { status: 200, contentType: 'application/json', text: '{"keys":[]}' },
  });
  expect(await reasonOf('http://127.0.0.1:1/', fetch)).not.toMatch(/^fetched/);
});

test('a permitted port is the one that a URL has without saying so', async () => {
  const fetch = createGuardedFetch({ allow: ['127.0.0.1:80', '[::1]:443'] });
  expect(await reasonOf('http://127.0.0.1/', fetch)).toBe('it could not be reached');
  expect(await reasonOf('https://[::1]/', fetch)).toBe('it could not be reached');
  expect(await reasonOf('http://127.0.0.1:81/', fetch)).toBe('it is not an https URL');
});

test.each<[string, RequestListener, RegExp]>([
  ['a redirect', (_, outgoing) => outgoing.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(), /redirect/],
  ['a body of 100 MB', (_, outgoing) => void outgoing.end(Buffer.alloc(100 * 2 ** 20)), /longer than/],
  [
    'a bomb of gzip',
    (_, outgoing) => outgoing.setHeader('content-encoding', 'gzip').end(gzipSync(Buffer.alloc(2 ** 20))),
    /compressed/,
  ],
  ['nothing at all', () => undefined, /in time/],
  [
    'a byte now and then',
    (_, outgoing) => {
      const drip = setInterval(() => outgoing.write(' '), 50);
      outgoing.on('close', () => clearInterval(drip));
    },
    /in time/,
  ],
  ['a connection that breaks', (incoming) => incoming.socket.destroy(), /could not be reached/],
])('A-42 %s is given up', async (_, listener, reason) => {
  answer = listener;
  expect(await reasonOf(`http://${host}/`, createGuardedFetch({ allow: [host] }))).toMatch(reason);
});

test.each([
  ['8.8.8.8', true],
  ['1.1.1.1', true],
  ['2606:4700:4700::1111', true],
  ['127.0.0.1', false],
  ['127.255.255.254', false],
  ['0.0.0.0', false],
  ['10.1.2.3', false],
  ['172.31.255.255', false],
  ['172.32.0.1', true],
  ['192.168.1.1', false],
  ['100.64.0.1', false],
  ['169.254.169.254', false],
  ['168.63.129.16', false],
  ['224.0.0.1', false],
  ['255.255.255.255', false],
  ['::', false],
  ['::1', false],
  ['::ffff:8.8.8.8', false],
  ['::ffff:127.0.0.1', false],
  ['64:ff9b::7f00:1', false],
  ['2002:7f00:1::', false],
  ['fc00::1', false],
  ['fe80::1%eth0', false],
  ['ff02::1', false],
  ['2001:db8::1', false],
])('%s is a public address: %s', (address, expected) => {
  expect(isPublicAddress(address)).toBe(expected);
});
