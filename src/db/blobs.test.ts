import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type Blobs, BlobTooLarge, folderBlobs } from './blobs.ts';
import { s3Blobs } from './blobs-s3.ts';

const root = mkdtempSync(join(tmpdir(), 'portico-blobs-'));
const objects = new Map<string, Buffer>();
/** Of objects that were put before. */
const versions = new Map<string, string[]>();
let store: Server;
let port = 0;

/** As much of S3 as keeps, gives and removes an object. */
beforeAll(async () => {
  process.env.AWS_ACCESS_KEY_ID = 'test';
  process.env.AWS_SECRET_ACCESS_KEY = 'test';
  store = createServer(async (request, response) => {
    const key = (request.url ?? '').replace(/\?.*/, '');
    const query = new URLSearchParams((request.url ?? '').replace(/^[^?]*/, ''));
    if (query.has('versions')) {
      const [, bucket = ''] = key.split('/');
      const named = [...versions.keys()].filter((one) => one.startsWith(`/${bucket}/${query.get('prefix')}`));
      const listed = named.flatMap((one) =>
        (versions.get(one) ?? []).map(
          (id) => `<Version><Key>${one.slice(bucket.length + 2)}</Key><VersionId>${id}</VersionId></Version>`,
        ),
      );
      return response.end(`<ListVersionsResult>${listed.join('')}</ListVersionsResult>`);
    }
    const version = query.get('versionId');
    if (request.method === 'DELETE' && version !== null) {
      versions.set(
        key,
        (versions.get(key) ?? []).filter((id) => id !== version),
      );
      return response.writeHead(204).end();
    }
    if (request.method === 'PUT') {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      objects.set(key, unframed(Buffer.concat(chunks), String(request.headers['x-amz-content-sha256'])));
      return response.end();
    }
    if (request.method === 'DELETE') {
      objects.delete(key);
      return response.writeHead(204).end();
    }
    const found = objects.get(key);
    if (found) return response.end(found);
    response.writeHead(404, { 'content-type': 'application/xml' }).end('<Error><Code>NoSuchKey</Code></Error>');
  });
  await new Promise<void>((resolve) => store.listen(0, '127.0.0.1', resolve));
  const address = store.address();
  port = typeof address === 'object' && address ? address.port : 0;
});

/** The bytes of a body that was sent in chunks with their sizes, as the SDK sends a stream. */
function unframed(body: Buffer, framing: string): Buffer {
  if (!framing.startsWith('STREAMING-')) return body;
  const chunks: Buffer[] = [];
  for (let at = 0; at < body.length; ) {
    const end = body.indexOf('\r\n', at);
    const size = Number.parseInt(body.toString('latin1', at, end), 16);
    if (!size) break;
    chunks.push(body.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
  return Buffer.concat(chunks);
}

afterAll(() => {
  store.close();
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
  [
    'a bucket',
    () => s3Blobs({ bucket: 'files', prefix: 'p/', region: 'us-east-1', endpoint: `http://127.0.0.1:${port}` }),
  ],
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
  const blobs = s3Blobs({ bucket: 'files', prefix: 'p/', region: 'us-east-1', endpoint: `http://127.0.0.1:${port}` });
  const { sha256 } = await blobs.put(randomBytes(10));
  versions.set(`/files/p/${sha256}`, ['one', 'two']);
  versions.set(`/files/p/${sha256}x`, ['other']);
  await blobs.delete(sha256);
  expect([versions.get(`/files/p/${sha256}`), versions.get(`/files/p/${sha256}x`)]).toEqual([[], ['other']]);
  expect(await blobs.get(sha256)).toBeNull();
});

test('a folder holds nothing unfinished', async () => {
  const blobs = folderBlobs(join(root, 'tidy'));
  await blobs.put(randomBytes(10));
  await blobs.put(pieces(randomBytes(200_000)), 10).catch(() => {});
  expect(readdirSync(join(root, 'tidy/unfinished'))).toEqual([]);
});
