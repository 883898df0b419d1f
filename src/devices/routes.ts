import { Readable } from 'node:stream';
import type { ReadableStream as NodeStream } from 'node:stream/web';
import { type Context, Hono, type MiddlewareHandler } from 'hono';

import { fhirJson } from '../fhir/interactions/respond.ts';
import { outcomeText, type Result } from '../fhir/outcome.ts';
import type { FhirResponse } from '../fhir/request.ts';
import { uuid7 } from '../fhir/store/uuid.ts';
import { addressOf } from '../privacy/pages/mount.ts';
import { inflated } from './body.ts';
import type { DeviceDeps } from './deps.ts';
import { pages } from './pages/index.ts';
import { mountDevicePages } from './pages/mount.ts';
import { recorded, submissionOf } from './recorded.ts';
import { submitFormat } from './submit-format.ts';
import { isAddress, LONGEST_WEBHOOK, takeNotification } from './webhooks.ts';

/** What every answer with something of a record carries: no cache in between keeps it. */
const standing = { 'Cache-Control': 'no-store', Vary: 'Authorization', 'X-Content-Type-Options': 'nosniff' };

function responseOf(answer: Result<FhirResponse>, id: string): Response {
  const headers = { ...standing, 'X-Request-Id': id };
  if (answer.ok) {
    const { status, body } = answer.value;
    // Ours are texts.
    return new Response(body as string | null, { status, headers: { ...headers, ...answer.value.headers } });
  }
  const text = outcomeText(answer.issues);
  return new Response(text, {
    status: answer.status,
    headers: { ...headers, 'Content-Type': fhirJson, ...answer.headers },
  });
}

/** What is sent, as a stream of Node. */
const bodyOf = ({ req }: Context): Readable =>
  req.raw.body === null ? Readable.from([]) : Readable.fromWeb(req.raw.body as NodeStream<Uint8Array>); // the same stream

async function take(deps: DeviceDeps, c: Context, tenant: number): Promise<Response> {
  const { fhir: context } = deps;
  const id = uuid7(context.now());
  const header = (name: string): string | undefined => c.req.header(name);
  const caller = await deps.authenticate(
    {
      authorization: header('authorization'),
      dpop: header('dpop'),
      method: c.req.method,
      url: `${deps.origin}${c.req.path}`,
    },
    tenant,
  );
  if (!caller.ok) return responseOf(caller, id);
  const format = c.req.param('format') ?? '';
  const request = submissionOf(context, await deps.decide(caller.value), format, header, id);
  const query = new URL(c.req.url).searchParams;
  const answer = await recorded(context, request, (noted) =>
    submitFormat(context, noted, deps.limits, { format, body: bodyOf(c), query }),
  );
  return responseOf(answer, id);
}

/** A notification of a vendor, which shows by itself who sent it. */
async function notified(deps: DeviceDeps, c: Context, tenant: number): Promise<Response> {
  const { fhir: context } = deps;
  const [vendor, secret] = [c.req.param('vendor') ?? '', c.req.param('secret') ?? null];
  if (!isAddress(deps, vendor, secret)) return new Response(null, { status: 404, headers: standing });
  const body = inflated(bodyOf(c), c.req.header('content-encoding'), LONGEST_WEBHOOK);
  if (!body.ok) return responseOf(body, uuid7(context.now()));
  const pieces: Uint8Array[] = [];
  for await (const piece of body.value.pieces) pieces.push(piece);
  const fault = body.value.fault();
  if (fault !== null) return responseOf(fault, uuid7(context.now()));
  const {
    status,
    contentType,
    body: text,
  } = await takeNotification(context, deps, tenant, vendor, {
    method: c.req.method,
    query: new URL(c.req.url).searchParams,
    header: (name) => c.req.header(name),
    body: Buffer.concat(pieces),
    secret,
    address: addressOf(deps.behindProxy, c),
  });
  const headers = { ...standing, ...(contentType === null ? {} : { 'Content-Type': contentType }) };
  return new Response(text === '' ? null : text, { status, headers });
}

/** What anybody's page may read: what counts is the token, and no cookie is looked at. */
const toAnybody =
  ({ origins }: DeviceDeps): MiddlewareHandler =>
  async (c, next) => {
    await next();
    if (c.req.header('origin') === undefined) return;
    for (const [name, value] of Object.entries(origins.answer)) c.header(name, value);
  };

/** Pages, which go by cookies, are no other page's to ask for. */
const isPage = (format: string): boolean => pages.some(({ path }) => path === `/devices/${format}`);

/**
 * Where devices, apps and vendors send readings, and the pages of them; for every tenant: the first at the root, the others
 * below /t.
 */
export function deviceRoutes(deps: DeviceDeps, isTenant: (tenant: number) => Promise<boolean>): Hono {
  const app = new Hono();
  mountDevicePages(app, deps, isTenant);
  for (const prefix of ['', '/t/:tenant{[2-9]|[1-9][0-9]{1,8}}']) {
    const tenantOf = async (c: Context): Promise<number | null> => {
      const tenant = Number(c.req.param('tenant') ?? 1);
      return tenant === 1 || (await isTenant(tenant)) ? tenant : null;
    };
    for (const path of ['/devices/:vendor/webhook', '/devices/:vendor/webhook/:secret']) {
      // A HEAD comes as a GET.
      app.on(['GET', 'POST'], `${prefix}${path}`, async (c) => {
        const tenant = await tenantOf(c);
        return tenant === null ? c.notFound() : notified(deps, c, tenant);
      });
    }
    const format = `${prefix}/devices/:format{[a-z0-9:-]+}`;
    app.options(format, (c) => {
      const isAsked = c.req.header('access-control-request-method') !== undefined;
      return isAsked && !isPage(c.req.param('format') ?? '') ? c.body(null, 204, deps.origins.preflight) : c.notFound();
    });
    app.post(format, toAnybody(deps), async (c) => {
      const tenant = await tenantOf(c);
      return tenant === null ? c.notFound() : take(deps, c, tenant);
    });
  }
  return app;
}
