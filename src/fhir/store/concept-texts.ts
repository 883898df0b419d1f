import type { Database } from '../../db/database.ts';
import { typeNumber } from '../resources.ts';
import { numbers, plain, texts } from './arrays.ts';
import type { Draft } from './draft.ts';

/**
 * The keys of concept_text that this process knows to be stored, by tenant. The texts of codes repeat, so nearly every
 * batch finds all of its own here and writes none.
 */
const known = new Set<string>();
const maxKnown = 200_000;
/** ms after which it is looked up anew: another process may have deleted some, with the record that they came of. */
const knownFor = 600_000;
let knownSince = performance.now();

/** Texts were deleted: none is known to be stored any more. */
export function forgetTexts(): void {
  known.clear();
  knownSince = performance.now();
}

const insertSql = `insert into concept_text (tenant, type, param, value, key)
  select * from unnest($1::int[], $2::smallint[], $3::int[], string_to_array($4, chr(30)), $5::bigint[])
  on conflict do nothing`;

/**
 * Stores the texts of the tokens of what is about to be written. They are stored first, in a commit of their own, and stay
 * when it goes: a text without a resource finds nothing, a resource without its text would not be found.
 */
export async function rememberTexts(database: Database, drafts: readonly Draft[]): Promise<void> {
  if (performance.now() - knownSince > knownFor) forgetTexts();
  const fresh = new Map<string, [tenant: number, type: number, param: number, value: string, key: number]>();
  for (const { tenant, type, row } of drafts) {
    for (const { param, value, key } of row.texts) {
      const name = `${tenant} ${key}`;
      if (!known.has(name)) fresh.set(name, [tenant, typeNumber(type), param, plain(value), key]);
    }
  }
  if (fresh.size === 0) return;
  // Sorted, so that two processes that store the same texts wait for each other and do not deadlock.
  const rows = [...fresh.values()].sort((a, b) => a[4] - b[4]);
  await database.query(insertSql, [
    numbers(rows.map((row) => row[0])),
    numbers(rows.map((row) => row[1])),
    numbers(rows.map((row) => row[2])),
    texts(rows.map((row) => row[3])),
    numbers(rows.map((row) => row[4])),
  ]);
  if (known.size + fresh.size > maxKnown) known.clear();
  for (const name of fresh.keys()) known.add(name);
}
