import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';

import { postgresFolder } from '../../src/database.ts';
import { embeddedTarget, startEmbedded } from '../../src/db/embedded.ts';
import type { Target } from '../../src/db/target.ts';
import { root } from './processes.ts';

/** postgres.js reads timestamps as Dates, which know no infinity; as text they go both ways unchanged. */
const types = { instant: { to: 1184, from: [1184], serialize: (x: string) => x, parse: (x: string) => x } };

export const connect = (target: Target, max: number, connection: Record<string, string> = {}) =>
  postgres({
    connection,
    ...(target.socket ? { path: target.socket } : { host: target.host, port: target.port }),
    user: target.user,
    password: target.password,
    database: target.database,
    max,
    types,
    onnotice: () => {},
  });

export type Sql = ReturnType<typeof connect>;

export type FloorPostgres = { target: Target; sql: Sql; stop(): Promise<void> };

/** A Postgres for the floors: the settings and the tables that the server itself has. */
export async function startFloorPostgres(folder: string): Promise<FloorPostgres> {
  const embedded = await startEmbedded({ folder });
  const sql = connect(embedded.target, 2);
  const migrations = join(root, 'migrations');
  for (const file of readdirSync(migrations).sort()) {
    if (file.endsWith('.sql')) await sql.unsafe(readFileSync(join(migrations, file), 'utf8')).simple();
  }
  return {
    target: embedded.target,
    sql,
    async stop() {
      await sql.end();
      await embedded.stop();
    },
  };
}

/** Where the embedded Postgres of a server with this data folder answers. */
export const targetIn = (data: string): Target => embeddedTarget(postgresFolder(data));

/** The settings that decide what a figure is worth. */
const told = ['server_version', 'fsync', 'synchronous_commit', 'full_page_writes', 'wal_level', 'shared_buffers'];

/**
 * The settings of a Postgres as it runs.
 *
 * @throws Error when a commit that was acknowledged could be lost: such a figure is not comparable
 */
export async function durableSettings(sql: Sql): Promise<Record<string, string>> {
  const rows = await sql<{ name: string; setting: string }[]>`
    select name, current_setting(name) as setting from pg_settings where name = any(${told})`;
  const settings = Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
  for (const name of ['fsync', 'synchronous_commit', 'full_page_writes'])
    if (settings[name] !== 'on') throw new Error(`Postgres runs with ${name} = ${settings[name]}; the bench needs on`);
  return settings;
}

/** Empties every table of resources, so that a floor starts where the server starts. */
export async function emptyTables(sql: Sql): Promise<void> {
  await sql`truncate resource, resource_history, resource_string, resource_date, resource_number, resource_position,
    concept_text`;
}
