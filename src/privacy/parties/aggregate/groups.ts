import { type Employee, enrolment, tables } from './grid.ts';

/** The people that a cell is about: one bit for each. */
export type Members = Uint32Array;

/** A cell of the grid, and who is in it. */
export type Group = {
  /** The measure, and a value for each dimension or none: `visit|department=Sales|sex=female`. */
  key: string;
  measure: string;
  /** `department,sex`; empty for the total. */
  table: string;
  /** `department=Sales`, … */
  values: readonly string[];
  members: Members;
  size: number;
  /** How many it is taken to stand for: the size, or what was published of it before. */
  count: number;
};

const words = (people: number): number => Math.ceil(people / 32);

/** How many of the first are not among the others. */
export function leftOf(members: Members, others: readonly Members[]): number {
  let left = 0;
  for (let at = 0; at < members.length; at++) {
    let word = members[at] ?? 0;
    for (const other of others) word &= ~(other[at] ?? 0);
    for (; word !== 0; word &= word - 1) left++;
  }
  return left;
}

export const isWithin = (some: Members, others: Members): boolean =>
  some.every((word, at) => (word & ~(others[at] ?? 0)) === 0);

/** Every cell of the grid that has somebody in it. */
export function groupsOf(people: readonly Employee[], codes: readonly string[]): Map<string, Group> {
  const groups = new Map<string, Group>();
  for (const [at, employee] of people.entries()) {
    for (const table of tables) {
      const values = table.map((dimension) => `${dimension}=${employee[dimension]}`);
      for (const measure of [enrolment.code, ...codes]) {
        if (measure !== enrolment.code && !employee.counts.has(measure)) continue;
        const key = [measure, ...values].join('|');
        let group = groups.get(key);
        if (!group) {
          const members = new Uint32Array(words(people.length));
          group = { key, measure, table: table.join(), values, members, size: 0, count: 0 };
          groups.set(key, group);
        }
        const word = at >>> 5;
        group.members[word] = (group.members[word] ?? 0) | (1 << (at & 31));
        group.size++;
        group.count++;
      }
    }
  }
  return groups;
}

/** The cell of everybody, to which one of a measure belongs. */
export const wholeKey = ({ values }: Group): string => [enrolment.code, ...values].join('|');

/** Whether a cell is a part of the other: of the same measure, by more dimensions. */
export const isPartOf = (part: Group, whole: Group): boolean =>
  part.measure === whole.measure &&
  part.values.length > whole.values.length &&
  whole.values.every((value) => part.values.includes(value));
