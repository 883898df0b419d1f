import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Hono } from 'hono';

import type { Queryable } from '../db/database.ts';
import { fhirJson } from '../fhir/interactions/respond.ts';
import { outcomeText } from '../fhir/outcome.ts';
import { health } from './health.ts';
import { type ServeDeps, serveFhir } from './serve.ts';

/** Where the FHIR API begins. */
export const fhirPath = '/fhir/R4';

/** The whole server on one page: what is mounted where. */
export function createApp(deps: ServeDeps & { database: Queryable; pages: Hono }): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();

  const fhir = async ({ env: { incoming, outgoing } }: { env: HttpBindings }): Promise<Response> => {
    const url = incoming.url ?? '';
    const mark = url.indexOf('?');
    const path = mark < 0 ? url : url.slice(0, mark);
    await serveFhir(deps, incoming, outgoing, path.slice(fhirPath.length), mark < 0 ? '' : url.slice(mark + 1));
    return RESPONSE_ALREADY_SENT;
  };
  app.all(fhirPath, fhir);
  app.all(`${fhirPath}/*`, fhir);
  app.route('/', health(deps.database));
  app.route('/', deps.metrics.route);
  app.route('/', deps.pages);

  app.notFound((c) => {
    const diagnostics = `There is nothing at ${c.req.path}; FHIR begins at ${fhirPath}`;
    return c.body(outcomeText([{ severity: 'error', code: 'not-found', diagnostics }]), 404, {
      'Content-Type': fhirJson,
    });
  });
  return app;
}
