const pattern = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?(?:T(\d\d:\d\d:\d\d(?:\.\d+)?)(Z|[+-]\d\d:\d\d)?)?$/;

const precision = (text: string): number => (text.length > 10 ? 11 : text.length);

/**
 * Less than, equal to or greater than zero for date, dateTime and instant; undefined where either is missing or the order
 * hangs on digits that one of them does not have: 2024 against 2024-05.
 *
 * @see http://hl7.org/fhirpath/N1/#comparison
 */
export function compareDates(left: string | undefined, right: string | undefined): number | undefined {
  if (left === undefined || right === undefined || !pattern.test(left) || !pattern.test(right)) return undefined;
  if (precision(left) > 10 && precision(right) > 10) return Date.parse(seconds(left)) - Date.parse(seconds(right));
  const shared = Math.min(left.length, right.length, 10);
  const [start, other] = [left.slice(0, shared), right.slice(0, shared)];
  if (start !== other) return start < other ? -1 : 1;
  return precision(left) === precision(right) ? 0 : undefined;
}

/** R4 allows the leap second, Date.parse does not. */
const seconds = (text: string): string => text.replace(/:60(?=[.Z+-])/, ':59.999').replace(/(\.\d+)\.\d+/, '$1');
