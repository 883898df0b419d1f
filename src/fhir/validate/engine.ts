import { createRequire } from 'node:module';

import type { Check } from './check.ts';

const require = createRequire(import.meta.url);

type Fhirpath = {
  evaluate(
    data: unknown,
    path: { base: string; expression: string },
    environment: Record<string, unknown>,
    model: unknown,
  ): unknown[];
};

let loaded: { fhirpath: Fhirpath; r4: unknown } | null = null;

// It takes 150 ms to load, and few resources have an invariant that is not compiled.
function library(): { fhirpath: Fhirpath; r4: unknown } {
  loaded ??= { fhirpath: require('fhirpath') as Fhirpath, r4: require('fhirpath/fhir-context/r4') }; // typed as what is used of it
  return loaded;
}

/**
 * Whether an invariant that is not compiled holds, by HL7's engine. One that the engine cannot evaluate holds: nobody's
 * resource is refused because of our tools.
 */
export function engine(value: unknown, check: Check, path: string, expression: string): boolean {
  const { fhirpath, r4 } = library();
  const environment = { resource: check.resource, rootResource: check.root };
  try {
    const result = fhirpath.evaluate(value, { base: path.replace('[x]', ''), expression }, environment, r4);
    return !(result.length === 1 && result[0] === false);
  } catch {
    return true;
  }
}
