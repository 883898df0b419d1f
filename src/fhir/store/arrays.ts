/**
 * Columns of a batch as Postgres array literals: one parameter a column, so that a batch of any size is one prepared
 * statement. Texts are joined by U+001E and split there, which is cheaper than quoting; JSON texts cannot hold it.
 */
const separator = '\x1e';
const absent = '\x1d';

/** For `string_to_array($n, chr(30), chr(29))`: the elements, null where absent. */
export function texts(values: readonly (string | null)[]): string {
  let out = '';
  for (let i = 0; i < values.length; i++) {
    if (i > 0) out += separator;
    out += values[i] ?? absent;
  }
  return out;
}

/** Client text that may hold control characters, which would split it. */
export const plain = (text: string): string =>
  text.includes(separator) || text.includes(absent) ? text.replaceAll(separator, ' ').replaceAll(absent, ' ') : text;

/** For `$n::int[]`, `$n::bigint[]` or `$n::float8[]`. */
export function numbers(values: readonly (number | null)[]): string {
  let out = '{';
  for (let i = 0; i < values.length; i++) {
    if (i > 0) out += ',';
    out += values[i] ?? 'NULL';
  }
  return `${out}}`;
}

const lastInstant = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

// Rows of one batch share their instants: those of a Bundle are all of one.
let latest = Number.NaN;
let latestText = '';

function instant(ms: number): string {
  if (ms === latest) return latestText;
  if (ms > lastInstant) return 'infinity';
  if (ms === -Infinity) return '-infinity';
  const iso = new Date(ms).toISOString();
  latest = ms;
  latestText = iso.startsWith('0000') ? '-infinity' : iso;
  return latestText;
}

/** For `$n::timestamptz[]`; values are ms since 1970. */
export const instants = (values: readonly (number | null)[]): string =>
  `{${values.map((ms) => (ms === null ? 'NULL' : instant(ms))).join(',')}}`;
