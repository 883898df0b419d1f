import type { KeyObject } from 'node:crypto';
import { appendFileSync, closeSync, existsSync, fstatSync, mkdirSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

import type { Database, Queryable, Row } from '../../db/database.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { fileBlocks } from './block.ts';
import { checkpointKey, type SignedCheckpoint, signed } from './checkpoint-key.ts';
import { ledgerOf } from './ledger.ts';

/** ms between two checkpoints of a tenant in which something happened. */
const EVERY = 60_000;

const fileOf = (folder: string, tenant: number): string => join(folder, `${tenant}.ndjson`);

const headSql = `select h.number::float8, encode(h.hash, 'hex') from ledger_head h
  where h.tenant = $1 and not exists (select from ledger_checkpoint c where c.tenant = $1 and c.number = h.number)`;

const keepSql = `insert into ledger_checkpoint (tenant, number, hash, recorded, signature)
  values ($1, $2::bigint, decode($3, 'hex'), $4, $5) on conflict do nothing`;

/** Whether its last line has no end, as after a crash: what is added begins on a line of its own. */
function isCutOff(file: string): boolean {
  if (!existsSync(file)) return false;
  const opened = openSync(file, 'r');
  const last = Buffer.alloc(1, '\n');
  readSync(opened, last, 0, 1, Math.max(0, fstatSync(opened).size - 1));
  closeSync(opened);
  return last[0] !== 0x0a;
}

/**
 * Signs where the chain of a tenant is, into the database and into a file beside it: whoever takes rows off its end would have
 * to find the file as well.
 *
 * @param folder of the files, one for each tenant
 * @returns null where it is where it was at the last checkpoint
 */
export async function checkpoint(
  on: Queryable,
  key: KeyObject,
  folder: string,
  tenant: number,
  now: number,
): Promise<SignedCheckpoint | null> {
  const [head] = await on.query(headSql, [tenant]);
  if (!head) return null;
  // The select list fixes the shape of the row.
  const [number, hash] = head as [number, string];
  const made = signed(key, { tenant, number, hash, recorded: new Date(now).toISOString() });
  mkdirSync(folder, { recursive: true });
  const file = fileOf(folder, tenant);
  const line = `${isCutOff(file) ? '\n' : ''}${JSON.stringify(made)}\n`;
  appendFileSync(file, line, { mode: 0o600, flush: true });
  await on.query(keepSql, [tenant, number, hash, new Date(made.recorded), made.signature]);
  return made;
}

const form = z.object({
  tenant: z.number(),
  number: z.number(),
  hash: z.string(),
  recorded: z.string(),
  signature: z.string(),
});

function parsed(line: string): SignedCheckpoint {
  try {
    const read = form.safeParse(JSON.parse(line));
    if (read.success) return read.data;
  } catch {
    // As any other line that nobody signed.
  }
  return { tenant: 0, number: 0, hash: '', recorded: '', signature: '' };
}

/** The checkpoints of a tenant in its file; a line that is cut off, as by a crash, is left out, and what is none is signed by nobody. */
export function checkpointsInFile(folder: string, tenant: number): SignedCheckpoint[] {
  const file = fileOf(folder, tenant);
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.flatMap((line) => (line.endsWith('}') ? [parsed(line)] : []));
}

const ofRow = (tenant: number, [number, hash, recorded, signature]: Row): SignedCheckpoint => ({
  tenant,
  number: number as number,
  hash: hash as string,
  recorded: (recorded as Date).toISOString(),
  signature: signature as string,
});

/** The checkpoints of a tenant in the database, the oldest first. */
export async function checkpointsInDatabase(on: Queryable, tenant: number): Promise<SignedCheckpoint[]> {
  const rows = await on.query(
    `select number::float8, encode(hash, 'hex'), recorded, signature from ledger_checkpoint where tenant = $1 order by number`,
    [tenant],
  );
  return rows.map((row) => ofRow(tenant, row));
}

async function tenantsOf(database: Database): Promise<number[]> {
  const rows = await database.query('select tenant from ledger_head order by tenant');
  return rows.map(([tenant]) => tenant as number);
}

/**
 * Makes a checkpoint of each tenant every minute in which something happened in it, and at the end.
 *
 * @returns what ends it
 */
export function keepCheckpoints(context: FhirContext, folder: string): () => Promise<void> {
  const { database, settings, now, onFault } = context;
  const key = checkpointKey(settings.keyOf);
  const ledger = ledgerOf(database, now);
  let under: Promise<void> = Promise.resolve();

  async function makeAll(tenants: readonly number[]): Promise<void> {
    for (const tenant of tenants) {
      await fileBlocks(database.byKey, tenant);
      await checkpoint(database, key, folder, tenant, now());
    }
  }
  // What goes wrong is told, and tried again with the next.
  const next = (tenants: () => Promise<readonly number[]>): Promise<void> => {
    under = under
      .then(tenants)
      .then(makeAll)
      .catch((error) => onFault?.(error));
    return under;
  };
  // What the last process wrote before it was killed is signed at once.
  void next(() => tenantsOf(database));
  const timer = setInterval(() => void next(async () => ledger.touched()), EVERY);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await ledger.settled();
    await next(() => tenantsOf(database));
  };
}
