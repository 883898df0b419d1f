import type { ResourceRow } from '../search/row.ts';
import { instants, numbers, plain, texts } from './arrays.ts';

/** One table that takes rows beside `resource`: how its rows are taken from a batch and how SQL inserts them. */
type Side = {
  table: string;
  /** The columns behind tenant, type, id and the unnest that gives them; `$` stands where a parameter goes. */
  columns: string;
  source: string;
  /** One parameter for each `$` of `source`, or null when the batch has no row for this table. */
  values(rows: readonly ResourceRow[]): string[] | null;
};

/** Every row of the batch with the 1-based place of its owner in front. */
function owned<T>(
  rows: readonly ResourceRow[],
  of: (row: ResourceRow) => readonly T[],
): { owners: number[]; items: T[] } | null {
  const owners: number[] = [];
  const items: T[] = [];
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (row)
      for (const item of of(row)) {
        owners.push(i + 1);
        items.push(item);
      }
  }
  return items.length > 0 ? { owners, items } : null;
}

const all: readonly Side[] = [
  {
    table: 'resource_string',
    columns: 'param, companion, value',
    source: '$::int[], $::int[], $::bigint[], string_to_array($, chr(30))',
    values(rows) {
      const found = owned(rows, (row) => row.strings);
      if (!found) return null;
      const { owners, items } = found;
      return [
        numbers(owners),
        numbers(items.map((one) => one.param)),
        numbers(items.map((one) => one.companion)),
        texts(items.map((one) => plain(one.value))),
      ];
    },
  },
  {
    table: 'resource_date',
    columns: 'param, companion, low, high',
    source: '$::int[], $::int[], $::bigint[], $::timestamptz[], $::timestamptz[]',
    values(rows) {
      const found = owned(rows, (row) => row.dates);
      if (!found) return null;
      const { owners, items } = found;
      return [
        numbers(owners),
        numbers(items.map((one) => one.param)),
        numbers(items.map((one) => one.companion)),
        instants(items.map((one) => one.low)),
        instants(items.map((one) => one.high)),
      ];
    },
  },
  {
    table: 'resource_number',
    columns: 'param, companion, low, high, base_low, base_high, unit',
    source: '$::int[], $::int[], $::bigint[], $::float8[], $::float8[], $::float8[], $::float8[], $::bigint[]',
    values(rows) {
      const found = owned(rows, (row) => row.numbers);
      if (!found) return null;
      const { owners, items } = found;
      return [
        numbers(owners),
        numbers(items.map((one) => one.param)),
        numbers(items.map((one) => one.companion)),
        numbers(items.map((one) => one.low)),
        numbers(items.map((one) => one.high)),
        numbers(items.map((one) => one.baseLow)),
        numbers(items.map((one) => one.baseHigh)),
        numbers(items.map((one) => one.unit)),
      ];
    },
  },
  {
    table: 'resource_position',
    columns: 'param, latitude, longitude',
    source: '$::int[], $::int[], $::float8[], $::float8[]',
    values(rows) {
      const found = owned(rows, (row) => row.positions);
      if (!found) return null;
      const { owners, items } = found;
      return [
        numbers(owners),
        numbers(items.map((one) => one.param)),
        numbers(items.map((one) => one.latitude)),
        numbers(items.map((one) => one.longitude)),
      ];
    },
  },
];

/** The tables whose rows belong to a resource and go when it goes. */
export const sideTables: readonly string[] = all.map(({ table }) => table);

/**
 * The inserts into the side tables that a batch needs, as common table expressions that join their owners by `n`.
 *
 * @param owner the expression that holds (n, tenant, type, id) of what is really written
 * @param params the parameters so far; those of the inserts are appended
 * @returns SQL that begins with a comma, or nothing; few different texts arise, so that each is prepared once
 */
export function sideInserts(owner: string, rows: readonly ResourceRow[], params: string[]): string {
  let sql = '';
  for (const { table, columns, source, values } of all) {
    const found = values(rows);
    if (!found) continue;
    let next = params.length;
    const unnest = source.replaceAll('$', () => `$${++next}`);
    params.push(...found);
    const named = columns.replaceAll(/(\w+)/g, 's.$1');
    sql += `, ${table}_in as (insert into ${table} (tenant, type, id, ${columns})
      select o.tenant, o.type, o.id, ${named} from unnest(${unnest}) s(n, ${columns}) join ${owner} o using (n))`;
  }
  return sql;
}
