import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import manifest from '../package.json' with { type: 'json' };
import { createCapability } from './fhir/capability.ts';
import type { FhirContext } from './fhir/context.ts';
import { openCache } from './fhir/definitions/cache.ts';
import { loadDefinitions } from './fhir/definitions/load.ts';
import { startFhirPath } from './fhir/fhirpath.ts';
import { interactions } from './fhir/interactions/index.ts';
import type { Operation } from './fhir/operations/operation.ts';
import { createDispatch } from './fhir/routes.ts';
import { createIndexer } from './fhir/search/keys.ts';
import { createStore } from './fhir/store/store.ts';
import { createValidator } from './fhir/validate/validator.ts';
import { createPolicyGate } from './privacy/policy/gate.ts';
import { prepareRemoval } from './privacy/writes/removal-checks.ts';
import { prepareWrite } from './privacy/writes/write-checks.ts';

export type CoreOptions = {
  /** Folder of FHIR packages. */
  packages: string | null;
  /** Canonical URLs; claimed while not loaded they are errors. */
  mandatoryProfiles: readonly string[];
  /** Where what is compiled is kept from one start to the next. */
  cache: string;
};

/** What comes of the specification; needs no database, so that both can be opened at once. */
export type Specification = Pick<FhirContext, 'definitions' | 'validate' | 'index'>;

/**
 * Compiles the specification where no start has before: in a process of its own, beside the start of Postgres, and without
 * leaving this one the 300 MB that it takes.
 */
export async function compileSpecification(options: CoreOptions): Promise<void> {
  if (existsSync(options.cache)) return;
  const program = fileURLToPath(new URL('./compile.ts', import.meta.url));
  // What goes wrong in there goes wrong again in openSpecification, which says it.
  await new Promise((resolve) => execFile(process.execPath, [program, JSON.stringify(options)], resolve));
}

export async function openSpecification(
  { packages, mandatoryProfiles, cache }: CoreOptions,
  baseOf: (tenant: number) => string,
): Promise<Specification> {
  const definitions = loadDefinitions({ cache, ...(packages === null ? {} : { packages }) });
  const validate = await createValidator(definitions, { cacheFolder: cache, mandatoryProfiles });
  const index = createIndexer(definitions, { cache: openCache(cache), baseOf });
  return { definitions, validate, index };
}

/** The FHIR core: everything a request needs but its own Grant. */
export function createCore(
  specification: Specification,
  parts: Pick<FhirContext, 'database' | 'blobs' | 'settings' | 'now' | 'onFault' | 'erasureLog' | 'patientKeys'>,
  operations: readonly Operation[],
): FhirContext {
  const capabilities = createCapability(interactions, operations, manifest.version);
  const answer = createDispatch([...interactions, capabilities], operations);
  const context: FhirContext = {
    ...specification,
    ...parts,
    prepareWrite,
    prepareRemoval,
    admit: createPolicyGate(),
    store: createStore(parts.database),
    fhirPath: startFhirPath(),
    dispatch: (request, within) => answer(within ?? context, request),
  };
  return context;
}
