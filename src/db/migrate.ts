import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { databaseError } from './faults.ts';
import { type Line, openLine } from './line.ts';
import { schemaChecksum } from './schema.ts';
import type { Target } from './target.ts';

export type Migrated = {
  /** Names of the files applied now. */
  applied: string[];
  /** The tables are not as the last migration left them: somebody altered them by hand. */
  altered: boolean;
};

/** Any number, as long as nothing else in the database locks by it. */
const LOCK = 8103_0001;

/** ms that one file may take. */
const DEADLINE = 600_000;

type Migration = { name: string; text: string; checksum: string };

function read(folder: string): Migration[] {
  const names = readdirSync(folder).filter((name) => /^\d{4}_.*\.sql$/.test(name));
  return names.sort().map((name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    return { name, text, checksum: createHash('sha256').update(text).digest('hex') };
  });
}

/**
 * Applies the files `0001_….sql`, `0002_….sql` of a folder that were not applied before, in order, each in a transaction
 * of its own. Several processes may do so at once: one lock lets them in one by one.
 *
 * @throws Error, with a sentence for the operator, when a file that was applied has changed or is missing
 */
export async function migrate(target: Target, folder: string): Promise<Migrated> {
  const migrations = read(folder);
  const line = await openLine(target, { deadline: DEADLINE }).catch((error) => {
    throw databaseError(error, true);
  });
  try {
    await line.run('select pg_advisory_lock($1::bigint)', [LOCK]);
    return await apply(line, migrations);
  } finally {
    // The lock belongs to the connection and ends with it.
    await line.close();
  }
}

async function apply(line: Line, migrations: Migration[]): Promise<Migrated> {
  const [found] = await line.run(`select to_regclass('migration') is not null`, []);
  if (found?.[0] !== true) {
    await line.script(`
      create table migration (name text primary key, checksum text not null, applied_at timestamptz not null default now());
      create table schema_checksum (one boolean primary key default true check (one), checksum text not null)`);
  }
  const before = new Map(
    (await line.run('select name, checksum from migration', [])).map(([name, sum]) => [name, sum]),
  );
  refuseChanges(before, migrations);
  const [kept] = await line.run('select checksum from schema_checksum', []);
  const altered = kept !== undefined && kept[0] !== (await schemaChecksum(line));
  const applied: string[] = [];
  for (const { name, text, checksum } of migrations) {
    if (before.has(name)) continue;
    try {
      await line.script(
        `begin;\n${text}\n;insert into migration (name, checksum) values ('${name}', '${checksum}'); commit`,
      );
    } catch (error) {
      throw new Error(`Migration ${name} failed: ${error instanceof Error ? error.message : error}`, { cause: error });
    }
    applied.push(name);
  }
  if (applied.length > 0) {
    await line.run(
      `insert into schema_checksum (checksum) values ($1) on conflict (one) do update set checksum = excluded.checksum`,
      [await schemaChecksum(line)],
    );
  }
  return { applied, altered };
}

function refuseChanges(before: ReadonlyMap<unknown, unknown>, migrations: readonly Migration[]): void {
  for (const { name, checksum } of migrations) {
    const applied = before.get(name);
    if (applied !== undefined && applied !== checksum) {
      throw new Error(
        `migrations/${name} was changed after it was applied to this database. Restore the file and put the change into a ` +
          'new one; in development, delete the data folder (.portico) to begin again.',
      );
    }
  }
  const names = new Set(migrations.map(({ name }) => name));
  for (const name of before.keys()) {
    if (!names.has(String(name))) {
      throw new Error(
        `This database was migrated by ${name}, which this version of Portico does not have: it is older.`,
      );
    }
  }
}
