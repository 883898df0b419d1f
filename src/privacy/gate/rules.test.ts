import { expect, test } from 'vitest';

import {
  allRows,
  type DataPeriod,
  type Denial,
  type GateRow,
  type Interaction,
  type Predicate,
  type Projection,
  type Rule,
  type TypeGrant,
} from '../../fhir/access.ts';
import { intersect, merged, mergedDenials } from './rules.ts';

/** The same numbers for the same seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

const letters: readonly Interaction[] = ['c', 'r', 'u', 'd', 's'];
const patients = ['p1', 'p2', 'p3'];
const predicate = (text: string): Predicate => ({
  text,
  keys: [[text.charCodeAt(0)]],
  holds: (content) => content.includes(text),
});
const period = (start: number, end: number): DataPeriod => ({
  start,
  end,
  holds: (content) => Number(content.slice(-1)) >= start && Number(content.slice(-1)) < end,
});
const projection = (name: string): Projection => ({
  name,
  parameters: new Set(['_id', name]),
  of: (content) => `${name}(${content})`,
});

function maker(seed: number) {
  const next = random(seed);
  const one = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T; // never empty
  const some = <T>(from: readonly T[]): T[] => from.filter(() => next() < 0.5);
  const rule = (): Rule => ({
    patients: next() < 0.3 ? 'all' : some(patients),
    records: next() < 0.8 ? 'any' : one(['one', 'one', 'one', 'none'] as const),
    ids: next() < 0.7 ? null : some(['i1', 'i2']),
    where: next() < 0.7 ? null : predicate(one(['a', 'b'])),
    period: next() < 0.8 ? null : one([period(0, 5), period(3, 9)]),
    without: next() < 0.6 ? 0 : one([1, 2, 3]),
    having: next() < 0.8 ? 0 : one([1, 2, 3]),
    interactions: new Set(some(letters)),
    projection: next() < 0.8 ? null : projection(one(['x', 'y'])),
  });
  const row = (): GateRow => {
    const own = one(patients);
    const shared = next() < 0.3;
    return {
      id: one(['i1', 'i2', 'i3']),
      patient: one([null, own]),
      patients: shared ? [own] : null,
      labels: one([0, 1, 2, 3]),
      content: `${one(['', 'a', 'b', 'ab'])}${one([1, 4, 7])}`,
    };
  };
  return { rules: () => Array.from({ length: Math.floor(next() * 4) }, rule), row, one };
}

/** Whether a rule covers a row, read as plainly as it can be. */
function covers(rule: Omit<Rule, 'interactions' | 'projection'>, row: GateRow): boolean {
  if (rule.records !== 'any' && row.patients !== null) return false;
  if (rule.records === 'none' && row.patient !== null) return false;
  const whose = [row.patient, ...(row.patients ?? [])];
  if (rule.patients !== 'all' && !rule.patients.some((id) => whose.includes(id))) return false;
  if (rule.ids !== null && !rule.ids.includes(row.id)) return false;
  if (rule.where !== null && !rule.where.holds(row.content)) return false;
  if (rule.period !== null && !rule.period.holds(row.content)) return false;
  if ((row.labels & rule.without) !== 0) return false;
  return rule.having === 0 || (row.labels & rule.having) !== 0;
}

const allowing = (rules: TypeGrant, row: GateRow, letter: Interaction): Rule[] =>
  rules.filter((rule) => rule.interactions.has(letter) && covers(rule, row));

const cases = Array.from({ length: 400 }, (_, seed) => maker(seed + 1));

test('what two lists of rules allow together is what each of them allows of a row, and never more', () => {
  let allowed = 0;
  for (const { rules, row } of cases) {
    const [some, others] = [rules(), rules()];
    const both = intersect(some, others);
    for (let count = 0; count < 20; count++) {
      const at = row();
      for (const letter of letters) {
        const is = allowing(both, at, letter).length > 0;
        const [left, right] = [allowing(some, at, letter), allowing(others, at, letter)];
        // Labels of which a row must have one are narrowed where they cross: less may be said, and never more.
        const isPlain = [...left, ...right].every(({ having }) => having === 0);
        if (isPlain) expect(is).toBe(left.length > 0 && right.length > 0);
        else if (is) expect(left.length > 0 && right.length > 0).toBe(true);
        if (is) allowed++;
      }
    }
  }
  expect(allowed).toBeGreaterThan(500);
});

test('a row that each of two lists shows in part is shown in the part that is of both', () => {
  const [x, y] = [projection('x'), projection('y')];
  const rule = (some: Projection | null): Rule => ({ ...allRows, interactions: new Set(['r']), projection: some });
  const [both] = intersect([rule(x)], [rule(y)]);
  expect(both?.projection?.of('t')).toBe('y(x(t))');
  expect([...(both?.projection?.parameters ?? [])]).toEqual(['_id']);
  expect(intersect([rule(x)], [rule(null)])[0]?.projection).toBe(x);
  expect(intersect([rule(null)], [rule(null)])[0]?.projection).toBe(null);
});

test('rules in fewer words allow the same and show the same', () => {
  for (const { rules, row } of cases) {
    const all = [...rules(), ...rules()];
    const fewer = merged(all);
    expect(fewer.length).toBeLessThanOrEqual(all.length);
    for (let count = 0; count < 20; count++) {
      const at = row();
      for (const letter of letters) {
        const [before, after] = [allowing(all, at, letter), allowing(fewer, at, letter)];
        expect(after.length > 0).toBe(before.length > 0);
        expect(after.some((rule) => rule.projection === null)).toBe(before.some((rule) => rule.projection === null));
      }
    }
  }
});

test('denials in fewer words deny the same', () => {
  for (const { rules, row } of cases) {
    const all: Denial[] = [...rules(), ...rules()].map((rule) => ({
      ...rule,
      patients: rule.patients === 'all' ? ['p1'] : rule.patients.slice(0, 1),
      except: rules()
        .slice(0, 1)
        .map((some) => ({ ...some, patients: rule.patients === 'all' ? ['p1'] : rule.patients.slice(0, 1) })),
    }));
    const denies = (some: readonly Denial[], at: GateRow): boolean =>
      some.some((one) => covers(one, at) && !one.except.some((rows) => covers(rows, at)));
    const fewer = mergedDenials(all);
    expect(fewer.length).toBeLessThanOrEqual(all.length);
    for (let count = 0; count < 20; count++) {
      const at = row();
      expect(denies(fewer, at)).toBe(denies(all, at));
    }
  }
});

test('what a thousand patients deny in the same words is one denial', () => {
  const denials = Array.from({ length: 1000 }, (_, at) => ({ ...allRows, patients: [`p${at}`], except: [] }));
  expect(mergedDenials(denials)).toHaveLength(1);
  expect(mergedDenials(denials)[0]?.patients).toHaveLength(1000);
});
