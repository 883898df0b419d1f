import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

import { deriveKey, openSecret, seal, unseal } from './secret.ts';

const root = mkdtempSync(join(tmpdir(), 'portico-secret-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('the secret is made once and is for this account alone', () => {
  const file = join(root, 'data/secret');
  const first = openSecret(null, file);
  expect(first.byteLength).toBeGreaterThanOrEqual(32);
  expect(openSecret(null, file)).toEqual(first);
  expect(statSync(file).mode & 0o077).toBe(0);
});

test('PORTICO_SECRET takes its place, and no file is made', () => {
  const file = join(root, 'none');
  expect(Buffer.from(openSecret('s'.repeat(32), file)).toString()).toBe('s'.repeat(32));
  expect(() => readFileSync(file)).toThrow();
});

test('what was sealed opens under its label with its secret, whole, and not otherwise', () => {
  const secret = Buffer.alloc(32, 1);
  const sealed = seal(secret, 'key 1', 'the text');
  expect(unseal(secret, 'key 1', sealed)).toBe('the text');
  expect(seal(secret, 'key 1', 'the text')).not.toBe(sealed);
  expect(() => unseal(secret, 'key 2', sealed)).toThrow();
  expect(() => unseal(Buffer.alloc(32, 2), 'key 1', sealed)).toThrow();
  expect(() => unseal(secret, 'key 1', `${sealed.slice(0, -4)}AAAA`)).toThrow();
});

test('each purpose has a key of its own', () => {
  const secret = Buffer.alloc(32, 1);
  expect(deriveKey(secret, 'cursor')).not.toEqual(deriveKey(secret, 'seal'));
  expect(deriveKey(secret, 'cursor')).toEqual(deriveKey(secret, 'cursor'));
});
