import { createPublicKey } from 'node:crypto';
import { type CryptoKey, importJWK, type JWK } from 'jose';
import type { SmartContext } from '../context.ts';
import type { Client } from './client.ts';
import { fetchedKeys } from './fetched-keys.ts';

type Found = { ok: true; key: CryptoKey } | { ok: false; reason: string };

/** Keys that are remembered at a time, ready to verify with. */
const REMEMBERED = 2000;
/** Bits; https://www.rfc-editor.org/rfc/rfc7518#section-3.3 */
const SHORTEST_RSA = 2048;

/** By what they are and the algorithm that they are for: the same for every server of a process. */
const ready = new Map<string, CryptoKey>();

/** What is wrong with a public key; null when nothing is. */
export function keyFault(jwk: JWK): string | null {
  try {
    const { asymmetricKeyDetails: details } = createPublicKey({ key: { ...jwk }, format: 'jwk' });
    if (jwk.kty !== 'RSA' || (details?.modulusLength ?? 0) >= SHORTEST_RSA) return null;
    return `an RSA key must have at least ${SHORTEST_RSA} bits`;
  } catch {
    return 'a key is not of the kind that its kty and crv say';
  }
}

/** Whether it is one for this algorithm. */
export const isFor = (jwk: JWK, alg: string): boolean =>
  (alg === 'RS384' ? jwk.kty === 'RSA' : jwk.kty === 'EC' && jwk.crv === 'P-384') &&
  (jwk.use ?? 'sig') === 'sig' &&
  (jwk.alg ?? alg) === alg;

/** A key for this algorithm with this id; without an id, the only one. */
function pick(keys: readonly JWK[], alg: string, kid: string | undefined): JWK | null {
  const fitting = keys.filter((one) => isFor(one, alg) && (kid === undefined || one.kid === kid));
  return kid === undefined && fitting.length !== 1 ? null : (fitting[0] ?? null);
}

async function opened(jwk: JWK, alg: string): Promise<Found> {
  const name = JSON.stringify([alg, jwk.kty, jwk.crv, jwk.x, jwk.y, jwk.n, jwk.e]);
  const known = ready.get(name);
  if (known) return { ok: true, key: known };
  const fault = keyFault(jwk);
  if (fault !== null) return { ok: false, reason: `the key that kid names cannot be used: ${fault}` };
  const { kty = '', crv, x, y, n, e } = jwk;
  // For RSA and EC it gives no bytes. Of what else the app says about the key nothing counts.
  const key = (await importJWK({ kty, crv, x, y, n, e } as JWK, alg)) as CryptoKey;
  if (ready.size >= REMEMBERED) for (const oldest of ready.keys()) if (ready.delete(oldest)) break;
  ready.set(name, key);
  return { ok: true, key };
}

/**
 * The registered key that an assertion must be signed with. What the assertion itself brings along (jwk, jku, x5c) counts for
 * nothing.
 */
export async function clientKey(
  context: SmartContext,
  { tenant, metadata: { jwks, jwks_uri: url } }: Client,
  alg: string,
  kid: string | undefined,
): Promise<Found> {
  let jwk = pick(jwks?.keys ?? [], alg, kid);
  if (url !== undefined) {
    const has = (keys: readonly JWK[]): boolean => pick(keys, alg, kid) !== null;
    const fetched = await fetchedKeys(context, tenant, url, has);
    if (!fetched.ok) return fetched;
    jwk = pick(fetched.value, alg, kid);
  }
  if (jwk) return opened(jwk, alg);
  return { ok: false, reason: 'kid must name a key that is registered, of the kind that alg needs' };
}
