/**
 * Splits at a separator that is not escaped by a backslash; escapes stay in, so that the parts can be split again.
 *
 * @see https://hl7.org/fhir/R4/search.html#escaping
 */
export function splitEscaped(text: string, separator: ',' | '|' | '$'): string[] {
  if (!text.includes('\\')) return text.split(separator);
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === separator) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  parts.push(text.slice(from));
  return parts;
}

/** The text that was meant: `a\,b` is `a,b`. A backslash before anything else is itself. */
export const unescaped = (text: string): string => (text.includes('\\') ? text.replace(/\\([,|$\\])/g, '$1') : text);

/** A text that means itself wherever it is split. */
export const escaped = (text: string): string => text.replace(/[\\,|$]/g, '\\$&');
