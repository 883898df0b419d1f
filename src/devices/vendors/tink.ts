import { createPublicKey, type KeyObject, verify } from 'node:crypto';

import { isJson, objectsOf } from '../formats/json.ts';
import { jsonOf } from './ask.ts';

/** One public key of ECDSA on P-256 with SHA-256, and what stands in front of its signatures. */
export type TinkKey = { prefix: Buffer; key: KeyObject; encoding: 'der' | 'ieee-p1363' };

const TYPE = 'type.googleapis.com/google.crypto.tink.EcdsaPublicKey';

/** The fields of a message of protocol buffers, by number; null: it is none. https://protobuf.dev/programming-guides/encoding */
function fieldsOf(bytes: Buffer): Map<number, number | Buffer> | null {
  const fields = new Map<number, number | Buffer>();
  let at = 0;
  const varint = (): number => {
    let [value, factor] = [0, 1];
    for (;;) {
      const byte = bytes[at];
      if (byte === undefined || factor > 2 ** 35) return Number.NaN;
      at += 1;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const length = varint();
    if (Number.isNaN(tag) || Number.isNaN(length)) return null;
    const [number, wire] = [Math.floor(tag / 8), tag % 8];
    if (wire === 0) fields.set(number, length);
    else if (wire === 2 && at + length <= bytes.length) {
      fields.set(number, bytes.subarray(at, at + length));
      at += length;
    } else return null;
  }
  return fields;
}

/** A coordinate is 32 bytes, with zeros before it or without. */
const coordinate = (bytes: Buffer): string =>
  Buffer.concat([Buffer.alloc(32), bytes])
    .subarray(-32)
    .toString('base64url');

function keyOf(one: Record<string, unknown>): TinkKey | null {
  const data = isJson(one.keyData) ? one.keyData : {};
  const id = one.keyId;
  if (data.typeUrl !== TYPE || typeof data.value !== 'string' || typeof id !== 'number') return null;
  const fields = fieldsOf(Buffer.from(data.value, 'base64'));
  const [inner, x, y] = [fields?.get(2), fields?.get(3), fields?.get(4)];
  if (!Buffer.isBuffer(inner) || !Buffer.isBuffer(x) || !Buffer.isBuffer(y)) return null;
  // SHA256 is 3, NIST P-256 is 2, DER is 2 and IEEE P1363 is 1.
  const params = fieldsOf(inner);
  const encoding = params?.get(3);
  if (params?.get(1) !== 3 || params.get(2) !== 2 || (encoding !== 1 && encoding !== 2)) return null;
  const prefix = Buffer.alloc(one.outputPrefixType === 'RAW' ? 0 : 5);
  if (prefix.length > 0) {
    prefix[0] = 1;
    prefix.writeUInt32BE(id >>> 0, 1);
  }
  try {
    const key = createPublicKey({
      key: { kty: 'EC', crv: 'P-256', x: coordinate(x), y: coordinate(y) },
      format: 'jwk',
    });
    return { prefix, key, encoding: encoding === 2 ? 'der' : 'ieee-p1363' };
  } catch {
    // No point of the curve.
    return null;
  }
}

/** The keys of a keyset of Tink as JSON that are enabled; null: it is none, or has none of them. https://developers.google.com/tink */
export function tinkKeys(text: string): readonly TinkKey[] | null {
  const keyset = jsonOf(text);
  const enabled = isJson(keyset) ? objectsOf(keyset.key).filter(({ status }) => status === 'ENABLED') : [];
  const keys = enabled.flatMap((one) => keyOf(one) ?? []);
  return keys.length === 0 ? null : keys;
}

/** Whether one of the keys has signed the bytes. @param signature base64, with what stands in front of it */
export function isSignedBy(keys: readonly TinkKey[], bytes: Uint8Array, signature: string | undefined): boolean {
  const signed = Buffer.from(signature ?? '', 'base64');
  return keys.some(({ prefix, key, encoding }) => {
    if (signed.length <= prefix.length || !signed.subarray(0, prefix.length).equals(prefix)) return false;
    return verify('sha256', bytes, { key, dsaEncoding: encoding }, signed.subarray(prefix.length));
  });
}
