import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';

import { openCursor, sealCursor } from './cursor.ts';

const owner = { key: randomBytes(32), grantHash: 'grant', query: 'Patient?_sort=family' };

test('a cursor opens for the grant and the query it was made for', () => {
  expect(openCursor(owner, sealCursor(owner, ['Okafor', 3, null]))).toEqual({ ok: true, value: ['Okafor', 3, null] });
});

test('a cursor shows nothing of what it holds', () => {
  const text = sealCursor(owner, ['Okafor']);
  expect(Buffer.from(text, 'base64url').toString('latin1')).not.toContain('Okafor');
  expect(sealCursor(owner, ['Okafor'])).not.toBe(text);
});

test.each([
  ['another key', { ...owner, key: randomBytes(32) }],
  ['another grant', { ...owner, grantHash: 'other' }],
  ['another query', { ...owner, query: 'Patient' }],
])('a cursor of %s is refused', (_, other) => {
  expect(openCursor(owner, sealCursor(other, ['x']))).toMatchObject({ ok: false, status: 400 });
});

test.each(['', 'x', 'AAAA', randomBytes(64).toString('base64url')])('%j is refused like a forged one', (text) => {
  expect(openCursor(owner, text)).toMatchObject({ ok: false, status: 400 });
});

test('a changed byte is refused', () => {
  const bytes = Buffer.from(sealCursor(owner, ['x']), 'base64url');
  for (let at = 0; at < bytes.length; at++) {
    const changed = Buffer.from(bytes);
    changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
    expect(openCursor(owner, changed.toString('base64url')).ok).toBe(false);
  }
});
