import type { Queryable } from '../../db/database.ts';
import type { Receipt } from './receipt.ts';

/** `grace`: it can still be cancelled; `deferred`: it is due, and a hold stands; `erasing`: there is no way back. */
export type ErasureState = 'grace' | 'deferred' | 'erasing' | 'erased' | 'cancelled';

/** A record that somebody wants erased. */
export type Erasure = {
  tenant: number;
  id: string;
  /** The id of the patient. */
  patient: string;
  taskId: string;
  state: ErasureState;
  requestedAt: Date;
  dueAt: Date;
  /** Ids of the accounts that it disabled. */
  users: readonly string[];
  work: Work | null;
  receipt: Receipt | null;
};

/** What has been found so far and is being erased: enough for another to go on with when this process is killed. */
export type Work = {
  /** `Type/id` of the resources. */
  ids: readonly string[];
  /** How many of each type there were, how many versions of them, rows beside them, and rows of accounts by table. */
  resources: Readonly<Record<string, number>>;
  versions: number;
  sides: number;
  others: Readonly<Record<string, number>>;
  /** sha-256 of files. */
  files: readonly string[];
  /** Keys of texts of codes (concept_text). */
  texts: readonly number[];
  /** Resources of others that were rid of what they said of the patient, by type. */
  unnamed: Readonly<Record<string, number>>;
};

const columns = 'tenant, id, patient, task_id, state, requested_at, due_at, users, work, receipt';

// The select list above fixes the shape of the row; work and receipt are JSON of what was written here.
const erasureOf = (row: readonly unknown[]): Erasure => ({
  tenant: row[0] as number,
  id: row[1] as string,
  patient: row[2] as string,
  taskId: row[3] as string,
  state: row[4] as ErasureState,
  requestedAt: row[5] as Date,
  dueAt: row[6] as Date,
  users: row[7] as string[],
  work: row[8] === null ? null : (JSON.parse(row[8] as string) as Work),
  receipt: row[9] === null ? null : (JSON.parse(row[9] as string) as Receipt),
});

export async function findErasure(on: Queryable, tenant: number, id: string): Promise<Erasure | null> {
  const [row] = await on.query(`select ${columns} from erasure where tenant = $1 and id = $2`, [tenant, id]);
  return row ? erasureOf(row) : null;
}

/** By what the link to the receipt holds. @param hash of it */
export async function findErasureBySecret(
  on: Queryable,
  tenant: number,
  id: string,
  hash: string,
): Promise<Erasure | null> {
  const [row] = await on.query(`select ${columns} from erasure where tenant = $1 and id = $2 and secret_hash = $3`, [
    tenant,
    id,
    hash,
  ]);
  return row ? erasureOf(row) : null;
}

/** The one of a patient that is neither over nor cancelled. */
export async function openErasureOf(on: Queryable, tenant: number, patient: string): Promise<Erasure | null> {
  const [row] = await on.query(
    `select ${columns} from erasure where tenant = $1 and patient = $2 and state in ('grace', 'deferred', 'erasing')`,
    [tenant, patient],
  );
  return row ? erasureOf(row) : null;
}

/** The ids of those that were due at an instant and are not over. */
export async function dueErasures(on: Queryable, tenant: number, at: Date): Promise<string[]> {
  const rows = await on.query(
    `select id from erasure where tenant = $1 and state in ('grace', 'deferred', 'erasing') and due_at <= $2 order by id`,
    [tenant, at],
  );
  return rows.map(([id]) => String(id));
}

/** @returns whether it is there now: false where another of the patient is open */
export async function addErasure(
  on: Queryable,
  erasure: Omit<Erasure, 'work' | 'receipt'>,
  secretHash: string | null,
): Promise<boolean> {
  const { tenant, id, patient, taskId, state, requestedAt, dueAt, users } = erasure;
  const rows = await on.query(
    `insert into erasure (tenant, id, patient, task_id, state, requested_at, due_at, users, secret_hash)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     on conflict (tenant, patient) where state in ('grace', 'deferred', 'erasing') do nothing returning id`,
    [tenant, id, patient, taskId, state, requestedAt, dueAt, users, secretHash],
  );
  return rows.length > 0;
}

/** Moves it on, if it is in one of these states. */
export async function moveErasure(
  on: Queryable,
  { tenant, id }: Pick<Erasure, 'tenant' | 'id'>,
  from: readonly ErasureState[],
  to: ErasureState,
): Promise<boolean> {
  const rows = await on.query(
    'update erasure set state = $4 where tenant = $1 and id = $2 and state = any($3::text[]) returning id',
    [tenant, id, from, to],
  );
  return rows.length > 0;
}

export async function saveWork(on: Queryable, { tenant, id }: Erasure, work: Work): Promise<void> {
  await on.query('update erasure set work = $3 where tenant = $1 and id = $2', [tenant, id, JSON.stringify(work)]);
}

/** It is over. What was needed to do it is forgotten. @param now ms since 1970 */
export async function endErasure(
  on: Queryable,
  { tenant, id }: Erasure,
  state: 'erased' | 'cancelled',
  receipt: Receipt | null,
  now: number,
): Promise<void> {
  await on.query(
    `update erasure set state = $3, receipt = $4, ended_at = $5, work = null, users = '{}' where tenant = $1 and id = $2`,
    [tenant, id, state, receipt && JSON.stringify(receipt), new Date(now)],
  );
}
