import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

import type { Verdict, WebhookAnswer } from './vendor.ts';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Whether two secrets are the same; how long it takes says nothing of where they differ. An absent one is like no other. */
export const isSecret = (given: string | null | undefined, secret: string | undefined): boolean =>
  typeof given === 'string' && given !== '' && secret !== undefined && secret !== ''
    ? timingSafeEqual(digest(given), digest(secret))
    : false;

export const hmac = (
  algorithm: 'sha1' | 'sha256',
  key: string,
  of: readonly (string | Uint8Array)[],
  as: 'hex' | 'base64',
): string => {
  const made = createHmac(algorithm, key);
  for (const piece of of) made.update(piece);
  return made.digest(as);
};

export const sha256 = (of: string | Uint8Array): string => createHash('sha256').update(of).digest('hex');

export const fine: Verdict = { ok: true };
export const wrong = (reason: string): Verdict => ({ ok: false, reason });

export const answered = (status: number, body = '', contentType: string | null = null): WebhookAnswer => ({
  status,
  contentType,
  body,
});
