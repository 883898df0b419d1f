/** One value of DER: its tag, and where its content lies. https://www.itu.int/rec/T-REC-X.690 */
export type Der = { tag: number; bytes: Uint8Array };

/** Tags that certificates use. */
export const tags = { boolean: 0x01, integer: 0x02, octets: 0x04, oid: 0x06, sequence: 0x30 } as const;

/**
 * The values that follow each other in these bytes.
 *
 * @returns null when they are not DER: a length beyond the end, or one not written in the shortest way
 */
export function readDer(bytes: Uint8Array): Der[] | null {
  const found: Der[] = [];
  let at = 0;
  while (at < bytes.length) {
    const tag = bytes[at];
    const first = bytes[at + 1];
    // Tags of more than one byte do not occur in certificates.
    if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) return null;
    at += 2;
    const size = first < 0x80 ? first : longLength(bytes.subarray(at, at + (first & 0x7f)), first & 0x7f);
    if (size === null) return null;
    if (first >= 0x80) at += first & 0x7f;
    if (at + size > bytes.length) return null;
    found.push({ tag, bytes: bytes.subarray(at, at + size) });
    at += size;
  }
  return found;
}

function longLength(bytes: Uint8Array, count: number): number | null {
  if (count === 0 || count > 3 || bytes.length !== count || bytes[0] === 0) return null;
  const size = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  return size < 0x80 ? null : size;
}

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
