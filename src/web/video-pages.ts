import type { Hono } from 'hono';

import { createReach } from '../privacy/gate/reach.ts';
import type { SmartContext } from '../smart/context.ts';
import type { Providers } from '../video/providers/provider.ts';
import { videoRoutes } from '../video/routes.ts';
import { signInOf } from './privacy-pages.ts';

/** The pages of visits by video, for whoever is signed in at the authorization server, and for guests. */
export const videoPages = (
  smart: SmartContext,
  providers: Providers,
  isTenant: (tenant: number) => Promise<boolean>,
): Hono =>
  videoRoutes(
    {
      fhir: smart.fhir,
      decide: smart.decide,
      reach: createReach(smart.fhir),
      signIn: signInOf(smart),
      behindProxy: smart.settings.behindProxy,
      providers,
    },
    isTenant,
  );
