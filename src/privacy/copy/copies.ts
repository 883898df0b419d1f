import { createCipheriv, createDecipheriv, hash, randomBytes } from 'node:crypto';

import type { Queryable } from '../../db/database.ts';
import type { FhirContext } from '../../fhir/context.ts';
import type { Principal } from './principal.ts';

/** A copy of a record, from the asking until its bytes are gone. */
export type Copy = {
  tenant: number;
  id: string;
  taskId: string;
  patient: string;
  principal: Principal;
  /** The address of its bytes; null until they are there, and once they are gone. */
  sha256: string | null;
  size: number | null;
  sealedKey: string | null;
  keyHash: string | null;
  requestedAt: Date;
  expiresAt: Date | null;
  usedAt: Date | null;
  endedAt: Date | null;
};

const columns = `tenant, id, task_id, patient, principal, sha256, size::float8, sealed_key, key_hash, requested_at, expires_at,
  used_at, ended_at`;

function copyOf(row: readonly unknown[]): Copy {
  const [tenant, id, taskId, patient, principal, ...more] = row;
  const [sha256, size, sealedKey, keyHash, requestedAt, expiresAt, usedAt, endedAt] = more;
  const who = { tenant, id, taskId, patient, principal: JSON.parse(String(principal)) };
  // The columns' types are those of the migration; what was written as a principal was one.
  return { ...who, sha256, size, sealedKey, keyHash, requestedAt, expiresAt, usedAt, endedAt } as Copy;
}

export async function findCopy(on: Queryable, tenant: number, id: string): Promise<Copy | null> {
  const [row] = await on.query(`select ${columns} from record_copy where tenant = $1 and id = $2`, [tenant, id]);
  return row ? copyOf(row) : null;
}

/** The copies that somebody asked for and that have not ended, the newest first. */
export async function openCopies(on: Queryable, tenant: number, userId: string, patient: string): Promise<Copy[]> {
  const rows = await on.query(
    `select ${columns} from record_copy where tenant = $1 and user_id = $2 and patient = $3 and ended_at is null
     order by requested_at desc`,
    [tenant, userId, patient],
  );
  return rows.map(copyOf);
}

export async function addCopy(
  on: Queryable,
  copy: Pick<Copy, 'tenant' | 'id' | 'taskId' | 'patient' | 'principal' | 'requestedAt'>,
): Promise<void> {
  const { tenant, id, taskId, patient, principal, requestedAt } = copy;
  await on.query(
    `insert into record_copy (tenant, id, task_id, patient, user_id, principal, requested_at)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [tenant, id, taskId, patient, principal.subject, JSON.stringify(principal), requestedAt],
  );
}

/** Copies whose bytes are to go: they were fetched, have expired, or were given up. */
export async function copiesOver(on: Queryable, tenant: number, now: Date, fetchedBefore: Date): Promise<Copy[]> {
  const rows = await on.query(
    `select ${columns} from record_copy
     where tenant = $1 and sha256 is not null and (expires_at <= $2 or used_at <= $3 or ended_at <= $3) limit 100`,
    [tenant, now, fetchedBefore],
  );
  return rows.map(copyOf);
}

/** The key goes with the bytes, and the row says that there was a copy. */
export async function forgetBytes(on: Queryable, { tenant, id }: Copy, now: Date): Promise<void> {
  await on.query(
    `update record_copy set sha256 = null, sealed_key = null, ended_at = coalesce(ended_at, $3) where tenant = $1 and id = $2`,
    [tenant, id, now],
  );
}

/** 32 bytes for one copy, as the link holds them. */
export const newKey = (): string => randomBytes(32).toString('base64url');

export const hashOf = (key: string): string => hash('sha256', key, 'base64url');

/** The key as it lies in the table until the copy is fetched: only this server can show the link to who asked. */
export function sealKey({ settings }: FhirContext, id: string, key: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', settings.keyOf('copy of a record'), nonce).setAAD(Buffer.from(id));
  const sealed = Buffer.concat([cipher.update(key, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
}

/** @throws Error when it was sealed for another copy, or by another server */
export function unsealKey({ settings }: FhirContext, id: string, sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64url');
  const key = settings.keyOf('copy of a record');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12), { authTagLength: 16 });
  decipher.setAAD(Buffer.from(id)).setAuthTag(bytes.subarray(12, 28));
  return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
}
