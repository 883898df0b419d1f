import { ok, type Result } from '../outcome.ts';
import type { FhirResponse } from '../request.ts';

/** 200 with the text of a resource. */
export const operationResponse = (text: string): Result<FhirResponse> =>
  ok({ status: 200, headers: { 'Content-Type': 'application/fhir+json; charset=utf-8' }, body: text });
