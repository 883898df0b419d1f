import { type EntryResponse, responseEntry } from '../bundle.ts';
import { outcomeText, type Refusal } from '../outcome.ts';
import type { Return } from '../preferences.ts';
import type { FhirRequest, FhirResponse } from '../request.ts';
import type { Written } from '../store/write.ts';

const reasons: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  304: 'Not Modified',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  410: 'Gone',
  412: 'Precondition Failed',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Entity',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

export const statusText = (status: number): string => `${status}${reasons[status] ? ` ${reasons[status]}` : ''}`;

/**
 * What the answer holds of what was written. Unlike over HTTP it is nothing unless the caller asked: an import does not want
 * to be sent everything back.
 */
export function entryReturn(request: FhirRequest): Return {
  const wanted = /(?:^|[,;\s])return=(representation|OperationOutcome)\b/.exec(request.header('prefer') ?? '')?.[1];
  return wanted === 'representation' || wanted === 'OperationOutcome' ? wanted : 'minimal';
}

/** The answer to an entry that wrote a version. */
export function writtenEntry(written: Written, wanted: Return): string {
  const { type, id, version, lastUpdated, created, content } = written;
  // Most of an import's answers: nothing in them needs an escape.
  const response =
    `"response":{"status":"${created ? '201 Created' : '200 OK'}","location":"${type}/${id}/_history/${version}",` +
    `"etag":"W/\\"${version}\\"","lastModified":"${lastUpdated.toISOString()}"`;
  // The content of a Binary is not in its stored text, and the caller has just sent it.
  if (wanted === 'minimal' || type === 'Binary') return `{${response}}}`;
  if (wanted === 'representation') return `{"resource":${content},${response}}}`;
  const diagnostics = `${type}/${id} is stored as version ${version}`;
  return `{${response},"outcome":${outcomeText([{ severity: 'information', code: 'informational', diagnostics }])}}}`;
}

/** The answer to a conditional create that found the resource there. */
export const existingEntry = ({ type, id, version }: { type: string; id: string; version: number }): string =>
  responseEntry({ status: statusText(200), location: `${type}/${id}/_history/${version}`, etag: `W/"${version}"` });

export const refusedEntry = ({ status, issues }: Refusal): string =>
  responseEntry({ status: statusText(status), outcome: outcomeText(issues) });

/** An answer of HTTP as an entry. */
export function answeredEntry(base: string, { status, headers, body }: FhirResponse): string {
  const url = headers.Location ?? headers['Content-Location'];
  const modified = headers['Last-Modified'];
  const response: EntryResponse = { status: statusText(status) };
  if (url !== undefined) response.location = url.startsWith(`${base}/`) ? url.slice(base.length + 1) : url;
  if (headers.ETag !== undefined) response.etag = headers.ETag;
  if (modified !== undefined) response.lastModified = new Date(modified);
  if (typeof body === 'string' && body !== '') {
    if (body.startsWith('{"resourceType":"OperationOutcome"') && headers.ETag !== undefined) response.outcome = body;
    else response.resource = body;
  }
  return responseEntry(response);
}
