import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { connect } from '../../db/connect.ts';
import type { Database } from '../../db/database.ts';
import { type Embedded, startEmbedded } from '../../db/embedded.ts';
import { migrate } from '../../db/migrate.ts';

let folder: string;
let embedded: Embedded;
let database: Database;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'portico-by-id-'));
  // No statistics may come in between: this is about the time before them.
  embedded = await startEmbedded({ folder, settings: { fsync: 'off', autovacuum: 'off' } });
  await migrate(embedded.target, 'migrations');
  database = await connect(embedded.target);
});

afterAll(async () => {
  await database.close();
  await embedded.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The indexes that a plan for any values uses. */
async function indexes(sql: string): Promise<string[]> {
  const lines = await database.byKey.query(`explain (generic_plan, costs off) ${sql}`);
  return lines.flatMap(([line]) => /Scan using (\S+)/.exec(String(line))?.[1] ?? []);
}

const tables = [
  'resource',
  'resource_history',
  'resource_string',
  'resource_date',
  'resource_number',
  'resource_position',
];

const byId = (table: string): string => `select r.* from unnest($1::int[], $2::smallint[], string_to_array($3, chr(30)))
  v(tenant, type, id) join ${table} r using (tenant, type, id)`;

test.each(tables)(
  'rows of %s are found by their ids, whether it is empty or has never been analyzed',
  async (table) => {
    const used = await indexes(byId(table));
    expect(used.length).toBeGreaterThan(0);
    for (const index of used) expect(index).toMatch(/_(pkey|owner)$/);

    await database.query(`insert into resource (tenant, type, id, version, last_updated, present, keys, content)
    select 1, 103, 'p' || at, 1, now(), '{}', '{}', repeat('x', 500) from generate_series(1, 3000) at on conflict do nothing`);
    await database.query(`insert into resource_history (tenant, type, id, version, last_updated, deleted, present, keys, content)
    select tenant, type, id, version, last_updated, false, present, keys, content from resource on conflict do nothing`);
    await database.query(`insert into resource_string (tenant, type, id, param, value)
    select tenant, type, id, 1, 'x' from resource`);
    for (const index of await indexes(byId(table))) expect(index).toMatch(/_(pkey|owner)$/);
  },
);
