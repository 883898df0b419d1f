import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { PutObjectCommand } from '@aws-sdk/client-s3';

import { type Blobs, chunks, isSha256, measure } from './blobs.ts';
import { type S3Settings, s3Objects } from './s3-objects.ts';

/** Keeps bytes in a bucket. */
export function s3Blobs(settings: S3Settings): Blobs {
  const { bucket, prefix } = settings;
  const objects = s3Objects(settings);

  return {
    async put(bytes, limit = Number.POSITIVE_INFINITY) {
      // The key is the hash of all of it, so it has to be read to its end before it is sent.
      const local = join(tmpdir(), `portico-blob-${randomUUID()}`);
      try {
        const measured = measure(limit);
        await pipeline(chunks(bytes), measured, createWriteStream(local, { mode: 0o600 }));
        const blob = measured.blob();
        const Body = createReadStream(local);
        const to = { Bucket: bucket, Key: `${prefix}${blob.sha256}` };
        await objects.client.send(new PutObjectCommand({ ...to, Body, ContentLength: blob.size }));
        return blob;
      } finally {
        await rm(local, { force: true });
      }
    },
    async get(sha256) {
      return isSha256(sha256) ? objects.open(`${prefix}${sha256}`) : null;
    },
    async delete(sha256) {
      if (isSha256(sha256)) await objects.remove(`${prefix}${sha256}`);
    },
  };
}
