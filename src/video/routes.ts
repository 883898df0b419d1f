import { getConnInfo } from '@hono/node-server/conninfo';
import { type Context, Hono } from 'hono';
import { getCookie } from 'hono/cookie';

import type { Asset } from '../pages/assets.ts';
import { chooseLanguage, languageCookie } from '../pages/language.ts';
import type { Reply } from '../privacy/pages/visit.ts';
import { clientAssets } from './pages/client.ts';
import { deadEnd } from './pages/frame.ts';
import { frameWords } from './pages/frame-words.ts';
import { guarded } from './pages/guard.ts';
import { pages } from './pages/index.ts';
import { styleAssets } from './pages/styles.ts';
import type { Opened, VideoPage, VideoPagesDeps, VideoRequest } from './pages/video-page.ts';

/** Bytes of a body, unless a page says more. */
const LONGEST = 64 * 1024;

/** The body; null for one that is too long. */
async function bodyOf(c: Context, longest: number): Promise<Uint8Array | null> {
  if (c.req.raw.body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of c.req.raw.body) {
    size += chunk.length;
    if (size > longest) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The proxy in front, where there is one, adds who connected to it. */
function addressOf({ behindProxy }: VideoPagesDeps, c: Context): string {
  const forwarded = behindProxy ? c.req.header('x-forwarded-for')?.split(',').at(-1)?.trim() : undefined;
  return forwarded || (getConnInfo(c).remote.address ?? '');
}

const hasNul = (parameters: URLSearchParams): boolean =>
  [...parameters].some(([name, value]) => name.includes('\0') || value.includes('\0'));

async function answer(deps: VideoPagesDeps, page: VideoPage, c: Context, tenant: number): Promise<Reply> {
  const bytes = page.method === 'POST' ? await bodyOf(c, page.longest ?? LONGEST) : new Uint8Array();
  const isForm = c.req.header('content-type')?.startsWith('application/x-www-form-urlencoded') ?? false;
  const asked = c.req.query('lang');
  const root = tenant === 1 ? '' : `/t/${tenant}`;
  const request: VideoRequest = {
    tenant,
    root,
    method: page.method,
    path: c.req.path.slice(root.length),
    params: c.req.param() as Record<string, string>, // Hono's own type is of one path
    query: new URL(c.req.url).searchParams,
    form: new URLSearchParams(isForm && bytes !== null ? Buffer.from(bytes).toString('utf8') : ''),
    cookie: (name) => getCookie(c, name),
    language: chooseLanguage(asked ?? getCookie(c, languageCookie), c.req.header('accept-language')),
    address: addressOf(deps, c),
    header: (name) => c.req.header(name),
    bytes: bytes ?? new Uint8Array(),
  };
  const { token, cookies } = deps.signIn.csrfOf(request);
  const opened: Opened = { deps, request, csrf: token, cookies };
  // What our pages send is shorter, and no text of Postgres has a NUL.
  if (bytes === null || [request.query, request.form].some(hasNul))
    return deadEnd(opened, frameWords[request.language].refused.form, bytes === null ? 413 : 400);
  const given = await guarded(page, opened);
  if (asked === undefined) return given;
  const language = `${languageCookie}=${request.language}; Path=/; SameSite=Lax`;
  return { ...given, cookies: [...(given.cookies ?? []), language] };
}

const serve = (assets: ReadonlyMap<string, Asset>, c: Context): Response => {
  const asset = assets.get(c.req.path);
  if (asset === undefined) return c.notFound() as Response; // Ours answers at once
  return c.body(asset.body, 200, {
    'Content-Type': asset.contentType,
    'Cache-Control': 'public, max-age=31536000, immutable',
    'X-Content-Type-Options': 'nosniff',
  });
};

/** Where the pages of visits are, for every tenant: the first at the root, the others below /t. */
export function videoRoutes(deps: VideoPagesDeps, isTenant: (tenant: number) => Promise<boolean>): Hono {
  const app = new Hono();
  app.get('/assets/:sheet{video\\.[0-9a-f]{12}\\.css}', (c) => serve(styleAssets, c));
  app.get('/assets/:folder{video\\.[0-9a-f]{12}}/:module{.+}', (c) => serve(clientAssets(), c));
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
  return app;
}
