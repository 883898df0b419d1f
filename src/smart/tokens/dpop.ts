import { calculateJwkThumbprint, decodeProtectedHeader, errors, importJWK, type JWK, jwtVerify } from 'jose';

import type { Queryable } from '../../db/database.ts';
import { sha256 } from '../random.ts';
import { useOnce } from './used-identifiers.ts';

/** What a proof is held against. */
export type Proven = {
  tenant: number;
  /** The DPoP header; absent: no proof came. */
  proof: string | undefined;
  method: string;
  /** Of the request, without query and fragment. */
  url: string;
  /** The token that it comes with; null at the token endpoint. */
  accessToken: string | null;
};

export type Proof = { ok: true; jkt: string } | { ok: false; reason: string };

/** https://www.rfc-editor.org/rfc/rfc9449#section-5.1 */
export const dpopAlgorithms = ['ES256', 'ES384', 'RS256', 'PS256', 'EdDSA'];
/** Seconds that the proof's time may differ from ours. */
const WINDOW = 60;

const wrong = (reason: string): Proof => ({ ok: false, reason });

async function checked(proof: string): Promise<{ jkt: string; payload: Record<string, unknown> } | string> {
  try {
    const { jwk, typ } = decodeProtectedHeader(proof);
    if (typ !== 'dpop+jwt') return 'typ must be dpop+jwt';
    if (typeof jwk !== 'object' || jwk === null) return 'the header must have the public key as jwk';
    if ('d' in jwk || 'k' in jwk || 'p' in jwk) return 'jwk must be a public key';
    // Proof of a key is all that is asked; whose it is, the token's thumbprint says.
    const { payload, protectedHeader } = await jwtVerify(proof, async (header) => importJWK(jwk as JWK, header.alg), {
      algorithms: dpopAlgorithms,
      typ: 'dpop+jwt',
      requiredClaims: ['jti', 'htm', 'htu', 'iat'],
      clockTolerance: WINDOW,
    });
    return { jkt: await calculateJwkThumbprint(protectedHeader.jwk as JWK), payload };
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError || error instanceof DOMException) {
      return 'its signature or its shape is wrong';
    }
    throw error;
  }
}

const normal = (url: unknown): string | null => {
  const parsed = typeof url === 'string' ? URL.parse(url) : null;
  return parsed && `${parsed.origin}${parsed.pathname}`;
};

/**
 * Whether a DPoP proof is one for this request and was never used before; then the thumbprint of its key.
 *
 * @param now ms since 1970
 * @see https://www.rfc-editor.org/rfc/rfc9449#section-4.3
 */
export async function checkProof(on: Queryable, now: number, proven: Proven): Promise<Proof> {
  const { proof } = proven;
  if (proof === undefined || proof.length > 8000) return wrong('one DPoP header with a proof is needed');
  const found = await checked(proof);
  if (typeof found === 'string') return wrong(`The DPoP proof is not valid: ${found}`);
  const { htm, htu, iat, jti, ath } = found.payload;
  if (htm !== proven.method) return wrong('htm of the DPoP proof is not the method of the request');
  if (normal(htu) === null || normal(htu) !== normal(proven.url)) {
    return wrong('htu of the DPoP proof is not the address of the request');
  }
  if (typeof iat !== 'number' || Math.abs(now / 1000 - iat) > WINDOW) {
    return wrong(`iat of the DPoP proof must be within ${WINDOW} seconds of now`);
  }
  if (proven.accessToken !== null && ath !== sha256(proven.accessToken)) {
    return wrong('ath of the DPoP proof is not the hash of the access token');
  }
  if (typeof jti !== 'string' || jti === '' || jti.length > 200)
    return wrong('jti of the DPoP proof is missing or too long');
  const expires = new Date(now + 2 * WINDOW * 1000);
  const fresh = await useOnce(on, { tenant: proven.tenant, kind: 'dpop', owner: found.jkt, identifier: jti, expires });
  return fresh ? { ok: true, jkt: found.jkt } : wrong('The DPoP proof was used before');
}
