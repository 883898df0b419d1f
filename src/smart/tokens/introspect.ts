import { json, oauthError } from '../answers.ts';
import { authenticateClient } from '../clients/authenticate-client.ts';
import type { SmartContext } from '../context.ts';
import type { Answer, Endpoint, SmartRequest, Step } from '../endpoint.ts';
import { operatorScope } from '../scopes/scopes.ts';
import { findGrant, isLive } from './app-grants.ts';
import { bearerOf } from './bearer.ts';
import { liveGrant } from './live-grant.ts';
import { findRefreshToken } from './refresh-tokens.ts';
import { checkToken } from './tokens.ts';

/** Who may ask: an app about its own tokens; null: the operator, or a program of theirs, about any. */
async function askerOf(context: SmartContext, request: SmartRequest): Promise<Step<string | null>> {
  if (!/^(bearer|dpop) /i.test(request.header('authorization') ?? '')) {
    const client = await authenticateClient(context, request);
    return client.ok ? { ok: true, value: client.value.id } : client;
  }
  const claims = await bearerOf(context, request);
  if (!claims.ok) return claims;
  const { clientId, scope } = claims.value;
  const scopes = scope.split(' ');
  if (scopes.includes(operatorScope) || clientId === null) return { ok: true, value: null };
  return { ok: true, value: clientId };
}

async function accessToken(context: SmartContext, request: SmartRequest, token: string) {
  const checked = await checkToken(context.keys, context.baseUrl, token);
  if (!checked.ok || checked.value.tenant !== request.tenant) return null;
  const claims = checked.value;
  if (!(await liveGrant(context.database.byKey, claims))) return null;
  const grant = claims.grant === null ? null : await findGrant(context.database, claims.tenant, claims.grant);
  return {
    client_id: claims.clientId,
    scope: claims.scope,
    sub: claims.subject,
    exp: claims.expires,
    iat: claims.issued,
    jti: claims.jti,
    iss: request.place.issuer,
    aud: request.place.audience,
    token_type: claims.jkt === null ? 'Bearer' : 'DPoP',
    ...(claims.jkt === null ? {} : { cnf: { jkt: claims.jkt } }),
    ...grant?.context,
    ...(claims.patient === null ? {} : { patient: claims.patient }),
    ...(claims.encounter === null ? {} : { encounter: claims.encounter }),
    ...(claims.fhirUser === null ? {} : { fhirUser: `${request.place.audience}/${claims.fhirUser}` }),
  };
}

async function refreshToken(context: SmartContext, request: SmartRequest, token: string) {
  const use = await findRefreshToken(context.database, request.tenant, token);
  const grant = use && (await findGrant(context.database, request.tenant, use.grantId));
  if (!use || use.used || !grant || !isLive(grant, context.now())) return null;
  return {
    client_id: use.clientId,
    scope: use.scope,
    sub: grant.userId ?? grant.clientId,
    exp: Math.floor(use.expires.getTime() / 1000),
    iss: request.place.issuer,
    token_type: 'refresh_token',
    ...(grant.patient === null ? {} : { patient: grant.patient }),
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
