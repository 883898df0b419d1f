import fc from 'fast-check';
import { expect, test } from 'vitest';

import { chosen, type Roll } from './chosen.ts';
import { DAY, endOf, HOUR, MINUTE, type Piece } from './piece.ts';
import { daySummary, hourSummary, type Summary } from './summary.ts';
import { daysTouched, hoursTouched } from './touched.ts';

const day = Date.UTC(2026, 4, 6);

const pieceOf = (more: Partial<Piece>): Piece => ({
  ...{ start: day, duration: 0, zone: 0, value: 1, source: 'a', priority: 100, device: null, security: [] },
  ...more,
});

const values = (made: Summary | null): Record<number, number> =>
  Object.fromEntries((made?.values ?? []).flatMap((value, at) => (value === null ? [] : [[at, value]])));

const hour = (pieces: Piece[], roll: Roll, at = day) => hourSummary(chosen(pieces, roll), roll, at);
const wholeDay = (pieces: Piece[], roll: Roll, at = day) => daySummary(pieces, chosen(pieces, roll), roll, at);

test('an hour of values has their mean in each minute, and a gap is a gap', () => {
  const pieces = [0, 10, 65, 130].map((s) => pieceOf({ start: day + s * 1000, value: 60 + s }));
  const made = hour(pieces, 'mean');
  expect(values(made)).toEqual({ 0: 65, 1: 125, 2: 190 });
  expect(made).toMatchObject({ minimum: 60, maximum: 190, count: 4 });
  expect(made?.average).toBeCloseTo((60 + 70 + 125 + 190) / 4);
});

test('an amount is spread over the minutes that it lasted', () => {
  const made = hour([pieceOf({ start: day + 30_000, duration: 2 * MINUTE, value: 120 })], 'sum');
  expect(values(made)).toEqual({ 0: 30, 1: 60, 2: 30 });
  expect(made?.sum).toBe(120);
});

test('where sources overlap the one with the lowest priority counts, and the others where it has nothing', () => {
  const watch = pieceOf({ source: 'watch', priority: 10, duration: 5 * MINUTE, value: 50 });
  const phone = pieceOf({ source: 'phone', priority: 20, duration: 10 * MINUTE, value: 200 });
  const made = hour([phone, watch], 'sum');
  expect(made?.sum).toBeCloseTo(50 + 100);
  expect(values(made)[0]).toBe(10);
  expect(values(made)[7]).toBe(20);
});

test('an amount and the shorter ones within it are not added', () => {
  const quarter = pieceOf({ duration: 15 * MINUTE, value: 150 });
  const minutes = [0, 1, 2].map((n) => pieceOf({ start: day + n * MINUTE, duration: MINUTE, value: 7 }));
  expect(hour([quarter, ...minutes], 'sum')?.sum).toBe(21);
  expect(hour([quarter], 'sum')?.sum).toBe(150);
});

test('the total of a day counts only where its source has nothing shorter, and comes first', () => {
  const total = pieceOf({ duration: DAY, value: 9000 });
  const part = pieceOf({ start: day + HOUR, duration: MINUTE, value: 80 });
  expect(wholeDay([total, part], 'sum')?.sum).toBe(80);
  expect(wholeDay([total], 'sum')).toMatchObject({ sum: 9000, count: 1 });
  expect(values(wholeDay([total], 'sum'))).toEqual({});
  const first = { ...total, source: 'b', priority: 1 };
  expect(wholeDay([first, part], 'sum')?.sum).toBe(9000);
  expect(hour([first, part], 'sum', day + HOUR)?.sum).toBe(80);
});

test('a day is that of the clock of the device', () => {
  const late = pieceOf({ start: day + 23 * HOUR, zone: 120, value: 70 });
  expect(wholeDay([late], 'mean')).toBeNull();
  expect(values(wholeDay([late], 'mean', day + DAY))).toEqual({ 1: 70 });
});

const TICK = 15_000;

