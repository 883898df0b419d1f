import type { Queryable } from '../db/database.ts';
import { newSecret, sha256 } from './random.ts';

export type RefreshUse = { tenant: number; grantId: string; clientId: string; scope: string };

/** Days that a refresh token may be used after it was given; each new one begins anew. */
const LIFETIME = 180;

export async function issueRefreshToken(on: Queryable, use: RefreshUse): Promise<string> {
  const token = newSecret();
  await on.query(
    `insert into refresh_token (tenant, hash, grant_id, client_id, scope, expires_at)
     values ($1, $2, $3, $4, $5, now() + make_interval(days => ${LIFETIME}))`,
    [use.tenant, sha256(token), use.grantId, use.clientId, use.scope],
  );
  return token;
}

/** `used`: it was used before, so two have it; its whole family must end. */
export type Refreshed = { kind: 'good'; use: RefreshUse } | { kind: 'used'; grantId: string } | { kind: 'unknown' };

/** Uses a refresh token up. Of several at once one is the first. */
export async function redeemRefreshToken(
  on: Queryable,
  tenant: number,
  clientId: string,
  token: string,
): Promise<Refreshed> {
  const [row] = await on.query(
    `update refresh_token set used_at = now()
     where tenant = $1 and hash = $2 and client_id = $3 and used_at is null and expires_at > now()
     returning grant_id, scope`,
    [tenant, sha256(token), clientId],
  );
  if (row) return { kind: 'good', use: { tenant, clientId, grantId: String(row[0]), scope: String(row[1]) } };
  const [before] = await on.query(
    `select grant_id from refresh_token where tenant = $1 and hash = $2 and client_id = $3 and used_at is not null`,
    [tenant, sha256(token), clientId],
  );
  return before ? { kind: 'used', grantId: String(before[0]) } : { kind: 'unknown' };
}

/** What an unused refresh token stands for, without using it. */
export async function findRefreshToken(
  on: Queryable,
  tenant: number,
  token: string,
): Promise<(RefreshUse & { expires: Date }) | null> {
  const [row] = await on.query(
    `select grant_id, client_id, scope, expires_at from refresh_token
     where tenant = $1 and hash = $2 and used_at is null and expires_at > now()`,
    [tenant, sha256(token)],
  );
  if (!row) return null;
  const [grantId, clientId, scope, expires] = row;
  return {
    tenant,
    grantId: String(grantId),
    clientId: String(clientId),
    scope: String(scope),
    expires: expires as Date,
  };
}
