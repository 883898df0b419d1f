import type { Relation } from '../resources.ts';
import { type Condition, flatten, write, written } from './condition.ts';
import { afterInPhase, afterText, type Phase, type Position } from './page.ts';
import type { Scan } from './scan.ts';
import { orderText, type SortKey, tiesDescend } from './sort.ts';
import type { Place, Statement } from './statement.ts';

/** What is asked of one type: which rows, and their order. */
export type Part = { scan: Scan; conditions: readonly Condition[]; order: readonly SortKey[] };

export type PageAsk = {
  parts: readonly Part[];
  after: Position | null;
  /** Rows at most. */
  limit: number;
  /** Whether each row brings its keys, which say where it points. */
  withKeys: boolean;
};

/** Codes of an OR list that each get a part of their own, in the order of an index. */
export const fewCodes = 8;

/** A part of a page: of one type, and of one of the tiers that its rows are in. */
export type Arm = Part & { statement: Statement; ask: PageAsk; limit: string; tier: Relation };

/** What is read of a row: rows.ts reads it back. */
export const columnsOf = (row: string, withKeys: boolean): string =>
  `${row}.type, ${row}.id, ${row}.version, ${row}.last_updated, ${row}.content, ${row}.patient, ${row}.patients, ` +
  `${row}.labels::float8 as labels${withKeys ? `, ${row}.keys` : ''}`;

export const keysOf = (order: readonly SortKey[], place: Place): string =>
  order.map((key, at) => `, ${key.write(place)} as s${at}`).join('');

/** Rows with and without a value apart, where an index would otherwise not be read from the right place or at all. */
export function phasesOf({ order, ask }: Arm): (Phase | null)[] {
  const [key, ...more] = order;
  const apart = key?.indexed && key.nullable && more.length === 0 && (ask.after !== null || !key.descending);
  return apart ? ['value', 'null'] : [null];
}

/** @param more what else must hold of a row r, as SQL that begins with ` and ` */
export function ordered(arm: Arm, conditions: readonly Condition[], phase: Phase | null, more = ''): string {
  const { scan, order, statement, ask, limit, tier } = arm;
  const place: Place = { statement, row: 'r', type: scan.type };
  const from = scan.from(statement, 'r', filtered(conditions), tier);
  const head = `select ${columnsOf('r', ask.withKeys)}${keysOf(order, place)} ${from}${more}`;
  const [key] = order;
  if (phase === null || !key) {
    const after = ask.after ? afterText(order, ask.after, place) : '';
    const names = order.map((_, at) => `s${at}`);
    return `(${head}${after} order by ${orderText(order, names, 'r.id')} limit ${limit})`;
  }
  const after = ask.after ? afterInPhase(key, ask.after, phase, place) : '';
  const column = key.write(place);
  const within = phase === 'value' ? inPhase(key, column, 'r.id') : `r.id${tiesDescend(order) ? ' desc' : ''}`;
  return `(${head} and ${column} is${phase === 'null' ? '' : ' not'} null${after} order by ${within} limit ${limit})`;
}

/** Everything that matches: of an OR each part by itself, for each has an index of its own. */
export function hits({ scan, conditions, order, statement, ask, tier }: Arm): string {
  const place: Place = { statement, row: 'r', type: scan.type };
  const wanted = scan.narrowed ? filtered(conditions) : conditions;
  const selects = alternatives(wanted).map((some) => {
    const after = ask.after ? afterText(order, ask.after, place) : '';
    return `select r.id${keysOf(order, place)} ${scan.from(statement, 'r', some, tier)}${after}`;
  });
  return `hit as materialized (${selects.join(' union ')})`;
}

export function alternatives(conditions: readonly Condition[]): (readonly Condition[])[] {
  const either = conditions.find((one) => one.kind === 'any');
  const parts = either ? partsOf(either) : [];
  if (parts.length < 2 || parts.length > fewCodes) return [conditions];
  const rest = conditions.filter((one) => one !== either);
  return parts.map((one) => flatten([one, ...rest]));
}

const partsOf = (one: Condition): readonly Condition[] => (one.kind === 'any' ? one.of.flatMap(partsOf) : [one]);

/** The first of the hits, with the rest of their rows. */
export function firstHits({ scan, order, statement, ask, limit, tier }: Arm, unless: string): string {
  const names = order.map((_, at) => `s${at}`);
  const sorted = names.map((name) => `, h.${name}`).join('');
  return (
    `select ${columnsOf('r', ask.withKeys)}${sorted} from (select * from hit order by ${orderText(order, names, 'id')}` +
    ` limit ${limit}) h join ${tier} r on r.id = h.id where ${scan.gate(statement, 'r')}${unless}`
  );
}

export const fenced = (arm: Arm): string => `(with ${hits(arm)} ${firstHits(arm, '')})`;

/** The order of rows that have a value, said so that it suits the index, which has missing ones last when it descends. */
export const inPhase = (key: SortKey, column: string, id: string): string =>
  orderText([{ ...key, nullable: false }], [`${column}`], id).replace(',', `${nullsOf(key)},`);

/**
 * Where a patient, a code or an id has chosen few rows, common keys only filter them: said so that no index is asked for them.
 * A plan made for any value would do that, and read every row that has such a key.
 */
function filtered(conditions: readonly Condition[]): readonly Condition[] {
  const common = conditions.filter((one) => one.kind === 'keys' && !one.selective);
  if (common.length === 0) return conditions;
  const rest = conditions.filter((one) => !common.includes(one));
  return [...rest, written((place) => `(${write({ kind: 'all', of: common }, place)}) is true`)];
}

const nullsOf = ({ descending, nullable }: SortKey): string =>
  nullable ? (descending ? ' nulls last' : ' nulls first') : '';
