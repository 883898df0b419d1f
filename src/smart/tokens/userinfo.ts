import { json, oauthError } from '../answers.ts';
import type { SmartContext } from '../context.ts';
import type { Answer, Endpoint, SmartRequest } from '../endpoint.ts';
import { findUser } from '../people/users.ts';
import { findGrant } from './app-grants.ts';
import { bearerOf } from './bearer.ts';
import { personClaims } from './id-tokens.ts';

async function run(context: SmartContext, request: SmartRequest): Promise<Answer> {
  const claims = await bearerOf(context, request);
  if (!claims.ok) return claims.answer;
  const { tenant, grant: id, subject, scope } = claims.value;
  const grant = id === null ? null : await findGrant(context.database, tenant, id);
  const user = await findUser(context.database, tenant, subject);
  if (!grant || !user || !scope.split(' ').includes('openid')) {
    return oauthError(403, 'insufficient_scope', 'The access token must have the scope openid', {
      'WWW-Authenticate': 'Bearer error="insufficient_scope", scope="openid"',
    });
  }
  return json(200, { sub: user.id, ...personClaims(user, { ...grant, scope }, request.place.audience) });
}

const path = '/oauth2/userinfo';

/** https://openid.net/specs/openid-connect-core-1_0.html#UserInfo */
export const userinfoByGet: Endpoint = { method: 'GET', path, origin: 'any', run };
export const userinfoByPost: Endpoint = { method: 'POST', path, origin: 'any', run };
