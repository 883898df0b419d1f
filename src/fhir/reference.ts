import { isResourceType } from './resources.ts';

/** What the text of Reference.reference says. */
export type Reference =
  /** `Patient/1`, `Patient/1/_history/2`; `base` is set where it was absolute: `http://host/fhir/Patient/1`. */
  | { kind: 'literal'; base: string | null; type: string; id: string; version: string | null }
  /** `#p1`: a contained resource; `#` alone is the container. */
  | { kind: 'contained'; id: string }
  /** `urn:uuid:…` and `urn:oid:…`: an entry of the same Bundle. */
  | { kind: 'urn'; uri: string }
  /** `Practitioner?identifier=s|v`: a search with one result, within a transaction. */
  | { kind: 'conditional'; type: string; query: string }
  /** Any other absolute URI. */
  | { kind: 'uri'; uri: string };

/** An id as R4 writes it, but for `.` and `..`, which in a URL mean another place. https://hl7.org/fhir/R4/datatypes.html#id */
export const isId = (text: string): boolean => /^(?!\.{1,2}$)[A-Za-z0-9.-]{1,64}$/.test(text);

const literal =
  /^(?:(https?:\/\/[^?#]+)\/)?([A-Z][A-Za-z]+)\/([A-Za-z0-9.-]{1,64})(?:\/_history\/([A-Za-z0-9.-]{1,64}))?$/;

/** Null for what is no reference at all: `Patient`, `1`, `Spam/1`. https://hl7.org/fhir/R4/references.html#literal */
export function parseReference(text: string): Reference | null {
  if (text.startsWith('#')) return { kind: 'contained', id: text.slice(1) };
  if (text.startsWith('urn:uuid:') || text.startsWith('urn:oid:')) return { kind: 'urn', uri: text };
  const question = text.indexOf('?');
  if (question > 0 && isResourceType(text.slice(0, question))) {
    return { kind: 'conditional', type: text.slice(0, question), query: text.slice(question + 1) };
  }
  const [, base, type = '', id = '', version] = literal.exec(text) ?? [];
  if (isResourceType(type)) return { kind: 'literal', base: base ?? null, type, id, version: version ?? null };
  return /^[A-Za-z][A-Za-z0-9+.-]*:./.test(text) ? { kind: 'uri', uri: text } : null;
}

/** The text of a reference again. */
export function formatReference(reference: Reference): string {
  if (reference.kind === 'contained') return `#${reference.id}`;
  if (reference.kind === 'conditional') return `${reference.type}?${reference.query}`;
  if (reference.kind !== 'literal') return reference.uri;
  const { base, type, id, version } = reference;
  return `${base === null ? '' : `${base}/`}${type}/${id}${version === null ? '' : `/_history/${version}`}`;
}

/** A canonical URL with its parts: `url|version#fragment`. https://hl7.org/fhir/R4/references.html#canonical */
export type Canonical = { url: string; version: string | null; fragment: string | null };

export function parseCanonical(text: string): Canonical {
  const [, url = '', version, fragment] = /^([^|#]*)(?:\|([^#]*))?(?:#(.*))?$/s.exec(text) ?? [];
  return { url, version: version ?? null, fragment: fragment ?? null };
}

export const formatCanonical = ({ url, version, fragment }: Canonical): string =>
  `${url}${version === null ? '' : `|${version}`}${fragment === null ? '' : `#${fragment}`}`;
