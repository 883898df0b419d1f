const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Whether a value has at least what a pattern has: the same primitives, every element of an object, and for every item of
 * a list some item that has it.
 *
 * @see https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.pattern_x_
 */
export function matchesPattern(value: unknown, pattern: unknown): boolean {
  if (Array.isArray(pattern))
    return Array.isArray(value) && pattern.every((part) => value.some((item) => matchesPattern(item, part)));
  if (!isObject(pattern)) return value === pattern;
  if (!isObject(value)) return false;
  for (const name in pattern) if (!matchesPattern(value[name], pattern[name])) return false;
  return true;
}

/** A pattern or fixed value as a person reads it. */
export function shownPattern(pattern: unknown): string {
  const text = JSON.stringify(pattern);
  return text.length > 200 ? `${text.slice(0, 197)}…` : text;
}
