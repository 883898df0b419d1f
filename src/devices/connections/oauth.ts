import * as oauth from 'oauth4webapi';

import type { Json } from '../../fhir/context.ts';
import type { GuardedFetch } from '../../net/guarded-fetch.ts';
import { parsed } from '../vendors/ask.ts';
import { scopesFor } from '../vendors/vendor.ts';
import type { Place } from './authorization.ts';

/** `refused`: it does not take what we showed it; `unreachable`: it could not be asked, or answered what nobody can read. */
export type Failed = { ok: false; why: 'refused' | 'unreachable' };

/** What a vendor gave; `expiresIn` in seconds. */
export type Given = {
  access: string;
  /** null: there is none, and it must be agreed to anew once the access has ended. */
  refresh: string | null;
  expiresIn: number | null;
  /** Everything of the answer: some say there whose account it is. */
  all: Json;
};

export type Answered = { ok: true; value: Given } | Failed;

/** ms in which a token endpoint answers. */
const DEADLINE = 10_000;

class Unreachable extends Error {}

/** What the library calls fetch: guarded, as all that leaves us, and with an answer as OAuth has it. */
const fetchOf =
  (guarded: GuardedFetch, { vendor }: Place) =>
  async (url: string, { method, headers, body }: { method: string; headers: unknown; body?: unknown }) => {
    const asked = await guarded(url, {
      method: method === 'POST' ? 'POST' : 'GET',
      headers: Object.fromEntries(new Headers(headers as Record<string, string>)), // of strings, as the library makes them
      ...(body === undefined || body === null ? {} : { body: String(body) }),
      deadline: DEADLINE,
    });
    if (!asked.ok || asked.value.status >= 500 || asked.value.status === 429) throw new Unreachable();
    const { unwrap } = vendor.oauth;
    const answer = unwrap ? unwrap(parsed(asked.value.text)) : parsed(asked.value.text);
    if (answer === null) throw new Unreachable();
    // Some say in a 200 that they refuse.
    const status = 'error' in answer ? 400 : asked.value.status;
    return new Response(JSON.stringify(answer), { status, headers: { 'content-type': 'application/json' } });
  };

function partsOf(place: Place, guarded: GuardedFetch) {
  const { vendor, settings, endpoints } = place;
  const as: oauth.AuthorizationServer = {
    issuer: new URL(endpoints.authorize).origin,
    authorization_endpoint: endpoints.authorize,
    token_endpoint: endpoints.token,
  };
  const isBasic = vendor.oauth.clientAuthentication === 'basic';
  const auth = isBasic ? oauth.ClientSecretBasic(settings.clientSecret) : oauth.ClientSecretPost(settings.clientSecret);
  const options = {
    [oauth.customFetch]: fetchOf(guarded, place),
    // Which addresses may be reached without TLS is decided where all that leaves us is.
    [oauth.allowInsecureRequests]: true,
    additionalParameters: { ...vendor.oauth.token },
  };
  return { as, client: { client_id: settings.clientId }, auth, options };
}

/** What the library throws: at what cannot be read, and at what was refused. */
function failure(error: unknown): Failed {
  const isRefused = error instanceof oauth.ResponseBodyError || error instanceof oauth.AuthorizationResponseError;
  return { ok: false, why: isRefused ? 'refused' : 'unreachable' };
}

const givenOf = (answer: oauth.TokenEndpointResponse): Answered => ({
  ok: true,
  value: {
    access: answer.access_token,
    refresh: answer.refresh_token ?? null,
    expiresIn: answer.expires_in ?? null,
    all: { ...answer },
  },
});

/** A PKCE verifier, or a `state`: 256 bits that nobody guesses. */
export const newVerifier = (): string => oauth.generateRandomCodeVerifier();

/** Where somebody is sent to agree. https://www.rfc-editor.org/rfc/rfc7636 */
export async function authorizeUrl(
  { vendor, settings, endpoints }: Place,
  asked: { redirectUri: string; measures: readonly string[] | null; state: string; verifier: string },
): Promise<string> {
  const url = new URL(endpoints.authorize);
  const challenge = await oauth.calculatePKCECodeChallenge(asked.verifier);
  const parameters = {
    response_type: 'code',
    client_id: settings.clientId,
    redirect_uri: asked.redirectUri,
    scope: scopesFor(vendor, asked.measures),
    state: asked.state,
    ...(vendor.oauth.pkce ? { code_challenge: challenge, code_challenge_method: 'S256' } : {}),
    ...vendor.oauth.authorize,
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}

/**
 * The tokens for what a browser came back with.
 *
 * @param back `query` must have the `state` that it was sent with, and in `iss`, if it has one, this vendor (RFC 9207)
 */
export async function redeem(
  place: Place,
  guarded: GuardedFetch,
  back: { query: URLSearchParams; state: string; redirectUri: string; verifier: string },
): Promise<Answered> {
  const { as, client, auth, options } = partsOf(place, guarded);
  const verifier = place.vendor.oauth.pkce ? back.verifier : oauth.nopkce;
  try {
    const checked = oauth.validateAuthResponse(as, client, back.query, back.state);
    const { redirectUri } = back;
    const answer = await oauth.authorizationCodeGrantRequest(as, client, auth, checked, redirectUri, verifier, options);
    return givenOf(await oauth.processAuthorizationCodeResponse(as, client, answer));
  } catch (error) {
    return failure(error);
  }
}

/** New tokens for a refresh token. */
export async function refresh(place: Place, guarded: GuardedFetch, token: string): Promise<Answered> {
  const { as, client, auth, options } = partsOf(place, guarded);
  try {
    const answer = await oauth.refreshTokenGrantRequest(as, client, auth, token, options);
    return givenOf(await oauth.processRefreshTokenResponse(as, client, answer));
  } catch (error) {
    return failure(error);
  }
}
