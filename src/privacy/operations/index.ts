import type { Operation } from '../../fhir/operations/operation.ts';

/** LIST: the operations on rights and disclosures. */
export const operations: readonly Operation[] = [];
