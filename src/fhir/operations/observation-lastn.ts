import { allows } from '../access.ts';
import { bundleText, outcomeEntry, searchEntry } from '../bundle.ts';
import type { FhirContext } from '../context.ts';
import { forbidden, type Issue, invalid, type Result } from '../outcome.ts';
import { requestParameters } from '../parameters.ts';
import { isStrict } from '../preferences.ts';
import type { FhirRequest, FhirResponse } from '../request.ts';
import type { Condition } from '../search/condition.ts';
import { conditionOf, isKnown, unknownParameter } from '../search/criteria.ts';
import { parse, parsePairs } from '../search/parse.ts';
import { Scan } from '../search/scan.ts';
import { seeing } from '../search/seeing.ts';
import { Statement } from '../search/statement.ts';
import { release, stored } from '../store/release.ts';
import type { Operation } from './operation.ts';
import { operationResponse } from './operation-response.ts';

const MAX = 100;
const ROWS = 5_000;

/**
 * Observations with several different codes have none in the column: they are told apart by the whole concept. Where that is sealed
 * each is of its own.
 */
const group = `coalesce(r.code::text, (r.content::jsonb -> 'code')::text, r.id)`;

type Criteria = { conditions: Condition[]; names: string[]; issues: Issue[] };

/** The search parameters among what the operation was called with. */
async function criteriaOf(context: FhirContext, request: FhirRequest, query: string): Promise<Result<Criteria>> {
  const { grant, base } = request;
  const pairs = parsePairs(query);
  if (!pairs.ok) return pairs;
  const asked = parse(pairs.value);
  if (!asked.ok) return asked;
  const found: Criteria = { conditions: [], names: [], issues: [] };
  const asking = {
    grant,
    on: context.database,
    definitions: context.definitions,
    type: 'Observation',
    base,
    now: context.now(),
  };
  const strict = isStrict(request);
  for (const { criterion, pair } of asked.value.criteria) {
    if (!isKnown(context.definitions, 'Observation', criterion)) {
      const unknown = unknownParameter('Observation', pair.name);
      if (strict || unknown.ok) return unknown;
      found.issues.push(...unknown.issues.map((issue) => ({ ...issue, severity: 'warning' as const })));
      continue;
    }
    const condition = await conditionOf(asking, criterion);
    if (!condition.ok) return condition;
    found.conditions.push(condition.value);
    found.names.push(pair.name.split(/[:.]/, 1)[0] ?? '');
  }
  return { ok: true, value: found };
}

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
  const criteria = await criteriaOf(context, request, query.toString());
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
  const statement = new Statement(grant.tenant);
  const limit = statement.bind(max, 'int');
  statement.text =
    `select id, version, last_updated, patient, patients, labels, content from (select r.id, r.version, r.last_updated, r.patient,` +
    ` r.patients, r.labels::float8 as labels, r.content, ${group} as grouped, r.date_start, row_number() over` +
    ` (partition by ${group} order by r.date_start desc nulls last, r.last_updated desc, r.id) as place` +
    ` ${shown.value.from(statement, 'r', conditions)}) r where place <= ${limit} order by grouped, place limit ${ROWS}`;
  const rows = await context.database.query(statement.text, statement.params);
  const found = rows.map(([id, ...columns]) => stored('Observation', String(id), columns));
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
