import { operations as fhirOperations } from '../fhir/operations/index.ts';
import type { Operation } from '../fhir/operations/operation.ts';
import { operations as privacyOperations } from '../privacy/operations/index.ts';

/** The operations of every folder, which fhir/routes.ts routes and /metadata publishes. */
export const operations: readonly Operation[] = [...fhirOperations, ...privacyOperations];
