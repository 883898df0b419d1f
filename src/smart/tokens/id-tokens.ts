import { hash } from 'node:crypto';
import { SignJWT } from 'jose';
import type { Client } from '../clients/client.ts';
import type { SmartContext } from '../context.ts';
import type { User } from '../people/user.ts';
import type { AppGrant } from './app-grant.ts';
import { placeOf } from './tokens.ts';

export type IdTokenAsk = {
  client: Client;
  user: User;
  grant: AppGrant;
  nonce: string | null;
  signedInAt: Date | null;
  /** How they signed in; empty: that is not said again. */
  methods: readonly string[];
  accessToken: string;
};

/** Seconds. */
const lifetime = 3600;

/** The claims about a person that their scopes let an app have. https://openid.net/specs/openid-connect-core-1_0.html#ScopeClaims */
export function personClaims(user: User, grant: AppGrant, base: string): Record<string, string> {
  const scopes = new Set(grant.scope.split(' '));
  const claims: Record<string, string> = {};
  // OpenID's own scope and SMART's old one: either gives the resource. The URL is whole, as SMART says.
  if (grant.fhirUser !== null && (scopes.has('fhirUser') || scopes.has('profile'))) {
    claims.fhirUser = `${base}/${grant.fhirUser}`;
    claims.profile = claims.fhirUser;
  }
  if (scopes.has('profile')) {
    claims.name = user.displayName;
    claims.preferred_username = user.username;
  }
  if (scopes.has('email') && user.email !== null) claims.email = user.email;
  return claims;
}

/**
 * Who the person is, for the app; signed with RS256, unless it registered for ES384.
 *
 * @see https://openid.net/specs/openid-connect-core-1_0.html#IDToken
 */
export async function issueIdToken(context: SmartContext, ask: IdTokenAsk): Promise<string> {
  const { client, user, grant, nonce, signedInAt, methods, accessToken } = ask;
  const place = placeOf(context.baseUrl, grant.tenant);
  const alg = client.metadata.id_token_signed_response_alg ?? 'RS256';
  const { kid, key } = await context.keys.signing(grant.tenant, alg);
  const digest = Buffer.from(hash(alg === 'RS256' ? 'sha256' : 'sha384', accessToken, 'hex'), 'hex');
  return new SignJWT({
    ...personClaims(user, grant, place.audience),
    ...(nonce === null ? {} : { nonce }),
    ...(signedInAt === null ? {} : { auth_time: Math.floor(signedInAt.getTime() / 1000) }),
    ...(methods.length === 0 ? {} : { amr: methods.length > 1 ? [...methods, 'mfa'] : methods }),
    ...(grant.sessionId === null ? {} : { sid: grant.sessionId }),
    at_hash: digest.subarray(0, digest.length / 2).toString('base64url'),
  })
    .setProtectedHeader({ alg, typ: 'JWT', kid })
    .setIssuer(place.issuer)
    .setSubject(user.id)
    .setAudience(client.id)
    .setIssuedAt()
    .setExpirationTime(`${lifetime} seconds`)
    .sign(key);
}
