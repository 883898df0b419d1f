import type { Queryable } from '../../db/database.ts';
import { newSecret, sha256 } from '../random.ts';

export type RefreshUse = { tenant: number; grantId: string; clientId: string; scope: string };

/** Days that a refresh token may be used after it was given; each new one begins anew. */
const LIFETIME = 180;
/** Seconds in which an app that lost the answer may ask again, where every token is bound to a key that it proves to have. */
const GRACE = 10;

export async function issueRefreshToken(on: Queryable, use: RefreshUse): Promise<string> {
  const token = newSecret();
  await on.query(
    `insert into refresh_token (tenant, hash, grant_id, client_id, scope, expires_at)
     values ($1, $2, $3, $4, $5, now() + make_interval(days => ${LIFETIME}))`,
    [use.tenant, sha256(token), use.grantId, use.clientId, use.scope],
  );
  return token;
}

/** A refresh token of this app, used or not. `again`: it was used a moment ago. */
export type FoundRefreshToken = RefreshUse & { expires: Date; used: boolean; again: boolean };

/** What a refresh token stands for, without using it; null for one that is not known or too old. */
export async function findRefreshToken(
  on: Queryable,
  tenant: number,
  token: string,
): Promise<FoundRefreshToken | null> {
  const [row] = await on.query(
    `select grant_id, client_id, scope, expires_at, used_at is not null,
       coalesce(used_at > now() - make_interval(secs => ${GRACE}), false)
     from refresh_token where tenant = $1 and hash = $2 and expires_at > now()`,
    [tenant, sha256(token)],
  );
  if (!row) return null;
  // The select list fixes the shape of the row.
  const [grantId, clientId, scope, expires, used, again] = row as [string, string, string, Date, boolean, boolean];
  return { tenant, grantId, clientId, scope, expires, used, again };
}

/**
 * Uses a refresh token up and gives the next of its family, both or neither. Of several uses at once one is the first.
 *
 * @returns null where it was used before
 */
export async function rotateRefreshToken(
  on: Queryable,
  { tenant, clientId }: RefreshUse,
  token: string,
): Promise<string | null> {
  const next = newSecret();
  const rows = await on.query(
    `with used as (
       update refresh_token set used_at = now()
       where tenant = $1 and hash = $2 and client_id = $3 and used_at is null and expires_at > now()
       returning grant_id, scope)
     insert into refresh_token (tenant, hash, grant_id, client_id, scope, expires_at)
     select $1, $4, grant_id, $3, scope, now() + make_interval(days => ${LIFETIME}) from used returning 1`,
    [tenant, sha256(token), clientId, sha256(next)],
  );
  return rows.length > 0 ? next : null;
}
