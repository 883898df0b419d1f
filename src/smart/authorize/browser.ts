import type { SmartContext } from '../context.ts';
import type { SmartRequest } from '../endpoint.ts';
import type { Place } from '../tokens/tokens.ts';
import { MINUTES } from './request.ts';

const isSecure = (context: SmartContext): boolean => context.baseUrl.startsWith('https:');

/** Its path is that of one request's pages, so that requests in several tabs do not meet; __Host- allows none but `/`. */
const nameOf = (context: SmartContext): string => (isSecure(context) ? '__Secure-portico_request' : 'portico_request');

/** The path of the pages of one request, as this server is reached. */
export const pathOf = (place: Place, id: string): string =>
  `${new URL(place.issuer).pathname.replace(/\/$/, '')}/oauth2/authorize/${id}`;

/** What only the browser has that brought the request. */
export const browserOf = (context: SmartContext, request: SmartRequest): string =>
  request.cookie(nameOf(context)) ?? '';

export function browserCookie(context: SmartContext, place: Place, id: string, value: string): string {
  const secure = isSecure(context) ? '; Secure' : '';
  const life = value === '' ? 0 : MINUTES * 60;
  return `${nameOf(context)}=${value}; Path=${pathOf(place, id)}; Max-Age=${life}; HttpOnly; SameSite=Lax${secure}`;
}
