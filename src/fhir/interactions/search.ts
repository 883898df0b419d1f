import { bundleText, outcomeEntry, searchEntry } from '../bundle.ts';
import type { FhirContext } from '../context.ts';
import { ok, type Result, unsupportedMediaType } from '../outcome.ts';
import { isStrict } from '../preferences.ts';
import { askedProjection } from '../projected.ts';
import { project } from '../projection.ts';
import type { FhirRequest, FhirResponse } from '../request.ts';
import { explain } from '../search/explain.ts';
import type { SearchAsk } from '../search/prepare.ts';
import { search as searchPage } from '../search/search.ts';
import { shown } from '../store/binary.ts';
import { noteCount, release } from '../store/release.ts';
import type { FhirInteraction } from './interaction.ts';
import { resourceResponse } from './respond.ts';

/** https://hl7.org/fhir/R4/http.html#search */
export const search: FhirInteraction = {
  code: 'search-type',
  level: 'type',
  routes: [
    ['GET', '[type]'],
    ['POST', '[type]/_search'],
    ['GET', '[type]/[id]/[type]'],
    ['GET', '[type]/[id]/*'],
    ['POST', '[type]/[id]/[type]/_search'],
  ],
  run,
};

/** https://hl7.org/fhir/R4/http.html#search on the whole system, with `_type` or without. */
export const searchSystem: FhirInteraction = {
  code: 'search-system',
  level: 'system',
  routes: [
    ['GET', ''],
    ['POST', '_search'],
  ],
  run,
};

async function run(context: FhirContext, request: FhirRequest): Promise<Result<FhirResponse>> {
  const query = queryOf(request);
  if (!query.ok) return query;
  const ask: SearchAsk = {
    ...placeOf(request.path),
    query: query.value,
    strict: isStrict(request),
    base: request.base,
  };
  if (/(?:^|&)_explain=true(?:&|$)/.test(query.value)) {
    const plan = await explain(context, request.grant, ask);
    return plan.ok ? ok(resourceResponse(200, plan.value)) : plan;
  }
  const projection = askedProjection({ ...request, query: query.value });
  if (!projection.ok) return projection;
  const page = await searchPage(context, request.grant, ask);
  if (!page.ok) return page;
  const { total, self, next, counted, issues } = page.value;
  for (const { type, patient } of counted) noteCount(request.grant, type, patient, total ?? 0);
  if (ask.compartment?.type === 'Patient' && (total ?? 0) > 0 && page.value.found.length === 0)
    noteCount(request.grant, ask.types[0] ?? 'Patient', ask.compartment.id, total ?? 0);
  const found = release(request.grant, page.value.found, ({ mode }) => (mode === 'match' ? 's' : 'r'));
  const entries: string[] = [];
  for (const one of found) {
    const whole = one.type === 'Binary' ? await shown(context, request.grant, one.type, one.content) : one.content;
    const content = projection.value === null ? whole : project(whole, projection.value, context.definitions);
    entries.push(searchEntry(request.base, { type: one.type, id: one.id, content, mode: one.mode }));
  }
  if (issues.length > 0) entries.push(outcomeEntry(issues));
  return ok(resourceResponse(200, bundleText('searchset', entries, { total, links: { self, next } })));
}

const form = 'application/x-www-form-urlencoded';

/** The parameters of the body and of the URL are one list: each of them narrows. */
function queryOf(request: FhirRequest): Result<string> {
  if (request.method !== 'POST') return ok(request.query);
  const [media = '', ...parameters] = (request.header('content-type') ?? '').toLowerCase().split(';');
  const charset = parameters.map((one) => one.trim()).find((one) => one.startsWith('charset='));
  const utf8 = charset === undefined || /^charset="?utf-?8"?$/.test(charset);
  if (!utf8 || (media.trim() !== form && !(media === '' && request.body === '')))
    return unsupportedMediaType(`The body of _search is ${form} in UTF-8`);
  return ok([request.query, request.body.trim()].filter((part) => part !== '').join('&'));
}

/** `Observation`, `Patient/1/Observation`, `Patient/1/*` or nothing, with `_search` behind it or not. */
function placeOf(path: readonly string[]): Pick<SearchAsk, 'types' | 'compartment'> {
  const [first, id, type] = path.at(-1) === '_search' ? path.slice(0, -1) : path;
  if (first === undefined) return { types: [] };
  if (id === undefined || type === undefined) return { types: [first] };
  return { types: type === '*' ? [] : [type], compartment: { type: first, id } };
}
