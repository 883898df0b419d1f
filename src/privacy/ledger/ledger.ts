import { hash } from 'node:crypto';

import { type Database, DatabaseError, type Queryable } from '../../db/database.ts';
import { NotRecorded } from '../../fhir/audit/not-recorded.ts';
import { instants, numbers, texts } from '../../fhir/store/arrays.ts';
import { type Lane, lane } from '../../fhir/store/coalesce.ts';

/** A row of the ledger before it is in a block. `keys` and the rest are as of `resource` (search/row.ts). */
export type LedgerRow = {
  id: string;
  /** ms since 1970 */
  recorded: number;
  /** Whom it is about. */
  patient: string | null;
  /** What it has in common with others; null: `content` is a whole AuditEvent. */
  shape: { id: number; digest: string } | null;
  code: number | null;
  present: readonly number[] | null;
  keys: readonly number[];
  /** ms since 1970 until when a legal order hides it; null: it does not. */
  suspendedUntil: number | null;
  content: string;
};

/** What the digest of a row is of; the migration and verify.ts write the same. */
export const rowText = (tenant: number, row: LedgerRow): string =>
  [
    tenant,
    row.id,
    row.recorded,
    row.patient ?? '',
    row.shape?.digest ?? '',
    row.code ?? '',
    row.present?.join(',') ?? '',
    row.keys.join(','),
    row.suspendedUntil ?? '',
    row.content,
  ].join('\n');

/** In hex. */
export const rowDigest = (tenant: number, row: LedgerRow): string => hash('sha256', rowText(tenant, row));

/** Of a block, in hex: of the digests of its rows in their order. */
export const blockDigest = (digests: readonly string[]): string => hash('sha256', Buffer.from(digests.join(''), 'hex'));

/**
 * One block in one statement. The row of the head is locked until it is committed, so that blocks of any number of processes
 * follow each other; what others committed in the meantime is seen, because an upsert reads the row anew.
 */
const appendSql = `with head as (
    insert into ledger_head as h (tenant, number, previous, hash)
      values ($1, 1, sha256(''), sha256(sha256('') || int8send(1) || decode($2, 'hex')))
      on conflict (tenant) do update set number = h.number + 1, previous = h.hash,
        hash = sha256(h.hash || int8send(h.number + 1) || decode($2, 'hex'))
      returning number, previous, hash),
  chained as (insert into ledger_block (tenant, number, previous, digest, hash, rows)
    select $1, number, previous, decode($2, 'hex'), hash, $3::int from head)
  insert into ledger (tenant, id, block, position, recorded, patient, shape, code, present, keys, suspended_until, content, digest)
    select $1, v.id, head.number, v.n, v.recorded, v.patient, v.shape, v.code, v.present::int[], v.keys::bigint[],
      v.suspended_until, v.content, decode(v.digest, 'hex')
    from head, unnest(string_to_array($4, chr(30)), $5::timestamptz[], string_to_array($6, chr(30), chr(29)), $7::bigint[],
      $8::bigint[], string_to_array($9, chr(30), chr(29)), string_to_array($10, chr(30)), $11::timestamptz[],
      string_to_array($12, chr(30)), string_to_array($13, chr(30)))
      with ordinality v(id, recorded, patient, shape, code, present, keys, suspended_until, content, digest, n)`;

/** Adds a block. Within a transaction it is the last statement: until the commit everybody else waits. */
export async function appendBlock(on: Queryable, tenant: number, rows: readonly LedgerRow[]): Promise<void> {
  if (rows.length === 0) return;
  const digests = rows.map((row) => rowDigest(tenant, row));
  await on.query(appendSql, [
    tenant,
    blockDigest(digests),
    rows.length,
    texts(rows.map((row) => row.id)),
    instants(rows.map((row) => row.recorded)),
    texts(rows.map((row) => row.patient)),
    numbers(rows.map((row) => row.shape?.id ?? null)),
    numbers(rows.map((row) => row.code)),
    texts(rows.map((row) => row.present && numbers(row.present))),
    texts(rows.map((row) => numbers(row.keys))),
    instants(rows.map((row) => row.suspendedUntil)),
    texts(rows.map((row) => row.content)),
    texts(digests),
  ]);
}

export type Ledger = {
  /**
   * Adds rows, in a block with those of others at the same time.
   *
   * @throws NotRecorded, where they could not be added: what they are about must not leave
   */
  append(tenant: number, rows: readonly LedgerRow[]): Promise<void>;
  /** The tenants that something was added for since this was asked last. */
  touched(): number[];
};

const ledgers = new WeakMap<Database, Ledger>();

/** The ledger of a database: one in each process, so that what comes at the same time is one block. */
export function ledgerOf(database: Database): Ledger {
  let found = ledgers.get(database);
  if (!found) {
    found = openLedger(database);
    ledgers.set(database, found);
  }
  return found;
}

/** Rows in one block. */
const most = 500;

function openLedger(database: Database): Ledger {
  const lanes = new Map<number, Lane<readonly LedgerRow[], null>>();
  const touched = new Set<number>();
  const laneOf = (tenant: number): Lane<readonly LedgerRow[], null> => {
    let found = lanes.get(tenant);
    if (!found) {
      found = lane({
        // The second is under way to Postgres while the first commits, and is let on by that.
        width: 2,
        maxWeight: most,
        weight: (rows) => rows.length,
        // A row that Postgres does not take must not take the others with it.
        separable: (error) => error instanceof DatabaseError && (error.sqlstate?.startsWith('22') ?? false),
        async run(items) {
          await appendBlock(database.byKey, tenant, items.flat());
          return items.map(() => null);
        },
      });
      lanes.set(tenant, found);
    }
    return found;
  };
  return {
    async append(tenant, rows) {
      try {
        await laneOf(tenant).push(rows);
      } catch (error) {
        throw new NotRecorded(error);
      }
      touched.add(tenant);
    },
    touched() {
      const all = [...touched];
      touched.clear();
      return all;
    },
  };
}
