import { hash } from 'node:crypto';

import type {
  DataPeriod,
  Denial,
  Interaction,
  Predicate,
  Projection,
  Rows,
  Rule,
  TypeGrant,
} from '../../fhir/access.ts';

/**
 * What two lists of rules both allow. Of a row that is in the records of several patients both must be about the same one;
 * where the two cannot be said in one rule, less is allowed and never more.
 */
export const intersect = (some: TypeGrant, others: TypeGrant): TypeGrant =>
  merged(some.flatMap((one) => others.flatMap((other) => bothOf(one, other) ?? [])));

function bothOf(one: Rule, other: Rule): Rule | null {
  const interactions = one.interactions.intersection(other.interactions);
  const rows = interactions.size === 0 ? null : commonRows(one, other);
  return rows && { ...rows, interactions, projection: eachOf(one.projection, other.projection) };
}

const byRecords: readonly Rows['records'][] = ['none', 'one', 'any'];

/** What holds of the rows of both. */
const fewest = (one: Rows['records'], other: Rows['records']): Rows['records'] =>
  byRecords.indexOf(one) < byRecords.indexOf(other) ? one : other;

/** The rows that are among both; null where there can be none. A list without a patient or an id stays: it finds none. */
export function commonRows(one: Rows, other: Rows): Rows | null {
  const having = one.having & other.having || (one.having === 0 || other.having === 0 ? one.having | other.having : -1);
  const period = one.period && other.period ? eachPeriod(one.period, other.period) : (one.period ?? other.period);
  if (having === -1 || (period !== null && period.start >= period.end)) return null;
  return {
    patients: common(one.patients, other.patients),
    records: fewest(one.records, other.records),
    ids: commonIds(one.ids, other.ids),
    where: one.where && other.where ? eachPredicate(one.where, other.where) : (one.where ?? other.where),
    period,
    without: one.without | other.without,
    having,
  };
}

const sets = new WeakMap<readonly string[], ReadonlySet<string>>();

/** The ids that are in both lists; `all` is every one. */
export function common<T extends 'all' | readonly string[]>(
  one: 'all' | readonly string[],
  other: T,
): T | readonly string[] {
  if (one === 'all' || one === other) return other;
  if (other === 'all') return one;
  let ids = sets.get(one);
  if (!ids) {
    ids = new Set(one);
    sets.set(one, ids);
  }
  const among = ids;
  return other.filter((id) => among.has(id));
}

/** As `common` of ids, of which null is every one. */
function commonIds(one: readonly string[] | null, other: readonly string[] | null): readonly string[] | null {
  if (one === null || other === null) return one ?? other;
  return common(one, other);
}

function eachPredicate(one: Predicate, other: Predicate): Predicate {
  if (one.text === other.text) return one;
  return {
    text: `${one.text}&${other.text}`,
    keys: [...one.keys, ...other.keys],
    byText: one.byText === true || other.byText === true,
    holds: (content) => one.holds(content) && other.holds(content),
  };
}

const eachPeriod = (one: DataPeriod, other: DataPeriod): DataPeriod => ({
  start: Math.max(one.start, other.start),
  end: Math.min(one.end, other.end),
  holds: (content) => one.holds(content) && other.holds(content),
});

function eachOf(one: Projection | null, other: Projection | null): Projection | null {
  if (one === null || other === null || one.name === other.name) return one ?? other;
  return {
    name: `${one.name} ${other.name}`,
    parameters: one.parameters.intersection(other.parameters),
    of: (content) => other.of(one.of(content)),
  };
}

/**
 * The same rules in fewer: of the same rows what is allowed adds up, and what is allowed with every row of a list need not be
 * said again of some of them.
 */
export function merged(rules: TypeGrant): TypeGrant {
  if (rules.length < 2) return rules;
  const byRows = new Map<string, Rule>();
  for (const rule of rules) {
    const name = `${rowsName(rule)} ${rule.projection?.name ?? ''}`;
    const { interactions } = byRows.get(name) ?? { interactions: new Set<Interaction>() };
    byRows.set(name, { ...rule, interactions: interactions.union(rule.interactions) });
  }
  const distinct = [...byRows.values()];
  return distinct.flatMap((rule) => {
    const wider = distinct.filter((other) => other !== rule && isWider(other, rule));
    const left = wider.reduce((letters, other) => letters.difference(other.interactions), rule.interactions);
    return left.size > 0 ? [{ ...rule, interactions: left }] : [];
  });
}

/** Whether the rows of one rule are among those of the other, and shown as far; never of two each among the other's. */
const isWider = (wide: Rule, narrow: Rule): boolean =>
  (wide.patients === 'all' || (narrow.patients !== 'all' && listName(wide.patients) === listName(narrow.patients))) &&
  fewest(wide.records, narrow.records) === narrow.records &&
  (wide.ids === null || (narrow.ids !== null && listName(wide.ids) === listName(narrow.ids))) &&
  (wide.where === null || wide.where.text === narrow.where?.text) &&
  (wide.period === null || periodName(wide.period) === periodName(narrow.period)) &&
  (wide.without & ~narrow.without) === 0 &&
  (wide.having === 0 || (narrow.having !== 0 && (narrow.having & ~wide.having) === 0)) &&
  (wide.projection === null || wide.projection.name === narrow.projection?.name);

/** The same denials in fewer: what is denied of each of several patients in the same words is denied once, of all. */
export function mergedDenials(denials: readonly Denial[]): readonly Denial[] {
  if (denials.length < 2) return denials;
  const byWords = new Map<string, { first: Denial; patients: Set<string> }>();
  const others: Denial[] = [];
  for (const denial of denials) {
    const { patients, except } = denial;
    if (patients === 'all') {
      others.push(denial);
      continue;
    }
    // What is excepted of one patient only, and not of the one denied, stays as it is said.
    const own = except.every((rows) => rows.patients === 'all' || listName(rows.patients) === listName(patients));
    const words = [denial, ...except].map((rows) => rowsName({ ...rows, patients: 'all' }));
    const key = JSON.stringify(own ? words : [...words, rowsName(denial), except.map(rowsName)]);
    const group = byWords.get(key) ?? { first: denial, patients: new Set() };
    for (const patient of patients) group.patients.add(patient);
    byWords.set(key, group);
  }
  const together = [...byWords.values()].map(({ first, patients }) => {
    if (first.patients !== 'all' && patients.size === first.patients.length) return first;
    const all = [...patients];
    const except = first.except.map((rows) => (rows.patients === 'all' ? rows : { ...rows, patients: all }));
    return { ...first, patients: all, except };
  });
  return [...others, ...together];
}

const lists = new WeakMap<readonly string[], string>();

/** A list of many ids, hashed once. */
export function listName(list: readonly string[]): string {
  let name = lists.get(list);
  if (name === undefined) {
    name = list.length < 4 ? list.join() : hash('sha256', list.join(), 'base64url');
    lists.set(list, name);
  }
  return name;
}

const periodName = (period: DataPeriod | null): string => (period === null ? '' : `${period.start} ${period.end}`);

/** Equal for the same rows of one type. */
export const rowsName = ({ patients, records, ids, where, period, without, having }: Rows): string =>
  JSON.stringify([
    patients === 'all' ? 'all' : [listName(patients)],
    records,
    ids === null ? null : listName(ids),
    where?.text ?? null,
    periodName(period),
    without,
    having,
  ]);
