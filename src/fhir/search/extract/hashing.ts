import { hash53 } from '../hash.ts';

/**
 * hash53 of `kind + first + separator + second` without making that string: a resource has a dozen keys, and joining their texts
 * costs more than hashing them.
 *
 * @param separator the character between the two, as its code
 */
export const hashPair = (seed: number, kind: number, first: string, separator: number, second: string): number =>
  endHash(beginHash(seed, kind, first, separator), second);

/** The state of hash53 after some of a text, from which it goes on. */
export type Begun = { h1: number; h2: number };

/** After `kind + first + separator`, which many keys share: a system is in every code of it. */
export function beginHash(seed: number, kind: number, first: string, separator: number): Begun {
  let h1 = Math.imul(0xdeadbeef ^ seed ^ kind, 2654435761);
  let h2 = Math.imul(0x41c6ce57 ^ seed ^ kind, 1597334677);
  for (let i = 0; i < first.length; i++) {
    const c = first.charCodeAt(i);
    h1 = Math.imul(h1 ^ c, 2654435761);
    h2 = Math.imul(h2 ^ c, 1597334677);
  }
  return { h1: Math.imul(h1 ^ separator, 2654435761), h2: Math.imul(h2 ^ separator, 1597334677) };
}

/** The hash of what was begun with, and `rest`. */
export function endHash(begun: Begun, rest: string): number {
  let { h1, h2 } = begun;
  for (let i = 0; i < rest.length; i++) {
    const c = rest.charCodeAt(i);
    h1 = Math.imul(h1 ^ c, 2654435761);
    h2 = Math.imul(h2 ^ c, 1597334677);
  }
  return finish(h1, h2);
}

/** hash53 of `kind + text`; `kind` is the code of one character. */
export function hashText(seed: number, kind: number, text: string): number {
  let h1 = 0xdeadbeef ^ seed;
  let h2 = 0x41c6ce57 ^ seed;
  h1 = Math.imul(h1 ^ kind, 2654435761);
  h2 = Math.imul(h2 ^ kind, 1597334677);
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    h1 = Math.imul(h1 ^ c, 2654435761);
    h2 = Math.imul(h2 ^ c, 1597334677);
  }
  return finish(h1, h2);
}

function finish(a: number, b: number): number {
  const h1 = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  const h2 = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(h1 ^ (h1 >>> 13), 3266489909);
  return 4294967296 * (2097151 & h2) + (h1 >>> 0);
}

/** For kinds of two letters, which are rare. */
export const hashLong = (seed: number, kind: string, text: string): number => hash53(kind + text, seed);

/** The kinds of hash.ts that are one letter, and the characters that join texts, as character codes. */
export const c = 99;
export const s = 115;
export const n = 110;
export const y = 121;
export const o = 111;
export const r = 114;
export const u = 117;
export const e = 101;
export const t = 116;
export const q = 113;
export const p = 112;
export const bar = 124;
export const dollar = 36;
