/**
 * How a value is compared. The range of the search value is [from, to) where its precision matters, and `exact` where it
 * does not.
 *
 * @see https://hl7.org/fhir/R4/search.html#prefix
 */
export type Prefix = 'eq' | 'ne' | 'gt' | 'lt' | 'ge' | 'le' | 'sa' | 'eb' | 'ap';

const prefixes: ReadonlySet<string> = new Set(['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap']);

/** The prefix in front of a value, `eq` where there is none. */
export function splitPrefix(text: string): { prefix: Prefix; rest: string } {
  const head = text.slice(0, 2);
  // Members of the set are exactly the members of the type.
  if (prefixes.has(head)) return { prefix: head as Prefix, rest: text.slice(2) };
  return { prefix: 'eq', rest: text };
}

/** Bind the search value where it is used: instants; `to` and the target's `high` are not covered. */
export type Period = { from(): string; to(): string };

/** True of a target [low, high), both of them expressions of SQL. */
export function comparePeriods(prefix: Prefix, low: string, high: string, { from, to }: Period): string {
  switch (prefix) {
    case 'eq':
      return `(${low} >= ${from()} and ${high} <= ${to()})`;
    case 'ne':
      return `(${low} < ${from()} or ${high} > ${to()})`;
    case 'gt':
      return `${high} > ${to()}`;
    case 'lt':
      return `${low} < ${from()}`;
    // Above the search value, or contained in it. What follows from that is said first, in a form that an index can use.
    case 'ge':
      return `(${high} > ${from()} and (${low} >= ${from()} or ${high} > ${to()}))`;
    case 'le':
      return `(${low} < ${to()} and (${high} <= ${to()} or ${low} < ${from()}))`;
    case 'sa':
      return `${low} >= ${to()}`;
    case 'eb':
      return `(${low} < ${from()} and ${high} <= ${from()})`;
    case 'ap':
      return `(${low} < ${to()} and ${high} > ${from()})`;
  }
}

/** Bind a number where it is used: its own value, and the range that its precision implies. */
export type Amount = { exact(): string; from(): string; to(): string };

/** True of a target from low to high, which are the same but for a Range. Only eq, ne and ap have regard to precision. */
export function compareAmounts(prefix: Prefix, low: string, high: string, { exact, from, to }: Amount): string {
  switch (prefix) {
    case 'eq':
      return `(${low} >= ${from()} and ${high} < ${to()})`;
    case 'ne':
      return `(${low} < ${from()} or ${high} >= ${to()})`;
    case 'gt':
      return `${high} > ${exact()}`;
    case 'lt':
      return `${low} < ${exact()}`;
    case 'ge':
      return `${high} >= ${exact()}`;
    case 'le':
      return `${low} <= ${exact()}`;
    case 'sa':
      return `${low} > ${exact()}`;
    case 'eb':
      return `${high} < ${exact()}`;
    case 'ap':
      return `(${low} <= ${to()} and ${high} >= ${from()})`;
  }
}
