import { createCipheriv, createDecipheriv, createSecretKey, hash, type KeyObject, randomBytes } from 'node:crypto';

import { invalid, ok, type Result } from './outcome.ts';

/** Where a page ended: the sort values and the identity of its last row. */
export type CursorValue = readonly (string | number | boolean | null)[];

/** What a cursor belongs to: the grant it was made under and the query that it continues. */
export type CursorOwner = { /** 32 bytes. */ key: Uint8Array; grantHash: string; query: string };

const algorithm = 'aes-256-gcm';
const nonceSize = 12;
const tagSize = 16;

/** To make a key of its bytes takes longer than to seal with it. */
const made = new WeakMap<Uint8Array, KeyObject>();

function keyOf({ key }: CursorOwner): KeyObject {
  let found = made.get(key);
  if (found === undefined) {
    found = createSecretKey(key);
    made.set(key, found);
  }
  return found;
}

const bound = ({ grantHash, query }: CursorOwner): Buffer => hash('sha256', `${grantHash}\n${query}`, 'buffer');

/**
 * The text of a cursor, for a next link. Links are logged and shared, and sort values are names and dates: so it is
 * encrypted, and it means nothing under another grant or in another query.
 */
export function sealCursor(owner: CursorOwner, value: CursorValue): string {
  const nonce = randomBytes(nonceSize);
  const cipher = createCipheriv(algorithm, keyOf(owner), nonce).setAAD(bound(owner));
  const sealed = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
}

/** What sealCursor sealed, or a 400 that is the same for a forged, a foreign and a broken one. */
export function openCursor(owner: CursorOwner, text: string): Result<CursorValue> {
  const bytes = Buffer.from(text, 'base64url');
  try {
    const decipher = createDecipheriv(algorithm, keyOf(owner), bytes.subarray(0, nonceSize), { authTagLength: tagSize })
      .setAAD(bound(owner))
      .setAuthTag(bytes.subarray(nonceSize, nonceSize + tagSize));
    const opened = Buffer.concat([decipher.update(bytes.subarray(nonceSize + tagSize)), decipher.final()]);
    return ok(JSON.parse(opened.toString()) as CursorValue);
  } catch {
    return invalid('This page link does not belong to this request and access; begin again without it', '_cursor');
  }
}
