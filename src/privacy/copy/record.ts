import type { Row } from '../../db/database.ts';
import type { GateRow, Grant } from '../../fhir/access.ts';
import { expand } from '../../fhir/audit/render.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { compartmentTypes } from '../../fhir/definitions/compartments.ts';
import { isResourceType, relationOf } from '../../fhir/resources.ts';
import type { Condition } from '../../fhir/search/condition.ts';
import { placeOf, type SamplePlace, samplePage } from '../../fhir/search/sample-pages.ts';
import { Scan } from '../../fhir/search/scan.ts';
import { Statement } from '../../fhir/search/statement.ts';
import { release } from '../../fhir/store/release.ts';
import { withoutOthers } from '../others.ts';

/** A row of the record as it goes into a copy. */
export type CopyRow = GateRow & { type: string /** When it is from; null: undated. */; date: Date | null };

/** What may be read at this moment; rejects when the copy must not go on. */
export type AskGrant = () => Promise<Grant>;

/** Rows that are read at once. */
export const PAGE = 200;

const columns = 'r.id, r.patient, r.patients, r.labels::float8, r.content, r.date_start';

/** The statements of this file give rows of this shape. */
const rowOf = (type: string, [id, patient, patients, labels, content, date]: readonly unknown[]): CopyRow => ({
  type,
  id: id as string,
  patient: patient as string | null,
  patients: patients as string[] | null,
  labels: labels as number,
  content: expand(type, content as string),
  date: date as Date | null,
});

/** A row may be here because the grant covers reading it, or searching it. */
const either = ['r', 's'] as const;

/** What is let go of the rows, and nothing in it of another patient. */
const shown = (grant: Grant, rows: readonly CopyRow[], patient: string): CopyRow[] =>
  release(grant, rows, either).map((row) => ({ ...row, content: withoutOthers(row.content, patient) }));

/** The types of a record, the person first. */
export const recordTypes = ({ definitions }: FhirContext): string[] => {
  const types = compartmentTypes(definitions, 'Patient').filter((type) => type !== 'Patient');
  return ['Patient', ...types, 'DeviceMetric'];
};

function pageStatement(scan: Scan, patient: string, after: string): Statement {
  const statement = new Statement(scan.grant.tenant);
  const id = statement.bind(patient, 'text');
  const more = `and r.id > ${statement.bind(after, 'text')}`;
  const { type } = scan;
  const where =
    scan.type === 'Patient'
      ? [`and r.id = ${id}`]
      : [`and r.patient = ${id}`, `and r.patients @> array[${id}] and r.patient is distinct from ${id}`];
  // Samples come behind them.
  const tier = type === 'Observation' ? 'resource' : relationOf(type);
  const arms = where.map((one) => `select ${columns} ${scan.from(statement, 'r', [], tier)} ${one} ${more}`);
  statement.text = `select * from (${arms.join(' union all ')}) r order by id limit ${statement.bind(PAGE, 'int')}`;
  return statement;
}

/** What the record of a patient has of a type, a page at a time; each page under what may be read when it is read. */
export async function* recordPages(
  context: FhirContext,
  askGrant: AskGrant,
  patient: string,
  type: string,
): AsyncGenerator<CopyRow[]> {
  let after = '';
  for (;;) {
    const grant = await askGrant();
    const scan = Scan.of(grant, type, ...either);
    if (!scan) return;
    const statement = pageStatement(scan, patient, after);
    const rows = await context.database.planned.query(statement.text, statement.params);
    const page = rows.map((row) => rowOf(type, row));
    if (page.length > 0) yield shown(grant, page, patient);
    const last = page.at(-1);
    if (page.length < PAGE || !last) break;
    after = last.id;
  }
  if (type === 'Observation') yield* samplePages(context, askGrant, patient);
}

async function* samplePages(context: FhirContext, askGrant: AskGrant, patient: string): AsyncGenerator<CopyRow[]> {
  let after: SamplePlace | null = null;
  for (;;) {
    const grant = await askGrant();
    const statement = samplePage(grant, { patient, columns, more: () => '', after, limit: PAGE });
    if (!statement) return;
    const rows: Row[] = await context.database.planned.query(statement.text, statement.params);
    const page = rows.map((row) => rowOf('Observation', row));
    if (page.length > 0) yield shown(grant, page, patient);
    const last = rows.at(-1);
    if (rows.length < PAGE || !last) return;
    after = placeOf(last);
  }
}

/** Rows of a type by their ids, in pages. */
export async function* pagesOfIds(
  context: FhirContext,
  askGrant: AskGrant,
  patient: string,
  type: string,
  ids: readonly string[],
): AsyncGenerator<CopyRow[]> {
  for (let at = 0; at < ids.length; at += PAGE) {
    const grant = await askGrant();
    const scan = Scan.of(grant, type, ...either);
    if (!scan) return;
    const statement = new Statement(grant.tenant);
    const conditions: Condition[] = [{ kind: 'ids', any: ids.slice(at, at + PAGE) }];
    const text = `select ${columns} ${scan.from(statement, 'r', conditions)} order by r.id`;
    const rows = await context.database.planned.query(text, statement.params);
    yield shown(
      grant,
      rows.map((row) => rowOf(type, row)),
      patient,
    );
  }
}

const references = /"reference":"([A-Z][A-Za-z]+)\/([A-Za-z0-9.-]{1,64})/g;

/** What a record refers to and is in nobody's: by type, ids in the order in which they were met. */
export class Surroundings {
  readonly ids = new Map<string, Set<string>>();
  readonly #inside: ReadonlySet<string>;

  constructor(types: readonly string[]) {
    this.#inside = new Set([...types, 'Binary']);
  }

  /** Notes what the text of a row refers to. @returns what was not known, by type */
  note(content: string): [type: string, id: string][] {
    const fresh: [string, string][] = [];
    for (const [, type = '', id = ''] of content.matchAll(references)) {
      if (this.#inside.has(type) || !isResourceType(type)) continue;
      const ids = this.ids.get(type) ?? new Set();
      this.ids.set(type, ids);
      if (ids.has(id)) continue;
      ids.add(id);
      fresh.push([type, id]);
    }
    return fresh;
  }
}

/** How far what is referenced is followed: a PractitionerRole, its Practitioner, and where both work. */
const HOPS = 3;

/** Follows what the record refers to. */
export async function follow(
  context: FhirContext,
  askGrant: AskGrant,
  patient: string,
  around: Surroundings,
): Promise<void> {
  let found = [...around.ids].map(([type, ids]) => [type, [...ids]] as const);
  for (let hop = 1; hop < HOPS && found.length > 0; hop++) {
    const fresh = new Map<string, string[]>();
    for (const [type, ids] of found) {
      for await (const page of pagesOfIds(context, askGrant, patient, type, ids)) {
        for (const [next, id] of page.flatMap(({ content }) => around.note(content))) {
          fresh.set(next, [...(fresh.get(next) ?? []), id]);
        }
      }
    }
    found = [...fresh];
  }
}
