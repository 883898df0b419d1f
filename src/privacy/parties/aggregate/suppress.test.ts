import fc from 'fast-check';
import { expect, test } from 'vitest';

import { type Employee, enrolment } from './grid.ts';
import { type Group, groupsOf, isPartOf } from './groups.ts';
import { publishable, rounded } from './suppress.ts';

const codes = ['visit', 'risk-high'];

const employee = (department: string, sex = 'female', age = '30 to 39', counts: string[] = []): Employee => ({
  department,
  sex,
  age,
  counts: new Set(counts),
});

const many = (count: number, make: (at: number) => Employee): Employee[] =>
  Array.from({ length: count }, (_, at) => make(at));

const keysOf = (people: readonly Employee[], k = 10): string[] =>
  publishable(groupsOf(people, codes), k).map(({ key }) => key);

test('O-30 of an employer with nine people nothing is published', () => {
  expect(keysOf(many(9, () => employee('A')))).toEqual([]);
});

test('O-30 one person in a department is not found by taking the others from the total', () => {
  const people = [...many(24, () => employee('A')), employee('B')];
  expect(keysOf(people)).not.toContain('enrolment|department=B');
  expect(keysOf(people)).not.toContain('enrolment|department=A');
  expect(keysOf(people)).toContain('enrolment');
});

test('O-30 what all but a few are is not published, nor what all are', () => {
  const visited = (count: number) => many(30, (at) => employee('A', 'female', '30 to 39', at < count ? ['visit'] : []));
  expect(keysOf(visited(12))).toContain('visit');
  for (const count of [0, 9, 21, 29, 30]) expect(keysOf(visited(count)), String(count)).not.toContain('visit');
});

const person = fc.record({
  department: fc.constantFrom('A', 'A', 'A', 'B', 'B', 'C', 'D'),
  sex: fc.constantFrom('female', 'male', 'male', 'other'),
  age: fc.constantFrom('29 or younger', '30 to 39', '30 to 39', '40 to 49'),
  counts: fc.uniqueArray(fc.constantFrom(...codes), { maxLength: 2 }).map((list) => new Set(list)),
});
const population = fc.array(person, { minLength: 0, maxLength: 110, size: 'max' });

/** The people of a cell, counted again by who they are. */
function peopleOf(people: readonly Employee[], key: string): ReadonlySet<Employee> {
  const [measure = '', ...values] = key.split('|');
  return new Set(
    people.filter(
      (one) =>
        (measure === enrolment.code || one.counts.has(measure)) &&
        values.every((value) => {
          const [dimension = '', ...rest] = value.split('=');
          return one[dimension as 'age'] === rest.join('='); // the three dimensions are texts alike
        }),
    ),
  );
}

/** Groups of fewer than k, but not of nobody, that figures tell of. */
function revealed(people: readonly Employee[], published: readonly Group[], k: number): string[] {
  const found: string[] = [];
  const sets = new Map(published.map(({ key }) => [key, peopleOf(people, key)]));
  const check = (what: string, size: number): void => {
    if (size > 0 && size < k) found.push(`${what}: ${size}`);
  };
  for (const one of published) {
    const members = sets.get(one.key) ?? new Set();
    if (members.size < k) found.push(`${one.key}: ${members.size}`);
    if (rounded(one.count) < k) found.push(`${one.key} is shown as ${rounded(one.count)}`);
    for (const other of published) {
      const others = sets.get(other.key) ?? new Set();
      if (others.size < members.size && others.isSubsetOf(members))
        check(`${one.key} - ${other.key}`, members.size - others.size);
    }
    for (const table of ['department', 'age', 'sex', 'department,sex']) {
      const parts = published.filter((part) => part.table === table && isPartOf(part, one));
      if (parts.length === 0) continue;
      const left = new Set(members);
      for (const part of parts) for (const member of sets.get(part.key) ?? []) left.delete(member);
      check(`${one.key} - all of ${table}`, left.size);
    }
  }
  return found;
}

test('O-30 no figure, and no difference of figures, tells of fewer than k people, whoever works there', () => {
  let cells = 0;
  fc.assert(
    fc.property(population, fc.constantFrom(5, 10), (people, k) => {
      const published = publishable(groupsOf(people, codes), k);
      cells += published.length;
      expect(revealed(people, published, k)).toEqual([]);
    }),
    { numRuns: 10_000 },
  );
  // Of nothing nothing could be told.
  expect(cells).toBeGreaterThan(20_000);
}, 300_000);

test('O-30 of the figures of two months none differs by fewer than k people', () => {
  fc.assert(
    fc.property(population, population, fc.nat(110), (people, joiners, leaver) => {
      const k = 10;
      const first = publishable(groupsOf(people, codes), k);
      const before = new Map(first.map(({ key, count }) => [key, count]));
      const later = [...people.filter((_, at) => at !== leaver), ...joiners.slice(0, leaver % 15)];
      const second = publishable(groupsOf(later, codes), k, before);
      expect(revealed(later, second, k)).toEqual([]);
      for (const { key, count } of second) {
        const change = Math.abs(rounded(count) - rounded(before.get(key) ?? count));
        expect(change === 0 || change >= k, `${key} changes by ${change}`).toBe(true);
      }
    }),
    { numRuns: 2000 },
  );
}, 300_000);

/** Whether the last of these rows is a sum of multiples of the others. */
function isDerived(rows: readonly (readonly number[])[], target: readonly number[]): boolean {
  const basis: { row: number[]; pivot: number }[] = [];
  const reduced = (row: readonly number[]): number[] => {
    const left = [...row];
    for (const { row: one, pivot } of basis) {
      const factor = left[pivot] ?? 0;
      if (factor !== 0) for (let at = 0; at < left.length; at++) left[at] = (left[at] ?? 0) - factor * (one[at] ?? 0);
    }
    return left.map((value) => (Math.abs(value) < 1e-9 ? 0 : value));
  };
  for (const row of rows) {
    const left = reduced(row);
    const pivot = left.findIndex((value) => value !== 0);
    if (pivot < 0) continue;
    const lead = left[pivot] ?? 1;
    basis.push({ row: left.map((value) => value / lead), pivot });
  }
  return reduced(target).every((value) => value === 0);
}

test('O-30 no cell of fewer than k people is a sum or difference of however many figures', () => {
  fc.assert(
    fc.property(population, (people) => {
      const k = 10;
      const groups = groupsOf(people, codes);
      const published = publishable(groups, k);
      // Everybody who is alike in everything the grid asks for is one unknown.
      const kinds = [...new Set(people.map((one) => JSON.stringify({ ...one, counts: [...one.counts].sort() })))];
      const kindOf = (one: Employee): number =>
        kinds.indexOf(JSON.stringify({ ...one, counts: [...one.counts].sort() }));
      const rowOf = (key: string): number[] => {
        const held = new Set([...peopleOf(people, key)].map(kindOf));
        return kinds.map((_, at) => (held.has(at) ? 1 : 0));
      };
      const rows = published.map(({ key }) => rowOf(key));
      for (const { key, size } of groups.values())
        if (size < k) expect(isDerived(rows, rowOf(key)), `${key} of ${size}`).toBe(false);
    }),
    { numRuns: 2000 },
  );
}, 300_000);
