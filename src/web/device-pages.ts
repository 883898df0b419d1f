import type { Hono } from 'hono';

import type { DeviceParts } from '../devices/deps.ts';
import { deviceRoutes } from '../devices/routes.ts';
import { createReach } from '../privacy/gate/reach.ts';
import { createAuthenticate } from '../smart/authenticate.ts';
import type { SmartContext } from '../smart/context.ts';
import { signInOf } from './privacy-pages.ts';

/** Where readings come in, and the pages of them for whoever is signed in at the authorization server. */
export function devicePages(
  smart: SmartContext,
  parts: DeviceParts,
  isTenant: (tenant: number) => Promise<boolean>,
): Hono {
  const { database, keys, baseUrl } = smart;
  const reach = createReach(smart.fhir);
  return deviceRoutes(
    {
      ...parts,
      fhir: smart.fhir,
      authenticate: createAuthenticate({ database: database.byKey, keys, baseUrl, reach }),
      decide: smart.decide,
      reach,
      signIn: signInOf(smart),
      behindProxy: smart.settings.behindProxy,
      origin: baseUrl,
      onFault: smart.onFault,
    },
    isTenant,
  );
}
