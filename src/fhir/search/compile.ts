import { relationOf } from '../resources.ts';
import { type Condition, flatten, write, written } from './condition.ts';
import { afterInPhase, afterText, type Phase, type Position } from './page.ts';
import type { Scan } from './scan.ts';
import { orderText, type SortKey, tiesDescend } from './sort.ts';
import { type Place, Statement } from './statement.ts';

/** What is asked of one type: which rows, and their order. */
export type Part = { scan: Scan; conditions: readonly Condition[]; order: readonly SortKey[] };

type PageAsk = {
  parts: readonly Part[];
  after: Position | null;
  /** Rows at most. */
  limit: number;
  /** Whether each row brings its keys, which say where it points. */
  withKeys: boolean;
};

/** Rows of the newest that are looked at first: what fills no page there, but is there, is looked for in more of them. */
const lookLength = 500;
const walkLength = 2000;

/** Rows that are sorted sooner than the newest are looked through, where an index can count so far. */
const fewRows = 500;

/** Codes of an OR list that each get a part of their own, in the order of an index. */
const fewCodes = 8;

/**
 * One page of the matches of all parts. A row is type, id, version, last_updated, content, patient, patients, labels, keys
 * where they are asked for, and the sort keys as texts.
 */
export function pageStatement(ask: PageAsk): Statement {
  const [first] = ask.parts;
  const statement = new Statement(first?.scan.grant.tenant ?? 0);
  if (!first) return statement;
  const limit = statement.bind(ask.limit, 'int');
  const arms = ask.parts.flatMap((part) => armsOf(statement, part, ask, limit));
  const names = first.order.map((_, at) => `u.s${at}`);
  // Under other names, for ORDER BY would take a text of the same name for the key.
  const sorted = first.order.map((_, at) => `, u.s${at}::text as t${at}`).join('');
  const types = ask.parts.length > 1 ? ', u.type' : '';
  statement.text =
    `select ${columnsOf('u', ask.withKeys)}${sorted} from (${arms.join(' union all ')}) u` +
    ` order by ${orderText(first.order, names, 'u.id')}${types} limit ${limit}`;
  return statement;
}

/** How many rows all parts have together; a count that stops at `most` where that is not null. */
export function countStatement(parts: readonly Part[], most: number | null): Statement {
  const statement = new Statement(parts[0]?.scan.grant.tenant ?? 0);
  const limit = most === null ? '' : ` limit ${statement.bind(most, 'int')}`;
  const counts = parts.flatMap(({ scan, conditions }) =>
    split(flatten(conditions)).map(
      (some) => `(select count(*) from (select 1 ${scan.from(statement, 'r', some)}${limit}) c)`,
    ),
  );
  statement.text = `select (${counts.join(' + ')})::float8`;
  return statement;
}

/** What is read of a row: rows.ts reads it back. */
export const columnsOf = (row: string, withKeys: boolean): string =>
  `${row}.type, ${row}.id, ${row}.version, ${row}.last_updated, ${row}.content, ${row}.patient, ${row}.patients, ` +
  `${row}.labels::float8 as labels${withKeys ? `, ${row}.keys` : ''}`;

const keysOf = (order: readonly SortKey[], place: Place): string =>
  order.map((key, at) => `, ${key.write(place)} as s${at}`).join('');

function armsOf(statement: Statement, part: Part, ask: PageAsk, limit: string): string[] {
  const conditions = flatten(part.conditions);
  const arm: Arm = { ...part, conditions, statement, ask, limit };
  switch (planOf(arm)) {
    case 'ordered':
      return split(conditions).flatMap((some) =>
        isUncoded(some)
          ? [fenced({ ...arm, conditions: some })]
          : phasesOf(arm).map((phase) => ordered(arm, some, phase)),
      );
    case 'fenced':
      return [fenced(arm)];
    case 'walked':
      return [walked(arm)];
  }
}

type Arm = Part & { statement: Statement; ask: PageAsk; limit: string };

/**
 * `ordered`: an index gives few rows, or has the order. `fenced`: all matches are found first and then sorted, for the planner
 * would walk an index in the order and find nothing. `walked`: the newest rows are looked through, and only if they do not fill
 * the page all matches are found: common keys are answered by the first, rare ones by the second.
 */
function planOf({ scan, conditions, order, ask }: Arm): 'ordered' | 'fenced' | 'walked' {
  const few = conditions.some(
    (one) => one.kind === 'patient' || one.kind === 'ids' || (one.kind === 'code' && one.any.length <= fewCodes),
  );
  if (few) return 'ordered';
  if (scan.narrowed) return 'fenced';
  // An index walked in the order of another column would be walked to its end.
  if (conditions.every((one) => one.kind === 'written' && one.column && one.column === order[0]?.column))
    return 'ordered';
  if (conditions.some((one) => (one.kind === 'keys' || one.kind === 'written') && one.selective)) return 'fenced';
  const [key, ...more] = order;
  // Of several types each would have to be walked.
  const walkable = key?.indexed && more.length === 0 && ask.parts.length === 1;
  return walkable && ask.after?.values[0] !== null ? 'walked' : 'fenced';
}

/** Codes apart, so that each is one range of an index; and rows with several codes, which have none in the column. */
function split(conditions: readonly Condition[]): (readonly Condition[])[] {
  const at = conditions.findIndex((one) => one.kind === 'code' && one.any.length <= fewCodes);
  const found = conditions[at];
  if (found?.kind !== 'code') return [conditions];
  const rest = conditions.filter((one) => one !== found);
  const each = found.any.map((code) =>
    written(({ statement, row }) => `${row}.code = ${statement.bind(code, 'bigint')}`),
  );
  return [...each.map((one) => [one, ...rest]), [uncoded, { kind: 'keys', any: found.any, selective: false }, ...rest]];
}

