import type { JWK } from 'jose';

import type { SmartContext } from '../context.ts';

export type FetchedKeys = { ok: true; value: readonly JWK[] } | { ok: false; reason: string };

/** What is known of one address. Times are ms since 1970. */
type Known = { keys: FetchedKeys; fetchedAt: number; until: number };

/** ms for which keys are kept when Cache-Control does not say, and at most. */
const USUAL = 300_000;
const MOST = 3_600_000;
/**
 * ms for which they are kept even if they may not be kept at all, and between two looks for a key that is not known or at an
 * address that fails: anybody can make us look who knows a client_id.
 */
const LEAST = 1000;
const PAUSE = 10_000;
/** Addresses and keys of one that are remembered. */
const REMEMBERED = 1000;
const LONGEST = 100;

type Cache = { known: Map<string, Known>; underWay: Map<string, Promise<Known>> };
const caches = new WeakMap<SmartContext, Cache>();

function cacheOf(context: SmartContext): Cache {
  const cache = caches.get(context) ?? { known: new Map(), underWay: new Map() };
  caches.set(context, cache);
  return cache;
}

/** ms. https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2 */
function keptFor(cacheControl: string | null): number {
  const said = cacheControl ?? '';
  if (/\bno-(store|cache)\b/i.test(said)) return LEAST;
  const age = /\bmax-age="?(\d{1,9})/i.exec(said)?.[1];
  return age === undefined ? USUAL : Math.min(Math.max(Number(age) * 1000, LEAST), MOST);
}

function keysOf(text: string): JWK[] | null {
  try {
    const { keys } = { ...JSON.parse(text) } as { keys?: unknown };
    if (!Array.isArray(keys)) return null;
    return keys.filter((one) => typeof one === 'object' && one !== null).slice(0, LONGEST);
  } catch {
    return null;
  }
}

async function fetchKeys(context: SmartContext, url: string): Promise<Known> {
  const answer = await context.fetch(url);
  const fetchedAt = context.now();
  const failed = (reason: string): Known => ({
    keys: { ok: false, reason },
    fetchedAt,
    until: fetchedAt + PAUSE,
  });
  if (!answer.ok) return failed(`the keys at jwks_uri could not be fetched: ${answer.reason}`);
  const { status, text, cacheControl } = answer.value;
  if (status !== 200) return failed(`the keys at jwks_uri could not be fetched: it answers with ${status}`);
  const keys = keysOf(text);
  if (!keys) return failed('what is at jwks_uri is not a JWK Set');
  return { keys: { ok: true, value: keys }, fetchedAt, until: fetchedAt + keptFor(cacheControl) };
}

/** Requests that need the same keys at the same time share one fetch. */
function fetchOnce(context: SmartContext, { known, underWay }: Cache, name: string, url: string): Promise<Known> {
  const found = underWay.get(name);
  if (found) return found;
  const fetching = fetchKeys(context, url)
    .then((fresh) => {
      known.delete(name);
      if (known.size >= REMEMBERED) for (const oldest of known.keys()) if (known.delete(oldest)) break;
      known.set(name, fresh);
      return fresh;
    })
    .finally(() => underWay.delete(name));
  underWay.set(name, fetching);
  return fetching;
}

/**
 * The keys that an app publishes, kept no longer than it says.
 *
 * @param has whether the key that is looked for is among them; if not, they are looked at again, as it may be new
 * @see https://hl7.org/fhir/smart-app-launch/client-confidential-asymmetric.html#registering-a-client-communicating-public-keys
 */
export async function fetchedKeys(
  context: SmartContext,
  tenant: number,
  url: string,
  has: (keys: readonly JWK[]) => boolean,
): Promise<FetchedKeys> {
  const cache = cacheOf(context);
  const name = `${tenant} ${url}`;
  const found = cache.known.get(name);
  const now = context.now();
  if (!found || found.until <= now) return (await fetchOnce(context, cache, name, url)).keys;
  const lacks = found.keys.ok && !has(found.keys.value) && found.fetchedAt + PAUSE <= now;
  return lacks ? (await fetchOnce(context, cache, name, url)).keys : found.keys;
}
