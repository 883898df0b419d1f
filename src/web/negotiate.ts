import { notAcceptable, ok, type Result } from '../fhir/outcome.ts';

const served = new Set([
  '*/*',
  'application/*',
  'application/fhir+json',
  'application/json',
  'application/json+fhir',
  'text/json',
  'json',
]);

const named = (list: string): string[] =>
  list.split(',').map((one) => one.split(';', 1)[0]?.trim().toLowerCase() ?? '');

/**
 * Whether the answer may be JSON, by `_format` or else by Accept. XML is not served yet, and says so.
 *
 * @see https://hl7.org/fhir/R4/http.html#mime-type
 */
export function negotiated(accept: string | undefined, format: string | null): Result<null> {
  // `+` of a media type often arrives as a space from a query string.
  const asked = format?.trim().replace(/ /g, '+') ?? accept;
  if (asked === undefined || asked === '' || named(asked).some((type) => served.has(type))) return ok(null);
  return notAcceptable(
    `${format === null ? 'Accept' : '_format'} asks for ${asked}; FHIR is served as application/fhir+json`,
  );
}
