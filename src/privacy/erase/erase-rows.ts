import type { Queryable } from '../../db/database.ts';
import { typeNumber, typeOfNumber } from '../../fhir/resources.ts';
import { numbers, texts } from '../../fhir/store/arrays.ts';
import { sideTables } from '../../fhir/store/sides.ts';
import type { Name } from './inventory.ts';

/** Resources in one statement, and in one commit. */
const BATCH = 500;

const tables = [...sideTables, 'resource_history', 'resource'];
const names = 'v as materialized (select * from unnest($2::smallint[], string_to_array($3, chr(30))) u(type, id))';
const theirs = 't.tenant = $1 and t.type = v.type and t.id = v.id';

const eraseSql = `with ${names}${tables
  .map((table) => `, ${table}_out as (delete from ${table} t using v where ${theirs})`)
  .join('')} select 1`;

const countSql = (table: string): string =>
  `with ${names} select t.type, count(*)::int from v join ${table} t on ${theirs} group by t.type`;

const paramsOf = (tenant: number, part: readonly Name[]): [number, string, string] => [
  tenant,
  numbers(part.map(({ type }) => typeNumber(type))),
  texts(part.map(({ id }) => id)),
];

function* parts<T>(all: readonly T[], size = BATCH): Generator<readonly T[]> {
  for (let at = 0; at < all.length; at += size) yield all.slice(at, at + size);
}

/** Deletes resources as if they had never been: every version, and what search keeps of them. */
export async function eraseRows(on: Queryable, tenant: number, all: readonly Name[]): Promise<void> {
  for (const part of parts(all)) await on.query(eraseSql, paramsOf(tenant, part));
}

/** How many rows there are: current ones by type, versions of them in the history, and what search keeps of them. */
export type RowCounts = { resources: Record<string, number>; versions: number; sides: number };

export async function countRows(on: Queryable, tenant: number, all: readonly Name[]): Promise<RowCounts> {
  const counts: RowCounts = { resources: {}, versions: 0, sides: 0 };
  for (const part of parts(all)) {
    for (const table of tables) {
      for (const [number, count] of await on.query(countSql(table), paramsOf(tenant, part))) {
        const type = typeOfNumber(number as number);
        if (table === 'resource') counts.resources[type] = (counts.resources[type] ?? 0) + Number(count);
        else if (table === 'resource_history') counts.versions += Number(count);
        else counts.sides += Number(count);
      }
    }
  }
  return counts;
}

const strayParams = (all: readonly (Name & { version: number })[]): [string, string, string] => [
  numbers(all.map(({ type }) => typeNumber(type))),
  texts(all.map(({ id }) => id)),
  numbers(all.map(({ version }) => version)),
];

/** Deletes single versions of what is still there. */
export async function eraseVersions(
  on: Queryable,
  tenant: number,
  all: readonly (Name & { version: number })[],
): Promise<void> {
  for (const part of parts(all)) {
    await on.query(
      `delete from resource_history t using unnest($2::smallint[], string_to_array($3, chr(30)), $4::int[]) v(type, id, version)
       where ${theirs} and t.version = v.version`,
      [tenant, ...strayParams(part)],
    );
  }
}

/** Sees to it that no resource ever has one of these ids again. */
export async function markErased(on: Queryable, tenant: number, all: readonly Name[]): Promise<void> {
  for (const part of parts(all, 2000)) {
    await on.query(
      `insert into erased_id (tenant, type, hash)
       select $1, v.type, sha256(convert_to(v.id, 'UTF8')) from unnest($2::smallint[], string_to_array($3, chr(30))) v(type, id)
       on conflict do nothing`,
      paramsOf(tenant, part),
    );
  }
}

/** A page of texts of resources, all versions of each. */
export async function* contentsOf(
  on: Queryable,
  tenant: number,
  all: readonly Name[],
): AsyncGenerator<{ type: string; content: string }> {
  for (const part of parts(all, 200)) {
    const params = paramsOf(tenant, part);
    for (const table of ['resource', 'resource_history']) {
      const rows = await on.query(
        `with ${names} select v.type, t.content from v join ${table} t on t.tenant = $1 and t.type = v.type and t.id = v.id`,
        params,
      );
      for (const [type, content] of rows) {
        // Of a deletion there is no text.
        if (content !== '') yield { type: typeOfNumber(type as number), content: String(content) };
      }
    }
  }
}
