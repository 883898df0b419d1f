import type { Bundle, OperationOutcome, Parameters, Resource } from '@medplum/fhirtypes';

import type { Grant } from '../../fhir/access.ts';
import { type Issue, ok, type Result } from '../../fhir/outcome.ts';
import type { FhirRequest } from '../../fhir/request.ts';
import type { PrivacyPagesDeps, Visit } from './visit.ts';

/** Somebody signed in, asking as they themselves: what they see is what the gate shows them, and the ledger knows. */
type Asking = Pick<Visit, 'request'> & { deps: PrivacyPagesDeps; grant: Grant };

type Ask = { method?: FhirRequest['method']; path: readonly string[]; query?: string; body?: object };

/** Sends a request as who is signed in. */
export async function send(visit: Asking, { method = 'GET', path, query = '', body }: Ask): Promise<Result<string>> {
  const { deps, request, grant } = visit;
  const answer = await deps.fhir.dispatch({
    method,
    path,
    query,
    header: (name) => (name === 'content-type' && body !== undefined ? 'application/fhir+json' : undefined),
    body: body === undefined ? '' : JSON.stringify(body),
    grant,
    base: deps.fhir.settings.baseOf(request.tenant),
  });
  if (!answer.ok) return answer;
  const { status, body: sent } = answer.value;
  const text = typeof sent === 'string' ? sent : '';
  if (status < 400) return ok(text);
  // What the core refuses by an answer is an OperationOutcome.
  const issues = text === '' ? [] : ((JSON.parse(text) as OperationOutcome).issue ?? []);
  return { ok: false, status, issues: issues as Issue[] };
}

/** As `send`, for an answer that is a resource of this type. */
export async function sendFor<T extends Resource>(visit: Asking, ask: Ask): Promise<Result<T>> {
  const answer = await send(visit, ask);
  // The core answers with what was asked for.
  return answer.ok ? ok(JSON.parse(answer.value) as T) : answer;
}

type Stored<T> = T & { id: string };

/** What a search finds, and where its next page begins. */
export type Found<T> = { found: Stored<T>[]; next: string | null };

/** One page of a search of one type; nothing where the person may not search it. */
export async function searchPage<T extends Resource>(
  visit: Asking,
  type: T['resourceType'],
  query: Record<string, string> | string,
): Promise<Found<T>> {
  const text = typeof query === 'string' ? query : new URLSearchParams(query).toString();
  const answer = await sendFor<Bundle>(visit, { path: [type], query: text });
  if (!answer.ok) return { found: [], next: null };
  const { entry = [], link = [] } = answer.value;
  const found = entry.filter(({ search }) => search?.mode !== 'outcome').map(({ resource }) => resource as Stored<T>);
  const next = link.find(({ relation }) => relation === 'next')?.url;
  return { found, next: next === undefined ? null : new URL(next).searchParams.get('_cursor') };
}

/** Resources that are looked at in one list. */
const MOST = 200;

export const searchAll = async <T extends Resource>(
  visit: Asking,
  type: T['resourceType'],
  query: Record<string, string>,
): Promise<Stored<T>[]> => (await searchPage<T>(visit, type, { _count: String(MOST), ...query })).found;

/** One resource; null where there is none for this person. */
export async function readOne<T extends Resource>(
  visit: Asking,
  type: T['resourceType'],
  id: string,
): Promise<Stored<T> | null> {
  const answer = await sendFor<Stored<T>>(visit, { path: [type, id] });
  return answer.ok ? answer.value : null;
}

/** Calls an operation with parameters, which are as FHIR writes them. */
export const operate = (
  visit: Asking,
  path: readonly string[],
  parameter: Parameters['parameter'] = [],
): Promise<Result<string>> =>
  send(visit, {
    method: 'POST',
    path,
    body: { resourceType: 'Parameters', ...(parameter.length > 0 ? { parameter } : {}) },
  });

/** Why something was refused, in the words of the server. */
export const sentenceOf = (issues: readonly Issue[]): string => issues.map(({ diagnostics }) => diagnostics).join(' ');
