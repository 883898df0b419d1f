import type { Group } from './groups.ts';

type Basis = { row: Float64Array; pivot: number }[];

/** What is left of a row once what the basis can make of it is taken away; null: nothing. */
function residueOf(row: Float64Array, basis: Basis): number | null {
  for (const { row: one, pivot } of basis) {
    const factor = row[pivot] ?? 0;
    if (factor === 0) continue;
    for (let at = 0; at < row.length; at++) {
      const left = (row[at] ?? 0) - factor * (one[at] ?? 0);
      // Rows are of ones and zeros: what is so near to nothing is nothing.
      row[at] = Math.abs(left) < 1e-9 ? 0 : left;
    }
  }
  const pivot = row.findIndex((value) => value !== 0);
  return pivot < 0 ? null : pivot;
}

/** Groups as rows with a place for each kind of people: those of one kind are in the same groups, each of them. */
function rowsOf(groups: readonly Group[]): (group: Group) => Float64Array {
  const [first] = groups;
  const people = (first?.members.length ?? 0) * 32;
  const numbers = new Map<string, number>();
  const kind = new Int32Array(people).fill(-1);
  for (let one = 0; one < people; one++) {
    let signature = '';
    for (const [at, { members }] of groups.entries())
      if (((members[one >>> 5] ?? 0) >>> (one & 31)) & 1) signature += `${at},`;
    if (signature === '') continue;
    const number = numbers.get(signature) ?? numbers.size;
    numbers.set(signature, number);
    kind[one] = number;
  }
  return ({ members }) => {
    const row = new Float64Array(numbers.size);
    for (let one = 0; one < people; one++) {
      const number = kind[one] ?? -1;
      if (number >= 0 && ((members[one >>> 5] ?? 0) >>> (one & 31)) & 1) row[number] = 1;
    }
    return row;
  };
}

/** The first of the small groups whose figure is a sum of multiples of figures that are published; null: none is. */
export function derived(published: readonly Group[], small: readonly Group[]): Group | null {
  if (published.length === 0 || small.length === 0) return null;
  const rowOf = rowsOf([...published, ...small]);
  const basis: Basis = [];
  for (const group of published) {
    const row = rowOf(group);
    const pivot = residueOf(row, basis);
    if (pivot === null) continue;
    const lead = row[pivot] ?? 1;
    basis.push({ row: row.map((value) => value / lead), pivot });
  }
  return small.find((group) => residueOf(rowOf(group), basis) === null) ?? null;
}
