import type { FhirContext } from '../context.ts';
import type { Result } from '../outcome.ts';
import type { FhirRequest, FhirResponse } from '../request.ts';

/**
 * One operation, whole: its definition routes it, is published in /metadata and as an OperationDefinition, and runs it.
 *
 * @see https://hl7.org/fhir/R4/operationdefinition.html
 */
export type Operation = {
  /** Without the `$`. */
  code: string;
  /** The canonical URL of its OperationDefinition. */
  definition: string;
  /** What it is, in one sentence for people. */
  description: string;
  /** Where it may be called: on the server, on these types, on instances of these types; `*` is every type. */
  on: { system?: boolean; types?: readonly string[]; instances?: readonly string[] };
  /** An operation that affects state is called by POST only. */
  affectsState: boolean;
  parameters: readonly OperationParameter[];
  /** `request.path` is `['$code']`, `[type, '$code']` or `[type, id, '$code']`. */
  run(context: FhirContext, request: FhirRequest): Promise<Result<FhirResponse>>;
};

export type OperationParameter = {
  name: string;
  use: 'in' | 'out';
  min: number;
  max: string;
  type: string;
  documentation?: string;
};
