import type { Amount, Prefix } from './prefixes.ts';
import { splitPrefix } from './prefixes.ts';
import type { Statement } from './statement.ts';

/** A number that is searched for: itself, and [from, to) by its precision. */
export type SearchNumber = { prefix: Prefix; exact: number; from: number; to: number };

const decimal = /^([+-]?)(\d{1,40})(?:\.(\d{1,40}))?(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * `5.4` is [5.35, 5.45), `100` is [99.5, 100.5), `1e2` is [95, 105); with `ap` it is a tenth to either side.
 *
 * @returns null where the text is no number, or one that a double cannot hold
 * @see https://hl7.org/fhir/R4/search.html#number
 */
export function searchNumber(text: string): SearchNumber | null {
  const { prefix, rest } = splitPrefix(text);
  const match = decimal.exec(rest);
  if (!match) return null;
  const [, sign = '', whole = '', fraction = '', power] = match;
  const exact = Number(rest);
  if (!Number.isFinite(exact)) return null;
  if (prefix === 'ap') {
    const tenth = Math.abs(exact) / 10;
    return { prefix, exact, from: exact - tenth, to: exact + tenth };
  }
  // In decimal digits: 5.4 - 0.05 in doubles is not 5.35. The specification gives 1e2 one digit more than it shows.
  const digits = power === undefined ? fraction : fraction || '0';
  const exponent = Number(power ?? 0) - digits.length - 1;
  const scaled = BigInt(`${whole}${digits}`) * 10n * (sign === '-' ? -1n : 1n);
  return { prefix, exact, from: Number(`${scaled - 5n}e${exponent}`), to: Number(`${scaled + 5n}e${exponent}`) };
}

export const bindAmount = (statement: Statement, { exact, from, to }: Omit<SearchNumber, 'prefix'>): Amount => ({
  exact: () => statement.bind(exact, 'float8'),
  from: () => statement.bind(from, 'float8'),
  to: () => statement.bind(to, 'float8'),
});
