import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** A patient whose record was erased. The id stands for nobody any more. */
export type Erased = { tenant: number; patient: string; erasure: string; at: string };

/**
 * What was erased, kept outside of the database: when that is restored from a backup of before, it is erased again.
 */
export type ErasureLog = {
  /** Resolves once it is on the disk. */
  add(erased: Erased): Promise<void>;
  all(): Promise<Erased[]>;
};

/** Keeps it in a file, a line of JSON for each. A line that was not written to its end counts for nothing. */
export function openErasureLog(path: string): ErasureLog {
  return {
    async add(erased) {
      await mkdir(dirname(path), { recursive: true });
      const file = await open(path, 'a', 0o600);
      try {
        // A line that a power cut left half written is ended by this one's beginning.
        await file.write(`\n${JSON.stringify(erased)}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
    },
    async all() {
      const text = await readFile(path, 'utf8').catch(() => '');
      return text.split('\n').flatMap(lineOf);
    },
  };
}

function lineOf(line: string): Erased[] {
  if (!line.startsWith('{') || !line.endsWith('}')) return [];
  // What begins and ends so was written whole, by add.
  return [JSON.parse(line) as Erased];
}
