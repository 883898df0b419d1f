import type { Index, Validate } from '../../src/fhir/context.ts';
import { loadDefinitions } from '../../src/fhir/definitions/load.ts';
import { createIndexer } from '../../src/fhir/search/keys.ts';
import { createValidator } from '../../src/fhir/validate/validator.ts';

/** The compiled validator and indexer, put together as main.ts does. */
export async function compiled(): Promise<{ validate: Validate; index: Index }> {
  const definitions = loadDefinitions();
  return { validate: await createValidator(definitions), index: createIndexer(definitions) };
}
