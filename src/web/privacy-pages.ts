import type { Hono } from 'hono';
import { createReach } from '../privacy/gate/reach.ts';
import type { Asked, SignIn } from '../privacy/pages/visit.ts';
import { privacyRoutes } from '../privacy/routes.ts';
import { signInPath } from '../smart/account/account-guard.ts';
import type { SmartContext } from '../smart/context.ts';
import { checkCsrf, csrfOf, sessionOf } from '../smart/people/sessions.ts';
import { placeOf } from '../smart/tokens/tokens.ts';

/** Who is there, as the authorization server knows it. */
export function signInOf(smart: SmartContext): SignIn {
  const placed = ({ tenant, cookie }: Asked) => ({ tenant, cookie, place: placeOf(smart.baseUrl, tenant) });
  return {
    async visitorOf(asked) {
      const session = await sessionOf(smart, placed(asked));
      if (session === null) return null;
      const { id, displayName, fhirUser, roles } = session.user;
      return { id, displayName, fhirUser, roles, signedInAt: session.signedInAt.getTime() };
    },
    csrfOf: (asked) => csrfOf(smart, placed(asked)),
    isOurs: (asked, form) => checkCsrf(smart, { ...placed(asked), form }),
    path: (tenant, next, again) => signInPath({ place: placeOf(smart.baseUrl, tenant) }, next, again),
  };
}

/** The pages about privacy, for whoever is signed in at the authorization server. */
export const privacyPages = (smart: SmartContext, isTenant: (tenant: number) => Promise<boolean>): Hono =>
  privacyRoutes(
    {
      fhir: smart.fhir,
      decide: smart.decide,
      reach: createReach(smart.fhir),
      signIn: signInOf(smart),
      behindProxy: smart.settings.behindProxy,
    },
    isTenant,
  );
