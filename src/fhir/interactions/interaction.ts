import type { FhirContext } from '../context.ts';
import type { Result } from '../outcome.ts';
import type { FhirRequest, FhirResponse } from '../request.ts';

/** The forms a path can have below the FHIR base. `[type]` is a resource type, `[id]` an id, `$` an operation. */
export type PathShape =
  | ''
  | 'metadata'
  | '_history'
  | '_search'
  | '$'
  | '[type]'
  | '[type]/_search'
  | '[type]/_history'
  | '[type]/$'
  | '[type]/[id]'
  | '[type]/[id]/_history'
  | '[type]/[id]/_history/[vid]'
  | '[type]/[id]/$'
  | '[type]/[id]/[type]'
  | '[type]/[id]/*'
  | '[type]/[id]/[type]/_search';

export type Method = FhirRequest['method'];

/**
 * One interaction of the RESTful API: where it is found, how the CapabilityStatement names it, and what it does.
 *
 * @see https://hl7.org/fhir/R4/http.html
 */
export type FhirInteraction = {
  /** Of http://hl7.org/fhir/restful-interaction, or null where the specification has no code for it. */
  code: string;
  /** Whether the code stands for one type or for the whole system in the CapabilityStatement. */
  level: 'type' | 'system';
  routes: readonly (readonly [Method, PathShape])[];
  run(context: FhirContext, request: FhirRequest): Promise<Result<FhirResponse>>;
};
