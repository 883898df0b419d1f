import type { JWTPayload } from 'jose';

import type { ClientMetadata, GrantType } from '../clients/client.ts';
import { isPlain, isWeb } from '../clients/client-metadata.ts';
import { narrowScopes } from '../scopes/narrow-scopes.ts';

/** What an app says of itself; empty grant types ask for the registration to end. */
export type Statement = { cancels: true } | { cancels: false; metadata: ClientMetadata };

export type StatementResult =
  | { ok: true; value: Statement }
  | { ok: false; error: 'invalid_client_metadata' | 'invalid_redirect_uri'; reason: string };

/** The community vouches for who a service is, and nobody here for what it would change: it may read. */
const forServices = 'system/*.rs';
/** People say what an app may do, so it may ask them for anything that is theirs. */
const forPeople =
  'openid fhirUser profile email launch launch/patient launch/encounter offline_access online_access patient/*.cruds user/*.cruds';

const MOST = 20;
const LONGEST = 2000;

const wrong = (reason: string): StatementResult => ({ ok: false, error: 'invalid_client_metadata', reason });

/**
 * The claims of a software statement as the metadata of a client.
 *
 * @see https://hl7.org/fhir/us/udap-security/registration.html#software-statement
 */
export function readStatement(claims: JWTPayload): StatementResult {
  const { client_name: name, contacts, logo_uri: logo, scope, grant_types: grants } = claims;
  const grantTypes = textsOf(grants);
  if (!grantTypes) return wrong('grant_types must be a list; an empty one ends the registration');
  if (grantTypes.length === 0) return { ok: true, value: { cancels: true } };
  const kind = kindOf(grantTypes);
  if (!kind) {
    return wrong('grant_types must be client_credentials, or authorization_code with or without refresh_token');
  }
  if (!isText(name) || name.length > 200 || !isPlain(name)) {
    return wrong('client_name must be plain text on one line, of at most 200 characters');
  }
  if (claims.token_endpoint_auth_method !== 'private_key_jwt') {
    return wrong('token_endpoint_auth_method must be private_key_jwt');
  }
  const people = textsOf(contacts);
  if (!people?.some((one) => /^mailto:[^@\s]+@[^@\s]+$/i.test(one))) {
    return wrong('contacts must be a list of URIs with at least one mailto:');
  }
  if (!isText(scope)) return wrong('scope must list, separated by spaces, what the app wants to be granted');
  const granted = narrowScopes(scope, kind.includes('client_credentials') ? forServices : forPeople);
  if (granted === '') return wrong('scope must have scopes that this server grants to such an app');
  const metadata: ClientMetadata = {
    client_name: name,
    contacts: people,
    redirect_uris: [],
    grant_types: kind,
    token_endpoint_auth_method: 'private_key_jwt',
    scope: granted,
  };
  if (kind.includes('client_credentials')) {
    if (claims.redirect_uris !== undefined || claims.response_types !== undefined) {
      return wrong('redirect_uris and response_types are for authorization_code');
    }
    return { ok: true, value: { cancels: false, metadata } };
  }
  return withUsers(claims, isSecure(logo) ? { ...metadata, logo_uri: logo } : null);
}

/** What an app that people sign in to has besides. */
function withUsers(claims: JWTPayload, metadata: ClientMetadata | null): StatementResult {
  if (!metadata) return wrong('logo_uri must be an https URL of an image');
  const types = textsOf(claims.response_types);
  if (types?.length !== 1 || types[0] !== 'code') return wrong('response_types must be [code]');
  const uris = textsOf(claims.redirect_uris);
  if (!uris || uris.length === 0 || !uris.every(isSecure)) {
    return { ok: false, error: 'invalid_redirect_uri', reason: 'redirect_uris must be https URLs without a fragment' };
  }
  return { ok: true, value: { cancels: false, metadata: { ...metadata, redirect_uris: uris } } };
}

/** The grant types in the order of this server, where they are a set that UDAP allows. */
function kindOf(asked: readonly string[]): GrantType[] | null {
  const all = [...new Set(asked)].sort().join(' ');
  if (all === 'client_credentials') return ['client_credentials'];
  if (all === 'authorization_code') return ['authorization_code'];
  if (all === 'authorization_code refresh_token') return ['authorization_code', 'refresh_token'];
  return null;
}

const isText = (value: unknown): value is string =>
  typeof value === 'string' && value.trim() !== '' && value.length <= LONGEST;

const textsOf = (value: unknown): string[] | null =>
  Array.isArray(value) && value.length <= MOST && value.every(isText) ? value : null;

function isSecure(value: unknown): value is string {
  return isText(value) && /^https:/i.test(value) && isWeb(value);
}
