import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { readConfig } from '../../src/config.ts';
import type { Row } from '../../src/db/database.ts';
import { folderKeys } from '../../src/db/patient-keys.ts';
import { start } from '../../src/start.ts';
import { canaries, inFiles, inTables } from '../support/canaries.ts';
import { freePort, type Server, startServer } from '../support/server.ts';

// Each record is sealed with its own key: what the server's database holds, and every backup of it, is of no use without.
let data: string;
let server: Server;
const settings = { PORTICO_SHRED: 'on', PORTICO_SECRET: 'a secret that both starts have in common' };
beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'portico-shred-'));
  server = await startServer({ ...settings, PORTICO_DATA: data });
});
afterAll(async () => {
  await server?.close();
  rmSync(data, { recursive: true, force: true });
});

const texts = canaries(12);
const [posted, put, patched, transacted, batched, conditional, old, whole, bytes, base64, answered, deleted] = texts;
const subject = { reference: 'Patient/p' };
const observation = (note: string | undefined, more: object = {}) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
  subject,
  note: [{ text: note }],
  ...more,
});

async function call(method: string, path: string, body?: object | Uint8Array, headers: Record<string, string> = {}) {
  const sent =
    body === undefined
      ? {}
      : { body: body instanceof Uint8Array ? new Blob([Buffer.from(body)]) : JSON.stringify(body) };
  const response = await server.fetch(path, { method, headers, ...sent });
  return { status: response.status, text: await response.text() };
}

test('what is written on any way is read as it was, and no text of it is in a table or a file', async () => {
  const statuses = [
    await call('PUT', 'Patient/p', { resourceType: 'Patient', id: 'p', maritalStatus: { text: 'x' } }),
    await call('POST', 'Observation', observation(posted)),
    await call('PUT', 'Observation/put', observation(old, { id: 'put' })),
    await call('PUT', 'Observation/put', observation(put, { id: 'put' })),
    await call('PATCH', 'Observation/put', [{ op: 'add', path: '/note/-', value: { text: patched } }], {
      'content-type': 'application/json-patch+json',
    }),
    await call('POST', '', {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [
        { resource: observation(transacted), request: { method: 'POST', url: 'Observation' } },
        { resource: observation(whole, { id: 'whole' }), request: { method: 'PUT', url: 'Observation/whole' } },
      ],
    }),
    await call('POST', '', {
      resourceType: 'Bundle',
      type: 'batch',
      entry: [
        { resource: observation(batched), request: { method: 'POST', url: 'Observation' } },
        {
          resource: observation(conditional, { identifier: [{ system: 's', value: 'v' }] }),
          request: { method: 'POST', url: 'Observation', ifNoneExist: 'identifier=s|v' },
        },
      ],
    }),
    await call('PUT', 'Binary/raw', Buffer.from(`bytes ${bytes}`), {
      'content-type': 'application/octet-stream',
      'x-security-context': 'Patient/p',
    }),
    await call('PUT', 'Binary/json', {
      resourceType: 'Binary',
      id: 'json',
      contentType: 'text/plain',
      securityContext: subject,
      data: btoa(`${base64}`),
    }),
    await call('PUT', 'QuestionnaireResponse/q', {
      resourceType: 'QuestionnaireResponse',
      id: 'q',
      status: 'completed',
      subject,
      item: [{ linkId: '1', answer: [{ valueString: answered }] }],
    }),
    await call('PUT', 'Observation/gone', observation(deleted, { id: 'gone' })),
    await call('DELETE', 'Observation/gone'),
  ];
  for (const { status, text } of statuses) expect(status, text).toBeLessThan(300);

  expect(await inTables(server.database, texts)).toEqual([]);
  expect(inFiles(data, texts)).toEqual([]);
  const [unsealed] = await server.database.query(
    `select count(*)::int from (select patient, content, type from resource union all select patient, content, type from resource_history) r
     where patient is not null and content <> '' and content not like '%portico:sealed%' and type not in (7, 9, 30)`,
  );
  expect(unsealed).toEqual([0]);

  const found = await call('GET', 'Observation?patient=p&_count=50');
  for (const text of [posted, put, patched, transacted, batched, conditional, whole])
    expect(found.text).toContain(text);
  expect((await call('GET', 'Observation/put/_history/1')).text).toContain(old);
  expect((await call('GET', 'Observation/put/_history')).text).toContain(old);
  expect((await call('GET', 'Observation/gone/_history/1')).text).toContain(deleted);
  expect((await call('GET', 'Patient/p/$everything')).text).toContain(answered);
  expect((await call('GET', 'Binary/raw', undefined, { accept: '*/*' })).text).toContain(bytes);
  expect((await call('GET', 'Binary/json', undefined, { accept: 'text/plain' })).text).toContain(base64);
  expect((await call('GET', 'Observation/$lastn?patient=p&code=8867-4')).status).toBe(200);
  expect((await call('GET', 'Observation/$meta')).status).toBe(200);
});

test.each(['_content=x', '_text=x', '_sort=status'])(
  'a search by %s, which texts would have to be read for, is refused',
  async (query) => {
    const { status, text } = await call('GET', `Observation?${query}`);
    expect([status, text.includes('sealed')]).toEqual([400, true]);
  },
);

/** Every row of the record as a backup has it. */
const backup = async (table: string): Promise<Row[]> =>
  server.database.query(`select t::text from ${table} t where tenant = $1 and patient = $2`, [1, 'p']);

test('O-94 a backup of before an erasure is restored: it opens for nobody, and is erased again', async () => {
  const kept = { resource: await backup('resource'), resource_history: await backup('resource_history') };
  const keys = folderKeys(join(data, 'patient-keys'));
  const key = await keys.find(1, 'p');
  const secret = key === null || key === 'destroyed' ? Buffer.alloc(0) : key.export();
  expect(secret.length).toBe(32);
  const erased = await call('POST', 'Patient/p/$erase?grace=0');
  expect(erased.status, erased.text).toBe(200);
  expect(await folderKeys(join(data, 'patient-keys')).find(1, 'p')).toBe('destroyed');
  expect(inFiles(data, [secret])).toEqual([]);

  for (const [table, rows] of Object.entries(kept)) {
    for (const [row] of rows)
      await server.database.query(`insert into ${table} select ($1::${table}).*`, [String(row)]);
  }
  const back = await call('GET', 'Observation/put');
  expect([back.status, back.text.includes('note')]).toEqual([200, false]);
  expect(await inTables(server.database, texts)).toEqual([]);

  const port = String(await freePort());
  const config = readConfig({ ...settings, PORTICO_DATA: data, PORTICO_DEMO: 'off', PORT: port });
  const compiled = join(import.meta.dirname, '../../node_modules/.cache/portico');
  const again = await start({ ...config, database: server.target, compiled }, pino({ level: 'silent' }));
  expect((await call('GET', 'Observation/put')).status).toBe(404);
  const [left] = await server.database.query('select count(*)::int from resource where tenant = $1 and patient = $2', [
    1,
    'p',
  ]);
  expect(left).toEqual([0]);
  await again.stop();
});
