import { existsSync } from 'node:fs';
import { join } from 'node:path';
import pino, { type Logger } from 'pino';

import type { Config } from './config.ts';
import { connect } from './db/connect.ts';
import type { Database } from './db/database.ts';
import { type Embedded, embeddedTarget, startEmbedded } from './db/embedded.ts';
import { migrate } from './db/migrate.ts';
import { folderKeys, type PatientKeys } from './db/patient-keys.ts';
import { sealedDatabase } from './db/sealing.ts';
import type { Target } from './db/target.ts';

/** Where the embedded Postgres of a data folder is. */
export const postgresFolder = (data: string): string => join(data, 'postgres');

const migrations = join(import.meta.dirname, '../migrations');

/** The keys that records are sealed with, or once were; null where none ever was. */
export function patientKeysOf({ data, shred }: Config): PatientKeys | null {
  const folder = join(data, 'patient-keys');
  return shred || existsSync(folder) ? folderKeys(folder) : null;
}

/**
 * The database of this server, migrated: the embedded one, which runs as long as this, or the one of DATABASE_URL.
 *
 * @returns with where it is: what is told by NOTIFY is heard on a connection of its own
 * @throws Error, with a sentence for the operator
 */
export async function openDatabase(
  config: Config,
  log: Logger,
  patientKeys: PatientKeys | null = patientKeysOf(config),
): Promise<Database & { target: Target }> {
  let embedded: Embedded | null = null;
  if (config.database === null) {
    embedded = await startEmbedded({ folder: postgresFolder(config.data), log: (line) => log.warn(line) });
  }
  try {
    const target = embedded?.target ?? config.database;
    if (!target) throw new Error('There is no database');
    const { applied, altered } = await migrate(target, migrations);
    if (applied.length > 0) log.info({ applied }, 'the database was migrated');
    if (altered) log.warn('Tables of this database were altered by hand since the last migration');
    const { connections: lines, deadline } = config;
    const plain = await connect(target, { lines, deadline, log: (line) => log.warn(line) });
    const database = patientKeys === null ? plain : sealedDatabase(plain, patientKeys, config.shred);
    return {
      ...database,
      target,
      async close() {
        await database.close();
        await embedded?.stop();
      },
    };
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}

/** For a command: the database of a server that runs, or of one that does not; then its Postgres runs for this moment. */
export async function reachDatabase(config: Config): Promise<Database> {
  if (config.database === null) {
    try {
      return await connect(embeddedTarget(postgresFolder(config.data)), { lines: 2 });
    } catch {
      // It does not run: what follows starts it.
    }
  }
  return openDatabase(config, pino({ level: 'silent' }));
}
