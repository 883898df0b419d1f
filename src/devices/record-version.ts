const number = /^\d+(\.\d+)?$/;
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$/;

/**
 * How a version of a record compares to another. Numbers and times have an order; of other texts one that is not equal is taken
 * for newer, since it came later. `@` stands before the time at which a record without versions came.
 */
export function compareVersions(version: string, than: string): 'newer' | 'same' | 'older' {
  if (version === than) return 'same';
  const [a, b] = version.startsWith('@') && than.startsWith('@') ? [version.slice(1), than.slice(1)] : [version, than];
  if (number.test(a) && number.test(b)) return compare(Number(a), Number(b));
  if (instant.test(a) && instant.test(b)) return compare(Date.parse(a), Date.parse(b));
  return 'newer';
}

const compare = (a: number, b: number): 'newer' | 'same' | 'older' => (a === b ? 'same' : a > b ? 'newer' : 'older');
