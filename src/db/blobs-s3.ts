import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
  S3ServiceException,
} from '@aws-sdk/client-s3';

import { type Blobs, chunks, isSha256, measure } from './blobs.ts';

export type S3Settings = {
  bucket: string;
  /** In front of every key: `portico/`. */
  prefix: string;
  region: string;
  /** Of a store that is not Amazon's; null: Amazon. */
  endpoint: string | null;
};

/** Statuses of what a store does not have. */
const unsupported: ReadonlySet<number> = new Set([400, 404, 405, 501]);

/** Keeps bytes in a bucket. Who may is found as the AWS SDK finds it: environment, profile, role. */
export function s3Blobs({ bucket, prefix, region, endpoint }: S3Settings): Blobs {
  const config: S3ClientConfig = { region, ...(endpoint ? { endpoint, forcePathStyle: true } : {}) };
  const client = new S3Client(config);
  const at = (sha256: string): { Bucket: string; Key: string } => ({ Bucket: bucket, Key: `${prefix}${sha256}` });

  /** In a bucket with versions what is deleted is only hidden by a newer one, which is a version, too. None: it has no versions. */
  async function versions(sha256: string): Promise<string[]> {
    const { Bucket, Key } = at(sha256);
    try {
      const { Versions = [], DeleteMarkers = [] } = await client.send(
        new ListObjectVersionsCommand({ Bucket, Prefix: Key }),
      );
      return [...Versions, ...DeleteMarkers].flatMap(({ Key: key, VersionId }) =>
        key === Key && VersionId !== undefined && VersionId !== 'null' ? [VersionId] : [],
      );
    } catch (error) {
      // Not every store with the API of S3 has versions.
      if (error instanceof S3ServiceException && unsupported.has(error.$metadata.httpStatusCode ?? 0)) return [];
      throw error;
    }
  }

  return {
    async put(bytes, limit = Number.POSITIVE_INFINITY) {
      // The key is the hash of all of it, so it has to be read to its end before it is sent.
      const local = join(tmpdir(), `portico-blob-${randomUUID()}`);
      try {
        const measured = measure(limit);
        await pipeline(chunks(bytes), measured, createWriteStream(local, { mode: 0o600 }));
        const blob = measured.blob();
        const Body = createReadStream(local);
        await client.send(new PutObjectCommand({ ...at(blob.sha256), Body, ContentLength: blob.size }));
        return blob;
      } finally {
        await rm(local, { force: true });
      }
    },
    async get(sha256) {
      if (!isSha256(sha256)) return null;
      try {
        const { Body } = await client.send(new GetObjectCommand(at(sha256)));
        // In Node the SDK's body is always a stream of Node's.
        return (Body as Readable | undefined) ?? null;
      } catch (error) {
        if (error instanceof NoSuchKey) return null;
        throw error;
      }
    },
    async delete(sha256) {
      if (!isSha256(sha256)) return;
      const { Bucket, Key } = at(sha256);
      for (const VersionId of await versions(sha256)) {
        await client.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
      }
      await client.send(new DeleteObjectCommand({ Bucket, Key }));
    },
  };
}
