import { hash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Files made from other files, each with its own hash in front, so that a damaged one is as good as none. */
export type Cache = {
  /** The bytes last written under this name; null when there are none, or not those that were written. */
  read(name: string): Buffer | null;
  /** Replaces the file at once; a folder that cannot be written is no error, the work is done again at the next start. */
  write(name: string, bytes: Buffer): void;
};

/** Keeps nothing: for a start without a folder. */
export const noCache: Cache = { read: () => null, write: () => undefined };

const digestLength = 64;

function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // What cannot be written may not be there to remove either.
  }
}

export function openCache(folder: string): Cache {
  return {
    read(name) {
      let file: Buffer;
      try {
        file = readFileSync(join(folder, name));
      } catch {
        return null;
      }
      const bytes = file.subarray(digestLength);
      return file.toString('latin1', 0, digestLength) === hash('sha256', bytes, 'hex') ? bytes : null;
    },
    write(name, bytes) {
      const unfinished = join(folder, `${name}.${process.pid}.${performance.now()}`);
      try {
        mkdirSync(folder, { recursive: true });
        writeFileSync(unfinished, Buffer.concat([Buffer.from(hash('sha256', bytes, 'hex')), bytes]));
        renameSync(unfinished, join(folder, name));
      } catch {
        remove(unfinished);
      }
    },
  };
}
