import type { FhirContext } from '../fhir/context.ts';
import type { Result } from '../fhir/outcome.ts';
import type { FhirRequest, FhirResponse } from '../fhir/request.ts';

type Asked = {
  method: FhirRequest['method'];
  path: readonly string[];
  /** JSON text of a resource. */
  body: string;
  /** By lower-case name, beside Content-Type. */
  headers?: Readonly<Record<string, string>>;
};

/** Asks the server on behalf of who asked for an operation, with what they may and no more. */
export function ask(
  context: FhirContext,
  { grant, base }: FhirRequest,
  { method, path, body, headers = {} }: Asked,
): Promise<Result<FhirResponse>> {
  const all: Readonly<Record<string, string>> = { 'content-type': 'application/fhir+json', ...headers };
  const request: FhirRequest = { method, path, query: '', header: (name) => all[name], body, grant, base };
  return context.dispatch(request, context);
}
