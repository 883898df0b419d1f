import { randomFillSync } from 'node:crypto';

const pool = Buffer.alloc(8192);
let used = pool.length;

const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/**
 * A UUID that sorts by the time it was made: version 7. Random bytes are drawn 8 kB at a time.
 *
 * @param now ms since 1970
 * @see https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-7
 */
export function uuid7(now: number): string {
  if (used >= pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const at = used;
  used += 16;
  const byte = (offset: number): string => hex[pool[at + offset] ?? 0] ?? '';
  const masked = (offset: number, mask: number, bits: number): string =>
    hex[((pool[at + offset] ?? 0) & mask) | bits] ?? '';
  const time = Math.floor(now).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-${masked(0, 0x0f, 0x70)}${byte(1)}-${masked(2, 0x3f, 0x80)}${byte(3)}-${byte(4)}${byte(5)}${byte(6)}${byte(7)}${byte(8)}${byte(9)}`;
}
