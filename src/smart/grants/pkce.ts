import { timingSafeEqual } from 'node:crypto';

import { sha256 } from '../random.ts';

const shape = /^[\w.~-]{43,128}$/;

/**
 * What is wrong with a code_verifier; null when nothing is.
 *
 * @param challenge S256; null: none was sent, which only apps that registered by UDAP may do
 * @see https://www.rfc-editor.org/rfc/rfc7636#section-4.6
 */
export function verifierFault(verifier: string | null, challenge: string | null): string | null {
  if (challenge === null) return verifier === null ? null : 'code_verifier was sent, though no code_challenge was';
  if (verifier === null || !shape.test(verifier)) {
    return 'code_verifier must have 43 to 128 letters, digits and -._~';
  }
  const [given, wanted] = [Buffer.from(sha256(verifier)), Buffer.from(challenge)];
  const same = given.length === wanted.length && timingSafeEqual(given, wanted);
  return same ? null : 'code_verifier is not the one that code_challenge was made of';
}
