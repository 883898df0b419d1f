import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';

import type { Caller, Grant } from '../fhir/access.ts';
import type { FhirContext } from '../fhir/context.ts';
import { fhirJson } from '../fhir/interactions/respond.ts';
import { parseLossless } from '../fhir/lossless.ts';
import { invalid, notFound, ok, outcomeText, type Refusal, type Result } from '../fhir/outcome.ts';
import type { FhirRequest, FhirResponse } from '../fhir/request.ts';
import { GateMismatch } from '../fhir/store/release.ts';
import { uuid7 } from '../fhir/store/uuid.ts';
import type { Credentials } from '../smart/authenticate.ts';
import type { RefusedRequest } from '../smart/refused-requests.ts';
import { decoded, readBody } from './body.ts';
import { encoded } from './encode.ts';
import { refusalOf } from './errors.ts';
import { evened } from './evened.ts';
import { logRequest } from './log.ts';
import type { Metrics } from './metrics.ts';
import { negotiated } from './negotiate.ts';
import { openToAll, preflight } from './origins.ts';

/** What serving FHIR over HTTP is made of. */
export type ServeDeps = {
  fhir: FhirContext;
  authenticate: (credentials: Credentials, tenant: number) => Promise<Result<Caller>>;
  decide: (caller: Caller) => Promise<Grant>;
  /** What somebody may see who has not said who they are: /metadata and nothing else. */
  anonymous: (tenant: number) => Grant;
  log: Logger;
  metrics: Metrics;
  /** Bytes of a body, inflated. */
  maxBody: number;
  /** A tenant's FHIR base: `http://host:port/fhir/R4`. */
  baseOf: (tenant: number) => string;
  /** Told of a request that was refused for who sent it, so that they can be told why. */
  onRefused?: (request: RefusedRequest) => void;
};

/** What was asked for. */
export type Place = {
  tenant: number;
  /** What stands behind the FHIR base, as it came: `/Patient/1`. */
  path: string;
  /** Without its `?`. */
  query: string;
};

/** What every answer of the FHIR API carries: nothing of it may be kept by a cache in between. */
const standing = {
  'Cache-Control': 'no-store',
  Vary: 'Authorization, Accept, Accept-Encoding, Prefer',
  'X-Content-Type-Options': 'nosniff',
};

const pathOf = (path: string): Result<string[]> => {
  if (path === '' || path === '/') return ok([]);
  const segments = path.slice(1).split('/');
  // One trailing slash is nothing; an empty segment elsewhere is a path we do not have.
  if (segments.at(-1) === '') segments.pop();
  if (!path.includes('%')) return segments.includes('') ? notFound('The path has an empty segment') : ok(segments);
  try {
    return ok(segments.map(decodeURIComponent));
  } catch {
    return invalid('The path has a % that is not followed by two hexadecimal digits of UTF-8');
  }
};

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']);

/** A header of Node's, where only set-cookie is ever a list. */
const headerOf = (headers: IncomingHttpHeaders, name: string): string | undefined => {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
};

const credentialsOf = (
  deps: ServeDeps,
  { headers, method }: IncomingMessage,
  { tenant, path }: Place,
): Credentials => ({
  authorization: headers.authorization,
  dpop: headerOf(headers, 'dpop'),
  method: method ?? '',
  url: `${deps.baseOf(tenant)}${path}`,
});

