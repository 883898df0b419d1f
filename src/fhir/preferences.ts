import { invalid, ok, type Result } from './outcome.ts';
import type { FhirRequest } from './request.ts';

export type Return = 'representation' | 'minimal' | 'OperationOutcome';

/** `Prefer: return=…`; what is not understood is ignored, as RFC 7240 asks. https://hl7.org/fhir/R4/http.html#ops */
export function preferredReturn(request: FhirRequest): Return {
  const wanted = /(?:^|[,;\s])return=(minimal|representation|OperationOutcome)\b/.exec(
    request.header('prefer') ?? '',
  )?.[1];
  return wanted === 'minimal' || wanted === 'OperationOutcome' ? wanted : 'representation';
}

/** `Prefer: handling=strict`: unknown search parameters are refused instead of ignored. */
export const isStrict = (request: FhirRequest): boolean =>
  /(?:^|[,;\s])handling=strict\b/.test(request.header('prefer') ?? '');

/** The version of `If-Match: W/"3"`, or null without one. */
export function ifMatch(request: FhirRequest): Result<number | null> {
  const header = request.header('if-match');
  if (header === undefined) return ok(null);
  const version = /^(?:W\/)?"(\d{1,9})"$/.exec(header.trim())?.[1];
  if (version === undefined) return invalid('If-Match must be one version as the ETag gives it: W/"3"');
  return ok(Number(version));
}

/** Whether the caller has this version already, by If-None-Match or else by If-Modified-Since. */
export function isUnchanged(request: FhirRequest, version: number, lastUpdated: Date): boolean {
  const noneMatch = request.header('if-none-match');
  if (noneMatch !== undefined) {
    return noneMatch.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === `"${version}"`);
  }
  const since = Date.parse(request.header('if-modified-since') ?? '');
  // An HTTP date has whole seconds.
  return !Number.isNaN(since) && Math.floor(lastUpdated.getTime() / 1000) * 1000 <= since;
}
