import type { Readable } from 'node:stream';

import type { S3Settings } from '../../db/blobs-s3.ts';

/** What a media server has put into the bucket, until it has become a file of ours. */
export type EgressFiles = {
  /** null where there is none. */
  open(key: string): Promise<Readable | null>;
  drop(key: string): Promise<void>;
};

/** Who may is found as the AWS SDK finds it: environment, profile, role. */
export async function egressFiles({ bucket, region, endpoint }: S3Settings): Promise<EgressFiles> {
  const { DeleteObjectCommand, GetObjectCommand, NoSuchKey, S3Client } = await import('@aws-sdk/client-s3');
  const client = new S3Client({ region, ...(endpoint ? { endpoint, forcePathStyle: true } : {}) });
  return {
    async open(key) {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        // In Node the SDK's body is always a stream of Node's.
        return (Body as Readable | undefined) ?? null;
      } catch (error) {
        if (error instanceof NoSuchKey) return null;
        throw error;
      }
    },
    async drop(key) {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    },
  };
}