async function requestOf(
  deps: ServeDeps,
  incoming: IncomingMessage,
  place: Place,
  path: readonly string[],
  id: string,
): Promise<Result<FhirRequest>> {
  const { headers } = incoming;
  const { tenant, query } = place;
  const format = query.includes('_format') ? new URLSearchParams(query).get('_format') : null;
  const acceptable = negotiated(headers.accept, format);
  if (!acceptable.ok && !path.includes('Binary')) return acceptable;
  const caller = path[0] === 'metadata' ? null : await deps.authenticate(credentialsOf(deps, incoming, place), tenant);
  if (caller !== null && !caller.ok) return caller;
  const grant = caller === null ? deps.anonymous(tenant) : await deps.decide(caller.value);
  const method = incoming.method as FhirRequest['method'];
  const header = (name: string): string | undefined => headerOf(headers, name);
  const common = { method, path, query, grant, id, base: deps.baseOf(tenant), header };
  if (method === 'GET' || method === 'HEAD' || method === 'DELETE') return ok({ ...common, body: '' });
  const bytes = await readBody(incoming, deps.maxBody);
  if (!bytes.ok) return bytes;
  if (path[0] === 'Binary' && !/json/i.test(headers['content-type'] ?? '')) {
    return ok({ ...common, body: '', bytes: bytes.value });
  }
  const body = decoded(bytes.value, headers['content-type']);
  return body.ok ? ok({ ...common, body: body.value, bytes: bytes.value }) : body;
}

const refused = ({ status, issues, headers }: Refusal): FhirResponse => ({
  status,
  headers: { 'Content-Type': fhirJson, ...headers },
  body: outcomeText(issues),
});

/**
 * One request of the FHIR API: who asks, what they may, what is asked, the answer. It is written to Node's response itself:
 * a Response of the Fetch API in between costs a third of a read.
 */
export async function serveFhir(
  deps: ServeDeps,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  place: Place,
): Promise<void> {
  if (incoming.method === 'OPTIONS' && incoming.headers['access-control-request-method'] !== undefined) {
    outgoing.writeHead(204, preflight).end();
    return;
  }
  const { path, query } = place;
  const requestId = uuid7(Date.now());
  const started = performance.now();
  let answer: FhirResponse;
  try {
    answer = await answerOf(deps, incoming, place, requestId);
  } catch (error) {
    if (error instanceof GateMismatch) deps.metrics.gateMismatch();
    answer = refused(refusalOf(error, requestId, deps.log));
  }
  if (answer.status === 404) await evened(started);
  const method = incoming.method ?? '';
  if (answer.status === 401 || answer.status === 403) {
    const { authorization } = incoming.headers;
    deps.onRefused?.({ tenant: place.tenant, authorization, method, path, outcome: answer.body, requestId });
  }
  deps.metrics.request(method, answer.status, (performance.now() - started) / 1000);
  logRequest(deps.log, requestId, method, path.slice(1).split('/'), answer.status, started);
  const open = incoming.headers.origin === undefined ? {} : openToAll;
  const headers: Record<string, string | number> = {
    ...standing,
    ...open,
    'X-Request-Id': requestId,
    ...answer.headers,
  };
  if (answer.body === null) {
    if (answer.status !== 204 && answer.status !== 304) headers['Content-Length'] = 0;
    outgoing.writeHead(answer.status, headers).end();
    return;
  }
  const pretty = query.includes('_pretty=true') && typeof answer.body === 'string';
  const text = pretty ? JSON.stringify(parseLossless(answer.body as string), null, 2) : answer.body;
  const { body, encoding } = await encoded(text, incoming.headers['accept-encoding']);
  if (encoding !== null) headers['Content-Encoding'] = encoding;
  headers['Content-Length'] = Buffer.byteLength(body);
  outgoing.writeHead(answer.status, headers).end(method === 'HEAD' ? undefined : body);
}

async function answerOf(
  deps: ServeDeps,
  incoming: IncomingMessage,
  place: Place,
  requestId: string,
): Promise<FhirResponse> {
  if (!methods.has(incoming.method ?? '')) {
    return refused({
      ...notFound(`${incoming.method} is not a method of FHIR`),
      status: 405,
      headers: { Allow: [...methods].join(', ') },
    });
  }
  const segments = pathOf(place.path);
  if (!segments.ok) return refused(segments);
  const request = await requestOf(deps, incoming, place, segments.value, requestId);
  if (!request.ok) return refused(request);
  const result = await deps.fhir.dispatch(request.value);
  return result.ok ? result.value : refused(result);
}
