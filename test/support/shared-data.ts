import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';

import type { Resource } from '../../src/fhir/context.ts';

/** Records and packages that lie beside the repository and are not part of it; null where they are not there. */
export const shared: string | null = (() => {
  const folder = process.env.PORTICO_SHARED ?? resolve(import.meta.dirname, '../../../shared');
  return existsSync(join(folder, 'data')) ? folder : null;
})();

export const sharedMissing =
  'the shared data folder (PORTICO_SHARED, else ../shared) is not there, so this is not tested on real records';

/** The Bundle of one Synthea file, as text. */
export const syntheaText = (file: string): string =>
  shared === null ? '' : gunzipSync(readFileSync(join(shared, 'data/synthea', file))).toString();

type Bundle = { entry: { fullUrl?: string; resource: Resource }[] };

/** Names of the Synthea files, hospitals and practitioners first. */
export const syntheaFiles = (): string[] =>
  shared === null
    ? []
    : readdirSync(join(shared, 'data/synthea'))
        .filter((file) => file.endsWith('.json.gz'))
        .sort();

/**
 * The resources of one Synthea file as they are once they are stored: references to entries of the Bundle are to their type and id,
 * and conditional references to the resource of that identifier.
 *
 * @param identities `Type?identifier=system|value` → `Type/id`; filled with the resources of this file
 */
export function syntheaResources(file: string, identities: Map<string, string>): Resource[] {
  if (shared === null) return [];
  const bundle = JSON.parse(syntheaText(file)) as Bundle; // Synthea's files are Bundles
  const places = new Map(
    bundle.entry.map(({ fullUrl, resource }) => [fullUrl ?? '', `${resource.resourceType}/${resource.id}`]),
  );
  for (const { resource } of bundle.entry) {
    const { resourceType, id, identifier } = resource;
    // Synthea's identifiers are R4's.
    for (const { system, value } of (identifier ?? []) as { system?: string; value?: string }[]) {
      identities.set(`${resourceType}?identifier=${system}|${value}`, `${resourceType}/${id}`);
    }
  }
  const resolved = (value: string): string => places.get(value) ?? identities.get(value) ?? value;
  return bundle.entry.map(
    ({ resource }) =>
      // A copy of a resource is one.
      JSON.parse(
        JSON.stringify(resource, (name, value) =>
          name === 'reference' && typeof value === 'string' ? resolved(value) : value,
        ),
      ) as Resource,
  );
}

/** The official examples of R4. */
export function r4Examples(): Resource[] {
  if (shared === null) return [];
  const folder = join(shared, 'data/r4-examples');
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Resource);
}
