import type { Queryable } from '../../db/database.ts';
import { newSecret, sha256 } from '../random.ts';

/**
 * A token with which somebody may register one app within a week.
 *
 * @param note for whom it is
 * @param system whether the app may have system/ scopes
 */
export async function newInitialAccessToken(
  on: Queryable,
  tenant: number,
  note: string,
  system = false,
): Promise<string> {
  const token = newSecret();
  await on.query(
    `insert into initial_access_token (tenant, hash, note, system, expires_at)
     values ($1, $2, $3, $4, now() + interval '7 days')`,
    [tenant, sha256(token), note, system],
  );
  return token;
}

/** What an app may have that is registered with this token; null: it is none, or was used. */
export async function findInitialAccess(
  on: Queryable,
  tenant: number,
  token: string,
): Promise<{ system: boolean } | null> {
  const [row] = await on.query(
    `select system from initial_access_token
     where tenant = $1 and hash = $2 and used_at is null and expires_at > now()`,
    [tenant, sha256(token)],
  );
  return row ? { system: row[0] === true } : null;
}

/** Whether it is one, which it is no more from now on. */
export async function useInitialAccessToken(on: Queryable, tenant: number, token: string): Promise<boolean> {
  const [row] = await on.query(
    `update initial_access_token set used_at = now()
     where tenant = $1 and hash = $2 and used_at is null and expires_at > now() returning 1`,
    [tenant, sha256(token)],
  );
  return row !== undefined;
}
