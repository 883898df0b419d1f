import type { Queryable } from '../../db/database.ts';
import { instants, numbers, texts } from '../../fhir/store/arrays.ts';
import { blockDigest, type LedgerRow, rowDigest, shortDigest } from './row.ts';

/**
 * One block in one statement. The row of the head is locked until it is committed, so that blocks of any number of processes
 * follow each other; what others committed in the meantime is seen, because an upsert reads the row anew.
 */
const chain = `with head as (
    insert into ledger_head as h (tenant, number, previous, hash)
      values ($1, 1, sha256(''), sha256(sha256('') || int8send(1) || decode($2, 'hex')))
      on conflict (tenant) do update set number = h.number + 1, previous = h.hash,
        hash = sha256(h.hash || int8send(h.number + 1) || decode($2, 'hex'))
      returning number, previous, hash),
  chained as (insert into ledger_block (tenant, number, previous, digest, hash, rows, recorded)
    select $1, number, previous, decode($2, 'hex'), hash, $3::int, $4 from head)`;

const shapedSql = `${chain}
  insert into ledger (tenant, id, block, position, recorded, patient, shape, keys, content, digest)
    select $1, v.id, head.number, v.n, $4, v.patient, v.shape, v.keys::bigint[], v.content, v.digest
    from head, unnest(string_to_array($5, chr(30)), string_to_array($6, chr(30), chr(29)), $7::bigint[],
      string_to_array($8, chr(30)), string_to_array($9, chr(30)), $10::bigint[])
      with ordinality v(id, patient, shape, keys, content, digest, n)`;

const wholeSql = `${chain}
  insert into ledger (tenant, id, block, position, recorded, patient, shape, keys, content, digest, code, present, suspended_until)
    select $1, v.id, head.number, v.n, coalesce(v.recorded, $4), v.patient, v.shape, v.keys::bigint[], v.content, v.digest, v.code,
      v.present::int[], v.suspended_until
    from head, unnest(string_to_array($5, chr(30)), string_to_array($6, chr(30), chr(29)), $7::bigint[],
      string_to_array($8, chr(30)), string_to_array($9, chr(30)), $10::bigint[], $11::timestamptz[], $12::bigint[],
      string_to_array($13, chr(30), chr(29)), $14::timestamptz[])
      with ordinality v(id, patient, shape, keys, content, digest, recorded, code, present, suspended_until, n)`;

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
  const digests = rows.map((row) => rowDigest(tenant, row.recorded ?? now, row));
  const params = [
    tenant,
    blockDigest(digests),
    rows.length,
    new Date(now),
    texts(rows.map((row) => row.id)),
    texts(rows.map((row) => row.patient)),
    numbers(rows.map((row) => row.shape?.id ?? null)),
    texts(rows.map((row) => `{${row.keys.join(',')}}`)),
    texts(rows.map((row) => row.content)),
    numbers(digests.map(shortDigest)),
  ];
  if (rows.every(({ whole, recorded }) => whole === undefined && recorded === null)) {
    await on.query(shapedSql, params);
    return;
  }
  await on.query(wholeSql, [
    ...params,
    instants(rows.map((row) => row.recorded)),
    numbers(rows.map((row) => row.whole?.code ?? null)),
    texts(rows.map((row) => row.whole && numbers(row.whole.present)).map((one) => one ?? null)),
    instants(rows.map((row) => row.whole?.suspendedUntil ?? null)),
  ]);
}
