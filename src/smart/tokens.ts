import { randomUUID } from 'node:crypto';
import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify, SignJWT } from 'jose';

import { ok, type Result, unauthenticated } from '../fhir/outcome.ts';
import { algorithm, type Keys } from './keys.ts';

/** What an access token says. https://www.rfc-editor.org/rfc/rfc9068 */
export type Claims = {
  tenant: number;
  subject: string;
  clientId: string | null;
  /** Separated by spaces. */
  scope: string;
  patient: string | null;
  /** Seconds since 1970. */
  expires: number;
};

/** Where a tenant's tokens come from, and where they may be used. */
export type Place = { issuer: string; audience: string };

/** The first tenant lives at the root, the others under /t. */
export function placeOf(baseUrl: string, tenant: number): Place {
  const issuer = tenant === 1 ? baseUrl : `${baseUrl}/t/${tenant}`;
  return { issuer, audience: `${issuer}/fhir/R4` };
}

const TYPE = 'at+jwt';
/** No token is believed for longer than this, whatever it says of itself. */
const MAX_AGE = '24h';
/** Seconds that two clocks may differ by. */
const TOLERANCE = 5;

/** @param lifetime seconds, at most a day */
export async function mintToken(
  keys: Keys,
  place: Place,
  claims: Omit<Claims, 'expires'>,
  lifetime: number,
): Promise<string> {
  const { kid, key } = await keys.signing(claims.tenant);
  const payload: JWTPayload = { scope: claims.scope };
  if (claims.clientId !== null) payload.client_id = claims.clientId;
  if (claims.patient !== null) payload.patient = claims.patient;
  return new SignJWT(payload)
    .setProtectedHeader({ alg: algorithm, typ: TYPE, kid })
    .setIssuer(place.issuer)
    .setAudience(place.audience)
    .setSubject(claims.subject)
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime(`${lifetime} seconds`)
    .sign(key);
}

const challenge = (description: string) => ({
  ...unauthenticated(description),
  headers: { 'WWW-Authenticate': `Bearer realm="Portico", error="invalid_token", error_description="${description}"` },
});

const notOurs = challenge('The access token was not issued by this server');

/** What a token says, once its signature, issuer, audience and time have been checked; else a 401 that says what is wrong. */
export async function checkToken(keys: Keys, baseUrl: string, token: string): Promise<Result<Claims>> {
  try {
    const { kid } = decodeProtectedHeader(token);
    const signer = typeof kid === 'string' ? await keys.verifying(kid) : null;
    if (!signer) return notOurs;
    const { payload } = await jwtVerify(token, signer.key, {
      algorithms: [algorithm],
      typ: TYPE,
      ...placeOf(baseUrl, signer.tenant),
      requiredClaims: ['exp', 'iat', 'sub', 'jti', 'scope'],
      maxTokenAge: MAX_AGE,
      clockTolerance: TOLERANCE,
    });
    return claimsOf(signer.tenant, payload);
  } catch (error) {
    if (error instanceof errors.JWTExpired) return challenge('The access token has expired');
    if (error instanceof errors.JWTClaimValidationFailed && (error.claim === 'iss' || error.claim === 'aud')) {
      return challenge('The access token was issued for another server');
    }
    if (error instanceof errors.JOSEError || error instanceof TypeError)
      return challenge('The access token is not valid');
    throw error;
  }
}

const isText = (value: unknown): value is string => typeof value === 'string' && value.length > 0;

function claimsOf(tenant: number, { sub, scope, client_id: client, patient, exp }: JWTPayload): Result<Claims> {
  if (!isText(sub) || typeof scope !== 'string' || exp === undefined) return challenge('The access token is not valid');
  if ((client !== undefined && !isText(client)) || (patient !== undefined && !isText(patient))) {
    return challenge('The access token is not valid');
  }
  return ok({ tenant, subject: sub, clientId: client ?? null, scope, patient: patient ?? null, expires: exp });
}
