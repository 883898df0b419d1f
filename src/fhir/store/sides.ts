import { typeNumber } from '../resources.ts';
import type { ResourceRow } from '../search/row.ts';
import { instants, numbers, plain, texts } from './arrays.ts';
import type { Draft } from './draft.ts';

/** What a side row must know of the resource that it belongs to. */
export type Owner = Pick<Draft, 'tenant' | 'type' | 'id' | 'row'>;

/** One table that takes rows beside `resource`: how its rows are taken from a batch and how SQL inserts them. */
type Side = {
  table: string;
  /** The columns behind tenant, type, id and the unnest that gives them; `$` stands where a parameter goes. */
  columns: string;
  source: string;
  /** The owner of each row by its place in the batch, and a parameter for each `$` of `source`; null where there is no row. */
  values(owners: readonly Owner[]): { owners: number[]; params: string[] } | null;
};

/** Every row of the batch for one table, beside the place of its owner. */
function owned<T>(
  batch: readonly Owner[],
  of: (row: ResourceRow) => readonly T[],
): { owners: number[]; items: T[] } | null {
  const owners: number[] = [];
  const items: T[] = [];
  for (let i = 0; i < batch.length; i++) {
    const one = batch[i];
    if (one)
      for (const item of of(one.row)) {
        owners.push(i);
        items.push(item);
      }
  }
  return items.length > 0 ? { owners, items } : null;
}

const all: readonly Side[] = [
  {
    table: 'resource_string',
    columns: 'param, companion, value',
    source: '$::int[], $::bigint[], string_to_array($, chr(30))',
    values(batch) {
      const found = owned(batch, (row) => row.strings);
      if (!found) return null;
      const { owners, items } = found;
      const params = [
        numbers(items.map((one) => one.param)),
        numbers(items.map((one) => one.companion)),
        texts(items.map((one) => plain(one.value))),
      ];
      return { owners, params };
    },
  },
  {
    table: 'resource_date',
    columns: 'param, companion, low, high',
    source: '$::int[], $::bigint[], $::timestamptz[], $::timestamptz[]',
    values(batch) {
      const found = owned(batch, (row) => row.dates);
      if (!found) return null;
      const { owners, items } = found;
      const params = [
        numbers(items.map((one) => one.param)),
        numbers(items.map((one) => one.companion)),
        instants(items.map((one) => one.low)),
        instants(items.map((one) => one.high)),
      ];
      return { owners, params };
    },
  },
  {
    table: 'resource_number',
    columns: 'param, companion, low, high, base_low, base_high, unit',
    source: '$::int[], $::bigint[], $::float8[], $::float8[], $::float8[], $::float8[], $::bigint[]',
    values(batch) {
      const found = owned(batch, (row) => row.numbers);
      if (!found) return null;
      const { owners, items } = found;
      const params = [
        numbers(items.map((one) => one.param)),
        numbers(items.map((one) => one.companion)),
        numbers(items.map((one) => one.low)),
        numbers(items.map((one) => one.high)),
        numbers(items.map((one) => one.baseLow)),
        numbers(items.map((one) => one.baseHigh)),
        numbers(items.map((one) => one.unit)),
      ];
      return { owners, params };
    },
  },
  {
    table: 'resource_position',
    columns: 'param, latitude, longitude',
    source: '$::int[], $::float8[], $::float8[]',
    values(batch) {
      const found = owned(batch, (row) => row.positions);
      if (!found) return null;
      const { owners, items } = found;
      const params = [
        numbers(items.map((one) => one.param)),
        numbers(items.map((one) => one.latitude)),
        numbers(items.map((one) => one.longitude)),
      ];
      return { owners, params };
    },
  },
];

/** The tables whose rows belong to a resource and go when it goes. */
export const sideTables: readonly string[] = all.map(({ table }) => table);

/**
 * The inserts into the side tables that a batch needs, as common table expressions. Each row carries the key of its owner:
 * a join with the batch would be a nested loop, which for a large batch takes longer than all of the rest.
 *
 * @param params the parameters so far; those of the inserts are appended
 * @param written where not all of the batch is written: the expression that holds the 1-based place `n` of what is
 * @returns SQL without a comma around it, or nothing; few different texts arise, so that each is prepared once
 */
export function sideInserts(batch: readonly Owner[], params: string[], written?: string): string {
  const inserts: string[] = [];
  for (const { table, columns, source, values } of all) {
    const found = values(batch);
    if (!found) continue;
    const of = found.owners.flatMap((at) => batch[at] ?? []);
    const owner = [
      numbers(of.map(({ tenant }) => tenant)),
      numbers(of.map(({ type }) => typeNumber(type))),
      texts(of.map(({ id }) => id)),
    ];
    let arrays = `$::int[], $::smallint[], string_to_array($, chr(30)), ${source}`;
    let names = `tenant, type, id, ${columns}`;
    let filter = '';
    params.push(...owner, ...found.params);
    if (written !== undefined) {
      params.push(numbers(found.owners.map((at) => at + 1)));
      arrays += ', $::int[]';
      names += ', n';
      // `is true` keeps Postgres from making a join of it: it hashes what was written once.
      filter = ` where (s.n in (select n from ${written})) is true`;
    }
    let next = params.length - arrays.split('$').length + 1;
    const unnest = arrays.replaceAll('$', () => `$${++next}`);
    inserts.push(`${table}_in as (insert into ${table} (tenant, type, id, ${columns})
      select tenant, type, id, ${columns} from unnest(${unnest}) s(${names})${filter})`);
  }
  return inserts.join(', ');
}
