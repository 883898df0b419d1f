import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context, Hono } from 'hono';
import { getCookie } from 'hono/cookie';

import { chooseLanguage, languageCookie } from '../../pages/language.ts';
import { frameWords } from '../../privacy/pages/frame-words.ts';
import { deadEnd } from '../../privacy/pages/sheet.ts';
import type { PageRequest, Reply, Visit } from '../../privacy/pages/visit.ts';
import type { DeviceDeps } from '../deps.ts';
import { clientAssets } from './client.ts';
import type { DevicePage } from './device-page.ts';
import { guarded } from './guard.ts';
import { pages } from './index.ts';

/** Bytes of a form. */
const LONGEST = 64 * 1024;

/** The text of a form; null for one that is too long. */
async function formOf(c: Context): Promise<string | null> {
  if (c.req.raw.body === null) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of c.req.raw.body) {
    size += chunk.length;
    if (size > LONGEST) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The proxy in front, where there is one, adds who connected to it. */
function addressOf({ behindProxy }: DeviceDeps, c: Context): string {
  const forwarded = behindProxy ? c.req.header('x-forwarded-for')?.split(',').at(-1)?.trim() : undefined;
  return forwarded || (getConnInfo(c).remote.address ?? '');
}

const hasNul = (parameters: URLSearchParams): boolean =>
  [...parameters].some(([name, value]) => name.includes('\0') || value.includes('\0'));

async function answer(deps: DeviceDeps, page: DevicePage, c: Context, tenant: number): Promise<Reply> {
  const text = page.method === 'POST' ? await formOf(c) : '';
  const asked = c.req.query('lang');
  const root = tenant === 1 ? '' : `/t/${tenant}`;
  const request: PageRequest = {
    tenant,
    root,
    method: page.method,
    path: c.req.path.slice(root.length),
    params: c.req.param() as Record<string, string>, // Hono's own type is of one path
    query: new URL(c.req.url).searchParams,
    form: new URLSearchParams(text ?? ''),
    cookie: (name) => getCookie(c, name),
    language: chooseLanguage(asked ?? getCookie(c, languageCookie), c.req.header('accept-language')),
    address: addressOf(deps, c),
  };
  const { token, cookies } = deps.signIn.csrfOf(request);
  const visit: Visit = { deps, request, csrf: token, cookies };
  // A form of ours is shorter, and no text of Postgres has a NUL.
  if (text === null || [request.query, request.form].some(hasNul))
    return deadEnd(visit, frameWords[request.language].refused.form, text === null ? 413 : 400);
  const given = await guarded(page, visit, deps);
  if (asked === undefined) return given;
  const language = `${languageCookie}=${request.language}; Path=/; SameSite=Lax`;
  return { ...given, cookies: [...(given.cookies ?? []), language] };
}

function serveAsset(c: Context): Response {
  const asset = clientAssets().get(c.req.path);
  if (asset === undefined) return c.notFound() as Response; // Ours answers at once
  return c.body(asset.body, 200, {
    'Content-Type': asset.contentType,
    'Cache-Control': 'public, max-age=31536000, immutable',
    'X-Content-Type-Options': 'nosniff',
  });
}

/** Puts the pages of devices where they are, for every tenant: the first at the root, the others below /t. */
export function mountPages(app: Hono, deps: DeviceDeps, isTenant: (tenant: number) => Promise<boolean>): void {
  app.get('/assets/:folder{devices\\.[0-9a-f]{12}}/:file', serveAsset);
  for (const prefix of ['', '/t/:tenant{[2-9]|[1-9][0-9]{1,8}}']) {
    for (const page of pages) {
      app.on(page.method, `${prefix}${page.path}`, async (c) => {
        const tenant = Number(c.req.param('tenant') ?? 1);
        if (tenant !== 1 && !(await isTenant(tenant))) return c.notFound();
        const { status, headers, body, cookies = [] } = await answer(deps, page, c, tenant);
        // Bytes of a Buffer are bytes.
        const response = new Response(body as BodyInit, { status, headers });
        for (const cookie of cookies) response.headers.append('Set-Cookie', cookie);
        return response;
      });
    }
  }
}
