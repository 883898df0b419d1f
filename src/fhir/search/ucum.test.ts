import fc from 'fast-check';
import { expect, test } from 'vitest';

import { canonical } from './ucum.ts';

test.each([
  [5.4, 'mg', 0.0054, 'g'],
  [35, 'mg', 0.035, 'g'],
  [0.0054, 'g', 0.0054, 'g'],
  [37, 'Cel', 310.15, 'K'],
  [98.6, '[degF]', 310.15, 'K'],
  [5, 'mmol/L', 5, 'm-3.mol'],
  [90, 'mg/dL', 900, 'm-3.g'],
  [60, '/min', 1, 's-1'],
  [72, '{beats}/min', 1.2, 's-1'],
  [120, 'mm[Hg]', 15998640, 'm-1.s-2.g'],
  [50, '%', 0.5, '1'],
  [3, '', 3, '1'],
  [3, '{score}', 3, '1'],
  [7, '[IU]/L', 7, '[IU]/L'],
  [7.4, '[pH]', 7.4, '[pH]'],
])('%s %s is %s %s', (value, unit, expected, base) => {
  expect(canonical(value, unit)).toEqual({ value: expected, base });
});

test.each(['bpm', 'MG/dl/', 'x'.repeat(1000), '((((', '__proto__', '428673006'])('%s is no unit', (unit) => {
  expect(canonical(1, unit)).toBeNull();
});

test('a hundred thousand conversions of known units take a moment', () => {
  const begun = performance.now();
  for (let i = 0; i < 100_000; i++) canonical(i, 'mg/dL');
  expect(performance.now() - begun).toBeLessThan(1000);
});

test('a base value has the digits of toPrecision, at a tenth of its time', () => {
  fc.assert(
    fc.property(fc.double({ min: -1e9, max: 1e9, noNaN: true }), (value) => {
      const grams = canonical(value, 'mg')?.value ?? Number.NaN;
      expect(Math.abs(grams - value / 1000)).toBeLessThanOrEqual(Math.abs(value / 1000) * 1e-11);
      expect(canonical(grams, 'g')?.value).toBe(grams);
    }),
  );
  expect(canonical(0, 'mg')?.value).toBe(0);
  expect(canonical(5e-324, 'mg')?.value).toBe(0);
});

test.each(['degrees C', 'a{x}b(m)', '(kg)m{a}(s)', '((m', '{'])('%s is no unit, and is not printed', (unit) => {
  const printed: unknown[] = [];
  const { log } = console;
  console.log = (...what: unknown[]) => printed.push(what);
  try {
    expect(canonical(1, unit)).toBeNull();
  } finally {
    console.log = log;
  }
  expect(printed).toEqual([]);
});
