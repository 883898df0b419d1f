import type { Grant } from './access.ts';

/** One interaction as asked, over HTTP or as an entry of a Bundle. Free of any web framework. */
export type FhirRequest = {
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the FHIR base, without a leading slash, percent-decoded once per segment: `['Patient', '1', '_history']`. */
  path: readonly string[];
  /** The raw query string without `?`. */
  query: string;
  /** By lower-case name. */
  header(name: string): string | undefined;
  /** The body as text, inflated, within the size limit; empty when there is none. */
  body: string;
  /** The body as it came, for Binary; absent in a Bundle entry. */
  bytes?: Uint8Array;
  grant: Grant;
  /** The X-Request-Id of the answer, which the first row of the ledger has as its id; absent where it is no request over HTTP. */
  id?: string;
  /** `http://host:port/fhir/R4`, without a trailing slash. */
  base: string;
};

export type FhirResponse = {
  status: number;
  headers: Record<string, string>;
  /** JSON text of one resource, bytes of a Binary, or null. */
  body: string | Uint8Array | null;
};
