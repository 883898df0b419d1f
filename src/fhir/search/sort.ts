import type { Definitions, SearchParameterDef } from '../definitions/definitions.ts';
import { primary, standIns } from '../definitions/primary.ts';
import { searchParameter } from '../definitions/search-parameters.ts';
import type { Result } from '../outcome.ts';
import { notSupported, ok } from '../outcome.ts';
import { typeNumber } from '../resources.ts';
import { type Condition, flatten } from './condition.ts';
import { parameterId } from './hash.ts';
import { jsonValues } from './json-values.ts';
import { type ElementPath, elementPaths } from './paths.ts';
import type { SortBy } from './request.ts';
import type { Place } from './statement.ts';

/** One key of an order: an expression of a row. Rows without a value come last, whichever the direction. */
export type SortKey = {
  write(place: Place): string;
  /** What its text is read back as in a cursor. */
  cast: 'timestamptz' | 'float8' | 'text';
  descending: boolean;
  nullable: boolean;
  /** It is a column that an index has in this order. */
  indexed: boolean;
  /** It is looked up in the texts of resources, which SQL cannot read where they are sealed. */
  readsText?: true;
  /** The column it is, where conditions are on it too. */
  column?: 'date' | 'updated';
};

const column = (
  name: string,
  cast: SortKey['cast'],
  descending: boolean,
  more: Partial<Pick<SortKey, 'nullable' | 'indexed' | 'column'>> = {},
): SortKey => ({
  write: ({ row }) => `${row}.${name}`,
  cast,
  descending,
  nullable: true,
  indexed: false,
  ...more,
});

const updated = (descending: boolean): SortKey =>
  column('last_updated', 'timestamptz', descending, { nullable: false, indexed: true, column: 'updated' });

/**
 * The order of one type's matches. What is not asked for is newest first: by the primary date where the search is about a
 * patient, a code or that date, so that it is the order of events, and by last update otherwise.
 */
export function orderOf(
  definitions: Definitions,
  type: string,
  sort: readonly SortBy[],
  conditions: readonly Condition[],
): Result<SortKey[]> {
  if (sort.length === 0) {
    const byDate = primary(type).date !== null && flatten(conditions).some(isOfEvents);
    return ok([byDate ? column('date_start', 'timestamptz', true, { indexed: true, column: 'date' }) : updated(true)]);
  }
  const keys: SortKey[] = [];
  for (const by of sort) {
    const key = sortKey(definitions, type, by);
    if (!key.ok) return key;
    keys.push(key.value);
  }
  return ok(keys);
}

const isOfEvents = (one: Condition): boolean =>
  one.kind === 'patient' || one.kind === 'code' || (one.kind === 'written' && one.column === 'date');

function sortKey(definitions: Definitions, type: string, { code, descending }: SortBy): Result<SortKey> {
  if (code === '_lastUpdated') return ok(updated(descending));
  if (code === '_id') return ok(column('id', 'text', descending, { nullable: false }));
  const { date, quantity, patient, patientIsOne } = primary(type);
  if (code === date) return ok(column('date_start', 'timestamptz', descending, { indexed: true, column: 'date' }));
  const others = standIns(type, code);
  if (others) return eitherKey(definitions, type, others, descending);
  if (code === quantity) return ok(quantityKey(parameterId(code), descending));
  if (code === patient && patientIsOne) return ok(column('patient', 'text', descending));
  const parameter = searchParameter(definitions, type, code);
  if (!parameter) return notSupported(`_sort: ${type} has no search parameter ${JSON.stringify(code)}`);
  return stored(definitions, type, parameter, descending);
}

/** A value with a comparator is in a side row, and then the column is empty. */
const quantityKey = (param: number, descending: boolean): SortKey => {
  const row = sideValue('resource_number', 'low', param, descending);
  const write = (place: Place): string => `coalesce(${place.row}.quantity, ${row(place)})`;
  return { write, cast: 'float8', descending, nullable: true, indexed: false };
};

/** A parameter that stands for several has the values of all of them. */
function eitherKey(
  definitions: Definitions,
  type: string,
  codes: readonly string[],
  descending: boolean,
): Result<SortKey> {
  const keys: SortKey[] = [];
  for (const code of codes) {
    const key = sortKey(definitions, type, { code, descending });
    if (!key.ok) return key;
    keys.push(key.value);
  }
  const write = (place: Place): string =>
    `${descending ? 'greatest' : 'least'}(${keys.map((key) => key.write(place)).join(', ')})`;
  const reads = keys.some(({ readsText }) => readsText) ? { readsText: true as const } : {};
  return ok({ write, cast: keys[0]?.cast ?? 'text', descending, nullable: true, indexed: false, ...reads });
}

function stored(
  definitions: Definitions,
  type: string,
  parameter: SearchParameterDef,
  descending: boolean,
): Result<SortKey> {
  const rest = { descending, nullable: true, indexed: false };
  const param = parameterId(parameter.code);
  switch (parameter.type) {
    case 'string':
      return ok({ write: sideValue('resource_string', 'value', param, descending), cast: 'text', ...rest });
    case 'date':
      return ok({ write: sideValue('resource_date', 'low', param, descending), cast: 'timestamptz', ...rest });
    case 'number':
    case 'quantity':
      return ok({ write: sideValue('resource_number', 'low', param, descending), cast: 'float8', ...rest });
    case 'token':
    case 'uri':
    case 'reference': {
      const paths = elementPaths(definitions, type, parameter);
      if (paths) return ok({ write: textValue(paths, descending), cast: 'text', ...rest, readsText: true });
    }
  }
  return notSupported(`_sort: ${parameter.code} of ${type} is not a parameter that can be sorted by`);
}

/** Of several values the one that comes first counts. */
const first = (descending: boolean): string => (descending ? 'max' : 'min');

const sideValue =
  (table: string, value: string, param: number, descending: boolean) =>
  ({ statement, row, type }: Place): string => {
    const s = statement.alias('s');
    return (
      `(select ${first(descending)}(${s}.${value}) from ${table} ${s} where ${s}.tenant = ${statement.tenant}` +
      ` and ${s}.type = ${typeNumber(type)} and ${s}.id = ${row}.id and ${s}.param = ${param} and ${s}.companion = 0)`
    );
  };

/** What stands for a value of a type that is more than a text. */
const insides = new Map([
  ['CodeableConcept', '.coding[*].code'],
  ['Coding', '.code'],
  ['Identifier', '.value'],
  ['ContactPoint', '.value'],
  ['Reference', '.reference'],
]);

/** Tokens and references are kept as hashes, which have no order: their texts are read out of the resource. */
const textValue =
  (paths: readonly ElementPath[], descending: boolean) =>
  ({ statement, row }: Place): string => {
    const v = statement.alias('v');
    const inside = insides.get(paths[0]?.type ?? '') ?? '';
    return `(select ${first(descending)}(${v}.text collate "C") from ${jsonValues(statement, row, paths, inside)} ${v})`;
  };

/** Ties are in the order of ids; against it after an ascending key, which is how an index is read backwards. */
export const tiesDescend = (keys: readonly SortKey[]): boolean => keys[0]?.descending === false;

/** `names` are the columns that hold the keys. */
export function orderText(keys: readonly SortKey[], names: readonly string[], id: string): string {
  const each = keys.map(({ descending, nullable }, at) => {
    return `${names[at]}${descending ? ' desc' : ''}${nullable ? ' nulls last' : ''}`;
  });
  return [...each, `${id}${tiesDescend(keys) ? ' desc' : ''}`].join(', ');
}
