import { createHash, hash, type KeyObject } from 'node:crypto';

import type { Queryable, Row } from '../../db/database.ts';
import { isSigned, type SignedCheckpoint } from './checkpoint-key.ts';
import { blockDigest, fieldsOf } from './row.ts';
import { shapeId, shapeText } from './shapes.ts';

/** What a tenant's ledger is found to be. */
export type Verified =
  | { ok: true; tenant: number; rows: number; blocks: number; until: Date | null; checkpoints: number }
  | {
      ok: false;
      tenant: number;
      /** A sentence that names the first row, block or checkpoint that is not as it was written. */
      problem: string;
    };

/** Blocks that are read at a time. */
const PAGE = 500;

const empty = hash('sha256', '');

/** sha256(previous || number || digest), in hex. */
function chained(previous: string, number: number, digest: string): string {
  const counted = Buffer.alloc(8);
  counted.writeBigInt64BE(BigInt(number));
  return createHash('sha256')
    .update(Buffer.from(previous, 'hex'))
    .update(counted)
    .update(Buffer.from(digest, 'hex'))
    .digest('hex');
}

type Shape = { digest: string; isIts: boolean };

const numbersOf = (values: unknown): number[] => (values as string[]).map(Number);

async function shapesOf(on: Queryable, tenant: number): Promise<Map<number, Shape>> {
  const rows = await on.query(
    'select id::float8, code::float8, present::text[], keys::text[], content from ledger_shape where tenant = $1',
    [tenant],
  );
  return new Map(
    rows.map(([id, code, present, keys, content]) => {
      const text = shapeText(tenant, code as number | null, numbersOf(present), numbersOf(keys), content as string);
      const digest = hash('sha256', text);
      return [id as number, { digest, isIts: shapeId(digest) === id }];
    }),
  );
}

type Block = {
  number: number;
  previous: string;
  digest: string;
  hash: string;
  rows: number;
  /** ms since 1970 */
  recorded: number;
  content: string;
};

const blockOf = ([number, previous, digest, own, rows, recorded, content]: Row): Block => ({
  number: number as number,
  previous: previous as string,
  digest: digest as string,
  hash: own as string,
  rows: rows as number,
  recorded: (recorded as Date).getTime(),
  content: content as string,
});

const blocksSql = `select number::float8, encode(previous, 'hex'), encode(digest, 'hex'), encode(hash, 'hex'), rows, recorded, content
  from ledger_block where tenant = $1 and number > $2::bigint and number <= $3::bigint order by number`;

const microseconds = (column: string): string => `(extract(epoch from ${column}) * 1000000)::bigint::text`;

/** Each field as text, in the order of a line of a block. */
const entriesSql = `select block::float8, position, array[id, ${microseconds('recorded')}, coalesce(patient, ''),
    coalesce(shape::text, ''), coalesce(code::text, ''), coalesce(present::text, ''), keys::text,
    coalesce(${microseconds('suspended_until')}, ''), content]
  from ledger_entry where tenant = $1 and block > $2::bigint and block <= $3::bigint order by block, position`;

/** A row that is filed, though its block is not said to be, or is in no block. */
const outsideSql = `select e.id from ledger_entry e
  where e.tenant = $1 and (e.block < 1 or e.block > coalesce((select number from ledger_filed where tenant = $1), 0)) limit 1`;

const filedSql = `select least(f.number, h.number)::float8 from ledger_filed f join ledger_head h using (tenant) where f.tenant = $1`;

type Entry = { position: number; fields: readonly string[] };

/** A line of a block as the row that is filed of it says it. */
function filedFields(line: readonly string[], { recorded }: Block): string[] {
  const [id = '', at = '', patient = '', shape = '', code = '', present = '', keys = '', suspended = '', content = ''] =
    line;
  const micros = (ms: string): string => (ms === '' ? '' : `${ms}000`);
  const own = shape === '' ? `{${present}}` : '';
  return [
    id,
    micros(at === '' ? String(recorded) : at),
    patient,
    shape,
    code,
    own,
    `{${keys}}`,
    micros(suspended),
    content,
  ];
}

const isSame = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((field, at) => field === other[at]);

/** Where a row that is filed is not the one of the block. */
function differing(block: Block, lines: readonly string[][], entries: readonly Entry[]): string | null {
  for (const [at, { position, fields }] of entries.entries()) {
    const line = lines[position - 1];
    if (position !== at + 1 || line === undefined) return fields[0] ?? null;
    if (!isSame(filedFields(line, block), fields)) return line[0] ?? null;
  }
  return null;
}

