import { type CryptoKey, importJWK, type JWK } from 'jose';

import type { Client } from './client.ts';
import type { SmartContext } from './context.ts';

type Found = { ok: true; key: CryptoKey } | { ok: false; reason: string };
type KeySet = { keys: JWK[]; until: number; fetchedAt: number };

/** ms for which keys that were fetched are kept, whatever Cache-Control says: at least, so that nobody can make us fetch all day, and at most. */
const LEAST = 10_000;
const MOST = 3_600_000;
/** Clients whose keys are remembered at a time. */
const REMEMBERED = 1000;

const fetched = new WeakMap<SmartContext, Map<string, KeySet>>();
const imported = new WeakMap<SmartContext, Map<string, Promise<CryptoKey>>>();

const cacheOf = <T>(all: WeakMap<SmartContext, Map<string, T>>, context: SmartContext): Map<string, T> => {
  const found = all.get(context) ?? new Map<string, T>();
  all.set(context, found);
  if (found.size > REMEMBERED) found.clear();
  return found;
};

/** ms for which an answer may be kept. https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2 */
function keptFor(cacheControl: string | null): number {
  const age = Number(/\bmax-age=(\d{1,9})/.exec(cacheControl ?? '')?.[1] ?? 300) * 1000;
  return /\bno-(store|cache)\b/.test(cacheControl ?? '') ? LEAST : Math.min(Math.max(age, LEAST), MOST);
}

function keysOf(text: string): JWK[] | null {
  try {
    const { keys } = JSON.parse(text) as { keys?: unknown };
    return Array.isArray(keys) ? keys.filter((one) => typeof one === 'object' && one !== null).slice(0, 100) : null;
  } catch {
    return null;
  }
}

async function fetchKeys(context: SmartContext, url: string): Promise<KeySet | string> {
  const answer = await context.fetch(url);
  if (!answer.ok) return `its keys could not be fetched from jwks_uri: ${answer.reason}`;
  const keys = answer.value.status === 200 ? keysOf(answer.value.text) : null;
  if (!keys) return 'what is at jwks_uri is not a JWK Set';
  const now = context.now();
  return { keys, fetchedAt: now, until: now + keptFor(answer.value.cacheControl) };
}

/** A signing key of the kind that an algorithm needs, with this id; without an id, the only one. */
function pick(keys: readonly JWK[], alg: string, kid: string | undefined): JWK | null {
  const fitting = keys.filter(
    (one) =>
      (alg === 'RS384' ? one.kty === 'RSA' : one.kty === 'EC' && one.crv === 'P-384') &&
      (one.use ?? 'sig') === 'sig' &&
      (one.alg ?? alg) === alg &&
      (kid === undefined || one.kid === kid),
  );
  return kid === undefined && fitting.length !== 1 ? null : (fitting[0] ?? null);
}

/**
 * The registered key that an assertion must be signed with. What the assertion itself brings along (jwk, jku, x5c) counts for
 * nothing.
 */
export async function clientKey(
  context: SmartContext,
  client: Client,
  alg: string,
  kid: string | undefined,
): Promise<Found> {
  const { jwks, jwks_uri: url } = client.metadata;
  const unknown: Found = { ok: false, reason: 'kid must name a key that is registered, of the kind that alg needs' };
  let jwk = pick(jwks?.keys ?? [], alg, kid);
  if (url !== undefined) {
    const sets = cacheOf(fetched, context);
    const name = `${client.tenant} ${url}`;
    let set: KeySet | string | undefined = sets.get(name);
    const now = context.now();
    const stale = !set || set.until <= now;
    // A key that is not known may be new; nobody makes us look more often than this, though.
    if (stale || (set && pick(set.keys, alg, kid) === null && set.fetchedAt + LEAST < now)) {
      set = await fetchKeys(context, url);
      if (typeof set === 'string') return { ok: false, reason: set };
      sets.set(name, set);
    }
    jwk = pick(set?.keys ?? [], alg, kid);
  }
  if (!jwk) return unknown;
  const keys = cacheOf(imported, context);
  const text = JSON.stringify([alg, jwk]);
  // Those that are registered for a symmetric algorithm were left out above.
  const key = keys.get(text) ?? (importJWK({ ...jwk, ext: true }, alg) as Promise<CryptoKey>);
  keys.set(text, key);
  return { ok: true, key: await key };
}
