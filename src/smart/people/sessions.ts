import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';

import type { SmartContext } from '../context.ts';
import type { SmartRequest } from '../endpoint.ts';
import { newSecret, sha256 } from '../random.ts';
import { deriveKey } from '../secret.ts';
import { cookieOf, setCookie } from './session-cookie.ts';
import type { Session, User } from './user.ts';
import { userColumns, userOf } from './users.ts';

/** Hours that a session lasts, however busy; and hours after which one that is not used ends. */
const LIFE = 12;
const IDLE = 1;
/** Seconds between two notes that a session was used. */
const SEEN = 60;

type On = Pick<SmartContext, 'database' | 'baseUrl' | 'onFault'>;
type Asking = Pick<SmartRequest, 'tenant' | 'place' | 'cookie'>;

/** What a session must be to count, of a user_session that is called `s`. */
const stands = `s.ended_at is null and s.expires_at > now() and s.last_seen_at > now() - interval '${IDLE} hours'`;

/** Who is signed in where the request comes from; null: nobody, no longer, or a user who was disabled. */
export async function sessionOf(context: On, request: Asking): Promise<Session | null> {
  const value = cookieOf(context, request);
  if (value === null) return null;
  const { tenant } = request;
  const hash = sha256(value);
  const [row] = await context.database.byKey.query(
    `select s.id, s.methods, s.signed_in_at, s.last_seen_at < now() - interval '${SEEN} seconds', ${userColumns}
     from user_session s join user_account u on u.tenant = s.tenant and u.id = s.user_id
     where s.tenant = $1 and s.hash = $2 and s.signed_in_at is not null and ${stands} and u.disabled_at is null`,
    [tenant, hash],
  );
  if (!row) return null;
  const [id, methods, signedInAt, isOld, ...user] = row;
  if (isOld === true) {
    context.database.byKey
      .query('update user_session set last_seen_at = now() where tenant = $1 and hash = $2', [tenant, hash])
      .catch(context.onFault);
  }
  // The columns' types are those of the migration.
  return { tenant, id: String(id), user: userOf(user), methods: methods as string[], signedInAt: signedInAt as Date };
}

/** Whether a session has neither been ended nor reached its end, used or not: what online_access lasts for. */
export async function isSessionOpen({ database }: Pick<On, 'database'>, tenant: number, id: string): Promise<boolean> {
  const [row] = await database.byKey.query(
    'select 1 from user_session where tenant = $1 and id = $2 and ended_at is null and expires_at > now()',
    [tenant, id],
  );
  return row !== undefined;
}

/**
 * Signs a user in, under a new cookie. Where they were signed in already it stays the same session, so that what hangs on it
 * does; whoever else was signed in is no longer.
 *
 * @param methods what was shown: pwd, otp, hwk, rc, fed
 */
export async function newSession(
  context: On,
  request: Asking & Pick<SmartRequest, 'header'>,
  user: User,
  methods: readonly string[],
): Promise<{ id: string; cookies: string[]; replaced: string | null }> {
  const { tenant } = request;
  const before = await sessionOf(context, request);
  const value = newSecret();
  const cookies = [setCookie(context, request, value)];
  const agent = (request.header('user-agent') ?? '').slice(0, 300);
  if (before?.user.id === user.id) {
    const kept = await context.database.query(
      `update user_session set hash = $3, methods = $4, user_agent = $5, signed_in_at = now(), last_seen_at = now(),
         expires_at = now() + interval '${LIFE} hours'
       where tenant = $1 and id = $2 and ended_at is null returning 1`,
      [tenant, before.id, sha256(value), methods, agent],
    );
    if (kept.length > 0) return { id: before.id, cookies, replaced: null };
  }
  const id = randomUUID();
  await context.database.query(
    `insert into user_session (tenant, hash, id, user_id, methods, signed_in_at, user_agent, expires_at)
     values ($1, $2, $3, $4, $5, now(), $6, now() + interval '${LIFE} hours')`,
    [tenant, sha256(value), id, user.id, methods, agent],
  );
  return { id, cookies, replaced: before?.id ?? null };
}

/** A session as its user sees it among their own. */
export type ListedSession = {
  id: string;
  methods: readonly string[];
  userAgent: string | null;
  signedInAt: Date;
  lastSeenAt: Date;
};

export async function sessionsOfUser(context: On, tenant: number, userId: string): Promise<ListedSession[]> {
  const rows = await context.database.query(
    `select s.id, s.methods, s.user_agent, s.signed_in_at, s.last_seen_at from user_session s
     where s.tenant = $1 and s.user_id = $2 and s.signed_in_at is not null and ${stands} order by s.last_seen_at desc`,
    [tenant, userId],
  );
  return rows.map(
    ([id, methods, userAgent, signedInAt, lastSeenAt]) =>
      ({ id, methods, userAgent, signedInAt, lastSeenAt }) as ListedSession, // as the migration has it
  );
}

type Forms = Pick<SmartContext, 'secret' | 'baseUrl'>;

const tokenOf = ({ secret }: Pick<SmartContext, 'secret'>, tenant: number, value: string): string =>
  createHmac('sha256', deriveKey(secret, 'csrf')).update(`${tenant} ${value}`).digest('base64url');

/**
 * What every form of a page must carry, made of the browser's cookie; a browser that has none is given one, and nothing is
 * kept of it. Send `cookies` with the page. `browser` names the browser to what is sealed for it alone.
 *
 * @see https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
 */
export function csrfOf(context: Forms, request: Asking): { token: string; browser: string; cookies: string[] } {
  const known = cookieOf(context, request);
  const value = known ?? newSecret();
  const cookies = known === null ? [setCookie(context, request, value)] : [];
  return { token: tokenOf(context, request.tenant, value), browser: sha256(value), cookies };
}

/** Whether a form came from a page that this browser was given. */
export function checkCsrf(context: Forms, request: Asking & Pick<SmartRequest, 'form'>): boolean {
  const value = cookieOf(context, request);
  if (value === null) return false;
  const expected = Buffer.from(tokenOf(context, request.tenant, value));
  const given = Buffer.from(request.form.get('csrf') ?? '');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
