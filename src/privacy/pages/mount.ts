import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context, Hono } from 'hono';
import { getCookie } from 'hono/cookie';

import { chooseLanguage, languageCookie } from '../../pages/language.ts';
import type { PageRequest, Reply } from './visit.ts';

/** What came for a page. */
export type Received = PageRequest & {
  /** By lower-case name. */
  header(name: string): string | undefined;
  /** The body as it came; empty where there is none. */
  bytes: Uint8Array;
  /** Why no page of ours has sent it: its body is too long, or it has a NUL, which no text of Postgres has; null: it may be. */
  refused: 400 | 413 | null;
};

/** An address of pages. */
type Place = {
  method: 'GET' | 'POST';
  /** `/privacy/seen` */
  path: string;
  /** Bytes of a body, where it is longer than a form. */
  longest?: number;
};

/** Bytes of a form. */
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
export function addressOf(behindProxy: boolean, c: Context): string {
  const forwarded = behindProxy ? c.req.header('x-forwarded-for')?.split(',').at(-1)?.trim() : undefined;
  return forwarded || (getConnInfo(c).remote.address ?? '');
}

const hasNul = (parameters: URLSearchParams): boolean =>
  [...parameters].some(([name, value]) => name.includes('\0') || value.includes('\0'));

async function received({ method, longest }: Place, c: Context, tenant: number, proxy: boolean): Promise<Received> {
  const bytes = method === 'POST' ? await bodyOf(c, longest ?? LONGEST) : new Uint8Array();
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(c.req.header('content-type') ?? '');
  const root = tenant === 1 ? '' : `/t/${tenant}`;
  const query = new URL(c.req.url).searchParams;
  const form = new URLSearchParams(isForm && bytes !== null ? Buffer.from(bytes).toString('utf8') : '');
  return {
    tenant,
    root,
    method,
    path: c.req.path.slice(root.length),
    params: c.req.param() as Record<string, string>, // Hono's own type is of one path
    query,
    form,
    cookie: (name) => getCookie(c, name),
    language: chooseLanguage(c.req.query('lang') ?? getCookie(c, languageCookie), c.req.header('accept-language')),
    address: addressOf(proxy, c),
    header: (name) => c.req.header(name),
    bytes: bytes ?? new Uint8Array(),
    refused: bytes === null ? 413 : hasNul(query) || hasNul(form) ? 400 : null,
  };
}

/**
 * Puts pages where they are, for every tenant: the first at the root, the others below /t. A language that is asked for in the
 * address is kept for the next page.
 */
export function mountPages<P extends Place>(
  app: Hono,
  { behindProxy }: { behindProxy: boolean },
  isTenant: (tenant: number) => Promise<boolean>,
  pages: readonly P[],
  answer: (page: P, request: Received) => Promise<Reply>,
): void {
  for (const prefix of ['', '/t/:tenant{[2-9]|[1-9][0-9]{1,8}}']) {
    for (const page of pages) {
      app.on(page.method, `${prefix}${page.path}`, async (c) => {
        const tenant = Number(c.req.param('tenant') ?? 1);
        if (tenant !== 1 && !(await isTenant(tenant))) return c.notFound();
        const request = await received(page, c, tenant, behindProxy);
        const { status, headers, body, cookies = [] } = await answer(page, request);
        // Bytes of a Buffer are bytes.
        const response = new Response(body as BodyInit, { status, headers });
        for (const cookie of cookies) response.headers.append('Set-Cookie', cookie);
        if (request.query.has('lang'))
          response.headers.append('Set-Cookie', `${languageCookie}=${request.language}; Path=/; SameSite=Lax`);
        return response;
      });
    }
  }
}
