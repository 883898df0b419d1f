import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';

import { connect } from '../../src/db/connect.ts';
import type { Database, Queryable } from '../../src/db/database.ts';
import type { FhirContext, Resource } from '../../src/fhir/context.ts';
import { typeNumber } from '../../src/fhir/resources.ts';
import { createStore } from '../../src/fhir/store/store.ts';
import { addCopy, findCopy, unsealKey } from '../../src/privacy/copy/copies.ts';
import { decrypted } from '../../src/privacy/copy/frames.ts';
import { makeCopy } from '../../src/privacy/copy/make.ts';
import { PAGE } from '../../src/privacy/copy/record.ts';
import { openRequest } from '../../src/privacy/requests/requests.ts';
import { storeAsIs } from '../support/every-type.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';
import { type ServerProcess, startProcess } from '../support/process.ts';
import { freePort, type Server, startServer } from '../support/server.ts';
import { shared, sharedMissing, syntheaFiles, syntheaResources } from '../support/shared-data.ts';
import { unzip } from '../support/unzip.ts';

const root = join(import.meta.dirname, '../..');

const readings = (patient: string, count: number): Resource[] =>
  Array.from({ length: count }, (_, n) => ({
    resourceType: 'Observation',
    id: `reading-${n}`,
    status: 'final',
    code: { text: `reading ${n}` },
    subject: { reference: `Patient/${patient}` },
    note: [{ text: 'n'.repeat(1000) }],
  }));

let server: Server;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

/** Makes a copy by hand, and gives the files of it. */
async function copyOf(context: FhirContext, patient: string): Promise<Map<string, Buffer>> {
  const id = `copy-of-${patient}`;
  const fhirUser = `Patient/${patient}`;
  const task = await openRequest(context, { tenant: 1, code: 'copy', patient, requester: { reference: fhirUser } });
  const principal = { tenant: 1, actor: 'self' as const, subject: 'test', fhirUser };
  await addCopy(context.database, { tenant: 1, id, taskId: task.id, patient, principal, requestedAt: new Date() });
  await makeCopy(context, 1, id);
  const copy = await findCopy(context.database, 1, id);
  const bytes = copy?.sha256 ? await context.blobs.get(copy.sha256) : null;
  if (!bytes || !copy?.sealedKey) throw new Error('no copy was made');
  return unzip(await buffer(decrypted(Buffer.from(unsealKey(context, id, copy.sealedKey), 'base64url'), bytes)));
}

const namesIn = (files: Map<string, Buffer>): string[] =>
  [...files]
    .filter(([name]) => name.startsWith('record/') && !name.includes('AuditEvent'))
    .flatMap(([, bytes]) => String(bytes).split('\n').filter(Boolean))
    .map((line) => {
      const { resourceType, id } = JSON.parse(line);
      return `${resourceType}/${id}`;
    })
    .sort();

test('O-81 a record is read as fast as the copy is taken, a page at a time', async () => {
  const { fhir } = server.smart;
  await storeAsIs(fhir, [{ resourceType: 'Patient', id: 'long' }, ...readings('long', 3 * PAGE + 1)]);
  let largest = 0;
  let pages = 0;
  const planned: Queryable = {
    async query(text, params) {
      const rows = await fhir.database.planned.query(text, params);
      if (text.includes('from resource')) {
        pages += rows.length > 0 ? 1 : 0;
        largest = Math.max(largest, rows.length);
      }
      return rows;
    },
  };
  const files = await copyOf({ ...fhir, database: { ...fhir.database, planned } }, 'long');
  expect(largest).toBe(PAGE);
  expect(pages).toBeGreaterThan(4);
  expect(namesIn(files)).toHaveLength(3 * PAGE + 2);
});

