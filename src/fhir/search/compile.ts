import { tiersOf } from '../resources.ts';
import { type Arm, columnsOf, fenced, fewCodes, ordered, type PageAsk, type Part, phasesOf } from './arms.ts';
import { type Condition, flatten, written } from './condition.ts';
import { sampleArms } from './sample-arms.ts';
import { orderText } from './sort.ts';
import { Statement } from './statement.ts';
import { walked } from './walked.ts';

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
  const count = (from: string): string => `(select count(*) from (select 1 ${from}${limit}) c)`;
  const counts = parts.flatMap(({ scan, conditions }) =>
    tiersOf(scan.type).flatMap((tier) => {
      const flat = flatten(conditions);
      const alternatives = tier === 'sample_observation' ? [flat] : split(flat);
      return alternatives.map((some) => count(scan.from(statement, 'r', some, tier)));
    }),
  );
  statement.text = `select (${counts.join(' + ')})::float8`;
  return statement;
}

const armsOf = (statement: Statement, part: Part, ask: PageAsk, limit: string): string[] =>
  tiersOf(part.scan.type).flatMap((tier) => {
    const arm: Arm = { ...part, conditions: flatten(part.conditions), statement, ask, limit, tier };
    return tier === 'sample_observation' ? sampleArms(arm) : armsOfTier(arm);
  });

function armsOfTier(arm: Arm): string[] {
  const { conditions } = arm;
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
