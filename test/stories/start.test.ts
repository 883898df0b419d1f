import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { processesIn } from '../../src/db/processes.ts';
import { type ServerProcess, startProcess } from '../support/process.ts';
import { freePort } from '../support/server.ts';

const root = join(import.meta.dirname, '../..');
let data: string;
let port: string;
let settings: Record<string, string>;

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'portico-start-'));
  chmodSync(data, 0o755);
  port = String(await freePort());
  settings = { PORT: port, PORTICO_DATA: data, PORTICO_LOG: 'warn' };
});
afterAll(() => rmSync(data, { recursive: true, force: true }));

const running: ServerProcess[] = [];
afterAll(() => {
  for (const { child } of running) child.kill('SIGKILL');
});

function run(more: Record<string, string> = {}): ServerProcess {
  const server = startProcess({ ...settings, ...more });
  running.push(server);
  return server;
}

const url = (path: string): string => `http://127.0.0.1:${port}${path}`;

const script = async (name: string, args: string[], more: Record<string, string> = {}) =>
  promisify(execFile)(process.execPath, [join('scripts', name), ...args], {
    cwd: root,
    env: { PATH: process.env.PATH, ...settings, ...more },
  });

const create = (token: string): Promise<Response> =>
  fetch(url('/fhir/R4/Patient'), {
    method: 'POST',
    headers: { authorization: `Bearer ${token.trim()}`, 'content-type': 'application/fhir+json' },
    body: '{"resourceType":"Patient","name":[{"family":"Okafor"}]}',
  });

test('a first start makes everything, says where it is, and SIGTERM ends it in order', async () => {
  const server = run();
  // The promise is 10 s; a machine that runs other tests beside this one gets more.
  expect(await server.ready()).toBeLessThan(30_000);
  const { stdout: token } = await script('token.ts', ['--scope', 'system/*.cruds']);
  expect((await create(token)).status).toBe(201);
  expect(server.output()).toContain(`Portico is ready at http://127.0.0.1:${port}\n`);
  expect(await server.stop()).toBe(0);
  expect(server.errors()).toBe('');
  expect(processesIn(join(data, 'postgres/data'))).toEqual([]);
});

test('after kill -9 the next start is quick, and what was acknowledged is there', async () => {
  const killed = run();
  await killed.ready();
  const { stdout: token } = await script('token.ts', ['--scope', 'system/*.cruds']);
  const created = await create(token);
  const location = created.headers.get('location') ?? '';
  killed.child.kill('SIGKILL');
  await killed.ended;

  const server = run();
  // The promise is 2 s.
  expect(await server.ready()).toBeLessThan(8000);
  const found = await fetch(location, { headers: { authorization: `Bearer ${token.trim()}` } });
  expect([found.status, await found.text()]).toEqual([200, await created.text()]);
  expect(await server.stop()).toBe(0);
});

test('a token can be had while no server runs, and is good for the next one', async () => {
  const { stdout: token } = await script('token.ts', ['--scope', 'patient/*.rs', '--patient', 'nobody']);
  const server = run();
  await server.ready();
  const headers = { authorization: `Bearer ${token.trim()}` };
  expect((await fetch(url('/fhir/R4/Patient/nobody'), { headers })).status).toBe(404);
  expect((await fetch(url('/fhir/R4/Group/any'), { headers })).status).toBe(403);
  expect((await fetch(url('/fhir/R4/Patient/nobody'))).status).toBe(401);
  await server.stop();
});

test.each<[string, string[], Record<string, string>, RegExp]>([
  ['a scope nobody knows', ['--scope', 'root'], {}, /The scope root is not one/],
  ['a patient scope without a patient', ['--scope', 'patient/*.rs'], {}, /needs --patient/],
  ['a user scope without a user', ['--scope', 'user/*.rs'], {}, /needs --fhir-user/],
  ['a user who is no person', ['--scope', 'user/*.rs', '--fhir-user', 'Group/g'], {}, /must be Practitioner/],
  ['a person and a system at once', ['--scope', 'user/*.rs system/*.rs'], {}, /cannot be had together/],
  ['no scope', [], {}, /Prints a bearer token/],
  ['two days', ['--scope', 'system/*.rs', '--hours', '48'], {}, /--hours must be a number up to 24/],
  [
    'a database of its own',
    ['--scope', 'system/*.rs'],
    { DATABASE_URL: 'postgres://x/y' },
    /PORTICO_ALLOW_LOCAL_TOKENS/,
  ],
])('no token is printed for %s', async (_, args, more, sentence) => {
  await expect(script('token.ts', args, more)).rejects.toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(sentence),
  });
});

test.each<[string, Record<string, string>, RegExp]>([
  ['a wrong setting', { PORT: 'http' }, /^Portico cannot start\. PORT must be a port from 1 to 65535\.\n$/],
  [
    'a database that does not answer',
    { DATABASE_URL: 'postgres://127.0.0.1:1/x' },
    /^Portico cannot start\. .*ECONNREFUSED/,
  ],
])('%s stops the start with a sentence', async (_, more, sentence) => {
  const server = run(more);
  expect(await server.ended).toBe(1);
  expect(server.errors()).toMatch(sentence);
});

test('a port that is taken stops the start, and leaves no Postgres behind', async () => {
  const other: Server = createServer();
  const taken = await new Promise<string>((resolve) =>
    other.listen(0, '127.0.0.1', () => {
      const address = other.address();
      resolve(String(typeof address === 'object' && address ? address.port : 0));
    }),
  );
  const server = run({ PORT: taken });
  expect(await server.ended).toBe(1);
  expect(server.errors()).toContain(`Port ${taken} of 127.0.0.1 is taken by another program. Set PORT or HOST.`);
  expect(processesIn(join(data, 'postgres/data'))).toEqual([]);
  other.close();
});