test.skipIf(shared === null)(
  'O-81 the copy of the longest real record is complete',
  async () => {
    const { fhir } = server.smart;
    const identities = new Map<string, string>();
    const longest = 'e5a8d3f4-4484-ebfd-7404-d9f02c9fe6a6.json.gz';
    const places = syntheaFiles().filter((file) => file.startsWith('0-'));
    for (const file of places) await storeAsIs(fhir, syntheaResources(file, identities));
    const resources = syntheaResources(longest, identities);
    const patient = resources.find(({ resourceType }) => resourceType === 'Patient')?.id ?? '';
    await storeAsIs(fhir, resources);
    const rows = await server.database.query(
      'select content from resource where tenant = 1 and (patient = $1 or $1 = any(patients))',
      [patient],
    );
    const expected = rows.map(([content]) => JSON.parse(String(content)));
    const files = await copyOf(fhir, patient);
    const names = expected.map(({ resourceType, id }) => `${resourceType}/${id}`);
    expect(namesIn(files).filter((name) => !name.startsWith('Communication/'))).toEqual(names.sort());
    expect(names.length).toBeGreaterThan(1000);
    for (const one of ['Practitioner', 'Organization']) expect(files.has(`related/${one}.ndjson`)).toBe(true);
  },
  120_000,
);

test.runIf(shared === null)(sharedMissing, () => {});

let own: TestDatabase;
let database: Database;
let process_: ServerProcess | null = null;
const data = mkdtempSync(join(tmpdir(), 'portico-copy-killed-'));
afterAll(async () => {
  await process_?.stop();
  await database?.close();
  await own?.drop();
  rmSync(data, { recursive: true, force: true });
});

test('O-81 a copy that was half made when the server was killed is made again, and its key is new', async () => {
  own = await createDatabase(inject('postgres'));
  database = await connect(own.target);
  const { user, password, host, port: place, database: name, socket } = own.target;
  const url = new URL(`postgres://${socket ? 'localhost' : host}:${place}/${name}`);
  url.username = user;
  url.password = password;
  if (socket) url.searchParams.set('host', socket.replace(/\/\.s\.PGSQL\.\d+$/, ''));
  const port = String(await freePort());
  const settings = {
    PORT: port,
    PORTICO_DATA: data,
    PORTICO_DEMO: 'off',
    PORTICO_LOG: 'error',
    PORTICO_ALLOW_LOCAL_TOKENS: 'on',
    DATABASE_URL: url.href,
  };
  process_ = startProcess(settings);
  await process_.ready();
  const far = { ...server.smart.fhir, database, store: createStore(database) };
  await storeAsIs(far, [{ resourceType: 'Patient', id: 'long' }, ...readings('long', 4000)]);
  const scope = ['--scope', 'patient/*.rs', '--patient', 'long', '--fhir-user', 'Patient/long'];
  const env = { PATH: process.env.PATH, ...settings };
  const { stdout } = await promisify(execFile)(process.execPath, ['scripts/token.ts', ...scope], { cwd: root, env });
  const asked = await fetch(`http://127.0.0.1:${port}/fhir/R4/Patient/long/$my-data`, {
    method: 'POST',
    headers: { authorization: `Bearer ${stdout.trim()}` },
  });
  expect(asked.status).toBe(202);
  const ask = async (text: string) => (await database.query(text))[0]?.[0];
  const begun = `select status from (select content::json->>'status' as status from resource where type = ${typeNumber('Task')}) t`;
  await vi.waitFor(async () => expect(await ask(begun)).toBe('in-progress'), { timeout: 20_000, interval: 5 });
  process_.child.kill('SIGKILL');
  await process_.ended;
  expect(await ask('select sha256 from record_copy')).toBeNull();
  // A job is somebody's for two minutes after they were heard of last; this is not worth the wait.
  await database.query('update job set locked_until = now() where locked_until is not null');
  process_ = startProcess(settings);
  await process_.ready();
  await vi.waitFor(async () => expect(await ask('select sha256 from record_copy')).not.toBeNull(), {
    timeout: 60_000,
    interval: 100,
  });
  await vi.waitFor(async () => expect(await ask(begun)).toBe('completed'), { timeout: 20_000, interval: 50 });
  expect(await ask('select count(*)::int from record_copy')).toBe(1);
}, 180_000);
