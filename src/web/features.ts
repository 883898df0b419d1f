import { operations as fhirOperations } from '../fhir/operations/index.ts';
import type { Operation } from '../fhir/operations/operation.ts';
import { operations as privacyOperations } from '../privacy/operations/index.ts';
import { operationsOf as videoOperationsOf } from '../video/operations/index.ts';
import type { Providers } from '../video/providers/provider.ts';

/**
 * The operations of every folder, which fhir/routes.ts routes and /metadata publishes.
 *
 * @param providers what visits by video are held with; which operations there are does not depend on it
 */
export const operationsOf = (providers: Providers): readonly Operation[] => [
  ...fhirOperations,
  ...privacyOperations,
  ...videoOperationsOf(providers),
];
