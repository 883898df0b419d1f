import { audience } from './audience.ts';
import type { Asked, Check, CheckError } from './check.ts';
import { parameter } from './check.ts';
import { launch } from './launch.ts';
import { pkce } from './pkce.ts';
import type { AuthorizationRequest } from './request.ts';
import { requestObject, responseType } from './response-type.ts';
import { scope } from './scope.ts';
import { signInWishes } from './sign-in-wishes.ts';

/** In the order in which they run, once it is known that the app may be answered at its redirect_uri. */
const checks: readonly Check[] = [requestObject, responseType, audience, pkce, scope, signInWishes, launch];

/** Everything that is wrong with a request on its own, before anybody has signed in; of several faults the first. */
export async function checkRequest(
  asked: Asked,
  redirectUri: string,
): Promise<{ ok: true; value: AuthorizationRequest } | ({ ok: false } & CheckError)> {
  let request: AuthorizationRequest = {
    redirectUri,
    state: parameter(asked, 'state'),
    scope: '',
    codeChallenge: null,
    nonce: null,
    launch: null,
    prompt: [],
    maxAge: null,
    loginHint: null,
    language: null,
    dpopJkt: null,
    arrivedAt: asked.context.now(),
  };
  for (const check of checks) {
    const checked = await check(asked);
    if (!checked.ok) return checked;
    request = { ...request, ...checked.value };
  }
  return { ok: true, value: request };
}
