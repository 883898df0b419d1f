import { derived } from './derived.ts';
import { enrolment, tables } from './grid.ts';
import { type Group, isPartOf, isWithin, leftOf, wholeKey } from './groups.ts';

/** What was published of each cell before, in people, by its key. */
export type Before = ReadonlyMap<string, number>;

/**
 * The cells that may be published: each stands for k people at least, and so does what is left when one is taken from another,
 * or all parts from a whole. Of a measure, those who do not count in it are as many, too: nobody is known by what they are not.
 *
 * A cell that was published before keeps its figure until it differs by k: nobody is known by having come or gone.
 *
 * @param k a multiple of 5
 */
export function publishable(groups: ReadonlyMap<string, Group>, k: number, before: Before = new Map()): Group[] {
  const all = [...groups.values()].map((group) => ({ ...group, count: kept(group, k, before) }));
  const published = new Map(all.map((group) => [group.key, group]));
  for (const group of all) if (!isLargeEnough(group, published, k)) published.delete(group.key);
  for (let changed = true; changed; ) {
    changed = dropParts(published, groups, k);
    changed = dropResidues(published, groups, k) || changed;
    changed = dropDifferences(published, k) || changed;
    changed = changed || dropDerived(published, groups, k);
  }
  return [...published.values()].sort((one, other) => (one.key < other.key ? -1 : 1));
}

function kept({ key, size }: Group, k: number, before: Before): number {
  const count = before.get(key);
  return count !== undefined && Math.abs(size - count) < k ? count : size;
}

function isLargeEnough(group: Group, groups: ReadonlyMap<string, Group>, k: number): boolean {
  if (group.size < k || group.count < k) return false;
  if (group.measure === enrolment.code) return true;
  const whole = groups.get(wholeKey(group));
  return whole !== undefined && whole.size - group.size >= k && whole.count - group.count >= k;
}

const isSmall = (count: number, k: number): boolean => count !== 0 && Math.abs(count) < k;

/** A measure of whom it is not known how many they are is not published; and of two dimensions, all of a department or none. */
function dropParts(published: Map<string, Group>, groups: ReadonlyMap<string, Group>, k: number): boolean {
  const dropped: string[] = [];
  for (const group of published.values()) {
    if (group.measure !== enrolment.code && !published.has(wholeKey(group))) dropped.push(group.key);
  }
  for (const group of groups.values()) {
    if (group.values.length < 2 || published.has(group.key)) continue;
    // One part that is not shown takes the others of its department along.
    const [department] = group.values;
    for (const other of published.values()) {
      const isSibling =
        other.measure === group.measure && other.table === group.table && other.values[0] === department;
      if (isSibling) dropped.push(other.key);
    }
  }
  for (const group of published.values()) {
    if (group.measure !== enrolment.code && !isLargeEnough(group, published, k)) dropped.push(group.key);
  }
  for (const key of dropped) published.delete(key);
  return dropped.length > 0;
}

/** What of a whole is in no part that is published is nobody, or k people: else the smallest part goes, too. */
function dropResidues(published: Map<string, Group>, groups: ReadonlyMap<string, Group>, k: number): boolean {
  const dropped = new Set<string>();
  for (const whole of published.values()) {
    for (const table of tables) {
      if (table.length <= whole.values.length) continue;
      const name = table.join();
      const parts = [...published.values()].filter((one) => one.table === name && isPartOf(one, whole));
      const [smallest] = parts.sort((one, other) => one.size - other.size);
      if (!smallest || dropped.has(smallest.key)) continue;
      if (reveals(whole, parts, published, groups, k)) dropped.add(smallest.key);
    }
  }
  for (const key of dropped) published.delete(key);
  return dropped.size > 0;
}

function reveals(
  whole: Group,
  parts: readonly Group[],
  published: ReadonlyMap<string, Group>,
  groups: ReadonlyMap<string, Group>,
  k: number,
): boolean {
  const members = parts.map((part) => part.members);
  const left = leftOf(whole.members, members);
  if (isSmall(left, k)) return true;
  const counted = parts.reduce((sum, { count }) => sum + count, 0);
  if (left > 0 && Math.abs(whole.count - counted) < k) return true;
  if (whole.measure === enrolment.code) return false;
  // Of the people of those cells whose measure is not shown, who does not count in it.
  const base = published.get(wholeKey(whole)) ?? whole;
  const bases = parts.flatMap((part) => groups.get(wholeKey(part))?.members ?? []);
  const others = leftOf(base.members, bases);
  return others > 0 && others - left < k;
}

/** Of two cells of which one has all the people of the other, the rest is k people, or nobody: else the smaller goes. */
function dropDifferences(published: Map<string, Group>, k: number): boolean {
  const sorted = [...published.values()].sort((one, other) => one.size - other.size);
  const dropped = new Set<string>();
  for (const [at, small] of sorted.entries()) {
    for (const large of sorted.slice(at + 1)) {
      if (dropped.has(small.key)) break;
      // As many are the same people, or no part of each other.
      if (large.size === small.size) continue;
      const differs = large.size - small.size < k || isSmall(large.count - small.count, k);
      if (differs && !dropped.has(large.key) && isWithin(small.members, large.members)) dropped.add(small.key);
    }
  }
  for (const key of dropped) published.delete(key);
  return dropped.size > 0;
}

/** No group of fewer is a sum of multiples of what is published, of however many: else the smallest of its measure goes, too. */
function dropDerived(published: Map<string, Group>, groups: ReadonlyMap<string, Group>, k: number): boolean {
  const small = [...groups.values()].filter(({ size }) => size < k);
  const found = derived([...published.values()], small);
  if (found === null) return false;
  const [smallest] = [...published.values()]
    .filter(({ measure }) => measure === found.measure)
    .sort((one, other) => one.size - other.size);
  // Where it is made of other measures, those of everybody.
  const dropped = smallest ?? [...published.values()].sort((one, other) => one.size - other.size)[0];
  return dropped !== undefined && published.delete(dropped.key);
}

/** A figure as it is shown. */
export const rounded = (count: number): number => Math.round(count / 5) * 5;
