import { Hono, type MiddlewareHandler } from 'hono';
import { matchedRoutes } from 'hono/route';
import type { Logger } from 'pino';

import type { DeviceParts } from '../devices/deps.ts';
import { formats } from '../devices/formats/index.ts';
import { deviceRoutes } from '../devices/routes.ts';
import { vendors } from '../devices/vendors/index.ts';
import { GateMismatch } from '../fhir/store/release.ts';
import { uuid7 } from '../fhir/store/uuid.ts';
import { createReach } from '../privacy/gate/reach.ts';
import { createAuthenticate } from '../smart/authenticate.ts';
import type { SmartContext } from '../smart/context.ts';
import { logServed } from './log.ts';
import type { Metrics } from './metrics.ts';
import { openToAll, preflight } from './origins.ts';
import { signInOf } from './privacy-pages.ts';

type Watching = { log: Logger; metrics: Metrics };

/** Names of ours that an address has in the place of a parameter. */
const names: ReadonlySet<string> = new Set([...formats.map(({ name }) => name), ...vendors.map(({ id }) => id)]);

/** What kind of address a route is, with the names that are ours and without any id. */
const kindOf = (route: string, parameter: (name: string) => string | undefined): string =>
  route
    .split('/')
    .slice(1)
    .map((segment) => {
      const [, name] = /^:(\w+)/.exec(segment) ?? [];
      if (name === undefined) return segment;
      const value = parameter(name) ?? '';
      return names.has(value) ? value : '[id]';
    })
    .join('/');

const whatOf = (route: string): 'readings' | 'notification' | 'page' => {
  if (route.includes('/webhook')) return 'notification';
  return route.includes('/devices/:format') ? 'readings' : 'page';
};

/** Counts and logs what is asked below /devices, as FHIR requests are: nothing that names anybody or tells of them. */
const watched =
  ({ log, metrics }: Watching): MiddlewareHandler =>
  async (c, next) => {
    const started = performance.now();
    await next();
    const { method } = c.req;
    if (method === 'OPTIONS') return;
    const { status, headers } = c.res;
    if (c.error instanceof GateMismatch) metrics.gateMismatch();
    const route = matchedRoutes(c).find((one) => one.method !== 'ALL')?.path ?? '/devices/:unknown';
    metrics.device(whatOf(route), method, status, (performance.now() - started) / 1000);
    if (!log.isLevelEnabled('debug')) return;
    const path = kindOf(route, (name) => c.req.param(name));
    logServed(log, { requestId: headers.get('x-request-id') ?? uuid7(Date.now()), method, path, status, started });
  };

/** Where readings come in, and the pages of them for whoever is signed in at the authorization server. */
export function devicePages(
  smart: SmartContext,
  parts: DeviceParts,
  isTenant: (tenant: number) => Promise<boolean>,
  watching: Watching,
): Hono {
  const { database, keys, baseUrl } = smart;
  const reach = createReach(smart.fhir);
  const routes = deviceRoutes(
    {
      ...parts,
      fhir: smart.fhir,
      authenticate: createAuthenticate({ database: database.byKey, keys, baseUrl, reach }),
      decide: smart.decide,
      reach,
      signIn: signInOf(smart),
      behindProxy: smart.settings.behindProxy,
      origin: baseUrl,
      origins: { answer: openToAll, preflight },
      onFault: smart.onFault,
    },
    isTenant,
  );
  const app = new Hono();
  for (const prefix of ['', '/t/:tenant{[2-9]|[1-9][0-9]{1,8}}']) app.use(`${prefix}/devices/*`, watched(watching));
  return app.route('/', routes);
}
