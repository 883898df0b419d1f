import { compileFunction } from 'node:vm';
import type { StructureDefinition } from '@medplum/fhirtypes';

import type { Validate } from '../context.ts';
import { type Cache, noCache, openCache } from '../definitions/cache.ts';
import { type CompiledValidator, compileValidator } from '../definitions/compile-validator.ts';
import type { Definitions } from '../definitions/definitions.ts';
import { codesOf } from '../definitions/value-sets.ts';
import type { Issue } from '../outcome.ts';
import { type Check, createCheck, type Found, shown } from './check.ts';
import { forgetLists } from './fhirpath.ts';
import { createProfiles, type Profiles } from './profiles.ts';
import { createRuntime } from './runtime.ts';

type Checker = (value: unknown, check: Check, depth: number) => void;

/** The source of the validator of R4's structures, and the invariants in it that an engine evaluates. */
export function compileStructures(definitions: Definitions): CompiledValidator {
  const structures = definitions.conformance
    .all('StructureDefinition')
    .filter((one) => one.derivation !== 'constraint' && definitions.elements.has(String(one.type)));
  return compileValidator({
    structures: structures as unknown as StructureDefinition[], // trimmed to what the compiler reads
    elements: definitions.elements,
    primitives: definitions.primitives,
    types: definitions.types,
    codes(valueSet, form) {
      const codes = codesOf(definitions, valueSet);
      return codes && [...(form === 'code' ? codes.values() : codes.keys())];
    },
  });
}

function structureChecker(definitions: Definitions, profiles: Profiles, cache: Cache): Checker {
  const name = `validator-${definitions.hash}.js`;
  const known = cache.read(name)?.toString('utf8');
  const source = known ?? compileStructures(definitions).source;
  if (known === undefined) cache.write(name, Buffer.from(source));
  const make = compileFunction(source, ['r'], { filename: name });
  return make(createRuntime(definitions.elements, profiles)) as Checker; // what compileValidator's source returns
}

const issueOf = (type: string, { severity, code, text, path }: Found): Issue => ({
  severity,
  code,
  diagnostics: text,
  expression: path === '' ? type : `${type}.${path}`,
});

/** The same said twice, by a profile and by one it is built on, is said once; as an error where one of the two is. */
function distinct(found: readonly Found[]): readonly Found[] {
  if (found.length < 2) return found;
  const kept = new Map<string, Found>();
  for (const one of found) {
    const key = `${one.path} ${one.text}`;
    const known = kept.get(key);
    if (known === undefined) kept.set(key, one);
    else if (one.severity === 'error') known.severity = 'error';
  }
  return [...kept.values()];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Compiles the validator, or takes it from the cache.
 *
 * @param options.cacheFolder where compiled source is kept; none: compiled anew
 * @param options.mandatoryProfiles profiles that must be known where they are claimed
 */
export async function createValidator(
  definitions: Definitions,
  options: { cacheFolder?: string; mandatoryProfiles?: readonly string[] } = {},
): Promise<Validate> {
  const cache = options.cacheFolder === undefined ? noCache : openCache(options.cacheFolder);
  const profiles = createProfiles(definitions, options.mandatoryProfiles ?? []);
  const checkStructure = structureChecker(definitions, profiles, cache);
  return (resource, asked) => {
    if (!isObject(resource)) {
      const diagnostics = `Found ${shown(resource)} where a resource (a JSON object) is expected`;
      return [{ severity: 'error', code: 'structure', diagnostics }];
    }
    forgetLists();
    const check = createCheck(resource);
    checkStructure(resource, check, 0);
    if (asked?.profiles !== undefined && check.errors === 0) profiles.asked(resource, asked.profiles, check);
    if (check.found.length === 0) return [];
    const type =
      typeof resource.resourceType === 'string' && definitions.elements.has(resource.resourceType)
        ? resource.resourceType
        : 'Resource';
    return distinct(check.found).map((one) => issueOf(type, one));
  };
}
