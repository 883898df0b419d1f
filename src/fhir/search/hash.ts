/**
 * A 53-bit hash of text. A match by hash is a candidate: what isolates tenants, patients or labels is never decided by it.
 * It is cyrb53 (public domain), which needs no BigInt.
 */
export function hash53(text: string, seed = 0): number {
  let h1 = 0xdeadbeef ^ seed;
  let h2 = 0x41c6ce57 ^ seed;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    h1 = Math.imul(h1 ^ c, 2654435761);
    h2 = Math.imul(h2 ^ c, 1597334677);
  }
  h1 = Math.imul(h1 ^ (h1 >>> 16), 2246822507) ^ Math.imul(h2 ^ (h2 >>> 13), 3266489909);
  h2 = Math.imul(h2 ^ (h2 >>> 16), 2246822507) ^ Math.imul(h1 ^ (h1 >>> 13), 3266489909);
  return 4294967296 * (2097151 & h2) + (h1 >>> 0);
}

const parameterIds = new Map<string, number>();

/** The number a search parameter has in the side tables and in `present`: 31 bits of the hash of its code. */
export function parameterId(code: string): number {
  let id = parameterIds.get(code);
  if (id === undefined) {
    id = hash53(code) % 2147483647;
    parameterIds.set(code, id);
  }
  return id;
}

const seeds = new Map<string, number>();

/** Seeds the hashes of one parameter of one type in one tenant, so that keys of different tenants are different keys. */
export function seedOf(tenant: number, type: string, code: string): number {
  const name = `${tenant} ${type}.${code}`;
  let seed = seeds.get(name);
  if (seed === undefined) {
    seed = hash53(name) | 0;
    seeds.set(name, seed);
  }
  return seed;
}

/**
 * What a key says of its parameter. The letter goes in front of the text that is hashed.
 *
 * | kind | text | answers |
 * |---|---|---|
 * | c | `8867-4` | `code=8867-4` |
 * | s | `http://loinc.org\|8867-4` | `code=system\|code` |
 * | n | `8867-4`, where there is no system | `code=\|8867-4` |
 * | y | `http://loinc.org` | `code=system\|` |
 * | o | `type system\|type code\|value` | `identifier:of-type=…` |
 * | r | `Patient/1`, or an absolute URL, without its version | `subject=Patient/1` |
 * | i | the four token kinds again, of Reference.identifier: `ic`, `is`, `in`, `iy` | `subject:identifier=…` |
 * | u | the uri | `url=…` |
 * | e | the string as written | `name:exact=…` |
 * | t | the folded text or display of a token | through concept_text: `code:text=…` |
 * | q | the base unit, or the unit as written | `value-quantity=5\|\|mg` |
 * | p | two token forms joined by `$` | composites of two tokens or a reference and a token |
 */
export type KeyKind = 'c' | 's' | 'n' | 'y' | 'o' | 'r' | 'ic' | 'is' | 'in' | 'iy' | 'u' | 'e' | 't' | 'q' | 'p';

export const key = (tenant: number, type: string, code: string, kind: KeyKind, text: string): number =>
  hash53(kind + text, seedOf(tenant, type, code));