/** The same by looking at every quarter of a minute by itself, with amounts that are multiples of it. */
function naive(pieces: readonly Piece[], roll: Roll, from: number, parts: number, size: number, local: boolean) {
  const order = [...new Set(pieces.map(({ source, priority }) => `${String(priority).padStart(4)} ${source}`))].sort();
  const counts: Piece[] = [];
  for (const one of pieces
    .filter(({ duration }) => duration <= 12 * HOUR)
    .toSorted((a, b) => a.duration - b.duration || a.start - b.start)) {
    const isTaken = counts.some((o) => o.source === one.source && o.start < endOf(one) && one.start < endOf(o));
    if (roll === 'mean' || !isTaken) counts.push(one);
  }
  const rank = ({ source, priority }: Piece) => order.indexOf(`${String(priority).padStart(4)} ${source}`);
  const touches = (one: Piece, at: number, ms: number) => one.start < at + ms && endOf(one) > at;
  const shown: (number | null)[] = [];
  const used = new Set<Piece>();
  for (let part = 0; part < parts; part++) {
    let sum = 0;
    const readings = new Set<Piece>();
    // On any clock of the test the part is within a day of where it is in UTC.
    for (let at = from - (local ? DAY : 0); at < from + parts * size + (local ? DAY : 0); at += MINUTE) {
      const here = counts.filter((one) => touches(one, at, MINUTE));
      const best = Math.min(...here.map(rank));
      for (const one of here.filter((some) => rank(some) === best)) {
        const clock = local ? at + one.zone * MINUTE : at;
        if (clock < from + part * size || clock >= from + (part + 1) * size) continue;
        readings.add(one);
        used.add(one);
        if (one.duration === 0) sum += one.value;
        else
          for (let tick = at; tick < at + MINUTE; tick += TICK)
            if (touches(one, tick, TICK)) sum += (one.value * TICK) / one.duration;
      }
    }
    const mean = [...readings].reduce((all, one) => all + one.value, 0) / readings.size;
    shown.push(readings.size === 0 ? null : roll === 'sum' ? sum : mean);
  }
  return { values: shown, count: used.size };
}

const pieces = fc.array(
  fc.record({
    start: fc.integer({ min: 0, max: 4 * 240 }).map((n) => day + n * TICK),
    duration: fc.constantFrom(0, 0, 2 * TICK, MINUTE, MINUTE, 5 * MINUTE, 15 * MINUTE, 2 * HOUR),
    zone: fc.constantFrom(0, 60, -330),
    value: fc.integer({ min: 0, max: 500 }),
    source: fc.constantFrom('a', 'b', 'c'),
  }),
  { maxLength: 25 },
);

const priorities: Readonly<Record<string, number>> = { a: 100, b: 10, c: 100 };

const distinct = (all: readonly Pick<Piece, 'start' | 'duration' | 'zone' | 'value' | 'source'>[]): Piece[] => {
  const named = all.map((one) => [`${one.source} ${one.start} ${one.duration}`, one] as const);
  return [...new Map(named).values()].map((one) => pieceOf({ ...one, priority: priorities[one.source] ?? 100 }));
};

const alike = (made: Summary | null, wanted: ReturnType<typeof naive>): void => {
  expect(made?.count ?? 0).toBe(wanted.count);
  const found = made?.values ?? wanted.values.map(() => null);
  for (const [at, value] of wanted.values.entries()) {
    if (value === null) expect(found[at]).toBeNull();
    else expect(found[at]).toBeCloseTo(value, 6);
  }
};

test.each<Roll>(['sum', 'mean'])('hours and days are what a plain reading of the rules gives: %s', (roll) => {
  fc.assert(
    fc.property(pieces, (drawn) => {
      const all = distinct(drawn);
      const hours = [day, day + HOUR];
      for (const at of hours) alike(hour(all, roll, at), naive(all, roll, at, 60, MINUTE, false));
      alike(wholeDay(all, roll), naive(all, roll, day, 24, HOUR, true));
    }),
    { numRuns: 40 },
  );
});

test('what one more reading changes is among what is rolled up anew', () => {
  fc.assert(
    fc.property(pieces, (drawn) => {
      const [late, ...before] = distinct(drawn);
      if (!late) return;
      const after = [...before, late];
      const due: number[] = [];
      for (let at = Math.floor(late.start / HOUR) * HOUR; at < endOf(late); at += HOUR) due.push(at);
      const touched = hoursTouched(due, after);
      for (let at = day - 6 * HOUR; at < day + 12 * HOUR; at += HOUR)
        if (!touched.includes(at)) expect(hour(after, 'sum', at)?.values).toEqual(hour(before, 'sum', at)?.values);
      for (const at of [day - DAY, day, day + DAY])
        if (!daysTouched(touched).includes(at)) expect(wholeDay(after, 'sum', at)).toEqual(wholeDay(before, 'sum', at));
    }),
    { numRuns: 200 },
  );
});
