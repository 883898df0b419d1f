import type { Row } from '../../db/database.ts';
import { allows, type GateRow, type Grant } from '../access.ts';
import { expand } from '../audit/render.ts';
import { bundleText, searchEntry } from '../bundle.ts';
import type { FhirContext } from '../context.ts';
import { compartmentTypes } from '../definitions/compartments.ts';
import { primary } from '../definitions/primary.ts';
import { forbidden, invalid, ok, type Result, tooCostly } from '../outcome.ts';
import { type Parameters, requestParameters } from '../parameters.ts';
import type { FhirRequest, FhirResponse } from '../request.ts';
import { isResourceType, isWrittenByServer, resourceTypes, typeNumber, typeOfNumber } from '../resources.ts';
import { interval } from '../search/dates.ts';
import { openPosition, type Position, sealPosition } from '../search/page.ts';
import { Scan } from '../search/scan.ts';
import { Statement } from '../search/statement.ts';
import { shown } from '../store/binary.ts';
import { release } from '../store/release.ts';
import type { Operation } from './operation.ts';
import { operationResponse } from './operation-response.ts';

const DEFAULT_COUNT = 1_000;
const MAX_COUNT = 5_000;
/** How far what is referenced is followed: a PractitionerRole, its Practitioner, and where both work. */
const HOPS = 3;

type Ask = {
  patient: string;
  /** null: every type. */
  types: ReadonlySet<string> | null;
  since: Date | null;
  /** Care dates, ms: [start, end). */
  start: number | null;
  end: number | null;
  count: number;
};

/** What is needed of a row to show it, and to hold it against the grant once more. */
type Shown = GateRow & { type: string };

const columns = 'r.type, r.id, r.patient, r.patients, r.labels::float8, r.content';

/** The statements of this file give rows of this shape. */
const shownOf = ([type, id, patient, patients, labels, content]: readonly unknown[]): Shown => ({
  type: typeOfNumber(type as number),
  id: id as string,
  patient: patient as string | null,
  patients: patients as string[] | null,
  labels: labels as number,
  content: expand(typeOfNumber(type as number), content as string),
});

/** A birth date is no care date. */
const hasCareDate = (type: string): boolean => {
  const { date } = primary(type);
  return date !== null && date !== 'birthdate';
};

/** ` and …`: what is asked of rows beside whose they are. */
function narrowed(statement: Statement, ask: Ask, after: Position | null): string {
  const { since, start, end } = ask;
  let text = '';
  if (after)
    text += ` and (r.type, r.id) > (${statement.bind(after.type, 'smallint')}, ${statement.bind(after.id, 'text')})`;
  if (since) text += ` and r.last_updated >= ${statement.bind(since, 'timestamptz')}`;
  if (start === null && end === null) return text;
  // What has no care date is not outside of the range.
  const undated = statement.bind(resourceTypes.filter((type) => !hasCareDate(type)).map(typeNumber), 'smallint[]');
  const from = start === null ? 'true' : `r.date_end > ${statement.bind(new Date(start), 'timestamptz')}`;
  const until = end === null ? 'true' : `r.date_start < ${statement.bind(new Date(end), 'timestamptz')}`;
  return `${text} and (r.type = any(${undated}) or r.date_start is null or (${from} and ${until}))`;
}

