import { randomUUID } from 'node:crypto';

import type { SmartContext } from '../context.ts';
import type { SmartRequest } from '../endpoint.ts';
import { newSecret, sha256 } from '../random.ts';
import { cookieOf, setCookie } from './session-cookie.ts';
import type { User } from './user.ts';
import { findUser } from './users.ts';

/** Minutes between the first factor and the second. */
const LIFE = 10;

type On = Pick<SmartContext, 'database' | 'baseUrl'>;
type Asking = Pick<SmartRequest, 'tenant' | 'place' | 'cookie'>;

/** The first of two factors was shown. */
export type PendingSignIn = { user: User; methods: readonly string[]; next: string | null };

type Kept = { userId: string; methods: readonly string[]; next: string | null };

/** @returns the cookies by which the browser goes on */
export async function beginPending(
  { database, ...on }: On,
  request: Asking,
  { user, methods, next }: PendingSignIn,
): Promise<string[]> {
  const value = newSecret();
  const kept: Kept = { userId: user.id, methods, next };
  await database.query(
    `insert into user_session (tenant, hash, id, pending, expires_at)
     values ($1, $2, $3, $4, now() + interval '${LIFE} minutes')`,
    [request.tenant, sha256(value), randomUUID(), JSON.stringify(kept)],
  );
  return [setCookie(on, request, value, 'sign_in', LIFE * 60)];
}

/** What this browser has under way; null: nothing, or no longer. */
export async function pendingSignIn({ database, ...on }: On, request: Asking): Promise<PendingSignIn | null> {
  const value = cookieOf(on, request, 'sign_in');
  if (value === null) return null;
  const [row] = await database.byKey.query(
    `select pending from user_session where tenant = $1 and hash = $2 and user_id is null and pending is not null
       and ended_at is null and expires_at > now()`,
    [request.tenant, sha256(value)],
  );
  if (!row) return null;
  const { userId, methods, next } = JSON.parse(String(row[0])) as Kept; // as beginPending wrote it
  const user = await findUser(database.byKey, request.tenant, userId);
  return user && !user.disabled ? { user, methods, next } : null;
}

/** Ends it. @returns the cookies that say so */
export async function endPending({ database, ...on }: On, request: Asking): Promise<string[]> {
  const value = cookieOf(on, request, 'sign_in');
  if (value === null) return [];
  await database.byKey.query('delete from user_session where tenant = $1 and hash = $2 and user_id is null', [
    request.tenant,
    sha256(value),
  ]);
  return [setCookie(on, request, '', 'sign_in', 0)];
}
