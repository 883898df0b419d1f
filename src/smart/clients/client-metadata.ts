import type { JWK } from 'jose';
import { z } from 'zod';
import { parseScopes } from '../scopes/scopes.ts';
import type { ClientMetadata } from './client.ts';
import { isFor, keyFault } from './client-keys.ts';

const LOOPBACK = /^(127\.0\.0\.1|\[::1\]|localhost)$/;

/** A URL as everybody reads it the same: no spaces, no backslashes, nothing that is invisible; no fragment, no wildcard. */
const plain = /^(?!.*[#*\\])[!-~]+$/;

/** https, or http on the machine of whoever uses the app; what is behind # never leaves the browser. */
export const isWeb = (text: string): boolean => {
  const url = plain.test(text) ? URL.parse(text) : null;
  // Hosts that no name can have, `;` among them, would be read as more than a host in a Content-Security-Policy.
  if (!url || url.username || url.password || !/^[a-z0-9._-]+$|^\[[0-9a-f:]+\]$/.test(url.hostname)) return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.test(url.hostname));
};

/**
 * Where codes may be sent: a page, or the scheme of an app on a phone, which has a dot as reversed domain names have.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8252#section-7
 */
export const isRedirectUri = (text: string): boolean =>
  isWeb(text) || (plain.test(text) && /^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:/i.test(text) && URL.canParse(text));

const MUST_BE_WEB = 'must be an https URL, or http on 127.0.0.1, without # and *';
const web = z.string().max(2000).refine(isWeb, MUST_BE_WEB);
const redirect = z
  .string()
  .max(2000)
  .refine(isRedirectUri, `${MUST_BE_WEB}, or have a scheme with a dot such as com.example.app`);
/** Shown to people: neither invisible characters nor such as turn the direction of what follows. */
export const isPlain = (given: string): boolean => !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(given);
const text = z.string().trim().min(1).max(200).refine(isPlain, 'must be plain text on one line');

const publicKey = z.looseObject({ kty: z.string(), kid: z.string().min(1).max(200).optional() });
const jwks = z.object({ keys: z.array(publicKey).min(1).max(20) });

/** What is wrong with registered keys. */
function keysFault(keys: readonly JWK[]): string | null {
  if (keys.some((key) => 'd' in key || 'k' in key || 'p' in key)) {
    return 'jwks must have public keys only: the private half stays with the app';
  }
  const ids = keys.flatMap(({ kid }) => kid ?? []);
  if (new Set(ids).size < ids.length) return 'jwks has two keys of one kid';
  // An app may publish keys for others beside those for this server.
  const ours = keys.filter((key) => isFor(key, 'ES384') || isFor(key, 'RS384'));
  if (ours.length === 0) return 'jwks must have a key for ES384 (EC, P-384) or RS384 (RSA)';
  const [fault] = ours.flatMap((key) => keyFault(key) ?? []);
  return fault === undefined ? null : `jwks: ${fault}`;
}

/** What may be said at registration; unknown members are left out, as RFC 7591 asks. */
const schema = z.object({
  client_name: text.default('An app without a name'),
  client_uri: web.optional(),
  logo_uri: web.optional(),
  tos_uri: web.optional(),
  policy_uri: web.optional(),
  contacts: z.array(text).max(10).optional(),
  redirect_uris: z.array(redirect).max(20).default([]),
  post_logout_redirect_uris: z.array(redirect).max(20).optional(),
  launch_uri: web.optional(),
  grant_types: z
    .array(z.enum(['authorization_code', 'refresh_token', 'client_credentials']))
    .min(1)
    .default(['authorization_code', 'refresh_token']),
  response_types: z.array(z.literal('code', 'must be code')).optional(),
  token_endpoint_auth_method: z
    .enum(['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'])
    .optional(),
  scope: z.string().max(8000).optional(),
  jwks: jwks.optional(),
  jwks_uri: z
    .url({ protocol: /^https?$/, error: 'must be an https URL' })
    .max(2000)
    .optional(),
  id_token_signed_response_alg: z.enum(['RS256', 'ES384']).optional(),
  dpop_bound_access_tokens: z.boolean().optional(),
  require_pushed_authorization_requests: z.boolean().optional(),
  software_id: text.optional(),
  software_version: text.optional(),
});

/** Asked of a registration that names no scope. */
const usualScope = 'openid fhirUser launch launch/patient offline_access patient/*.rs';

export type MetadataFault = { error: 'invalid_redirect_uri' | 'invalid_client_metadata'; reason: string };

const wrong = (reason: string): { ok: false; fault: MetadataFault } => ({
  ok: false,
  fault: { error: 'invalid_client_metadata', reason },
});

/**
 * What an app says of itself, checked.
 *
 * @param system whether it may ask for system/ scopes
 * @see https://www.rfc-editor.org/rfc/rfc7591#section-2
 */
export function checkMetadata(
  given: unknown,
  { system }: { system: boolean },
): { ok: true; value: ClientMetadata } | { ok: false; fault: MetadataFault } {
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const path = issue?.path.join('.') ?? '';
    const reason = `${path === '' ? 'The metadata' : path}: ${issue?.message ?? 'is wrong'}`;
    return {
      ok: false,
      fault: { error: /^redirect_uris/.test(path) ? 'invalid_redirect_uri' : 'invalid_client_metadata', reason },
    };
  }
  const { response_types: _, scope, token_endpoint_auth_method: method, ...rest } = parsed.data;
  const backend = rest.grant_types.includes('client_credentials');
  const hasKeys = rest.jwks !== undefined || rest.jwks_uri !== undefined;
  const metadata: ClientMetadata = {
    ...rest,
    token_endpoint_auth_method: method ?? (hasKeys ? 'private_key_jwt' : 'client_secret_basic'),
    scope: scope ?? (backend ? 'system/*.rs' : usualScope),
  };
  const usesCode = metadata.grant_types.includes('authorization_code');
  if (usesCode && metadata.redirect_uris.length === 0) {
    return {
      ok: false,
      fault: { error: 'invalid_redirect_uri', reason: 'redirect_uris must name where codes are sent' },
    };
  }
  if (metadata.jwks && metadata.jwks_uri) return wrong('Send jwks or jwks_uri, not both');
  const fault = metadata.jwks ? keysFault(metadata.jwks.keys) : null;
  if (fault !== null) return wrong(fault);
  if ((metadata.token_endpoint_auth_method === 'private_key_jwt') !== hasKeys) {
    return wrong('private_key_jwt needs jwks or jwks_uri, and the other methods have none');
  }
  if (backend && metadata.token_endpoint_auth_method === 'none') {
    return wrong('client_credentials needs an app with a secret or a key');
  }
  const scopes = parseScopes(metadata.scope);
  if (!scopes.ok) return wrong(`scope: ${scopes.issues[0]?.diagnostics}`);
  const asksSystem =
    scopes.value.clinical.some(({ context }) => context === 'system') || /(^| )portico\//.test(metadata.scope);
  if (asksSystem && !system) return wrong('scope: system/ scopes are given by the operator of this server');
  return { ok: true, value: metadata };
}
