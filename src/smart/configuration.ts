import { clientAuths } from './client-auth/index.ts';
import { assertionAlgorithms } from './client-auth/private-key-jwt.ts';
import type { SmartContext } from './context.ts';
import type { Answer, Endpoint, SmartRequest } from './endpoint.ts';
import { tokenGrants } from './grants/index.ts';
import { categories } from './scopes/scope-categories.ts';
import { otherScopes } from './scopes/scopes.ts';
import { dpopAlgorithms } from './tokens/dpop.ts';
import type { Place } from './tokens/tokens.ts';

/** https://hl7.org/fhir/smart-app-launch/conformance.html#capabilities */
const capabilities = [
  'launch-ehr',
  'launch-standalone',
  'authorize-post',
  'client-public',
  'client-confidential-symmetric',
  'client-confidential-asymmetric',
  'sso-openid-connect',
  'context-banner',
  'context-style',
  'context-ehr-patient',
  'context-ehr-encounter',
  'context-standalone-patient',
  'permission-offline',
  'permission-online',
  'permission-patient',
  'permission-user',
  'permission-v1',
  'permission-v2',
];

/** Some of what may be asked for: the grammar has more than could be listed. */
const scopes = [
  ...[...otherScopes].filter((one) => !one.startsWith('portico/')),
  ...['patient', 'user', 'system'].flatMap((context) => [`${context}/*.cruds`, `${context}/*.rs`]),
  ...['Patient', 'Encounter', ...categories.keys()].map((type) => `patient/${type}.rs`),
  ...[...categories].flatMap(([type, parts]) =>
    parts.map(({ system, code }) => `patient/${type}.rs?category=${system}|${code}`),
  ),
];

const claims = [
  ...['sub', 'iss', 'aud', 'exp', 'iat', 'auth_time', 'amr', 'nonce', 'at_hash', 'sid'],
  ...['fhirUser', 'profile', 'name', 'preferred_username', 'email'],
];

const methods = clientAuths.map(({ method }) => method);

/** RFC 8414, to which OpenID Connect and SMART add their own. Every address in it is one of the list of endpoints. */
const authorizationServer = ({ issuer }: Place) => ({
  issuer,
  authorization_endpoint: `${issuer}/oauth2/authorize`,
  token_endpoint: `${issuer}/oauth2/token`,
  jwks_uri: `${issuer}/oauth2/jwks`,
  registration_endpoint: `${issuer}/oauth2/register`,
  introspection_endpoint: `${issuer}/oauth2/introspect`,
  revocation_endpoint: `${issuer}/oauth2/revoke`,
  pushed_authorization_request_endpoint: `${issuer}/oauth2/par`,
  scopes_supported: scopes,
  response_types_supported: ['code'],
  response_modes_supported: ['query'],
  grant_types_supported: tokenGrants.map(({ type }) => type),
  code_challenge_methods_supported: ['S256'],
  token_endpoint_auth_methods_supported: methods,
  token_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
  introspection_endpoint_auth_methods_supported: methods,
  introspection_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
  revocation_endpoint_auth_methods_supported: methods,
  revocation_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
  dpop_signing_alg_values_supported: dpopAlgorithms,
  authorization_response_iss_parameter_supported: true,
  ui_locales_supported: ['en', 'fr'],
});

const openid = (place: Place) => ({
  ...authorizationServer(place),
  userinfo_endpoint: `${place.issuer}/oauth2/userinfo`,
  end_session_endpoint: `${place.issuer}/oauth2/logout`,
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS256', 'ES384'],
  claims_supported: claims,
  claims_parameter_supported: false,
  request_parameter_supported: false,
  request_uri_parameter_supported: false,
  prompt_values_supported: ['none', 'login', 'consent', 'select_account'],
});

/** https://hl7.org/fhir/smart-app-launch/conformance.html#using-well-known */
const smart = (place: Place) => ({
  ...authorizationServer(place),
  management_endpoint: `${place.issuer}/account/apps`,
  user_access_brand_bundle: `${place.issuer}/brands`,
  capabilities,
});

/** Anybody may keep it for a while. */
const published = (value: object): Answer => ({
  status: 200,
  headers: { 'Content-Type': 'application/json', 'Cache-Control': 'public, max-age=300' },
  body: JSON.stringify(value),
});

const document =
  (make: (place: Place) => object) =>
  async (_context: SmartContext, { place }: SmartRequest): Promise<Answer> =>
    published(make(place));

async function keySet(context: SmartContext, { tenant }: SmartRequest): Promise<Answer> {
  return published({ keys: await context.keys.published(tenant) });
}

const get = (path: string, run: Endpoint['run']): Endpoint => ({ method: 'GET', path, origin: 'any', run });

/** What a client reads before all else. */
export const discovery: readonly Endpoint[] = [
  get('/.well-known/smart-configuration', document(smart)),
  get('/fhir/R4/.well-known/smart-configuration', document(smart)),
  get('/.well-known/openid-configuration', document(openid)),
  get('/.well-known/oauth-authorization-server', document(authorizationServer)),
  get('/oauth2/jwks', keySet),
];