const uncoded = written(({ row }) => `${row}.code is null`);

/** Such rows are few and have an index; the planner, which does not know that, would walk all rows in the order. */
const isUncoded = (conditions: readonly Condition[]): boolean =>
  conditions[0] === uncoded && !conditions.some((one) => one.kind === 'patient' || one.kind === 'ids');

/** Rows with and without a value apart, where an index would otherwise not be read from the right place or at all. */
function phasesOf({ order, ask }: Arm): (Phase | null)[] {
  const [key, ...more] = order;
  const apart = key?.indexed && key.nullable && more.length === 0 && (ask.after !== null || !key.descending);
  return apart ? ['value', 'null'] : [null];
}

function ordered(arm: Arm, conditions: readonly Condition[], phase: Phase | null): string {
  const { scan, order, statement, ask, limit } = arm;
  const place: Place = { statement, row: 'r', type: scan.type };
  const head = `select ${columnsOf('r', ask.withKeys)}${keysOf(order, place)} ${scan.from(statement, 'r', filtered(conditions))}`;
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
function hits({ scan, conditions, order, statement, ask }: Arm): string {
  const place: Place = { statement, row: 'r', type: scan.type };
  const wanted = scan.narrowed ? filtered(conditions) : conditions;
  const selects = alternatives(wanted).map((some) => {
    const after = ask.after ? afterText(order, ask.after, place) : '';
    return `select r.id${keysOf(order, place)} ${scan.from(statement, 'r', some)}${after}`;
  });
  return `hit as materialized (${selects.join(' union ')})`;
}

function alternatives(conditions: readonly Condition[]): (readonly Condition[])[] {
  const either = conditions.find((one) => one.kind === 'any');
  const parts = either ? partsOf(either) : [];
  if (parts.length < 2 || parts.length > fewCodes) return [conditions];
  const rest = conditions.filter((one) => one !== either);
  return parts.map((one) => flatten([one, ...rest]));
}

const partsOf = (one: Condition): readonly Condition[] => (one.kind === 'any' ? one.of.flatMap(partsOf) : [one]);

/** The first of the hits, with the rest of their rows. */
function firstHits({ scan, order, statement, ask, limit }: Arm, unless: string): string {
  const names = order.map((_, at) => `s${at}`);
  const sorted = names.map((name) => `, h.${name}`).join('');
  return (
    `select ${columnsOf('r', ask.withKeys)}${sorted} from (select * from hit order by ${orderText(order, names, 'id')}` +
    ` limit ${limit}) h join ${relationOf(scan.type)} r on r.id = h.id where ${scan.gate(statement, 'r')}${unless}`
  );
}

const fenced = (arm: Arm): string => `(with ${hits(arm)} ${firstHits(arm, '')})`;

function walked(arm: Arm): string {
  const { scan, conditions, order, statement, ask, limit } = arm;
  const place: Place = { statement, row: 'r', type: scan.type };
  const [key] = order;
  if (!key) return fenced(arm);
  const column = key.write(place);
  // Rows without a value come last: a page that the others fill needs none of them.
  const valued = key.nullable ? ` and ${column} is not null` : '';
  const after = ask.after ? afterInPhase(key, ask.after, 'value', place) : '';
  const among = (name: string, length: number, gate: string): string => {
    const newest =
      `select r.*${keysOf(order, place)} ${scan.from(statement, 'r', [])}${valued}${after}` +
      ` order by ${inPhase(key, column, 'r.id')} limit ${length}`;
    const matches = write({ kind: 'all', of: conditions }, { ...place, row: 'w' });
    return (
      `${name} as materialized (select ${columnsOf('w', ask.withKeys)}, w.s0 from (${newest}) w where ${gate}${matches}` +
      ` order by ${inPhase(key, 'w.s0', 'w.id')} limit ${limit})`
    );
  };
  const count = (name: string): string => `(select count(*) from ${name})`;
  const counted = countOf(arm);
  const many = counted === null ? '' : `(select n from counted) > ${fewRows} and `;
  const look = among('look', lookLength, many);
  const promising = `${count('look')} > 0 and ${count('look')} < ${limit}`;
  const walk = among('walk', walkLength, `${promising} and `);
  const [seen, filled] = [`${count('look')} >= ${limit}`, `${count('walk')} >= ${limit}`];
  return (
    `(with ${counted === null ? '' : `${counted}, `}${look}, ${walk}, ${hits(arm)} select * from look where ${seen}` +
    ` union all select * from walk where ${filled}` +
    ` union all ${firstHits(arm, ` and not ${seen} and not ${filled}`)})`
  );
}

/** How many rows there may be, where each alternative has an index that counts them without reading a resource. */
function countOf({ scan, conditions, statement }: Arm): string | null {
  const place: Place = { statement, row: 'r', type: scan.type };
  const selects: string[] = [];
  const some = alternatives(conditions).map((each) => each.find(isCountable));
  if (some.includes(undefined)) return null;
  for (const one of some) {
    if (one?.kind !== 'written') return null;
    selects.push(one.rows ? one.rows(place) : `select 1 ${scan.from(statement, 'r', [one])}`);
  }
  return `counted as materialized (select count(*) as n from (${selects.join(' union all ')} limit ${fewRows + 1}) c)`;
}

const isCountable = (one: Condition): boolean =>
  one.kind === 'written' && (one.rows !== undefined || one.column === 'quantity');

/** The order of rows that have a value, said so that it suits the index, which has missing ones last when it descends. */
const inPhase = (key: SortKey, column: string, id: string): string =>
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
