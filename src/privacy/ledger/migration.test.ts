import { randomUUID } from 'node:crypto';
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, inject, test } from 'vitest';

import { connect } from '../../db/connect.ts';
import { openLine } from '../../db/line.ts';
import { migrate } from '../../db/migrate.ts';
import { appendBlock, fileBlocks } from './block.ts';
import { checkpointKey } from './checkpoint-key.ts';
import { verifyLedger } from './verify.ts';

const migrations = join(import.meta.dirname, '../../../migrations');
const folder = mkdtempSync(join(tmpdir(), 'portico-migrations-'));
afterAll(() => rmSync(folder, { recursive: true }));

const copy = (upTo: string): void => {
  for (const name of readdirSync(migrations).filter((one) => one < upTo))
    copyFileSync(join(migrations, name), join(folder, name));
};

const insert = `insert into resource (tenant, type, id, version, last_updated, patient, code, date_start, date_end, present, keys, content)
  select t, 7, 'old-' || t || '-' || n, 1, '2026-01-02T03:04:05.678901Z'::timestamptz + make_interval(mins => n),
    case when n % 2 = 0 then 'pa' end, 42, '2026-01-02T03:04:05.678Z'::timestamptz + make_interval(mins => n), now(),
    array[1, 2], array[7, 9007199254740991], '{"resourceType":"AuditEvent","id":"old-' || t || '-' || n || '","text":"Zürich"}'
  from generate_series(1, 2) t, generate_series(1, 5) n`;

test('AuditEvents that were resources become the first block of the ledger of their tenant, and what follows is chained to it', async () => {
  const database = `test_${randomUUID().replaceAll('-', '')}`;
  const admin = await openLine(inject('postgres'), { deadline: 60_000 });
  await admin.script(`create database ${database}`);
  const target = { ...inject('postgres'), database };
  copy('0005');
  await migrate(target, folder);
  const line = await openLine(target, { deadline: 60_000 });
  await line.script(insert);
  await line.close();
  copy('0006');
  await migrate(target, folder);
  const on = await connect(target, { lines: 1 });
  const key = checkpointKey(() => new Uint8Array(32));
  expect(await verifyLedger(on, 2, key, [])).toMatchObject({ ok: true, rows: 5, blocks: 1 });
  const row = { id: 'new', recorded: null, patient: 'pa', shape: null, keys: [3], content: '{}' };
  await appendBlock(on, 2, [{ ...row, whole: { code: null, present: [], suspendedUntil: null } }], Date.now());
  expect(await verifyLedger(on, 2, key, [])).toMatchObject({ ok: true, rows: 6, blocks: 2 });
  expect(await verifyLedger(on, 1, key, [])).toMatchObject({ ok: true, rows: 5, blocks: 1 });
  for (const tenant of [1, 2]) await fileBlocks(on, tenant);
  expect(await verifyLedger(on, 2, key, [])).toMatchObject({ ok: true, rows: 6, blocks: 2 });
  expect(await on.query('select count(*)::int from ledger_entry')).toEqual([[11]]);
  expect(await on.query('select count(*)::int from resource where type = 7')).toEqual([[0]]);
  const [first] = await on.query(
    `select id, patient, last_updated, code::int, content from audit_event where tenant = 1 and id = 'old-1-2'`,
  );
  expect(first?.slice(0, 4)).toEqual(['old-1-2', 'pa', new Date('2026-01-02T03:06:05.678Z'), 42]);
  await on.close();
  await admin.script(`drop database ${database} with (force)`);
  await admin.close();
});
