import { typeNumber } from '../../src/fhir/resources.ts';
import type { ResourceRow } from '../../src/fhir/search/row.ts';
import { numbers } from '../../src/fhir/store/arrays.ts';
import { sideInserts, sideTables } from '../../src/fhir/store/sides.ts';

/** A resource as the floors write it: the row that the real indexer made, and its text. */
export type Written = {
  type: string;
  id: string;
  version: number;
  lastUpdated: string;
  row: ResourceRow;
  text: string;
};

export type Statement = { text: string; params: (string | null)[] };

const columns = `tenant, type, id, version, last_updated, patient, patients, labels, code, date_start, date_end, quantity,
  quantity_base, present, keys, content`;

const instant = (ms: number | null): string | null => {
  if (ms === null) return null;
  if (!Number.isFinite(ms)) return ms > 0 ? 'infinity' : '-infinity';
  return new Date(ms).toISOString();
};

const text = (number: number | null): string | null => (number === null ? null : String(number));

const valuesOf = ({ type, id, version, lastUpdated, row, text: content }: Written): (string | null)[] => [
  '1',
  String(typeNumber(type)),
  id,
  String(version),
  lastUpdated,
  row.patient,
  row.patients && `{${row.patients.join(',')}}`,
  String(row.labels),
  text(row.code),
  instant(row.dateStart),
  instant(row.dateEnd),
  text(row.quantity),
  text(row.quantityBase),
  numbers(row.present),
  numbers(row.keys),
  content,
];

/** The expressions of a `with` that insert into the side tables, empty where the resources have no such rows. */
const withSides = (all: readonly Written[], params: string[]): string =>
  sideInserts(
    all.map(({ type, id, row }) => ({ tenant: 1, type, id, row })),
    params,
  );

/** One INSERT with its rows in VALUES, and beside it those of the side tables: the best a statement a request can do. */
export function insertOf(all: readonly Written[]): Statement {
  const before: string[] = [];
  const sides = withSides(all, before);
  const params: (string | null)[] = [...before];
  const rows = all.map((written) => {
    const places = valuesOf(written).map((value) => `$${params.push(value)}`);
    return `(${places.join(', ')})`;
  });
  const sql = `insert into resource (${columns}) values ${rows.join(', ')}`;
  return { text: sides === '' ? sql : `with ${sides} ${sql}`, params };
}

// The number of the type is part of the text, so that a plan is made for one partition and not for all of them.
const archive = (params: (string | null)[], type: string, id: string): string => {
  const where = `tenant = 1 and type = ${typeNumber(type)} and id = $${params.push(id)}`;
  const out = sideTables.map((table) => `${table}_out as (delete from ${table} where ${where})`);
  return `old as (insert into resource_history select tenant, type, id, version, last_updated, false, patient, patients, labels,
    present, keys, content from resource where ${where}), ${out.join(', ')}`;
};

/** The version before into the history, the new one in its place: one statement. */
export function updateOf(written: Written): Statement {
  const before: string[] = [];
  const sides = withSides([written], before);
  const params: (string | null)[] = [...before];
  const old = archive(params, written.type, written.id);
  const sets = columns.split(/,\s+/).map((column, at) => {
    const value = valuesOf(written)[at] ?? null;
    return at < 3 ? null : `${column} = $${params.push(value)}`;
  });
  const set = sets.filter((one) => one !== null).join(', ');
  const id = params.push(written.id);
  const update = `update resource set ${set} where tenant = 1 and type = ${typeNumber(written.type)} and id = $${id}`;
  return { text: `with ${sides === '' ? '' : `${sides}, `}${old} ${update}`, params };
}

/** The version before and a tombstone into the history, the row gone: one statement. */
export function deleteOf(type: string, id: string, version: number, lastUpdated: string): Statement {
  const params: (string | null)[] = [];
  const old = archive(params, type, id);
  const number = typeNumber(type);
  const [idAt, versionAt, timeAt] = [params.push(id), params.push(String(version)), params.push(lastUpdated)];
  const tombstone = `tombstone as (insert into resource_history (tenant, type, id, version, last_updated, deleted, present, keys,
    content) values (1, ${number}, $${idAt}, $${versionAt}::int, $${timeAt}::timestamptz, true, '{}', '{}', ''))`;
  const gone = `delete from resource where tenant = 1 and type = ${number} and id = $${idAt}`;
  return { text: `with ${old}, ${tombstone} ${gone}`, params };
}
