import { type Issue, outcomeText } from './outcome.ts';

/**
 * Bundles as text: stored resources are put between the parts of their entries as they are and never read again.
 *
 * @see https://hl7.org/fhir/R4/bundle.html
 */
export type BundleType = 'searchset' | 'history' | 'collection' | 'batch-response' | 'transaction-response';

export type Links = { self?: string | null; next?: string | null };

/**
 * @param entries the texts of the entries
 * @param total of matches, null where it was not counted
 */
export function bundleText(
  type: BundleType,
  entries: readonly string[],
  { total = null, links = {} }: { total?: number | null; links?: Links } = {},
): string {
  const link = Object.entries(links).flatMap(([relation, url]) =>
    url ? [`{"relation":"${relation}","url":${JSON.stringify(url)}}`] : [],
  );
  return (
    `{"resourceType":"Bundle","type":"${type}"` +
    (total === null ? '' : `,"total":${total}`) +
    (link.length > 0 ? `,"link":[${link}]` : '') +
    // FHIR has no empty arrays.
    (entries.length > 0 ? `,"entry":[${entries}]` : '') +
    '}'
  );
}

/** Escapes what needs it in the base, which may hold what a client sent as Host; types and ids need nothing. */
const within = (text: string): string => JSON.stringify(text).slice(1, -1);

export const searchEntry = (
  base: string,
  { type, id, content, mode }: { type: string; id: string; content: string; mode: 'match' | 'include' },
): string => `{"fullUrl":"${within(base)}/${type}/${id}","resource":${content},"search":{"mode":"${mode}"}}`;

export const outcomeEntry = (issues: readonly Issue[]): string =>
  `{"resource":${outcomeText(issues)},"search":{"mode":"outcome"}}`;

/** One version. A deletion has no resource. */
export function historyEntry(
  base: string,
  version: { type: string; id: string; version: number; lastUpdated: Date; deleted: boolean; content: string },
): string {
  const { type, id, deleted, content } = version;
  const method = deleted ? 'DELETE' : version.version === 1 ? 'POST' : 'PUT';
  const url = method === 'POST' ? type : `${type}/${id}`;
  const status = deleted ? '204' : version.version === 1 ? '201' : '200';
  return (
    `{"fullUrl":"${within(base)}/${type}/${id}"${deleted ? '' : `,"resource":${content}`}` +
    `,"request":{"method":"${method}","url":"${url}"}` +
    `,"response":{"status":"${status}","etag":"W/\\"${version.version}\\"","lastModified":"${version.lastUpdated.toISOString()}"}}`
  );
}

/** What became of one entry of a batch or a transaction. */
export type EntryResponse = {
  /** `201 Created`. */
  status: string;
  fullUrl?: string;
  location?: string;
  /** The version. */
  etag?: string;
  lastModified?: Date;
  /** Texts of resources. */
  outcome?: string;
  resource?: string;
};

export function responseEntry({
  status,
  fullUrl,
  location,
  etag,
  lastModified,
  outcome,
  resource,
}: EntryResponse): string {
  return (
    `{${fullUrl === undefined ? '' : `"fullUrl":${JSON.stringify(fullUrl)},`}` +
    `${resource === undefined ? '' : `"resource":${resource},`}` +
    `"response":{"status":${JSON.stringify(status)}` +
    (location === undefined ? '' : `,"location":${JSON.stringify(location)}`) +
    (etag === undefined ? '' : `,"etag":${JSON.stringify(etag)}`) +
    (lastModified === undefined ? '' : `,"lastModified":"${lastModified.toISOString()}"`) +
    (outcome === undefined ? '' : `,"outcome":${outcome}`) +
    '}}'
  );
}
