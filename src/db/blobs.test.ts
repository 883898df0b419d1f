import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type Bucket, startBucket } from '../../test/support/bucket-stand-in.ts';
import { type Blobs, BlobTooLarge, folderBlobs } from './blobs.ts';
import { s3Blobs } from './blobs-s3.ts';

const root = mkdtempSync(join(tmpdir(), 'portico-blobs-'));
let store: Bucket;

beforeAll(async () => {
  store = await startBucket();
});
afterAll(async () => {
  await store.close();
  rmSync(root, { recursive: true, force: true });
});

async function whole(stream: Readable | null): Promise<Buffer | null> {
  if (stream === null) return null;
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function* pieces(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += 70_000) yield bytes.subarray(at, at + 70_000);
}

const kinds: [string, () => Blobs][] = [
  ['a folder', () => folderBlobs(join(root, 'blobs'))],
  ['a bucket', () => s3Blobs({ bucket: 'files', prefix: 'p/', region: 'us-east-1', endpoint: store.endpoint })],
];

describe.each(kinds)('%s', (_, open) => {
  test('gives back the bytes that were put, under their sha-256', async () => {
    const blobs = open();
    const bytes = randomBytes(200_000);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect(await blobs.put(bytes)).toEqual({ sha256, size: 200_000 });
    expect(await whole(await blobs.get(sha256))).toEqual(bytes);
    expect(await blobs.put(pieces(bytes))).toEqual({ sha256, size: 200_000 });
    await blobs.delete(sha256);
    expect(await blobs.get(sha256)).toBeNull();
  });

  test('keeps nothing at all too', async () => {
    const blobs = open();
    const { sha256 } = await blobs.put(new Uint8Array());
    expect(await whole(await blobs.get(sha256))).toEqual(Buffer.alloc(0));
  });

  test('refuses more than the limit, and keeps nothing of it', async () => {
    const blobs = open();
    const bytes = randomBytes(200_000);
    await expect(blobs.put(pieces(bytes), 100_000)).rejects.toThrow(BlobTooLarge);
    expect(await blobs.get(createHash('sha256').update(bytes).digest('hex'))).toBeNull();
  });

  test.each(['', '../password', 'A'.repeat(64), `${'a'.repeat(64)}/..`])('knows nothing of %j', async (name) => {
    expect(await open().get(name)).toBeNull();
    await open().delete(name);
  });
});

test('what is deleted from a bucket with versions is gone in every version', async () => {
  const blobs = s3Blobs({ bucket: 'files', prefix: 'p/', region: 'us-east-1', endpoint: store.endpoint });
  const { sha256 } = await blobs.put(randomBytes(10));
  store.versions.set(`files/p/${sha256}`, ['one', 'two']);
  store.versions.set(`files/p/${sha256}x`, ['other']);
  await blobs.delete(sha256);
  expect([store.versions.get(`files/p/${sha256}`), store.versions.get(`files/p/${sha256}x`)]).toEqual([[], ['other']]);
  expect(await blobs.get(sha256)).toBeNull();
});

test('a folder holds nothing unfinished', async () => {
  const blobs = folderBlobs(join(root, 'tidy'));
  await blobs.put(randomBytes(10));
  await blobs.put(pieces(randomBytes(200_000)), 10).catch(() => {});
  expect(readdirSync(join(root, 'tidy/unfinished'))).toEqual([]);
});
