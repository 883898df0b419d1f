import type { SmartContext } from '../context.ts';
import type { SmartRequest } from '../endpoint.ts';
import { newSecret, sha256 } from '../random.ts';
import { seal, unseal } from '../secret.ts';
import { cookieOf, setCookie } from './session-cookie.ts';
import { foldUsername } from './users.ts';

type On = Pick<SmartContext, 'secret' | 'baseUrl'>;

/** Names a browser in which a user signed in before. */
export type KnownDevice = string;

/** Seconds; browsers keep nothing for longer than 400 days. */
const LIFE = 400 * 24 * 3600;

const label = (tenant: number, username: string): string => `device ${tenant} ${foldUsername(username)}`;

/** A browser may know several people. */
const cookieFor = (tenant: number, username: string) =>
  `device_${sha256(label(tenant, username)).slice(0, 8)}` as const;

/** The cookie by which this browser is known from now on. */
export const rememberDevice = (on: On, request: Pick<SmartRequest, 'tenant' | 'place'>, username: string): string =>
  setCookie(
    on,
    request,
    seal(on.secret, label(request.tenant, username), newSecret()),
    cookieFor(request.tenant, username),
    LIFE,
  );

/** Whether this browser was given such a cookie for this user; null: it was not. */
export function knownDevice(
  on: On,
  request: Pick<SmartRequest, 'tenant' | 'cookie'>,
  username: string,
): KnownDevice | null {
  const value = cookieOf(on, request, cookieFor(request.tenant, username));
  if (value === null) return null;
  try {
    unseal(on.secret, label(request.tenant, username), value);
  } catch {
    return null;
  }
  return sha256(value);
}
