import { createSecretKey, hash, type KeyObject, randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * The key of each patient's record, kept outside of the database: without it what is sealed can be read by nobody, in no backup
 * either. A folder is one way to keep them; a service that manages keys would be another.
 */
export type PatientKeys = {
  /** The key, 32 bytes; `destroyed` for good, or null where there never was one. */
  find(tenant: number, patient: string): Promise<KeyObject | 'destroyed' | null>;
  /** The key, made where there is none; null where it was destroyed. */
  make(tenant: number, patient: string): Promise<KeyObject | null>;
  /** Resolves once it is gone from the disk. There will be no other. */
  destroy(tenant: number, patient: string): Promise<void>;
};

const LENGTH = 32;
/** Keys that are remembered. */
const REMEMBERED = 20_000;
/** ms for which one is: what another process destroys is forgotten here, too. */
const KEPT = 600_000;

const blank = Buffer.alloc(LENGTH);

/** What is in the place of a key that was destroyed. */
const gone = Buffer.from('destroyed\n');

async function sync(path: string): Promise<void> {
  const handle = await open(path);
  await handle.sync().finally(() => handle.close());
}

async function writeWhole(path: string, bytes: Buffer, flags: string): Promise<void> {
  const file = await open(path, flags, 0o600);
  try {
    await file.write(bytes, 0, bytes.length, 0);
    await file.sync();
  } finally {
    await file.close();
  }
}

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT'; // as fs throws them
const isThere = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'EEXIST';

/** Keeps keys in a folder, a file for each, under the hash of whose it is. */
export function folderKeys(folder: string): PatientKeys {
  const known = new Map<string, { key: KeyObject; until: number }>();
  const place = (tenant: number, patient: string): string => {
    const name = hash('sha256', `${tenant}/${patient}`, 'hex');
    return join(folder, String(tenant), name.slice(0, 2), name);
  };
  const remember = (name: string, bytes: Buffer): KeyObject => {
    // To make one of the bytes takes as long as to open a text with it.
    const key = createSecretKey(bytes);
    if (known.size >= REMEMBERED) known.clear();
    known.set(name, { key, until: performance.now() + KEPT });
    return key;
  };

  const keys: PatientKeys = {
    async find(tenant, patient) {
      const name = `${tenant}/${patient}`;
      const found = known.get(name);
      if (found && found.until > performance.now()) return found.key;
      const bytes = await readFile(place(tenant, patient)).catch((error: unknown) => {
        if (isMissing(error)) return null;
        throw error;
      });
      if (bytes === null) return null;
      // One that is being destroyed has been written over.
      return bytes.length === LENGTH && !bytes.equals(blank) ? remember(name, bytes) : 'destroyed';
    },

    async make(tenant, patient) {
      const found = await keys.find(tenant, patient);
      if (found !== null) return found === 'destroyed' ? null : found;
      const path = place(tenant, patient);
      const draft = `${path}.${randomBytes(6).toString('hex')}`;
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await writeWhole(draft, randomBytes(LENGTH), 'wx');
      // Of two who make one at the same time the first counts, and nobody ever sees half of it.
      await link(draft, path).catch((error: unknown) => {
        if (!isThere(error)) throw error;
      });
      await rm(draft);
      await sync(dirname(path));
      return keys.make(tenant, patient);
    },

    async destroy(tenant, patient) {
      known.delete(`${tenant}/${patient}`);
      const path = place(tenant, patient);
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      // Over the key first: what takes its place may lie elsewhere on the disk.
      await writeWhole(path, blank, 'r+').catch((error: unknown) => {
        if (!isMissing(error)) throw error;
      });
      const draft = `${path}.${randomBytes(6).toString('hex')}`;
      await writeWhole(draft, gone, 'wx');
      await rename(draft, path);
      await sync(dirname(path));
    },
  };
  return keys;
}
