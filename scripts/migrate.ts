import { readConfig } from '../src/config.ts';
import { openDatabase } from '../src/database.ts';
import { createLog } from '../src/web/log.ts';

/** Migrates the database and ends; a server does so by itself when it starts. */
try {
  const config = readConfig(process.env);
  const database = await openDatabase(config, createLog(config.log));
  const applied = await database.query('select name from migration order by name');
  await database.close();
  process.stdout.write(`Migrated: ${applied.map(([name]) => name).join(', ')}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}
