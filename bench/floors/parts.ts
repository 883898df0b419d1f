import type { Index, Validate } from '../../src/fhir/context.ts';
import { loadDefinitions } from '../../src/fhir/definitions/load.ts';
import { createIndexer } from '../../src/fhir/search/keys.ts';

/** The compiled validator and indexer, put together as main.ts does. */
export function compiled(): { validate: Validate; index: Index } {
  const definitions = loadDefinitions();
  return { validate: () => [], index: createIndexer(definitions) };
}
