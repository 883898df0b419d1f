import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

import { startEmbedded } from '../../src/db/embedded.ts';
import { openLine } from '../../src/db/line.ts';
import { migrate } from '../../src/db/migrate.ts';
import type { Target } from '../../src/db/target.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    postgres: Target;
  }
}

const TEMPLATE = 'portico_template';
const migrations = join(import.meta.dirname, '../../migrations');

/** Run by vitest once: one Postgres for every test file, each of which takes a database of its own from it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'portico-test-'));
  const postgres = await startEmbedded({
    folder,
    // What tests write may be lost with the machine.
    settings: {
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      shared_buffers: '128MB',
      max_connections: '200',
    },
  });
  await administer(postgres.target, `create database ${TEMPLATE}`);
  await migrate({ ...postgres.target, database: TEMPLATE }, migrations);
  project.provide('postgres', postgres.target);
  return async () => {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}

async function administer(target: Target, statement: string): Promise<void> {
  const line = await openLine(target, { deadline: 60_000 });
  await line.script(statement).finally(() => line.close());
}

export type TestDatabase = { target: Target; drop(): Promise<void> };

/** An empty, migrated database of one test file. */
export async function createDatabase(postgres: Target): Promise<TestDatabase> {
  const database = `test_${randomUUID().replaceAll('-', '')}`;
  const target = { ...postgres, database };
  // Two files must not copy the template at the same time.
  const line = await openLine(postgres, { deadline: 60_000 });
  try {
    await line.script('select pg_advisory_lock(1)');
    await line.script(`create database ${database} template ${TEMPLATE}`);
  } finally {
    await line.close();
  }
  return { target, drop: () => administer(postgres, `drop database ${database} with (force)`) };
}
