/**
 * Walks JSON text without reading it into values, so that what is kept is kept byte for byte. The text must be valid JSON:
 * on anything else the positions mean nothing. Positions are indexes of UTF-16 units.
 */

const QUOTE = 34;
const COMMA = 44;
const OPEN_ARRAY = 91;
const BACKSLASH = 92;
const CLOSE_ARRAY = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

/** The position of the first character at or after `at` that is not white space. */
export function skipSpace(text: string, at: number): number {
  let i = at;
  while (text.charCodeAt(i) <= 32) i++;
  return i;
}

/** The position after the string that starts at `at`. */
function skipString(text: string, at: number): number {
  let i = at;
  for (;;) {
    i = text.indexOf('"', i + 1);
    let before = i - 1;
    while (text.charCodeAt(before) === BACKSLASH) before--;
    if ((i - before) % 2 === 1) return i + 1;
  }
}

/** The position after the value that starts at `at`. */
export function skipValue(text: string, at: number): number {
  const first = text.charCodeAt(at);
  if (first === QUOTE) return skipString(text, at);
  let i = at;
  if (first !== OPEN_OBJECT && first !== OPEN_ARRAY) {
    for (;;) {
      const c = text.charCodeAt(i);
      if (c === COMMA || c === CLOSE_OBJECT || c === CLOSE_ARRAY || c <= 32 || i >= text.length) return i;
      i++;
    }
  }
  for (let depth = 0; ; ) {
    const c = text.charCodeAt(i);
    if (c === QUOTE) {
      i = skipString(text, i);
      continue;
    }
    if (c === OPEN_OBJECT || c === OPEN_ARRAY) depth++;
    if ((c === CLOSE_OBJECT || c === CLOSE_ARRAY) && --depth === 0) return i + 1;
    i++;
  }
}

/** Calls `visit` for each member of the object at `at`: its name, where the name starts, where the value starts and ends. */
export function eachMember(
  text: string,
  at: number,
  visit: (name: string, nameAt: number, valueAt: number, end: number) => void,
): void {
  let i = skipSpace(text, skipSpace(text, at) + 1);
  while (text.charCodeAt(i) !== CLOSE_OBJECT) {
    const nameAt = i;
    const nameEnd = skipString(text, i);
    const valueAt = skipSpace(text, skipSpace(text, nameEnd) + 1);
    const end = skipValue(text, valueAt);
    const raw = text.slice(nameAt + 1, nameEnd - 1);
    visit(raw.includes('\\') ? String(JSON.parse(`"${raw}"`)) : raw, nameAt, valueAt, end);
    i = skipSpace(text, end);
    if (text.charCodeAt(i) === COMMA) i = skipSpace(text, i + 1);
  }
}

/** Calls `visit` for each item of the array at `at`. */
export function eachItem(text: string, at: number, visit: (valueAt: number, end: number) => void): void {
  let i = skipSpace(text, skipSpace(text, at) + 1);
  while (text.charCodeAt(i) !== CLOSE_ARRAY) {
    const end = skipValue(text, i);
    visit(i, end);
    i = skipSpace(text, end);
    if (text.charCodeAt(i) === COMMA) i = skipSpace(text, i + 1);
  }
}

export const isObjectAt = (text: string, at: number): boolean => text.charCodeAt(at) === OPEN_OBJECT;
export const isArrayAt = (text: string, at: number): boolean => text.charCodeAt(at) === OPEN_ARRAY;
