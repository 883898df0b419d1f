import { allows } from '../access.ts';
import { bundleText, outcomeEntry, searchEntry } from '../bundle.ts';
import type { FhirContext } from '../context.ts';
import { forbidden, invalid, type Result, tooCostly } from '../outcome.ts';
import { requestParameters } from '../parameters.ts';
import type { FhirRequest, FhirResponse } from '../request.ts';
import { Scan } from '../search/scan.ts';
import { seeing } from '../search/seeing.ts';
import { release } from '../store/release.ts';
import { latestOf, latestRows, MOST_JUDGED } from './lastn-rows.ts';
import { observationCriteria } from './observation-criteria.ts';
import type { Operation } from './operation.ts';
import { operationResponse } from './operation-response.ts';

const MAX = 100;

async function run(context: FhirContext, request: FhirRequest): Promise<Result<FhirResponse>> {
  const { grant, base } = request;
  const scan = allows(grant, 'Observation', 's') ? Scan.of(grant, 'Observation', 's') : null;
  if (!scan) return forbidden('Your access does not cover searching Observation');
  const parameters = requestParameters(request, 'resource');
  if (!parameters.ok) return parameters;
  const most = parameters.value.text('max');
  const max = most === null ? 1 : Number(most);
  if (!Number.isInteger(max) || max < 1 || max > MAX)
    return invalid(`max must be a whole number from 1 to ${MAX}`, 'max');
  const query = new URLSearchParams();
  for (const name of parameters.value.names()) {
    if (name !== 'max') for (const value of parameters.value.texts(name)) query.append(name, value);
  }
  const criteria = await observationCriteria(context, request, query.toString());
  if (!criteria.ok) return criteria;
  const { conditions, names, issues } = criteria.value;
  if (!names.some((name) => name === 'patient' || name === 'subject')) {
    return invalid('Say whose: patient or subject is needed', 'patient');
  }
  if (!names.some((name) => name === 'category' || name === 'code' || name === 'combo-code')) {
    return invalid('Say of what: category or code is needed', 'category');
  }
  const shown = seeing(scan, names);
  if (!shown.ok) return shown;
  const candidates = await latestRows(context.database, { scan: shown.value, conditions, max });
  if (shown.value.judges && candidates.length > MOST_JUDGED)
    return tooCostly(`More than ${MOST_JUDGED} observations would have to be read: ask for fewer by code or date`);
  const found = latestOf(grant, candidates, max);
  const entries = release(grant, found, 's').map((row) => searchEntry(base, { ...row, mode: 'match' }));
  if (issues.length > 0) entries.push(outcomeEntry(issues));
  const self = `${base}/Observation/$lastn?${new URLSearchParams({ max: String(max) })}&${query}`;
  return operationResponse(bundleText('searchset', entries, { total: found.length, links: { self } }));
}

/** https://hl7.org/fhir/R4/observation-operation-lastn.html */
export const observationLastn: Operation = {
  code: 'lastn',
  definition: 'http://hl7.org/fhir/OperationDefinition/Observation-lastn',
  description: 'The latest observations of a patient, so many of each code',
  on: { types: ['Observation'] },
  affectsState: false,
  parameters: [
    { name: 'max', use: 'in', min: 0, max: '1', type: 'positiveInt' },
    { name: 'patient', use: 'in', min: 0, max: '1', type: 'string' },
    { name: 'subject', use: 'in', min: 0, max: '1', type: 'string' },
    { name: 'category', use: 'in', min: 0, max: '*', type: 'string' },
    { name: 'code', use: 'in', min: 0, max: '*', type: 'string' },
    { name: 'date', use: 'in', min: 0, max: '*', type: 'string' },
    { name: 'return', use: 'out', min: 1, max: '1', type: 'Bundle' },
  ],
  run,
};
