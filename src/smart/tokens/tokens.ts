import { randomUUID } from 'node:crypto';
import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify, SignJWT } from 'jose';

import { ok, type Result, unauthenticated } from '../../fhir/outcome.ts';
import { algorithm, type Keys } from './keys.ts';

/** What an access token says. https://www.rfc-editor.org/rfc/rfc9068 */
export type Claims = {
  tenant: number;
  subject: string;
  /** null: a token of the operator's command, which comes of no grant. */
  clientId: string | null;
  /** Separated by spaces. */
  scope: string;
  patient: string | null;
  encounter: string | null;
  /** `Practitioner/1` */
  fhirUser: string | null;
  /** What the bearer is to patients; null: as their fhirUser and scopes say (src/smart/actor.ts). */
  actor: string | null;
  /** What they act for, of v3-ActReason; null: what their actor class acts for first. */
  purpose: string | null;
  /** Id of the Organization that they act for. */
  organization: string | null;
  /** Id of the app_grant that it comes of. */
  grant: string | null;
  /** Thumbprint of the key whose proof must come along. https://www.rfc-editor.org/rfc/rfc9449#section-6 */
  jkt: string | null;
  jti: string;
  /** Seconds since 1970. */
  issued: number;
  expires: number;
};

/** What is said of a token when it is made; what is left out is null. */
export type NewClaims = Pick<Claims, 'tenant' | 'subject' | 'clientId' | 'scope' | 'patient'> &
  Partial<Pick<Claims, 'encounter' | 'fhirUser' | 'actor' | 'purpose' | 'organization' | 'grant' | 'jkt'>>;

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
export async function mintToken(keys: Keys, place: Place, claims: NewClaims, lifetime: number): Promise<string> {
  const { kid, key } = await keys.signing(claims.tenant);
  const payload: JWTPayload = { scope: claims.scope };
  const more = {
    client_id: claims.clientId,
    patient: claims.patient,
    encounter: claims.encounter,
    fhirUser: claims.fhirUser,
    actor: claims.actor,
    purpose: claims.purpose,
    organization: claims.organization,
    grant: claims.grant,
    cnf: claims.jkt ? { jkt: claims.jkt } : null,
  };
  for (const [name, value] of Object.entries(more)) if (value) payload[name] = value;
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

export const challenge = (description: string) => ({
  ...unauthenticated(description),
  headers: { 'WWW-Authenticate': `Bearer realm="Portico", error="invalid_token", error_description="${description}"` },
});

const notOurs = challenge('The access token was not issued by this server');
const notValid = challenge('The access token is not valid');

/** What a token says, once its signature, issuer, audience and time have been checked; else a 401 that says what is wrong. */
export async function checkToken(keys: Keys, baseUrl: string, token: string): Promise<Result<Claims>> {
  try {
    const { kid } = decodeProtectedHeader(token);
    const signer = typeof kid === 'string' ? await keys.verifying(kid) : null;
    if (signer?.algorithm !== algorithm) return notOurs;
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
    if (error instanceof errors.JOSEError || error instanceof TypeError) return notValid;
    throw error;
  }
}

const isText = (value: unknown): value is string => typeof value === 'string' && value.length > 0;
const isTextOrAbsent = (value: unknown): value is string | undefined => value === undefined || isText(value);

function claimsOf(tenant: number, payload: JWTPayload): Result<Claims> {
  const { sub, scope, jti, exp, iat, client_id: client, patient, encounter, fhirUser, grant, cnf } = payload;
  const { actor, purpose, organization } = payload;
  const jkt = typeof cnf === 'object' && cnf !== null && 'jkt' in cnf ? cnf.jkt : undefined;
  if (!isText(sub) || typeof scope !== 'string' || !isText(jti) || exp === undefined || iat === undefined)
    return notValid;
  const texts = [client, patient, encounter, fhirUser, grant, jkt, actor, purpose, organization];
  if (!texts.every(isTextOrAbsent)) return notValid;
  // Of a client there is always a grant; a token of the operator's command has neither.
  if ((client === undefined) !== (grant === undefined)) return notValid;
  const [clientId, patientId, encounterId, user, grantId, thumbprint, ...who] = texts.map((text) => text ?? null);
  return ok({
    ...{ tenant, subject: sub, scope, jti, issued: iat, expires: exp },
    clientId: clientId ?? null,
    patient: patientId ?? null,
    encounter: encounterId ?? null,
    fhirUser: user ?? null,
    grant: grantId ?? null,
    jkt: thumbprint ?? null,
    actor: who[0] ?? null,
    purpose: who[1] ?? null,
    organization: who[2] ?? null,
  });
}
