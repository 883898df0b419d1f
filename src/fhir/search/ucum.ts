import { createRequire } from 'node:module';

/** A value in the base unit of its dimension, as `g.m-3`; equal dimensions have equal texts. */
export type Canonical = { value: number; base: string };

/** What is used of a unit of @lhncbc/ucum-lhc, whose own types are none. */
type Unit = {
  csCode_: string;
  magnitude_?: number;
  dim_: { dimVec_: number[] | null } | null;
  cnv_: string | null;
  cnvPfx_: number;
  isArbitrary_: boolean;
  moleExp_: number;
  equivalentExp_: number;
  convertTo(value: number, unit: Unit): number;
};
type Parser = { parseString(...from: unknown[]): unknown[] };
type Library = {
  getSpecifiedUnit(code: string, purpose: string): { status: string; unit: Unit | null };
  uStrParser_: Parser;
};

let library: Library | undefined;

/** The library reads its table of units when it is first needed, which takes some 20 ms. */
function ucum(): Library {
  // The package has no types; Library names the one function of it that is used.
  library ??= quiet(createRequire(import.meta.url)('@lhncbc/ucum-lhc').UcumLhcUtils.getInstance() as Library);
  return library;
}

/** What its parser throws, the library prints on the output of the process: a piece of somebody's record. */
function quiet(from: Library): Library {
  const { uStrParser_: parser } = from;
  const parse = parser.parseString.bind(parser);
  parser.parseString = (...given) => {
    try {
      return parse(...given);
    } catch {
      return [null, null, []];
    }
  };
  return from;
}

/** A value in the base unit is `value * factor + offset`. */
type Conversion = { base: string; factor: number; offset: number };

const baseUnits = ['m', 's', 'g', 'rad', 'K', 'C', 'cd'];
const molecules = 6.0221367e23;

function baseOf(unit: Unit): string {
  const powers = baseUnits.map((name, at) => [name, unit.dim_?.dimVec_?.[at] ?? 0] as const);
  // The library counts moles and equivalents as pure numbers; 1 mmol/L must not equal 6.02e23 /m3 of anything.
  powers.push(['mol', unit.moleExp_], ['eq', unit.equivalentExp_]);
  const terms = powers.filter(([, power]) => power !== 0).map(([name, power]) => (power === 1 ? name : name + power));
  return terms.length === 0 ? '1' : terms.join('.');
}

function conversion(code: string): Conversion | null {
  // Callers send what a resource or a query says, and the library has not been written for hostile text.
  if (code.length > 100) return null;
  // To UCUM every integer is a unit. Here it is a code of SNOMED CT that came without its system.
  if (/^\d+$/.test(code) && code !== '1') return null;
  const { status, unit } = ucum().getSpecifiedUnit(code, 'validate');
  // The library looks codes up in plain objects, where `__proto__` is found and is no unit.
  if (status !== 'valid' || typeof unit?.magnitude_ !== 'number') return null;
  // A logarithmic unit (pH, dB) is compared as it is written, for the thing itself is not what anybody asks for. An arbitrary
  // unit ([IU]) measures by its own standard: nothing but itself is commensurable.
  if (unit.isArbitrary_) return { base: code, factor: 1, offset: 0 };
  const scale = molecules ** (unit.moleExp_ + unit.equivalentExp_);
  const base = baseOf(unit);
  if (unit.cnv_ === null) return { base, factor: unit.magnitude_ / scale, offset: 0 };
  if (unit.cnv_ !== 'Cel' && unit.cnv_ !== 'degF') return { base: code, factor: 1, offset: 0 };
  const kelvin = ucum().getSpecifiedUnit('K', 'validate').unit;
  return kelvin && { base, factor: unit.magnitude_ * unit.cnvPfx_, offset: unit.convertTo(0, kelvin) };
}

const conversions = new Map<string, Conversion | null>();
const mostConversions = 10_000;

function conversionOf(unit: string): Conversion | null {
  let found = conversions.get(unit);
  if (found === undefined) {
    // Units come from clients: what does not fit is worked out again, so that memory stays bounded.
    if (conversions.size >= mostConversions) conversions.clear();
    found = conversion(unit);
    conversions.set(unit, found);
  }
  return found;
}

/**
 * A quantity in the base unit of its UCUM dimension, so that 5.4 mg equals 0.0054 g.
 *
 * @param unit a UCUM code, case-sensitive; the empty text is the unit 1
 * @returns null where UCUM does not know the unit. Arbitrary units ([IU]) and logarithmic ones are their own base.
 * @see https://ucum.org/ucum
 */
export function canonical(value: number, unit: string): Canonical | null {
  const found = conversionOf(unit === '' ? '1' : unit);
  if (!found) return null;
  if (found.factor === 1 && found.offset === 0) return { value, base: found.base };
  return { value: rounded(value * found.factor + found.offset), base: found.base };
}

/** A value in the base unit is `value * factor + offset`, to 12 digits; null where UCUM does not know the unit. */
export const linear = (unit: string): { factor: number; offset: number } | null =>
  conversionOf(unit === '' ? '1' : unit);

/**
 * To 12 digits, which are more than anybody measures: without the rest 98.6 [degF] and 37 Cel are the same number. As toPrecision
 * would, at a tenth of the time.
 */
function rounded(value: number): number {
  const exponent = 11 - Math.floor(Math.log10(Math.abs(value)));
  if (!(exponent > -300 && exponent < 300)) return value;
  // Powers of ten are exact up to 22, so that a quotient by one is the double nearest to the decimal.
  if (exponent > 22) return Number(value.toPrecision(12));
  const scale = 10 ** Math.abs(exponent);
  return exponent < 0 ? Math.round(value / scale) * scale : Math.round(value * scale) / scale;
}

/** The base unit of a unit, or null where UCUM does not know it. */
export const baseUnit = (unit: string): string | null => conversionOf(unit === '' ? '1' : unit)?.base ?? null;
