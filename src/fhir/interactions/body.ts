import type { FhirContext } from '../context.ts';
import { type Parsed, parseResource } from '../json.ts';
import { invalid, invalidResource, ok, type Result, unsupportedMediaType } from '../outcome.ts';
import type { FhirRequest } from '../request.ts';

const jsonTypes = new Set(['application/fhir+json', 'application/json', 'application/json+fhir', 'text/json']);

/** The media type of the body in lower case, without its parameters; empty when there is none. */
export const mediaType = (request: FhirRequest): string =>
  (request.header('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';

/** The body as a resource of the type that the path names, checked against the specification and its profiles. */
export function checkedBody(context: FhirContext, request: FhirRequest, type: string): Result<Parsed> {
  const media = mediaType(request);
  if (!jsonTypes.has(media)) {
    return unsupportedMediaType(
      media === ''
        ? 'Content-Type is missing; send application/fhir+json'
        : `Content-Type ${media} is not read here; send application/fhir+json`,
    );
  }
  const parsed = parseResource(request.body);
  if (!parsed.ok) return parsed;
  const { resourceType } = parsed.value.resource;
  if (resourceType !== type) {
    return invalid(
      typeof resourceType === 'string'
        ? `The path names ${type}, but the body is a ${resourceType}`
        : `The body has no resourceType; ${type} is expected`,
      'resourceType',
    );
  }
  return checked(context, parsed.value);
}

/** The resource again when validation finds no error in it; 422 with every issue otherwise. */
export function checked(context: FhirContext, parsed: Parsed): Result<Parsed> {
  const issues = context.validate(parsed.resource);
  if (issues.some(({ severity }) => severity === 'error' || severity === 'fatal')) return invalidResource(issues);
  return ok(issues.length > 0 ? { ...parsed, warnings: issues } : parsed);
}
