import { getConnInfo } from '@hono/node-server/conninfo';
import { type Context, Hono } from 'hono';
import { getCookie } from 'hono/cookie';

import { chooseLanguage, languageCookie } from '../pages/language.ts';
import { oauthError } from './answers.ts';
import type { SmartContext } from './context.ts';
import type { Answer, Endpoint, SmartRequest } from './endpoint.ts';
import { endpoints } from './endpoints.ts';
import { placeOf } from './tokens/tokens.ts';

/** Bytes of a request to the authorization server; software statements with certificates are the longest. */
const LONGEST = 256 * 1024;

/** What a page of any origin may send, and read of the answer; cookies never come along. */
const openToAll = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': 'WWW-Authenticate, DPoP-Nonce, ETag',
};
const preflight = {
  ...openToAll,
  'Access-Control-Allow-Methods': 'GET, POST, PUT, DELETE',
  'Access-Control-Allow-Headers': 'Authorization, Content-Type, Accept, DPoP, If-None-Match',
  'Access-Control-Max-Age': '600',
};

async function bodyOf(c: Context): Promise<string | null> {
  if (c.req.method === 'GET' || c.req.method === 'DELETE' || c.req.raw.body === null) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of c.req.raw.body) {
    size += chunk.length;
    if (size > LONGEST) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Whether a form was sent from a page of this server, as the browser says. https://www.rfc-editor.org/rfc/rfc6454#section-7 */
function isOwnPage(request: SmartRequest, baseUrl: string): boolean {
  const from = request.header('origin');
  if (from !== undefined && from !== 'null') return from === new URL(baseUrl).origin;
  // A page whose referrer policy is no-referrer sends `null` with its forms; this header no page can set.
  return request.header('sec-fetch-site') === 'same-origin';
}

/** The proxy in front, where there is one, adds who connected to it; what stands before that anybody could have written. */
function addressOf({ settings }: SmartContext, c: Context): string {
  const forwarded = settings.behindProxy ? c.req.header('x-forwarded-for')?.split(',').at(-1)?.trim() : undefined;
  return forwarded || (getConnInfo(c).remote.address ?? '');
}

/** A parameter must not come twice. https://www.rfc-editor.org/rfc/rfc6749#section-3.1 */
const repeated = (parameters: URLSearchParams): string | undefined =>
  [...parameters.keys()].find((name, at, all) => all.indexOf(name) !== at);

const hasNul = (parameters: URLSearchParams): boolean =>
  [...parameters].some(([name, value]) => name.includes('\0') || value.includes('\0'));

async function answer(context: SmartContext, endpoint: Endpoint, c: Context, tenant: number): Promise<Answer> {
  const body = await bodyOf(c);
  if (body === null) return oauthError(413, 'invalid_request', `A request here has at most ${LONGEST} bytes`);
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(c.req.header('content-type') ?? '');
  const asked = c.req.query('lang');
  const request: SmartRequest = {
    tenant,
    place: placeOf(context.baseUrl, tenant),
    method: c.req.method,
    path: c.req.path,
    params: c.req.param() as Record<string, string>, // Hono's own type is of one path
    query: new URL(c.req.url).searchParams,
    form: new URLSearchParams(isForm ? body : ''),
    body,
    header: (name) => c.req.header(name),
    cookie: (name) => getCookie(c, name),
    address: addressOf(context, c),
    language: chooseLanguage(asked ?? getCookie(c, languageCookie), c.req.header('accept-language')),
  };
  // Boxes of one name are how a form says a list; nowhere else may a name come twice.
  const twice = repeated(request.query) ?? (endpoint.origin === 'own' ? undefined : repeated(request.form));
  // No text of Postgres has it, and nobody types it.
  if ([request.query, request.form].some(hasNul))
    return oauthError(400, 'invalid_request', 'A parameter has a NUL in it');
  if (twice !== undefined) return oauthError(400, 'invalid_request', `A parameter was sent twice: ${ascii(twice)}`);
  if (endpoint.origin === 'own' && endpoint.method !== 'GET' && !isOwnPage(request, context.baseUrl)) {
    return oauthError(403, 'invalid_request', 'This form is taken from pages of this server only');
  }
  const given = await endpoint.run(context, request);
  if (asked === undefined) return given;
  return {
    ...given,
    cookies: [...(given.cookies ?? []), `${languageCookie}=${request.language}; Path=/; SameSite=Lax`],
  };
}

const ascii = (text: string): string => text.replaceAll(/[^\x20-\x7e]|["\\]/g, '?').slice(0, 100);

/** Where the endpoints are, for every tenant: the first at the root, the others below /t. */
export function smartRoutes(context: SmartContext, isTenant: (tenant: number) => Promise<boolean>): Hono {
  const app = new Hono();
  for (const prefix of ['', '/t/:tenant{[2-9]|[1-9][0-9]{1,8}}']) {
    for (const endpoint of endpoints) {
      const open = endpoint.origin === 'any' ? openToAll : {};
      app.on(endpoint.method, `${prefix}${endpoint.path}`, async (c) => {
        const tenant = Number(c.req.param('tenant') ?? 1);
        if (tenant !== 1 && !(await isTenant(tenant))) return c.notFound();
        const { status, headers, body, cookies = [] } = await answer(context, endpoint, c, tenant);
        const response = new Response(status === 204 || status === 304 ? null : body, {
          status,
          headers: { ...open, ...headers },
        });
        for (const cookie of cookies) response.headers.append('Set-Cookie', cookie);
        return response;
      });
      if (endpoint.origin === 'any') app.options(`${prefix}${endpoint.path}`, (c) => c.body(null, 204, preflight));
    }
  }
  return app;
}