/** One page of the compartment, by type and id; without an order, whatever comes first of it. */
function compartmentStatement(
  context: FhirContext,
  grant: Grant,
  ask: Ask,
  after: Position | null,
  ordered: boolean,
): Statement | null {
  const statement = new Statement(grant.tenant);
  const id = statement.bind(ask.patient, 'text');
  // Who used the record is told where it is asked for; each answer to this adds to it.
  const types = compartmentTypes(context.definitions, 'Patient').filter(
    (type) => ask.types?.has(type) ?? !isWrittenByServer(type),
  );
  const scans = types.flatMap((type) => (type === 'Patient' ? [] : (Scan.of(grant, type, 'r', 's') ?? [])));
  const more = narrowed(statement, ask, after);
  const arms = Scan.fromEach(scans, statement, 'r').flatMap((from) => [
    `select ${columns} ${from} and r.patient = ${id}${more}`,
    `select ${columns} ${from} and r.patients @> array[${id}] and r.patient is distinct from ${id}${more}`,
  ]);
  const self = types.includes('Patient') ? Scan.of(grant, 'Patient', 'r', 's') : null;
  if (self) arms.push(`select ${columns} ${self.from(statement, 'r', [])} and r.id = ${id}${more}`);
  if (arms.length === 0) return null;
  const order = ordered ? 'order by type, id ' : '';
  statement.text = `select * from (${arms.join(' union all ')}) r ${order}limit ${statement.bind(ask.count + 1, 'int')}`;
  return statement;
}

async function compartment(context: FhirContext, grant: Grant, ask: Ask, after: Position | null): Promise<Row[]> {
  const rowsOf = async (ordered: boolean): Promise<Row[]> => {
    const statement = compartmentStatement(context, grant, ask, after, ordered);
    return statement ? context.database.planned.query(statement.text, statement.params) : [];
  };
  if (after) return rowsOf(true);
  // Nearly every record fits on its first page, and then need not be sorted, which takes as long as to read it.
  const rows = await rowsOf(false);
  return rows.length > ask.count ? rowsOf(true) : rows;
}

const referenceForm = /"reference":"([A-Z][A-Za-z]+)\/([A-Za-z0-9.-]{1,64})/g;

/** What rows refer to, by type, without what is known already. */
function referenced(
  rows: readonly Shown[],
  known: Set<string>,
  wanted: (type: string) => boolean,
): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { content } of rows) {
    for (const [, type = '', id = ''] of content.matchAll(referenceForm)) {
      const name = `${type}/${id}`;
      if (known.has(name) || !wanted(type)) continue;
      known.add(name);
      const ids = found.get(type) ?? [];
      ids.push(id);
      found.set(type, ids);
    }
  }
  return found;
}

/** Practitioners, organizations, places, medications: what the record refers to and is in nobody's compartment. */
async function surroundings(context: FhirContext, grant: Grant, ask: Ask, page: readonly Shown[]): Promise<Shown[]> {
  const inside = new Set(compartmentTypes(context.definitions, 'Patient'));
  const wanted = (type: string): boolean => isResourceType(type) && !inside.has(type) && (ask.types?.has(type) ?? true);
  const known = new Set<string>();
  const all: Shown[] = [];
  let rows = page;
  for (let hop = 0; hop < HOPS && rows.length > 0; hop++) {
    const statement = new Statement(grant.tenant);
    const arms: string[] = [];
    for (const [type, ids] of referenced(rows, known, wanted)) {
      const scan = Scan.of(grant, type, 'r', 's');
      if (scan) arms.push(`select ${columns} ${scan.from(statement, 'r', [{ kind: 'ids', any: ids }])}`);
    }
    if (arms.length === 0) break;
    statement.text = arms.join(' union all ');
    rows = (await context.database.planned.query(statement.text, statement.params)).map(shownOf);
    all.push(...rows);
  }
  return all;
}

function dateOf(parameters: Parameters, name: string): Result<{ start: number; end: number } | null> {
  const text = parameters.text(name);
  if (text === null) return ok(null);
  const found = interval(text);
  return found.ok ? ok(found.value) : invalid(`${name} must be a date: ${text}`, name);
}