/** The first row of a block that is not what it was, or the block. */
function problemIn(
  block: Block,
  entries: readonly Entry[],
  shapes: ReadonlyMap<number, Shape>,
  isFiled: boolean,
): string | null {
  const { number, content, digest, recorded, rows } = block;
  const lines = fieldsOf(content);
  const named = new Set<string>();
  for (const [id, , , shape = ''] of lines) {
    const known = shape === '' ? undefined : shapes.get(Number(shape));
    if (shape !== '' && known?.isIts !== true)
      return `row ${id}: what it has in common with others (shape ${shape}) was changed`;
    if (known) named.add(known.digest);
  }
  const other = differing(block, lines, entries);
  if (blockDigest(recorded, content, [...named]) !== digest)
    return `block ${number} was changed${other === null ? '' : `, row ${other} of it`}`;
  if (lines.length !== rows)
    return `block ${number} has ${lines.length} rows and not the ${rows} that it was written with`;
  if (other !== null) return `row ${other} was changed`;
  if (entries.length === lines.length || (entries.length === 0 && !isFiled)) return null;
  const missing = lines[entries.length]?.[0];
  return `row ${missing} of block ${number} is not where rows are filed`;
}

/**
 * Reads the whole ledger of a tenant and holds it against itself and against what was signed.
 *
 * @param checkpoints from the database and from the file
 */
export async function verifyLedger(
  on: Queryable,
  tenant: number,
  key: KeyObject,
  checkpoints: readonly SignedCheckpoint[],
): Promise<Verified> {
  const bad = (problem: string): Verified => ({ ok: false, tenant, problem });
  const [head] = await on.query(`select number::float8, encode(hash, 'hex') from ledger_head where tenant = $1`, [
    tenant,
  ]);
  const [last, headHash] = (head ?? [0, empty]) as [number, string];
  const forged = checkpoints.find((one) => one.tenant !== tenant || !isSigned(key, one));
  if (forged) return bad(`the checkpoint of block ${forged.number} is not signed by this server`);
  const beyond = checkpoints.find(({ number }) => number > last);
  if (beyond)
    return bad(
      `the ledger ends with block ${last}; on ${beyond.recorded} it had block ${beyond.number}, as a checkpoint says`,
    );
  const [filedRow] = await on.query(filedSql, [tenant]);
  const filed = Number(filedRow?.[0] ?? 0);
  const byNumber = new Map(checkpoints.map((one) => [one.number, one]));
  const shapes = await shapesOf(on, tenant);
  let previous = empty;
  let rows = 0;
  let until = 0;
  for (let at = 0; at < last; at += PAGE) {
    const to = Math.min(at + PAGE, last);
    const blocks = (await on.query(blocksSql, [tenant, at, to])).map(blockOf);
    const byBlock = new Map<number, Entry[]>();
    for (const [number, position, fields] of await on.query(entriesSql, [tenant, at, to])) {
      const entries = byBlock.get(number as number) ?? [];
      byBlock.set(number as number, entries);
      entries.push({ position: position as number, fields: fields as string[] });
    }
    for (let number = at + 1; number <= to; number++) {
      const block = blocks[number - at - 1];
      if (block?.number !== number) return bad(`block ${number} is missing`);
      const problem = problemIn(block, byBlock.get(number) ?? [], shapes, number <= filed);
      if (problem) return bad(problem);
      if (block.previous !== previous || chained(previous, number, block.digest) !== block.hash)
        return bad(`block ${number} does not follow block ${number - 1}: one of them was changed or replaced`);
      const signedThen = byNumber.get(number);
      if (signedThen && signedThen.hash !== block.hash)
        return bad(`block ${number} is not the one that was signed on ${signedThen.recorded}`);
      previous = block.hash;
      rows += block.rows;
      until = Math.max(until, block.recorded);
    }
  }
  if (previous !== headHash) return bad(`the head says that block ${last} is another than it is`);
  const [outside] = await on.query(outsideSql, [tenant]);
  if (outside) return bad(`row ${outside[0]} is in no block of the chain`);
  return {
    ok: true,
    tenant,
    rows,
    blocks: last,
    until: until === 0 ? null : new Date(until),
    checkpoints: checkpoints.length,
  };
}
