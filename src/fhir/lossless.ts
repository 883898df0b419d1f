declare global {
  // ES2026, in Node 24 but not yet in TypeScript's library.
  interface JSON {
    parse(
      text: string,
      reviver: (this: unknown, key: string, value: unknown, context: { source?: string }) => unknown,
    ): unknown;
    rawJSON(text: string): Decimal;
    isRawJSON(value: unknown): value is Decimal;
  }
}

/** A number whose text a JavaScript number would not give back: `1.50`, `1e2`, or more digits than a double holds. */
export type Decimal = { readonly rawJSON: string };

export const isDecimal = (value: unknown): value is Decimal => JSON.isRawJSON(value);

/**
 * JSON with its numbers as written: `1.50` is a Decimal, `1.5` a number. `__proto__` is a member like any other.
 * Throws a SyntaxError, so it is for text that has been read as JSON before.
 */
export const parseLossless = (text: string): unknown =>
  JSON.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source ? JSON.rawJSON(source) : value,
  );

/** The text of what `parseLossless` gave, numbers as they were. */
export const stringifyLossless = (value: unknown): string => JSON.stringify(value);

/** A copy that shares nothing. */
export const copyLossless = (value: unknown): unknown =>
  typeof value === 'object' && value !== null ? parseLossless(stringifyLossless(value)) : value;

/** `-0012.3400e2` as `-` `1234` and the exponent of its last digit, so that equal values are equal texts. */
function canonical(text: string): string {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  const scale = Number(exponent) - fraction.length + digits.length - significant.length;
  return `${mantissa.startsWith('-') ? '-' : ''}${significant}e${scale}`;
}

const numberText = (value: unknown): string | null =>
  typeof value === 'number' ? String(value) : isDecimal(value) ? value.rawJSON : null;

/** Equal as JSON values: numbers by value, objects without regard to the order of their members. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  const number = numberText(a);
  if (number !== null) {
    const other = numberText(b);
    return other !== null && canonical(number) === canonical(other);
  }
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || isDecimal(b)) return false;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => sameJson(item, b[index]));
  }
  if (Array.isArray(b)) return false;
  const entries = Object.entries(a);
  if (entries.length !== Object.keys(b).length) return false;
  const others = new Map(Object.entries(b));
  return entries.every(([name, value]) => others.has(name) && sameJson(value, others.get(name)));
}
