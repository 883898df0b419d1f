import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Database } from '../../src/db/database.ts';

/** Texts that stand nowhere else. */
export const canaries = (count: number): string[] =>
  Array.from({ length: count }, (_, n) => `canary${n}x${randomUUID().replaceAll('-', '')}`);

/** Every table as text, as pg_dump would write it: which of the texts are found, and in which tables. */
export async function inTables(database: Database, texts: readonly string[]): Promise<string[]> {
  const tables = await database.query(
    `select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1`,
  );
  const found: string[] = [];
  for (const [table] of tables) {
    const rows = await database.query(
      `select c from unnest($1::text[]) c where exists (select from ${String(table)} t where t::text ilike '%' || c || '%')`,
      [texts],
    );
    for (const [text] of rows) found.push(`${String(table)}: ${texts.indexOf(String(text))}`);
  }
  return found;
}

/** Every file below a folder whose bytes hold one of the texts. */
export function inFiles(folder: string, texts: readonly (string | Buffer)[]): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .flatMap((entry) => {
      const path = join(entry.parentPath, entry.name);
      const bytes = readFileSync(path);
      return texts.flatMap((text, n) => (text.length > 0 && bytes.includes(text) ? [`${path}: ${n}`] : []));
    });
}
