import type { Row } from '../../db/database.ts';
import { allows, type GateRow, type Grant } from '../access.ts';
import { expand } from '../audit/render.ts';
import { bundleText, searchEntry } from '../bundle.ts';
import type { FhirContext } from '../context.ts';
import { compartmentTypes } from '../definitions/compartments.ts';
import { primary } from '../definitions/primary.ts';
import { forbidden, ok, type Result } from '../outcome.ts';
import { requestParameters } from '../parameters.ts';
import type { FhirRequest, FhirResponse } from '../request.ts';
import {
  isResourceType,
  isWrittenByServer,
  type Relation,
  relationOf,
  resourceTypes,
  typeNumber,
  typeOfNumber,
} from '../resources.ts';
import { openPosition, type Position, sealPosition } from '../search/page.ts';
import { placeOf, type SamplePlace, samplePage } from '../search/sample-pages.ts';
import { Scan } from '../search/scan.ts';
import { Statement } from '../search/statement.ts';
import { shown } from '../store/binary.ts';
import { release } from '../store/release.ts';
import { type Ask, askOf, queryOf } from './everything-ask.ts';
import type { Operation } from './operation.ts';
import { operationResponse } from './operation-response.ts';

/** How far what is referenced is followed: a PractitionerRole, its Practitioner, and where both work. */
const HOPS = 3;

/** What is needed of a row to show it, and to hold it against the grant once more. */
type Shown = GateRow & { type: string };

const columns = 'r.type, r.id, r.patient, r.patients, r.labels::float8, r.content';

const WIDTH = 6;

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

const withoutSamples = (type: string): Relation => (type === 'Observation' ? 'resource' : relationOf(type));

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
  const arms = Scan.fromEach(scans, statement, 'r', withoutSamples).flatMap((from) => [
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

/** Samples come behind all resources: a cursor says so by a number that no type has. */
const SAMPLES = 1_000;

const placeIn = ({ id, values: [start, end] }: Position): SamplePlace => ({
  series: Number(id),
  start: start ?? '',
  end: end ?? '',
});

/** The samples that belong on a page behind the resources that are on it. */
async function samples(
  context: FhirContext,
  grant: Grant,
  ask: Ask,
  after: Position | null,
  room: number,
): Promise<Row[]> {
  if (room < 1 || ask.types?.has('Observation') === false) return [];
  const place = after?.type === SAMPLES ? placeIn(after) : null;
  const more = (statement: Statement): string => narrowed(statement, ask, null);
  const statement = samplePage(grant, { patient: ask.patient, columns, more, after: place, limit: room });
  return statement ? context.database.planned.query(statement.text, statement.params) : [];
}

/** A page of the record, and one row more where there are more. */
async function record(context: FhirContext, grant: Grant, ask: Ask, after: Position | null): Promise<Row[]> {
  const rows = after?.type === SAMPLES ? [] : await compartment(context, grant, ask, after);
  return [...rows, ...(await samples(context, grant, ask, after, ask.count + 1 - rows.length))];
}

/** Where the next page begins. */
function positionOf(row: Row): Position {
  if (row.length > WIDTH) {
    const { series, start, end } = placeOf(row);
    return { type: SAMPLES, id: String(series), values: [start, end] };
  }
  // The select list fixes the shape of the row.
  return { type: row[0] as number, id: row[1] as string, values: [] };
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
    record(context, grant, ask.value, after.value),
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
  const last = rows.length > ask.value.count ? rows[ask.value.count - 1] : undefined;
  const here = `${base}/Patient/${id}/$everything`;
  const separated = query === '' ? '' : `${query}&`;
  const next = last && `${here}?${separated}_cursor=${sealPosition(owner, positionOf(last))}`;
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
