import { createHash } from 'node:crypto';

import type { Param, Queryable, Row } from '../../db/database.ts';
import type { Connection } from './connection.ts';

/** The columns of a Connection, in the order in which connectionOf reads them. @param c the alias of the table, with its dot */
export const connectionColumns = (c = ''): string =>
  [
    ...['tenant', 'id', 'patient', 'kind', 'source', 'name', 'state', 'consent', 'device', 'statement', 'measures'],
    ...['priority', 'last_sync', 'last_reading', 'problem', 'created_at', 'ended_at'],
  ]
    .map((name) => `${c}${name}`)
    .join(', ');

const at = (value: unknown): number | null => (value instanceof Date ? value.getTime() : null);

export function connectionOf(row: Row): Connection {
  const [tenant, id, patient, kind, source, name, state, consent, device, statement, measures, priority] = row;
  const [lastSync, lastReading, problem, createdAt, endedAt] = row.slice(12);
  // The select list fixes the shape of the row, and what was written was a Connection.
  const told = {
    tenant,
    id,
    patient,
    kind,
    source,
    name,
    state,
    consent,
    device,
    statement,
    measures,
    priority,
    problem,
  };
  return {
    ...(told as Omit<Connection, 'lastSync' | 'lastReading' | 'createdAt' | 'endedAt'>),
    lastSync: at(lastSync),
    lastReading: at(lastReading),
    createdAt: at(createdAt) ?? 0,
    endedAt: at(endedAt),
  };
}

/** What a webhook's user, the secret in its path, or a `state` is found by: sha-256, hex. */
export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

const select = `select ${connectionColumns()} from device_connection where tenant = $1`;

async function first(on: Queryable, text: string, params: readonly Param[]): Promise<Connection | null> {
  const [row] = await on.query(text, params);
  return row ? connectionOf(row) : null;
}

/** Whatever its state. */
export const readConnection = (on: Queryable, tenant: number, id: string): Promise<Connection | null> =>
  first(on, `${select} and id = $2`, [tenant, id]);

/** The one that is open between a patient and a source: active or expired. */
export const openConnectionOf = (
  on: Queryable,
  tenant: number,
  patient: string,
  source: string,
): Promise<Connection | null> =>
  first(on, `${select} and patient = $2 and source = $3 and state in ('active', 'expired')`, [tenant, patient, source]);

/** The one that was open last and is so no more; null: there never was one. */
export const endedConnectionOf = (
  on: Queryable,
  tenant: number,
  patient: string,
  source: string,
): Promise<Connection | null> =>
  first(
    on,
    `${select} and patient = $2 and source = $3 and state = 'revoked' and consent is not null
     order by ended_at desc, id desc limit 1`,
    [tenant, patient, source],
  );

/** Those of a patient, the newest first; such as were begun and never agreed to are left out. */
export async function connectionsOf(on: Queryable, tenant: number, patient: string): Promise<Connection[]> {
  const rows = await on.query(`${select} and patient = $2 and state <> 'pending' order by created_at desc, id desc`, [
    tenant,
    patient,
  ]);
  return rows.map(connectionOf);
}

/** @returns whether it was written: not where another of the patient and source is open */
export async function insertConnection(on: Queryable, one: Connection): Promise<boolean> {
  const date = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));
  const rows = await on.query(
    `insert into device_connection (${connectionColumns()})
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
     on conflict do nothing returning id`,
    [
      ...[one.tenant, one.id, one.patient, one.kind, one.source, one.name, one.state, one.consent, one.device],
      ...[one.statement, one.measures, one.priority, date(one.lastSync), date(one.lastReading), one.problem],
      ...[date(one.createdAt), date(one.endedAt)],
    ],
  );
  return rows.length > 0;
}

/** What the last exchange with a source came to; ms since 1970. */
export type Sync = {
  at: number;
  /** When the newest of the readings was measured; null: there were none. */
  lastReading: number | null;
  /** Why it failed, a word of ours; null: it did not. */
  problem: string | null;
};

/** Keeps what an exchange came to; none makes the time of the last reading earlier. */
export async function markSynced(
  on: Queryable,
  { tenant, id }: Connection,
  { at, lastReading, problem }: Sync,
): Promise<void> {
  await on.query(
    `update device_connection set problem = $5,
       last_sync = case when $5::text is null then greatest(last_sync, $3::timestamptz) else last_sync end,
       last_reading = greatest(last_reading, $4::timestamptz)
     where tenant = $1 and id = $2 and state in ('active', 'expired')`,
    [tenant, id, new Date(at), lastReading === null ? null : new Date(lastReading), problem],
  );
}
