import { createHmac, timingSafeEqual } from 'node:crypto';

import { invalid, ok, type Result } from './outcome.ts';

/** Where a page ended: the sort values and the identity of its last row. */
export type CursorValue = readonly (string | number | boolean | null)[];

/** What a cursor belongs to: the grant it was made under and the query that it continues. */
export type CursorOwner = { key: Uint8Array; grantHash: string; query: string };

const sign = ({ key, grantHash, query }: CursorOwner, payload: string): Buffer =>
  createHmac('sha256', key).update(`${grantHash}\n${query}\n${payload}`).digest().subarray(0, 16);

/** The text of a cursor, for a next link. It is signed, and means nothing under another grant or in another query. */
export function sealCursor(owner: CursorOwner, value: CursorValue): string {
  const payload = Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${payload}.${sign(owner, payload).toString('base64url')}`;
}

/** What sealCursor sealed, or a 400 that is the same for a forged, a foreign and a broken one. */
export function openCursor(owner: CursorOwner, text: string): Result<CursorValue> {
  const [payload = '', signature = ''] = text.split('.');
  const given = Buffer.from(signature, 'base64url');
  const expected = sign(owner, payload);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    return invalid('This page link does not belong to this request and access; begin again without it', '_cursor');
  }
  return ok(JSON.parse(Buffer.from(payload, 'base64url').toString()) as CursorValue);
}
