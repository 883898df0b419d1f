import { createRequire } from 'node:module';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { type Measure, measureOf, measures } from './measures.ts';
import { inUnitOf } from './units.ts';

type Conversion = { status: string; toVal: number | null };
type Ucum = {
  convertUnitTo(from: string, value: number, to: string, options?: { molecularWeight?: number }): Conversion;
};
// The package has no types.
const ucum = createRequire(import.meta.url)('@lhncbc/ucum-lhc').UcumLhcUtils.getInstance() as Ucum;

const units = [
  ...[
    '/min',
    '/s',
    'Hz',
    '/h',
    's',
    'ms',
    'min',
    'h',
    'd',
    'wk',
    '%',
    '1',
    '[ppth]',
    'Cel',
    '[degF]',
    'K',
    'mm[Hg]',
    'kPa',
    'cm[H2O]',
  ],
  ...[
    'kg',
    'g',
    '[lb_av]',
    '[oz_av]',
    '[stone_av]',
    'm',
    'cm',
    'mm',
    'km',
    '[in_i]',
    '[ft_i]',
    '[mi_i]',
    'kcal',
    'kJ',
    'J',
    'cal',
    '[Cal]',
  ],
  ...[
    'mg/dL',
    'mmol/L',
    'g/L',
    'umol/L',
    'mol/m3',
    'L',
    'mL',
    'dL',
    'L/min',
    'mL/s',
    'kg/m2',
    'g/cm2',
    'mV',
    'uV',
    'V',
  ],
  ...['mL/kg/min', 'L/kg/min', 'W', 'kJ/d', 'kcal/d', '/d', 'd/wk', 'min/d', 'min/wk', 'h/wk'],
];
function of(id: string): Measure {
  const measure = measureOf(id);
  if (measure === undefined) throw new Error(`no measure ${id}`);
  return measure;
}
const amounts = measures.filter(({ unit }) => unit !== null && !unit.code.startsWith('{'));

test('a conversion is the one that the reference implementation of UCUM makes, and what it cannot turn is refused', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...amounts),
      fc.constantFrom(...units),
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      (measure, unit, value) => {
        const target = measure.unit?.code ?? '';
        const asked = measure.molecularWeight === undefined ? {} : { molecularWeight: measure.molecularWeight };
        const direct = ucum.convertUnitTo(unit, value, target);
        const expected = direct.toVal === null ? ucum.convertUnitTo(unit, value, target, asked) : direct;
        const got = inUnitOf(measure, { value, unit });
        // A day's total is a rate of a day here, which to UCUM it is not.
        const perDay = /\/(d|wk)$/.test(target);
        if (expected.toVal === null) return perDay || !got.ok;
        // UCUM has no negative amounts of what a reading is, and loses those near 0 to binary fractions.
        const size = Math.max(Math.abs(expected.toVal), target === 'Cel' ? 300 : 0);
        return got.ok && Math.abs(got.value - expected.toVal) <= size * 1e-8 + 1e-12;
      },
    ),
    { numRuns: 3000 },
  );
});

test.each([
  ['heart-rate', 60, 'bpm', 60],
  ['heart-rate', 1.5, 'Hz', 90],
  ['body-temperature', 98.6, '[degF]', 37],
  ['body-temperature', 98.6, 'F', 37],
  ['body-temperature', 37, 'C', 37],
  ['body-temperature', 37, 'degC', 37],
  ['blood-glucose-meter-mass', 5.5, 'mmol/L', 99.0858],
  ['blood-glucose-meter-molar', 180.156, 'mg/dL', 10],
  ['body-height', 70, 'in', 177.8],
  ['body-weight', 154, 'lb', 69.85322498],
  ['steps', 900, 'count', 900],
  ['steps-per-24-h', 9000, '{steps}', 9000],
  ['calories-per-24-h', 2000, 'kcal', 2000],
  ['active-energy', 120, 'Cal', 120],
  ['active-energy', 120_000, 'cal', 120],
  ['vo2-max', 42, 'mL/min·kg', 42],
  ['spo2', 0.97, '1', 97],
  ['ecg-waveform', 120, 'uV', 0.12],
  ['sleep-duration', 450, 'min', 7.5],
])('%s of %d %s is %d in its unit', (id, value, unit, expected) => {
  expect(inUnitOf(of(id), { value, unit })).toEqual({ ok: true, value: expected });
});

test.each([
  ['heart-rate', 60, 'kg'],
  ['heart-rate', 60, 'beatz'],
  ['heart-rate', 60, null],
  ['heart-rate', 60, ''],
  ['heart-rate', Number.NaN, '/min'],
  ['steps', 50, '%'],
  ['body-weight', 70, '__proto__'],
  ['body-weight', 70, `k${'g'.repeat(5000)}`],
  ['body-temperature', 37, 'Cel/Cel'],
  ['spo2', 97, 'mm[Hg]'],
  ['exercise-session-type', 1, 'min'],
])('%s of %d %s is refused, and what is allowed is said', (id, value, unit) => {
  const refused = inUnitOf(of(id), { value, unit });
  expect(refused).toMatchObject({ ok: false, status: 422 });
  const said = refused.ok ? '' : (refused.issues[0]?.diagnostics ?? '');
  expect(said.length).toBeLessThan(300);
  if (unit === 'kg') expect(said).toContain('/min and UCUM units');
});
