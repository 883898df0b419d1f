import { createRequire } from 'node:module';

import type { Check } from './check.ts';

const require = createRequire(import.meta.url);

type Evaluate = (data: unknown, environment: Record<string, unknown>) => unknown[];
type Fhirpath = { compile(path: { base: string; expression: string }, model: unknown): Evaluate };

let library: { fhirpath: Fhirpath; r4: unknown } | null = null;
const compiled = new Map<string, Evaluate>();

function compile(base: string, expression: string): Evaluate {
  const key = `${base} ${expression}`;
  const known = compiled.get(key);
  if (known !== undefined) return known;
  // It takes 150 ms to load, and few resources have an invariant that is not compiled.
  library ??= { fhirpath: require('fhirpath') as Fhirpath, r4: require('fhirpath/fhir-context/r4') }; // typed as what is used of it
  const evaluate = library.fhirpath.compile({ base, expression }, library.r4);
  compiled.set(key, evaluate);
  return evaluate;
}

/**
 * Whether an invariant that is not compiled holds, by HL7's engine. One that the engine cannot evaluate holds: nobody's
 * resource is refused because of our tools.
 *
 * @param path of the element the invariant is on: `CareTeam.participant`
 */
export function engine(value: unknown, check: Check, path: string, expression: string): boolean {
  try {
    const environment = { resource: check.resource, rootResource: check.root };
    const result = compile(path.replace('[x]', ''), expression)(value, environment);
    return !(result.length === 1 && result[0] === false);
  } catch {
    return true;
  }
}
