import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

import type { Database } from '../db/database.ts';
import { fhirJson } from '../fhir/interactions/respond.ts';
import { outcomeText } from '../fhir/outcome.ts';
import { uuid7 } from '../fhir/store/uuid.ts';
import { chooseLanguage } from '../pages/language.ts';
import { refusalOf } from './errors.ts';
import { health } from './health.ts';
import type { Served } from './listen.ts';
import { errorPage, prefersHtml } from './pages/error.ts';
import { type ServeDeps, serveFhir } from './serve.ts';

/** Where the FHIR API begins. */
export const fhirPath = '/fhir/R4';

type Incoming = HttpBindings['incoming'];
type Outgoing = HttpBindings['outgoing'];

type AppDeps = ServeDeps & {
  database: Database;
  /** Whether there is a tenant of this number. */
  isTenant: (tenant: number) => Promise<boolean>;
  /** The authorization server. */
  smart: Hono;
  /** The pages about privacy. */
  privacy: Hono;
  /** The pages of visits by video, and of booking them. */
  video: Hono;
  /** Where readings of devices come in, and the pages of them. */
  devices: Hono;
  pages: Hono;
};

/** The whole server on one page: what is mounted where. */
export function createApp(deps: AppDeps): Served {
  const app = new Hono<{ Bindings: HttpBindings }>();

  /** @param prefix what stands before the FHIR base */
  const serve = (incoming: Incoming, outgoing: Outgoing, tenant: number, prefix: string): Promise<void> => {
    const url = (incoming.url ?? '').slice(prefix.length + fhirPath.length);
    const mark = url.indexOf('?');
    const place = mark < 0 ? { path: url, query: '' } : { path: url.slice(0, mark), query: url.slice(mark + 1) };
    return serveFhir(deps, incoming, outgoing, { tenant, ...place });
  };
  const fhir = async ({ incoming, outgoing }: HttpBindings, tenant: number, prefix: string): Promise<Response> => {
    await serve(incoming, outgoing, tenant, prefix);
    return RESPONSE_ALREADY_SENT;
  };
  // Before FHIR: its discovery documents are below the FHIR base.
  app.route('/', deps.smart);
  app.route('/', deps.privacy);
  app.route('/', deps.video);
  app.route('/', deps.devices);
  app.all(fhirPath, (c) => fhir(c.env, 1, ''));
  app.all(`${fhirPath}/*`, (c) => fhir(c.env, 1, ''));
  // The first tenant is at the root, the others under their numbers.
  app.all(`/t/:tenant{[2-9]|[1-9][0-9]{1,8}}${fhirPath}/*`, async (c) => {
    const tenant = c.req.param('tenant');
    return (await deps.isTenant(Number(tenant))) ? fhir(c.env, Number(tenant), `/t/${tenant}`) : c.notFound();
  });
  app.route('/', health(deps.database));
  app.route('/', deps.metrics.route);
  app.route('/', deps.pages);

  app.onError((error, c) => {
    const requestId = uuid7(Date.now());
    const { status, issues, headers } = refusalOf(error, requestId, deps.log);
    if (prefersHtml(c.req.header('accept'))) {
      return c.html(
        errorPage(500, chooseLanguage(c.req.query('lang'), c.req.header('accept-language')), requestId),
        500,
      );
    }
    // The statuses of refusals all have bodies.
    return c.body(outcomeText(issues), status as ContentfulStatusCode, { 'Content-Type': fhirJson, ...headers });
  });
  app.notFound((c) => {
    const diagnostics = `There is nothing at ${c.req.path}; FHIR begins at ${fhirPath}`;
    return c.body(outcomeText([{ severity: 'error', code: 'not-found', diagnostics }]), 404, {
      'Content-Type': fhirJson,
    });
  });

  return {
    fetch: app.fetch as Served['fetch'],
    direct(incoming, outgoing) {
      const url = incoming.url ?? '';
      if (incoming.method !== 'GET' || !url.startsWith(fhirPath) || url.charCodeAt(fhirPath.length) !== slash)
        return false;
      // What begins with a dot is .well-known, which is no FHIR.
      if (url.charCodeAt(fhirPath.length + 1) === dot) return false;
      serve(incoming, outgoing, 1, '').catch((error) => {
        deps.log.error({ err: error }, 'an answer could not be sent');
        outgoing.destroy();
      });
      return true;
    },
  };
}

const slash = '/'.charCodeAt(0);
const dot = '.'.charCodeAt(0);
