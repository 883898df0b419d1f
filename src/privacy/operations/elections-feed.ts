import { bundleText, searchEntry } from '../../fhir/bundle.ts';
import type { FhirContext } from '../../fhir/context.ts';
import type { Operation } from '../../fhir/operations/operation.ts';
import { operationResponse } from '../../fhir/operations/operation-response.ts';
import { forbidden, invalid, ok, type Result } from '../../fhir/outcome.ts';
import { requestParameters } from '../../fhir/parameters.ts';
import type { FhirRequest, FhirResponse } from '../../fhir/request.ts';
import { interval } from '../../fhir/search/dates.ts';
import { unknownId } from '../../fhir/store/read.ts';
import type { Stored } from '../../fhir/store/release.ts';
import { foundUnder } from '../parties/under-grant.ts';

/** Ids in one question. */
const IDS = 500;

/** Who has a coverage that has changed, who has changed themself, and who belongs to them. */
async function changes(
  context: FhirContext,
  { grant }: FhirRequest,
  since: string | null,
): Promise<Result<readonly Stored[]>> {
  const changed = since === null ? '' : `_lastUpdated=ge${encodeURIComponent(since)}`;
  const all = new Map<string, Stored>();
  for (const type of ['Coverage', 'Patient', 'RelatedPerson']) {
    const found = await foundUnder(context, grant, type, changed);
    if (!found.ok) return found;
    for (const row of found.value) all.set(`${row.type}/${row.id}`, row);
  }
  const members = [...all.values()].flatMap(({ type, patient }) => (type === 'Coverage' && patient ? [patient] : []));
  const others = [...new Set(members)].filter((id) => !all.has(`Patient/${id}`));
  for (let from = 0; from < others.length; from += IDS) {
    const found = await foundUnder(context, grant, 'Patient', `_id=${others.slice(from, from + IDS).join()}`);
    if (!found.ok) return found;
    for (const row of found.value) all.set(`${row.type}/${row.id}`, row);
  }
  return ok([...all.values()]);
}

async function run(context: FhirContext, request: FhirRequest): Promise<Result<FhirResponse>> {
  const { grant, path, base } = request;
  const [, id = ''] = path;
  if (grant.caller.actor !== 'carrier') return forbidden('Elections are fed to the carrier that they are made with');
  if (grant.caller.organization !== id) return unknownId('Organization', id);
  const parameters = requestParameters(request, '_since');
  if (!parameters.ok) return parameters;
  const since = parameters.value.text('_since');
  if (since !== null && !interval(since).ok)
    return invalid('_since must be an instant such as 2026-01-31T12:00:00Z', '_since');
  const found = await changes(context, request, since);
  if (!found.ok) return found;
  const entries = found.value.map((row) => searchEntry(base, { ...row, mode: 'match' }));
  return operationResponse(
    bundleText('searchset', entries, { total: entries.length, links: { self: '', next: null } }),
  );
}

/** What members of a carrier have elected, and who they are: what changed since it was last asked. */
export const electionsFeed: Operation = {
  code: 'elections-feed',
  definition: 'https://portico.dev/fhir/OperationDefinition/Organization-elections-feed',
  description: 'What the members of a carrier have elected, and who and where they are, as far as it changed',
  on: { instances: ['Organization'] },
  affectsState: false,
  parameters: [
    { name: '_since', use: 'in', min: 0, max: '1', type: 'instant' },
    { name: 'return', use: 'out', min: 1, max: '1', type: 'Bundle' },
  ],
  run,
};
