import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { access, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** What was kept: its address is the sha-256 of its bytes, in lower-case hex. */
export type Blob = { sha256: string; size: number };

/** Whose record a file is in; it may be kept sealed with the key of that. */
export type Owner = { tenant: number; patient: string };

/** Bytes by what they are: the same bytes are kept once, and what is kept never changes. */
export type Blobs = {
  /** Resolves once the bytes are safe. Refuses more than `limit` bytes with BlobTooLarge, keeping nothing. */
  put(bytes: Uint8Array | AsyncIterable<Uint8Array>, limit?: number, owner?: Owner): Promise<Blob>;
  /** null where there are no such bytes. */
  get(sha256: string): Promise<Readable | null>;
  delete(sha256: string): Promise<void>;
};

export class BlobTooLarge extends Error {}

/** Hashes and counts what passes. */
export function measure(limit: number): Transform & { blob(): Blob } {
  const hash = createHash('sha256');
  let size = 0;
  const passing = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      size += chunk.byteLength;
      if (size > limit) return done(new BlobTooLarge(`more than ${limit} bytes`));
      hash.update(chunk);
      done(null, chunk);
    },
  });
  return Object.assign(passing, { blob: () => ({ sha256: hash.digest('hex'), size }) });
}

export const chunks = (bytes: Uint8Array | AsyncIterable<Uint8Array>): Readable =>
  bytes instanceof Uint8Array ? Readable.from([bytes]) : Readable.from(bytes);

export const isSha256 = (text: string): boolean => /^[0-9a-f]{64}$/.test(text);

/** Keeps bytes in a folder: `ab/abcdef…`. A file has its name only when all of it is on the disk. */
export function folderBlobs(folder: string): Blobs {
  const place = (sha256: string): string => join(folder, sha256.slice(0, 2), sha256);

  return {
    async put(bytes, limit = Number.POSITIVE_INFINITY) {
      const unfinished = join(folder, 'unfinished', randomUUID());
      await mkdir(dirname(unfinished), { recursive: true });
      try {
        const measured = measure(limit);
        await pipeline(chunks(bytes), measured, createWriteStream(unfinished, { flush: true }));
        const blob = measured.blob();
        const path = place(blob.sha256);
        await mkdir(dirname(path), { recursive: true });
        await rename(unfinished, path);
        await sync(dirname(path));
        return blob;
      } finally {
        await rm(unfinished, { force: true });
      }
    },
    async get(sha256) {
      if (!isSha256(sha256)) return null;
      const path = place(sha256);
      const there = await access(path).then(
        () => true,
        () => false,
      );
      return there ? createReadStream(path) : null;
    },
    async delete(sha256) {
      if (isSha256(sha256)) await rm(place(sha256), { force: true });
    },
  };
}

/** A renamed file is there after a power cut only when its folder has been written too. */
async function sync(folder: string): Promise<void> {
  const handle = await open(folder);
  await handle.sync().finally(() => handle.close());
}