function askOf(parameters: Parameters, patient: string): Result<Ask> {
  const counts = parameters.text('_count');
  const count = counts === null ? DEFAULT_COUNT : Number(counts);
  if (!Number.isInteger(count) || count < 1) return invalid('_count must be a whole number from 1', '_count');
  if (count > MAX_COUNT) return tooCostly(`_count may be ${MAX_COUNT} at most; further pages follow`, '_count');
  const types = parameters.texts('_type').flatMap((list) => list.split(','));
  const wrong = types.find((type) => !isResourceType(type));
  if (wrong !== undefined) return invalid(`_type: ${wrong} is not a resource type`, '_type');
  const since = dateOf(parameters, '_since');
  const start = dateOf(parameters, 'start');
  const end = dateOf(parameters, 'end');
  if (!since.ok) return since;
  if (!start.ok) return start;
  if (!end.ok) return end;
  return ok({
    patient,
    count,
    types: types.length > 0 ? new Set(types) : null,
    since: since.value && new Date(since.value.start),
    start: start.value?.start ?? null,
    end: end.value?.end ?? null,
  });
}

const passed = ['start', 'end', '_since', '_type', '_count'];

/** The parameters again as a query string, however they came: the next link is called by GET. */
function queryOf(parameters: Parameters): string {
  const query = new URLSearchParams();
  for (const name of passed) for (const value of parameters.texts(name)) query.append(name, value);
  return query.toString();
}

async function run(context: FhirContext, request: FhirRequest): Promise<Result<FhirResponse>> {
  const { grant, base, path } = request;
  const [, id = ''] = path;
  if (!allows(grant, 'Patient', 'r')) return forbidden('Your access does not cover reading Patient');
  const parameters = requestParameters(request, 'resource');
  if (!parameters.ok) return parameters;
  const ask = askOf(parameters.value, id);
  if (!ask.ok) return ask;
  const query = queryOf(parameters.value);
  const owner = { key: context.settings.cursorKey, grantHash: grant.hash, query: `Patient/${id}/$everything?${query}` };
  const cursor = parameters.value.text('_cursor');
  const after = cursor === null ? ok(null) : openPosition(owner, cursor);
  if (!after.ok) return after;
  // Both are under the grant, so that neither has to wait for what the other finds.
  const [patient, rows] = await Promise.all([
    context.store.read(grant, 'Patient', id),
    compartment(context, grant, ask.value, after.value),
  ]);
  if (!patient.ok) return patient;
  const found = rows.slice(0, ask.value.count).map(shownOf);
  const page = release(grant, found, either);
  const around = release(grant, await surroundings(context, grant, ask.value, page), either);
  const surrounding = await Promise.all(
    around.map(async (row) => ({ ...row, content: await shown(context, grant, row.type, row.content) })),
  );
  const entries = [
    ...page.map((row) => searchEntry(base, { ...row, mode: 'match' })),
    ...surrounding.map((row) => searchEntry(base, { ...row, mode: 'include' })),
  ];
  const last = rows.length > ask.value.count ? found.at(-1) : undefined;
  const here = `${base}/Patient/${id}/$everything`;
  const separated = query === '' ? '' : `${query}&`;
  const next =
    last &&
    `${here}?${separated}_cursor=${sealPosition(owner, { type: typeNumber(last.type), id: last.id, values: [] })}`;
  const links = { self: `${here}${query === '' ? '' : `?${query}`}`, next: next ?? null };
  return operationResponse(bundleText('searchset', entries, { links }));
}

/** A row may be here because the grant covers reading it, or searching it. */
const either = ['r', 's'] as const;

/** https://hl7.org/fhir/R4/patient-operation-everything.html */
export const patientEverything: Operation = {
  code: 'everything',
  definition: 'http://hl7.org/fhir/OperationDefinition/Patient-everything',
  description: 'The whole record of a patient, and the people, places and medications it refers to',
  on: { instances: ['Patient'] },
  affectsState: false,
  parameters: [
    { name: 'start', use: 'in', min: 0, max: '1', type: 'date' },
    { name: 'end', use: 'in', min: 0, max: '1', type: 'date' },
    { name: '_since', use: 'in', min: 0, max: '1', type: 'instant' },
    { name: '_type', use: 'in', min: 0, max: '*', type: 'code' },
    { name: '_count', use: 'in', min: 0, max: '1', type: 'integer' },
    { name: 'return', use: 'out', min: 1, max: '1', type: 'Bundle' },
  ],
  run,
};
