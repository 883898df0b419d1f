import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';

import type { Place } from '../tokens/tokens.ts';
import type { Udap } from './settings.ts';

/** The addresses that the signature is about. */
export type Signed = { authorization_endpoint: string; token_endpoint: string; registration_endpoint: string };

/** Seconds; a year at most. */
const LIFETIME = 24 * 3600;
/** Seconds before its end at which it is signed anew. */
const MARGIN = 3600;

type Kept = { token: string; until: number };
const kept = new WeakMap<Udap, Map<string, Kept>>();

/**
 * What says, under this server's certificate, where its endpoints are. Signed once and given to everybody until it is about
 * to end, as anybody may ask as often as they like.
 *
 * @param now ms since 1970
 * @see https://hl7.org/fhir/us/udap-security/discovery.html#signed-metadata-elements
 */
export async function signedMetadata(udap: Udap, place: Place, endpoints: Signed, now: number): Promise<string> {
  const known = kept.get(udap) ?? new Map<string, Kept>();
  kept.set(udap, known);
  const seconds = Math.floor(now / 1000);
  const found = known.get(place.audience);
  if (found && found.until > seconds + MARGIN) return found.token;
  const until = Math.min(seconds + LIFETIME, Math.floor(Date.parse(udap.chain[0].x509.validTo) / 1000));
  const token = await new SignJWT({ ...endpoints })
    .setProtectedHeader({ alg: udap.algorithm, x5c: udap.chain.map(({ x509 }) => x509.raw.toString('base64')) })
    .setIssuer(place.audience)
    .setSubject(place.audience)
    .setIssuedAt(seconds)
    .setExpirationTime(until)
    .setJti(randomUUID())
    .sign(udap.key);
  known.set(place.audience, { token, until });
  return token;
}
