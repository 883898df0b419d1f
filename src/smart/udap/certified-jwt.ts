import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose';

import { isTrusted, readX5c } from './certificates.ts';
import { algorithmsFor, signingAlgorithms, type Udap } from './settings.ts';

/** A JWT signed with the key of a certificate that leads to an anchor. */
export type Certified = {
  claims: JWTPayload & { iss: string; sub: string; jti: string; exp: number };
  /** URIs that the certificate names as its owner's. */
  uris: readonly string[];
};

/** `untrusted`: it is well made, and nobody here vouches for its certificate. */
export type CertifiedResult =
  | { ok: true; value: Certified }
  | { ok: false; fault: 'unsound' | 'untrusted'; reason: string };

/** Characters of a JWT with its certificates. */
const LONGEST = 100_000;
/** Seconds: the most that may lie between its making and its end. https://hl7.org/fhir/us/udap-security/index.html#jwt-claims */
const LIFETIME = 300;
/** Seconds that two clocks may differ by. */
const TOLERANCE = 5;

const unsound = (reason: string): CertifiedResult => ({ ok: false, fault: 'unsound', reason });

/**
 * Checks everything that a JWT of UDAP must be but that its `jti` is new: that is for the caller, once the rest is right.
 *
 * @param now ms since 1970
 * @see https://hl7.org/fhir/us/udap-security/index.html#general-requirements
 */
export async function checkCertified(udap: Udap, jwt: string, audience: string, now: number): Promise<CertifiedResult> {
  const header = headerOf(jwt);
  if (!header) return unsound('It is not a signed JWT');
  const chain = readX5c(header.x5c);
  if (!chain) return unsound('Its header must have x5c: certificates as base64 DER, the one that signs first');
  const [leaf] = chain;
  const usable = algorithmsFor(leaf.x509.publicKey);
  const algorithm = usable.find((one) => one === header.alg);
  if (!algorithm)
    return unsound(`Its alg must fit the key of its certificate and be of ${signingAlgorithms.join(', ')}`);
  const claims = await claimsOf(jwt, leaf.x509.publicKey, { algorithm, audience, now });
  if (typeof claims === 'string') return unsound(claims);
  if (!isTrusted(chain, udap.anchors, now)) {
    return { ok: false, fault: 'untrusted', reason: 'Its certificate does not lead to one that this server trusts' };
  }
  return { ok: true, value: { claims, uris: leaf.says.uris } };
}

function headerOf(jwt: string) {
  if (jwt.length > LONGEST) return null;
  try {
    return decodeProtectedHeader(jwt);
  } catch {
    return null;
  }
}

/** The claims; or what is wrong, as a sentence. */
async function claimsOf(
  jwt: string,
  key: Parameters<typeof jwtVerify>[1],
  { algorithm, audience, now }: { algorithm: string; audience: string; now: number },
): Promise<Certified['claims'] | string> {
  let payload: JWTPayload;
  try {
    ({ payload } = await jwtVerify(jwt, key, {
      algorithms: [algorithm],
      audience,
      requiredClaims: ['iss', 'sub', 'exp', 'iat', 'jti'],
      maxTokenAge: LIFETIME,
      clockTolerance: TOLERANCE,
      currentDate: new Date(now),
    }));
  } catch (error) {
    if (error instanceof errors.JWSSignatureVerificationFailed)
      return 'It is not signed with the key of its certificate';
    if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'aud') return `Its aud must be ${audience}`;
    if (error instanceof errors.JWTClaimValidationFailed && error.reason === 'missing') {
      return `It must have the claim ${error.claim}`;
    }
    if (error instanceof errors.JWTExpired) return 'It has expired: its exp, or 5 minutes after its iat, has passed';
    if (error instanceof errors.JOSEError || error instanceof TypeError) return 'It is not a valid JWT';
    throw error;
  }
  const { iss, sub, jti, exp = 0, iat = 0 } = payload;
  if (!iss || sub !== iss) return 'Its iss and sub must be the same';
  if (!jti || jti.length > 255) return 'Its jti must be of 1 to 255 characters';
  if (exp - iat > LIFETIME) return 'Its exp may be at most 5 minutes after its iat';
  return { ...payload, iss, sub, jti, exp };
}
