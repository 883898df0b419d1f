import type { SmartContext } from '../context.ts';
import type { SmartRequest } from '../endpoint.ts';

type On = Pick<SmartContext, 'baseUrl'>;
type Of = Pick<SmartRequest, 'tenant' | 'place'>;

const isSecure = ({ baseUrl }: On): boolean => baseUrl.startsWith('https:');

/**
 * The name of a cookie of one tenant. Over https no other host and no page below another path can set one that begins so.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6265#section-4.1.2 and __Host- in draft-ietf-httpbis-rfc6265bis
 */
const nameOf = (on: On, tenant: number, what: string): string =>
  `${isSecure(on) ? '__Host-' : ''}portico_${what}${tenant === 1 ? '' : `_${tenant}`}`;

/** __Host- allows no path but this. */
const pathOf = (on: On, { place }: Of): string => (isSecure(on) ? '/' : new URL(place.issuer).pathname);

export type Cookie = 'session' | 'sign_in' | 'federation' | `device_${string}`;

/** The value of a cookie that this server may have set; null: none, or not written as ours are. */
export function cookieOf(on: On, request: Pick<SmartRequest, 'tenant' | 'cookie'>, what: Cookie = 'session') {
  const value = request.cookie(nameOf(on, request.tenant, what)) ?? '';
  return /^[\w-]{43,200}$/.test(value) ? value : null;
}

/** @param seconds null: until the browser is closed */
export function setCookie(on: On, of: Of, value: string, what: Cookie = 'session', seconds: number | null = null) {
  const age = seconds === null ? '' : `; Max-Age=${seconds}`;
  const secure = isSecure(on) ? '; Secure' : '';
  return `${nameOf(on, of.tenant, what)}=${value}; Path=${pathOf(on, of)}${age}; HttpOnly; SameSite=Lax${secure}`;
}
