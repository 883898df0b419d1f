import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, inject, test } from 'vitest';

import { createDatabase, type TestDatabase } from '../../test/support/postgres.ts';
import { openLine } from './line.ts';
import { migrate } from './migrate.ts';

const migrations = join(import.meta.dirname, '../../migrations');
const root = mkdtempSync(join(tmpdir(), 'portico-migrate-'));
let own: TestDatabase;
let folder: string;

beforeEach(async () => {
  own = await createDatabase(inject('postgres'));
  folder = mkdtempSync(join(root, 'migrations-'));
  cpSync(migrations, folder, { recursive: true });
});
afterEach(() => own.drop());
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function run(text: string): Promise<void> {
  const line = await openLine(own.target, { deadline: 10_000 });
  await line.script(text).finally(() => line.close());
}

test('files that were applied are not applied again', async () => {
  expect(await migrate(own.target, folder)).toEqual({ applied: [], altered: false });
});

test('several servers that start at once apply each file once', async () => {
  writeFileSync(join(folder, '9001_first.sql'), 'create table first_one (n int); select pg_sleep(0.05);');
  writeFileSync(join(folder, '9002_second.sql'), 'alter table first_one add m int;');
  const all = await Promise.all([1, 2, 3, 4].map(() => migrate(own.target, folder)));
  const applied = all.map((one) => one.applied).filter((names) => names.length > 0);
  expect(applied).toEqual([['9001_first.sql', '9002_second.sql']]);
});

test('a file that fails leaves nothing of itself, and the start stops with its name', async () => {
  writeFileSync(join(folder, '9001_first.sql'), 'create table first_one (n int);');
  writeFileSync(join(folder, '9002_second.sql'), 'create table second_one (n int); select nothing_here;');
  await expect(migrate(own.target, folder)).rejects.toThrow(/Migration 9002_second.sql failed: .*nothing_here/);
  writeFileSync(join(folder, '9002_second.sql'), 'create table second_one (n int);');
  expect((await migrate(own.target, folder)).applied).toEqual(['9002_second.sql']);
});

test('a file that was changed after it was applied stops the start', async () => {
  writeFileSync(join(folder, '9001_first.sql'), 'create table first_one (n int);');
  await migrate(own.target, folder);
  writeFileSync(join(folder, '9001_first.sql'), 'create table first_one (n bigint);');
  await expect(migrate(own.target, folder)).rejects.toThrow(/9001_first.sql was changed after it was applied/);
});

test('a database of a newer version stops the start of an older one', async () => {
  writeFileSync(join(folder, '9001_first.sql'), 'create table first_one (n int);');
  await migrate(own.target, folder);
  rmSync(join(folder, '9001_first.sql'));
  await expect(migrate(own.target, folder)).rejects.toThrow(/migrated by 9001_first.sql, which this version/);
});

test.each([
  ['a column', 'alter table resource add extra int'],
  ['a type', 'alter table tenant alter id type bigint'],
  ['an index', 'drop index resource_history_type'],
  ['a constraint', 'alter table tenant add constraint named check (length(name) < 100)'],
])('%s that somebody changed by hand is noticed at the next start', async (_, text) => {
  await run(text);
  expect((await migrate(own.target, folder)).altered).toBe(true);
});
