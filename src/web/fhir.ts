import type { FhirContext } from '../fhir/context.ts';
import { interactions } from '../fhir/interactions/index.ts';
import { createDispatch } from '../fhir/routes.ts';
import { createStore } from '../fhir/store/store.ts';
import { operations } from './features.ts';

/** The FHIR core, put together: what is stored by, and what answers a request. */
export function createFhir(parts: Omit<FhirContext, 'store' | 'dispatch'>): FhirContext {
  const dispatch = createDispatch(interactions, operations);
  const context: FhirContext = {
    ...parts,
    store: createStore(parts.database),
    dispatch: (request) => dispatch(context, request),
  };
  return context;
}
