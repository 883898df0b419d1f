import {
  AuthorizationResponseError,
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  ClientSecretBasic,
  type Configuration,
  calculatePKCECodeChallenge,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  randomNonce,
  randomPKCECodeVerifier,
} from 'openid-client';

import type { Provider } from '../context.ts';

/** Seconds that a provider has for each answer. */
const TIMEOUT = 8;
/** ms after which what a provider says of itself is read again. */
const FRESH = 3_600_000;

/** `down`: it could not be reached or is broken; `refused`: it, or the person there, said no; `untrusted`: a check failed. */
export type ProviderTrouble = 'down' | 'refused' | 'untrusted';

type Answered<T> = { ok: true; value: T } | { ok: false; trouble: ProviderTrouble };

/** What must be the same when the person comes back. */
export type Visit = { state: string; nonce: string; verifier: string };

export const newVisit = (): Omit<Visit, 'state'> => ({ nonce: randomNonce(), verifier: randomPKCECodeVerifier() });

/** Who somebody is at a provider: `subject` identifies them, `label` is only to be read. */
export type Known = { subject: string; label: string };

/** Nobody answered as a server should: whatever the library makes of it, it is this underneath. */
class Unreachable extends Error {}

const reach: typeof fetch = async (input, init) => {
  let response: Response;
  try {
    response = await fetch(input, init);
  } catch (cause) {
    throw new Unreachable('The provider cannot be reached', { cause });
  }
  if (response.status >= 500) throw new Unreachable(`The provider answered ${response.status}`);
  return response;
};

/** Providers on this machine are for trying things out, and need no certificate. */
const isLocal = (issuer: URL): boolean =>
  issuer.protocol === 'http:' && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(issuer.hostname);

type Remembered = { configuration: Promise<Configuration>; at: number };
const remembered = new WeakMap<Provider, Remembered>();

/** What a provider says of itself; asked again after a while, and at once when it could not say. */
function configurationOf(provider: Provider, now: number): Promise<Configuration> {
  const found = remembered.get(provider);
  if (found && now - found.at < FRESH) return found.configuration;
  const issuer = new URL(provider.issuer);
  const configuration = discovery(issuer, provider.clientId, undefined, ClientSecretBasic(provider.clientSecret), {
    timeout: TIMEOUT,
    // Without this an id token that came straight from the provider would be believed unsigned.
    execute: isLocal(issuer) ? [enableNonRepudiationChecks, allowInsecureRequests] : [enableNonRepudiationChecks],
    // Its own type of fetch names fewer kinds of input than the platform's.
    [customFetch]: reach as never,
  });
  remembered.set(provider, { configuration, at: now });
  configuration.catch(() => remembered.delete(provider));
  return configuration;
}

function troubleOf(error: unknown): ProviderTrouble {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at instanceof Unreachable || at.name === 'TimeoutError') return 'down';
    if (at instanceof AuthorizationResponseError) return 'refused';
  }
  return 'untrusted';
}

/** Every fault of the library is one of the provider's answers: they are what it is given. */
async function attempt<T>(work: () => Promise<T>): Promise<Answered<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, trouble: troubleOf(error) };
  }
}

/**
 * Where to send somebody so that a provider says who they are: code flow with PKCE, state and nonce.
 *
 * @param now ms since 1970
 * @see https://openid.net/specs/openid-connect-core-1_0.html#CodeFlowAuth
 */
export function visitProvider(
  provider: Provider,
  redirectUri: string,
  visit: Visit,
  now: number,
): Promise<Answered<string>> {
  return attempt(async () => {
    const configuration = await configurationOf(provider, now);
    const url = buildAuthorizationUrl(configuration, {
      redirect_uri: redirectUri,
      scope: 'openid profile email',
      state: visit.state,
      nonce: visit.nonce,
      code_challenge: await calculatePKCECodeChallenge(visit.verifier),
      code_challenge_method: 'S256',
    });
    return url.href;
  });
}

const text = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value.slice(0, 200) : null;

/**
 * Who came back. Checked are state, nonce, PKCE, `iss` of the answer and of the id token, its signature, audience and times.
 *
 * @param answer the redirect URI with the query that it was called with
 * @param now ms since 1970
 */
export function returnFromProvider(
  provider: Provider,
  answer: URL,
  visit: Visit,
  now: number,
): Promise<Answered<Known>> {
  return attempt(async () => {
    const configuration = await configurationOf(provider, now);
    const tokens = await authorizationCodeGrant(configuration, answer, {
      expectedState: visit.state,
      expectedNonce: visit.nonce,
      pkceCodeVerifier: visit.verifier,
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    // Of some providers the library takes tokens of any of their issuers; here it is the one that the operator trusts.
    if (!claims || new URL(claims.iss).href !== new URL(provider.issuer).href) throw new Error('Another issuer');
    return {
      subject: claims.sub,
      label: text(claims.email) ?? text(claims.preferred_username) ?? text(claims.name) ?? '',
    };
  });
}
