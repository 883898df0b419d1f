import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { appendBlock, fileBlocks } from '../../src/privacy/ledger/block.ts';
import { checkpointKey } from '../../src/privacy/ledger/checkpoint-key.ts';
import { checkpoint, checkpointsInFile } from '../../src/privacy/ledger/checkpoints.ts';
import { type Verified, verifyLedger } from '../../src/privacy/ledger/verify.ts';
import { type Server, startServer } from '../support/server.ts';

// Whoever has the database has its triggers, too: what they do to the ledger must show.
let server: Server;
let folder: string;
beforeAll(async () => {
  server = await startServer();
  folder = mkdtempSync(join(tmpdir(), 'portico-tampered-'));
  await server.fetch('Patient/pa', { method: 'PUT', body: JSON.stringify({ resourceType: 'Patient', id: 'pa' }) });
  for (let at = 0; at < 3; at++) await server.fetch('Patient/pa');
  await fileBlocks(server.database, 1);
}, 120_000);
afterAll(async () => {
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

const key = () => checkpointKey(server.smart.fhir.settings.keyOf);
const verify = (): Promise<Verified> => verifyLedger(server.database, 1, key(), checkpointsInFile(folder, 1));

/** Does something to the tables of the ledger as their owner, and takes it back. */
async function tampered(change: string, back: string): Promise<Verified> {
  const { database } = server;
  await database.query('alter table ledger_entry disable trigger ledger_kept');
  await database.query(change);
  const found = await verify();
  await database.query(back);
  await database.query('alter table ledger_entry enable trigger ledger_kept');
  return found;
}

test.each([
  ['suspended_until', `'9998-01-01'`],
  ['code', '4711'],
  ['present', `'{}'`],
])('A-68 a row is not hidden from whom it is about by its %s', async (column, value) => {
  const where = `id = (select min(id) from ledger_entry where tenant = 1 and shape is not null and patient = 'pa')`;
  expect((await verify()).ok).toBe(true);
  const found = await tampered(
    `update ledger_entry set ${column} = ${value} where ${where}`,
    `update ledger_entry set ${column} = null where ${where}`,
  );
  expect(found).toMatchObject({ ok: false, problem: expect.stringContaining('was changed') });
  expect((await verify()).ok).toBe(true);
});

test('O-97 a checkpoint whose line was cut off by a crash hides none that follows', async () => {
  const sign = async () => {
    await server.fetch('Patient/pa');
    return checkpoint(server.database, key(), folder, 1, Date.now());
  };
  const file = join(folder, '1.ndjson');
  await sign();
  appendFileSync(file, readFileSync(file, 'utf8').slice(0, 40));
  const made = await sign();
  expect(checkpointsInFile(folder, 1).map(({ number }) => number)).toContain(made?.number);
  expect(await verify()).toMatchObject({ ok: true, checkpoints: 2 });
});

test('A-68 a line of the file that is no checkpoint is told of, as one that is forged is', async () => {
  const file = join(folder, '1.ndjson');
  const before = readFileSync(file, 'utf8');
  for (const line of ['{"tenant":1,"number":"x"}', '{nothing}', '{}', 'null}']) {
    writeFileSync(file, `${before}${line}\n`);
    expect(await verify(), line).toMatchObject({ ok: false, problem: expect.stringContaining('not signed') });
  }
  writeFileSync(file, before);
  expect((await verify()).ok).toBe(true);
});

test('A-68 what is taken off the end of the ledger with the checkpoints in the database is missed by the file', async () => {
  const { database } = server;
  const kept = await database.query('select number, hash, previous from ledger_head where tenant = 1');
  const [last] = await database.query('select number::float8 from ledger_head where tenant = 1');
  await checkpoint(database, key(), folder, 1, Date.now());
  const number = Number(last?.[0]);
  await database.query(
    `update ledger_head h set number = b.number, hash = b.hash, previous = b.previous from ledger_block b
     where h.tenant = 1 and b.tenant = 1 and b.number = ${number - 1}`,
  );
  expect(await verify()).toMatchObject({ ok: false });
  await database.query(
    'update ledger_head set number = $1, hash = $2, previous = $3 where tenant = 1',
    kept[0] as never,
  );
  expect((await verify()).ok).toBe(true);
});

test('O-84 who tells of a disclosure made elsewhere writes no name of the patient where it outlasts the record', async () => {
  const canary = 'Zqxcanary';
  const disclosure = {
    resourceType: 'AuditEvent',
    text: { status: 'additional', div: `<div xmlns="http://www.w3.org/1999/xhtml">${canary}</div>` },
    contained: [
      { resourceType: 'Patient', id: 'p', name: [{ family: canary }], birthDate: '1971-02-03' },
      { resourceType: 'Organization', id: 'o', name: 'Registry of Births' },
    ],
    type: { system: 'http://dicom.nema.org/resources/ontology/DCM', code: '110106' },
    subtype: [{ system: 'http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle', code: 'disclose' }],
    recorded: '2020-01-01T00:00:00Z',
    agent: [
      { who: { reference: '#o' }, requestor: true },
      { who: { reference: '#p', display: canary }, altId: canary, name: canary, requestor: false },
    ],
    source: { observer: { display: 'Registry' } },
    entity: [{ what: { reference: 'Patient/pa', display: canary }, name: canary }],
  };
  const answer = await server.fetch('AuditEvent/$recordDisclosure', {
    method: 'POST',
    body: JSON.stringify(disclosure),
  });
  expect(answer.status, await answer.text()).toBe(201);
  const rows = await server.database.query(`select content from ledger where content like '%Registry of Births%'`);
  expect(rows.length).toBe(1);
  expect(String(rows[0]?.[0])).not.toContain(canary);
  expect(String(rows[0]?.[0])).not.toContain('1971');
});

test('A-68 a row that is written twice is named, and keeps nothing that follows from being filed', async () => {
  const { database } = server;
  const content = '{"resourceType":"AuditEvent","id":"twice"}';
  const whole = { code: null, present: [], suspendedUntil: null };
  const rows = [{ id: 'twice', recorded: null, patient: 'pa', shape: null, keys: [], content, whole }];
  for (let at = 0; at < 2; at++) await appendBlock(database, 1, rows, Date.now());
  await server.fetch('Patient/pa');
  await expect
    .poll(async () => {
      await fileBlocks(database, 1);
      const [row] = await database.query(
        'select f.number = h.number from ledger_filed f join ledger_head h using (tenant) where f.tenant = 1',
      );
      return row;
    })
    .toEqual([true]);
  expect(await verify()).toMatchObject({ ok: false, problem: expect.stringContaining('twice') });
});
