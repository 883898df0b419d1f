import { Readable } from 'node:stream';
import type { ReadableStream as NodeStream } from 'node:stream/web';
import { type Context, Hono } from 'hono';

import { fhirJson } from '../fhir/interactions/respond.ts';
import { outcomeText, type Result } from '../fhir/outcome.ts';
import type { FhirResponse } from '../fhir/request.ts';
import { uuid7 } from '../fhir/store/uuid.ts';
import type { DeviceDeps } from './deps.ts';
import { mountPages } from './pages/mount.ts';
import { recorded, submissionOf } from './recorded.ts';
import { submitFormat } from './submit-format.ts';

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

/**
 * Where devices, apps and vendors send readings, and the pages of them; for every tenant: the first at the root, the others
 * below /t.
 */
export function deviceRoutes(deps: DeviceDeps, isTenant: (tenant: number) => Promise<boolean>): Hono {
  const app = new Hono();
  mountPages(app, deps, isTenant);
  for (const prefix of ['', '/t/:tenant{[2-9]|[1-9][0-9]{1,8}}']) {
    const tenantOf = async (c: Context): Promise<number | null> => {
      const tenant = Number(c.req.param('tenant') ?? 1);
      return tenant === 1 || (await isTenant(tenant)) ? tenant : null;
    };
    app.post(`${prefix}/devices/:format{[a-z0-9-]+|template:[A-Za-z0-9._-]+}`, async (c) => {
      const tenant = await tenantOf(c);
      return tenant === null ? c.notFound() : take(deps, c, tenant);
    });
  }
  return app;
}
