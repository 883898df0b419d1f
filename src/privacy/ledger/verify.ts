import { createHash, hash, type KeyObject } from 'node:crypto';

import type { Queryable, Row } from '../../db/database.ts';
import { isSigned, type SignedCheckpoint } from './checkpoint-key.ts';
import { blockDigest, type LedgerRow, rowDigest, shortDigest } from './row.ts';
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

type Block = { number: number; previous: string; digest: string; hash: string; rows: number };
type Kept = {
  row: LedgerRow;
  recorded: number;
  digest: number;
  block: number;
  position: number;
  shape: number | null;
  /** Whether it has what no row of its kind has, and of which its digest therefore does not tell. */
  isOdd: boolean;
};

const blockOf = ([number, previous, digest, own, rows]: Row): Block => ({
  number: number as number,
  previous: previous as string,
  digest: digest as string,
  hash: own as string,
  rows: rows as number,
});

function keptOf(cells: Row, shapes: ReadonlyMap<number, Shape>): Kept {
  const [id, block, position, recorded, patient, shape, code, present, keys, suspended, content, digest] = cells;
  const known = shape === null ? undefined : shapes.get(shape as number);
  const row: LedgerRow = {
    id: id as string,
    recorded: null,
    patient: patient as string | null,
    shape: shape === null ? null : { id: shape as number, digest: known?.digest ?? 'missing' },
    keys: numbersOf(keys),
    content: content as string,
    ...(shape === null
      ? {
          whole: {
            code: code as number | null,
            present: numbersOf(present ?? []),
            suspendedUntil: suspended === null ? null : (suspended as Date).getTime(),
          },
        }
      : {}),
  };
  return {
    row,
    recorded: (recorded as Date).getTime(),
    digest: digest as number,
    block: block as number,
    position: position as number,
    shape: shape as number | null,
    isOdd: shape !== null && [code, present, suspended].some((one) => one !== null),
  };
}

const blocksSql = `select number::float8, encode(previous, 'hex'), encode(digest, 'hex'), encode(hash, 'hex'), rows
  from ledger_block where tenant = $1 and number > $2::bigint and number <= $3::bigint order by number`;

const rowsSql = `select id, block::float8, position, recorded, patient, shape::float8, code::float8, present::text[], keys::text[],
    suspended_until, content, digest::float8
  from ledger where tenant = $1 and block > $2::bigint and block <= $3::bigint order by block, position`;

const outsideSql = `select id from ledger where tenant = $1 and (block < 1 or block > $2::bigint) limit 1`;

/** The first row of a block that is not what it was, or the block. */
function problemIn(
  tenant: number,
  block: Block,
  rows: readonly Kept[],
  shapes: ReadonlyMap<number, Shape>,
): string | null {
  const digests: string[] = [];
  for (const { row, recorded, digest, shape, isOdd } of rows) {
    const own = shape === null ? undefined : shapes.get(shape);
    if (shape !== null && own?.isIts !== true)
      return `row ${row.id}: what it has in common with others (shape ${shape}) was changed`;
    const found = rowDigest(tenant, recorded, row);
    if (isOdd || shortDigest(found) !== digest) return `row ${row.id} was changed`;
    digests.push(found);
  }
  if (rows.length !== block.rows)
    return `block ${block.number} has ${rows.length} rows and not the ${block.rows} that it was written with`;
  const moved = rows.findIndex(({ position }, at) => position !== at + 1);
  if (moved >= 0) return `row ${rows[moved]?.row.id} is not in its place`;
  if (blockDigest(digests) !== block.digest) {
    const [first] = rows;
    return `block ${block.number} was changed, with the digests of its rows: row ${first?.row.id} or one of the ${rows.length - 1} behind it`;
  }
  return null;
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
  const byNumber = new Map(checkpoints.map((one) => [one.number, one]));
  const shapes = await shapesOf(on, tenant);
  let previous = empty;
  let rows = 0;
  let until = 0;
  for (let at = 0; at < last; at += PAGE) {
    const to = Math.min(at + PAGE, last);
    const blocks = (await on.query(blocksSql, [tenant, at, to])).map(blockOf);
    const kept = (await on.query(rowsSql, [tenant, at, to])).map((cells) => keptOf(cells, shapes));
    const byBlock = new Map<number, Kept[]>();
    for (const one of kept) byBlock.set(one.block, [...(byBlock.get(one.block) ?? []), one]);
    for (let number = at + 1; number <= to; number++) {
      const block = blocks[number - at - 1];
      if (block?.number !== number) return bad(`block ${number} is missing`);
      const own = byBlock.get(number) ?? [];
      const problem = problemIn(tenant, block, own, shapes);
      if (problem) return bad(problem);
      if (block.previous !== previous || chained(previous, number, block.digest) !== block.hash)
        return bad(`block ${number} does not follow block ${number - 1}: one of them was changed or replaced`);
      const signedThen = byNumber.get(number);
      if (signedThen && signedThen.hash !== block.hash)
        return bad(`block ${number} is not the one that was signed on ${signedThen.recorded}`);
      previous = block.hash;
      rows += own.length;
      for (const { recorded } of own) until = Math.max(until, recorded);
    }
  }
  if (previous !== headHash) return bad(`the head says that block ${last} is another than it is`);
  const [outside] = await on.query(outsideSql, [tenant, last]);
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
