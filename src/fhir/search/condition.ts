import { typeNumber } from '../resources.ts';
import type { Place } from './statement.ts';

/**
 * What must hold of a row, before it is SQL. The forms that an index is chosen by are told apart; everything else writes
 * itself. A condition may be unknown (null) only where that means no.
 */
export type Condition =
  /** Holds one of these keys. `selective`: as a rule few rows do, as with an identifier or a reference. */
  | { kind: 'keys'; any: readonly number[]; selective: boolean }
  /** One of these hashes of a bare code is a value of the type's primary code. */
  | { kind: 'code'; any: readonly number[] }
  /** Column `patient` is one of these ids. */
  | { kind: 'patient'; any: readonly string[] }
  | { kind: 'ids'; any: readonly string[] }
  | { kind: 'all' | 'any'; of: readonly Condition[] }
  | { kind: 'not'; of: Condition }
  | Written;

/**
 * `column`: it is about a column that an index is in the order of. `rows`: `select 1 from …`, one for each row of a side table
 * that makes it hold, which an index counts.
 */
type Written = {
  kind: 'written';
  write(place: Place): string;
  selective?: boolean;
  column?: 'date' | 'updated' | 'quantity';
  rows?(place: Place): string;
};

export const nothing: Condition = { kind: 'any', of: [] };

export const anyOf = (of: readonly Condition[]): Condition => {
  const [only] = of;
  return of.length === 1 && only ? only : { kind: 'any', of };
};

export const allOf = (of: readonly Condition[]): Condition => {
  const [only] = of;
  return of.length === 1 && only ? only : { kind: 'all', of };
};

export const not = (of: Condition): Condition => ({ kind: 'not', of });

export const keys = (any: readonly number[], selective = false): Condition => ({ kind: 'keys', any, selective });

export const written = (write: (place: Place) => string, selective = false): Condition => ({
  kind: 'written',
  write,
  selective,
});

type SideTable = 'resource_string' | 'resource_date' | 'resource_number' | 'resource_position';

/** A row of a side table that belongs to the resource. `where` is written of the side row's alias. */
export const side = (
  table: SideTable,
  param: number,
  companions: readonly number[] | null,
  where: (side: string, place: Place) => string,
): Condition => {
  const from = (place: Place, s: string): string => {
    const { statement, type } = place;
    const parameter = `${s}.tenant = ${statement.tenant} and ${s}.type = ${typeNumber(type)} and ${s}.param = ${param}`;
    const companion = companionOf(s, table, companions, place);
    return `from ${table} ${s} where ${parameter}${companion} and ${where(s, place)}`;
  };
  return {
    kind: 'written',
    write(place) {
      const s = place.statement.alias('s');
      return `${place.row}.id in (select ${s}.id ${from(place, s)})`;
    },
    rows: (place) => `select 1 ${from(place, place.statement.alias('s'))}`,
  };
};

function companionOf(s: string, table: SideTable, companions: readonly number[] | null, { statement }: Place): string {
  if (companions !== null) return ` and ${s}.companion = any(${statement.bind(companions, 'bigint[]')})`;
  return table === 'resource_position' ? '' : ` and ${s}.companion = 0`;
}

/** The keys of a parameter's texts in concept_text: few texts say which keys are meant, before any row is looked at. */
export function conceptKeys({ statement, type }: Place, param: number, where: (value: string) => string): string {
  const c = statement.alias('c');
  return (
    `(select coalesce(array_agg(${c}.key), '{}') from concept_text ${c} where ${c}.tenant = ${statement.tenant}` +
    ` and ${c}.type = ${typeNumber(type)} and ${c}.param = ${param} and ${where(`${c}.value`)})`
  );
}

/** The conditions of an AND that are flat: nested ANDs are opened. */
export function flatten(conditions: readonly Condition[]): Condition[] {
  return conditions.flatMap((one) => (one.kind === 'all' ? flatten(one.of) : [one]));
}

/** An AND of conditions, as ` and …` for each; keys that must all be there become one `@>`. */
export function writeAll(conditions: readonly Condition[], place: Place): string {
  let text = '';
  const held: number[] = [];
  for (const one of flatten(conditions)) {
    const [only] = one.kind === 'keys' ? one.any : [];
    if (one.kind === 'keys' && one.any.length === 1 && only !== undefined) held.push(only);
    else text += ` and ${write(one, place)}`;
  }
  if (held.length > 0) text += ` and ${place.row}.keys @> ${place.statement.bind(held, 'bigint[]')}`;
  return text;
}

export function write(condition: Condition, place: Place): string {
  const { statement, row } = place;
  switch (condition.kind) {
    case 'keys':
      return `${row}.keys && ${statement.bind(condition.any, 'bigint[]')}`;
    case 'code': {
      // A row with several codes has none in the column, but all of them among its keys.
      const codes = statement.share(condition.any, 'bigint[]');
      return `(${row}.code = any(${codes}) or ${row}.code is null and ${row}.keys && ${codes})`;
    }
    case 'patient':
      return equals(`${row}.patient`, condition.any, place);
    case 'ids':
      return equals(`${row}.id`, condition.any, place);
    case 'all': {
      const text = writeAll(condition.of, place);
      return text === '' ? 'true' : `(${text.slice(5)})`;
    }
    case 'any':
      if (condition.of.length === 0) return 'false';
      return `(${condition.of.map((one) => write(one, place)).join(' or ')})`;
    case 'not':
      return `(${write(condition.of, place)}) is not true`;
    case 'written':
      return condition.write(place);
  }
}

function equals(column: string, values: readonly string[], { statement }: Place): string {
  const [only] = values;
  // `= any` of one value does not keep the order of an index.
  if (values.length === 1 && only !== undefined) return `${column} = ${statement.bind(only, 'text')}`;
  return `${column} = any(${statement.bind(values, 'text[]')})`;
}
