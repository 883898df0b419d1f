import type { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  NoSuchKey,
  S3Client,
  type S3ClientConfig,
  S3ServiceException,
} from '@aws-sdk/client-s3';

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

/** The objects of a bucket, by their whole keys. */
export type S3Objects = {
  client: S3Client;
  /** null where there is none. */
  open(key: string): Promise<Readable | null>;
  /** With all its versions. */
  remove(key: string): Promise<void>;
};

/** Who may is found as the AWS SDK finds it: environment, profile, role. */
export function s3Objects({ bucket, region, endpoint }: Omit<S3Settings, 'prefix'>): S3Objects {
  const config: S3ClientConfig = { region, ...(endpoint ? { endpoint, forcePathStyle: true } : {}) };
  const client = new S3Client(config);

  /** In a bucket with versions what is deleted is only hidden by a newer one, which is a version, too. None: it has no versions. */
  async function versions(key: string): Promise<string[]> {
    try {
      const { Versions = [], DeleteMarkers = [] } = await client.send(
        new ListObjectVersionsCommand({ Bucket: bucket, Prefix: key }),
      );
      return [...Versions, ...DeleteMarkers].flatMap(({ Key, VersionId }) =>
        Key === key && VersionId !== undefined && VersionId !== 'null' ? [VersionId] : [],
      );
    } catch (error) {
      // Not every store with the API of S3 has versions.
      if (error instanceof S3ServiceException && unsupported.has(error.$metadata.httpStatusCode ?? 0)) return [];
      throw error;
    }
  }

  return {
    client,
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
    async remove(key) {
      for (const VersionId of await versions(key))
        await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key, VersionId }));
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    },
  };
}
