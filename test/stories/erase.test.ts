import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { connect } from '../../src/db/connect.ts';
import type { Database } from '../../src/db/database.ts';
import { embeddedTarget } from '../../src/db/embedded.ts';
import { cast } from '../../src/demo/cast.ts';
import { canaries, inFiles, inTables } from '../support/canaries.ts';
import { type ServerProcess, startProcess } from '../support/process.ts';
import { freePort } from '../support/server.ts';

// A server with the demo's people, as a process of its own, so that it can be killed, and a backup of its data be restored.
let data: string;
let settings: Record<string, string>;
let server: ServerProcess;
let authorization: string;

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'portico-erase-story-'));
  chmodSync(data, 0o755);
  settings = { PORT: String(await freePort()), PORTICO_DATA: data, PORTICO_DEMO: 'on', PORTICO_LOG: 'info' };
  server = startProcess(settings);
  await server.ready();
  const { stdout } = await promisify(execFile)(process.execPath, ['scripts/token.ts', '--scope', 'system/*.cruds'], {
    cwd: join(import.meta.dirname, '../..'),
    env: { PATH: process.env.PATH, ...settings },
  });
  authorization = `Bearer ${stdout.trim()}`;
}, 120_000);
afterAll(async () => {
  await server.stop();
  rmSync(data, { recursive: true, force: true });
});

async function call(method: string, path: string, body?: object): Promise<{ status: number; text: string }> {
  const response = await fetch(`http://127.0.0.1:${settings.PORT}/fhir/R4/${path}`, {
    method,
    headers: { authorization, 'content-type': 'application/fhir+json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { status: response.status, text: await response.text() };
}
const looking = async <T>(work: (database: Database) => Promise<T>): Promise<T> => {
  const database = await connect(embeddedTarget(join(data, 'postgres')), { lines: 2 });
  return work(database).finally(() => database.close());
};
/** With its owners, who are not who runs the tests. */
const copy = (from: string, to: string) => promisify(execFile)('cp', ['-a', join(data, from), join(data, to)]);
const patient = cast[0]?.id ?? '';
const texts = canaries(20);

/** What is kept of the record outside of the database: files, the list of erasures, what the server has logged. */
const outside = (): string[] => {
  const logged = server.output() + server.errors();
  const files = inFiles(data, texts).filter((place) => !place.startsWith(join(data, 'postgres')));
  return [...files, ...texts.filter((text) => logged.includes(text))];
};

const state = async (database: Database): Promise<unknown> =>
  (await database.query('select state, work is not null from erasure where tenant = $1', [1]))[0]?.join(' ');

async function until<T>(look: () => Promise<T | null | undefined | false>, within: number): Promise<T> {
  for (const begun = performance.now(); performance.now() - begun < within; ) {
    const found = await look();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  throw new Error('It did not come');
}

test('a demo patient has a large record, in which 20 texts stand', async () => {
  const subject = { reference: `Patient/${patient}` };
  for (let part = 0; part < 4; part++) {
    const entry = Array.from({ length: 1000 }, (_, n) => ({
      resource: {
        resourceType: 'Observation',
        status: 'final',
        code: { text: `reading ${n}` },
        subject,
        ...(n < 5 ? { note: [{ text: texts[part * 5 + n] }] } : {}),
      },
      request: { method: 'POST', url: 'Observation' },
    }));
    expect((await call('POST', '', { resourceType: 'Bundle', type: 'transaction', entry })).status).toBe(200);
  }
  expect(await looking((database) => inTables(database, texts))).toHaveLength(20);
});

test('O-84 a server that is killed while it erases goes on after its restart, until nothing is left', async () => {
  await server.stop();
  await copy('postgres', 'backup');
  server = startProcess(settings);
  await server.ready();

  const asked = call('POST', `Patient/${patient}/$erase?grace=0`).catch(() => null);
  await looking((database) => until(async () => (await state(database)) === 'erasing true', 20_000));
  server.child.kill('SIGKILL');
  await Promise.all([server.ended, asked]);
  server = startProcess(settings);
  await server.ready();
  expect(await looking(state)).toBe('erasing true');
  // As if two minutes had gone by, after which it is anybody's.
  await looking((database) => database.query('update job set locked_until = now() where tenant = $1', [1]));
  await looking((database) => until(async () => (await state(database)) === 'erased false', 20_000));
  expect((await call('GET', `Patient/${patient}`)).status).toBe(404);
  expect(await looking((database) => inTables(database, texts))).toEqual([]);
  const receipt = await looking((database) => database.query('select receipt from erasure where tenant = $1', [1]));
  const { body } = JSON.parse(String(receipt[0]?.[0])) as { body: string };
  expect(JSON.parse(body).resources.Observation.before).toBeGreaterThanOrEqual(4000);
  expect(JSON.parse(body).resources.Observation.after).toBe(0);
}, 120_000);

test('O-84 a backup of before is restored: before anybody is served, the record is erased again', async () => {
  await server.stop();
  rmSync(join(data, 'postgres'), { recursive: true });
  await copy('backup', 'postgres');
  rmSync(join(data, 'backup'), { recursive: true });
  server = startProcess(settings);
  await server.ready();
  expect((await call('GET', `Patient/${patient}`)).status).toBe(404);
  expect((await call('GET', `Observation?patient=${patient}&_summary=count`)).text).toContain('"total":0');
  expect(await looking((database) => inTables(database, texts))).toEqual([]);
  expect(outside()).toEqual([]);
  expect(server.errors()).toContain('were there again');
  expect((await call('PUT', `Patient/${patient}`, { resourceType: 'Patient', id: patient })).status).toBe(404);
}, 120_000);
