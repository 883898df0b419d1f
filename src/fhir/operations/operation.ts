import type { FhirContext } from '../context.ts';
import type { Result } from '../outcome.ts';
import type { FhirRequest, FhirResponse } from '../request.ts';

/** One parameter, as OperationDefinition.parameter says it. */
export type OperationParameter = {
  name: string;
  use: 'in' | 'out';
  min: number;
  max: string;
  /** A data type, a resource type, or `Any`; absent where `part` says it. */
  type?: string;
  /** Of a string parameter: the kind of search parameter its text is. */
  searchType?: 'number' | 'date' | 'string' | 'token' | 'reference' | 'quantity' | 'uri';
  documentation?: string;
};

/**
 * One operation: where it is called, what it takes, and what it does. Routes, /metadata and OperationDefinitions are made
 * of this.
 *
 * @see https://hl7.org/fhir/R4/operations.html
 */
export type Operation = {
  /** Without the dollar sign. */
  code: string;
  /** The canonical URL of its OperationDefinition. */
  definition: string;
  /** Levels it is called on: the base, types, instances of types. `*` is every type. */
  on: { system?: boolean; types?: readonly string[]; instances?: readonly string[] };
  /** Called by POST only; the others by GET too. */
  affectsState: boolean;
  parameters: readonly OperationParameter[];
  run(context: FhirContext, request: FhirRequest): Promise<Result<FhirResponse>>;
};
