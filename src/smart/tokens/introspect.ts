import { json, oauthError } from '../answers.ts';
import { authenticateClient } from '../clients/authenticate-client.ts';
import type { SmartContext } from '../context.ts';
import type { Answer, Endpoint, SmartRequest, Step } from '../endpoint.ts';
import { isSessionOpen } from '../people/sessions.ts';
import { operatorScope } from '../scopes/scopes.ts';
import type { AppGrant } from './app-grant.ts';
import { findGrant } from './app-grants.ts';
import { bearerOf } from './bearer.ts';
import { liveGrant } from './live-grant.ts';
import { findRefreshToken } from './refresh-tokens.ts';
import { checkToken } from './tokens.ts';

/** May use every record there is, so that a token tells it nothing new. */
const mayAskOfAny = (scope: string): boolean =>
  scope.split(' ').some((one) => one === operatorScope || one.startsWith('system/*.'));

/** Who may ask: an app about its own tokens; null: the operator, and who has the whole of the system, about any. */
async function askerOf(context: SmartContext, request: SmartRequest): Promise<Step<string | null>> {
  if (!/^(bearer|dpop) /i.test(request.header('authorization') ?? '')) {
    const client = await authenticateClient(context, request);
    return client.ok ? { ok: true, value: client.value.id } : client;
  }
  const claims = await bearerOf(context, request);
  if (!claims.ok) return claims;
  const { clientId, scope } = claims.value;
  if (mayAskOfAny(scope)) return { ok: true, value: null };
  if (clientId !== null) return { ok: true, value: clientId };
  const answer = oauthError(403, 'insufficient_scope', `The access token must have the scope ${operatorScope}`);
  return { ok: false, answer };
}

/** What is said of every kind of token that comes of a grant. */
function grantClaims({ context, patient, fhirUser, clientId, userId }: AppGrant, { place }: SmartRequest) {
  return {
    ...context,
    client_id: clientId,
    sub: userId ?? clientId,
    iss: place.issuer,
    ...(patient === null ? {} : { patient }),
    ...(fhirUser === null ? {} : { fhirUser: `${place.audience}/${fhirUser}` }),
  };
}

const bindingOf = (jkt: string | null) =>
  jkt === null ? { token_type: 'Bearer' } : { token_type: 'DPoP', cnf: { jkt } };

async function accessToken(context: SmartContext, request: SmartRequest, token: string) {
  const checked = await checkToken(context.keys, context.baseUrl, token);
  if (!checked.ok || checked.value.tenant !== request.tenant) return null;
  const claims = checked.value;
  if (!(await liveGrant(context.database.byKey, claims))) return null;
  const grant = claims.grant === null ? null : await findGrant(context.database, claims.tenant, claims.grant);
  return {
    ...(grant && grantClaims(grant, request)),
    scope: claims.scope,
    sub: claims.subject,
    exp: claims.expires,
    iat: claims.issued,
    jti: claims.jti,
    iss: request.place.issuer,
    aud: request.place.audience,
    ...(claims.patient === null ? {} : { patient: claims.patient }),
    ...bindingOf(claims.jkt),
  };
}

async function refreshToken(context: SmartContext, request: SmartRequest, token: string) {
  const { byKey } = context.database;
  const use = await findRefreshToken(byKey, request.tenant, token);
  if (!use || use.used) return null;
  const { tenant, clientId, grantId } = use;
  const grant = await findGrant(byKey, tenant, grantId);
  if (!grant || !(await liveGrant(byKey, { tenant, clientId, grant: grantId, jti: '' }))) return null;
  if (grant.sessionId !== null && !(await isSessionOpen(context, tenant, grant.sessionId))) return null;
  return {
    ...grantClaims(grant, request),
    scope: use.scope,
    exp: Math.floor(use.expires.getTime() / 1000),
    ...(grant.dpopJkt === null ? {} : { cnf: { jkt: grant.dpopJkt } }),
    token_type: 'refresh_token',
  };
}

async function run(context: SmartContext, request: SmartRequest): Promise<Answer> {
  const asker = await askerOf(context, request);
  if (!asker.ok) return asker.answer;
  const token = request.form.get('token');
  if (!token) return oauthError(400, 'invalid_request', 'token is missing');
  const found = (await accessToken(context, request, token)) ?? (await refreshToken(context, request, token));
  // Somebody else's token is to an app what no token is.
  if (!found || (asker.value !== null && found.client_id !== asker.value)) return json(200, { active: false });
  return json(200, { active: true, ...found });
}

/**
 * What a token stands for. https://www.rfc-editor.org/rfc/rfc7662
 *
 * @see https://hl7.org/fhir/smart-app-launch/token-introspection.html
 */
export const introspect: Endpoint = { method: 'POST', path: '/oauth2/introspect', origin: 'any', run };
