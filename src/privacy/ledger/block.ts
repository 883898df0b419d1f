import type { Queryable } from '../../db/database.ts';
import { blockContent, blockDigest, type LedgerRow, shapesIn } from './row.ts';

/**
 * One block in one statement. The row of the head is locked until it is committed, so that blocks of any number of processes
 * follow each other; what others committed in the meantime is seen, because an upsert reads the row anew.
 */
const appendSql = `with head as (
    insert into ledger_head as h (tenant, number, previous, hash)
      values ($1, 1, sha256(''), sha256(sha256('') || int8send(1) || decode($2, 'hex')))
      on conflict (tenant) do update set number = h.number + 1, previous = h.hash,
        hash = sha256(h.hash || int8send(h.number + 1) || decode($2, 'hex'))
      returning number, previous, hash)
  insert into ledger_block (tenant, number, previous, digest, hash, rows, recorded, content)
    select $1, number, previous, decode($2, 'hex'), hash, $3::int, $4::timestamptz, $5 from head`;

/**
 * Adds a block. Within a transaction it is the last statement: until the commit everybody else waits.
 *
 * @param now ms since 1970
 */
export async function appendBlock(
  on: Queryable,
  tenant: number,
  rows: readonly LedgerRow[],
  now: number,
): Promise<void> {
  if (rows.length === 0) return;
  const content = blockContent(rows);
  const digest = blockDigest(now, content, shapesIn(rows));
  await on.query(appendSql, [tenant, digest, rows.length, new Date(now), content]);
}

/** Blocks that are filed at a time. */
const most = 200;

/**
 * Nothing is lost with it that the blocks do not have, so that nobody waits for the disk. An id that was there before keeps none of
 * what follows from being filed: verify.ts names it.
 */
const fileSql = `with mine as (select number from ledger_filed, set_config('synchronous_commit', 'off', true)
    where tenant = $1 for update of ledger_filed skip locked),
  upto as (select max(number) as number from (select b.number from ledger_block b, mine
    where b.tenant = $1 and b.number > mine.number order by b.number limit ${most}) n),
  filed as (insert into ledger_entry (tenant, id, block, position, recorded, patient, shape, code, present, keys, suspended_until,
      content)
    select v.tenant, v.id, v.block, v.position, v.recorded, v.patient, v.shape, v.code, v.present, v.keys, v.suspended_until,
      v.content
    from mine, upto, ledger_line v where v.tenant = $1 and v.block > mine.number and v.block <= upto.number
    on conflict do nothing),
  done as (update ledger_filed f set number = upto.number from upto where f.tenant = $1 and upto.number is not null)
  select upto.number - mine.number >= ${most} from mine, upto`;

/**
 * Files the rows of blocks that are not, where they are found sooner. Another process may be at it: then there is nothing to do.
 */
export async function fileBlocks(on: Queryable, tenant: number): Promise<void> {
  for (let more = true; more; ) {
    const [row] = await on.query(fileSql, [tenant]);
    more = row?.[0] === true;
  }
}
