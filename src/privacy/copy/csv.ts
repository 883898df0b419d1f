/** What one row of a table tells, by the names of its columns. */
export type Cells = Readonly<Record<string, string | number | boolean | Date | null | readonly string[]>>;

const textOf = (value: Cells[string]): string => {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString();
  return Array.isArray(value) ? value.join(' ') : String(value);
};

/**
 * One cell. A spreadsheet takes what begins so for a formula, and would run what somebody wrote into a name.
 *
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
function cell(value: Cells[string]): string {
  const text = textOf(value);
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

/** A table with its head, as RFC 4180 writes it. */
export const csv = (columns: readonly string[], rows: readonly Cells[]): string =>
  [columns.join(','), ...rows.map((row) => columns.map((name) => cell(row[name] ?? null)).join(','))]
    .map((line) => `${line}\r\n`)
    .join('');
