import type { Resource } from './context.ts';
import { type Issue, malformed, ok, type Result } from './outcome.ts';

/** Objects and arrays within each other; R4's deepest real resources have about 20. */
const maxDepth = 100;

/** Where a member of an object stands in the text: `text.slice(key, end)` is `"name":value`, and the value begins at `value`. */
export type Member = { name: string; key: number; value: number; end: number };

/** A resource as it came: its text without white space between tokens, and what JSON.parse makes of it. */
export type Parsed = {
  text: string;
  resource: Resource /** What a check found that is no error. */;
  warnings?: readonly Issue[];
};

const QUOTE = 34;
const BACKSLASH = 92;
const COLON = 58;
const COMMA = 44;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;

/** The place behind the string that begins at `start`. The text is valid JSON. */
export function stringEnd(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (text.charCodeAt(end - 1) === BACKSLASH) {
    let slash = end - 2;
    while (text.charCodeAt(slash) === BACKSLASH) slash--;
    if ((end - slash) % 2 === 1) break;
    end = text.indexOf('"', end + 1);
  }
  return end + 1;
}

/** The place behind the value that begins at `start`. The text is valid JSON without white space between tokens. */
export function valueEnd(text: string, start: number): number {
  let at = start;
  let code = text.charCodeAt(at);
  if (code === QUOTE) return stringEnd(text, at);
  if (code !== OPEN_BRACE && code !== OPEN_BRACKET) {
    while (code !== COMMA && code !== CLOSE_BRACE && code !== CLOSE_BRACKET && at < text.length)
      code = text.charCodeAt(++at);
    return at;
  }
  let depth = 0;
  for (;;) {
    code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = stringEnd(text, at);
      continue;
    }
    if (code === OPEN_BRACE || code === OPEN_BRACKET) depth++;
    else if ((code === CLOSE_BRACE || code === CLOSE_BRACKET) && --depth === 0) return at + 1;
    at++;
  }
}

const unescaped = (name: string): string => (name.includes('\\') ? (JSON.parse(`"${name}"`) as string) : name);

/** The members of the object that begins at `start`, in their order. The text is compact and valid. */
export function members(text: string, start: number): Member[] {
  const found: Member[] = [];
  let at = start + 1;
  while (text.charCodeAt(at) === QUOTE) {
    const keyEnd = stringEnd(text, at);
    const end = valueEnd(text, keyEnd + 1);
    found.push({ name: unescaped(text.slice(at + 1, keyEnd - 1)), key: at, value: keyEnd + 1, end });
    at = end + 1;
  }
  return found;
}

/** The places where the elements of the array that begins at `start` begin and end. The text is compact and valid. */
export function elements(text: string, start: number): { start: number; end: number }[] {
  const found: { start: number; end: number }[] = [];
  let at = start + 1;
  while (at < text.length && text.charCodeAt(at) !== CLOSE_BRACKET) {
    const end = valueEnd(text, at);
    found.push({ start: at, end });
    at = text.charCodeAt(end) === COMMA ? end + 1 : end;
  }
  return found;
}

type Shape = { keys: number; depth: number; spaced: boolean };

/** Counts the keys and the depth of a text that JSON.parse has accepted; stops at a depth that is refused anyway. */
function shapeOf(text: string): Shape {
  let keys = 0;
  let depth = 0;
  let deepest = 0;
  let spaced = false;
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = stringEnd(text, at);
      continue;
    }
    if (code === COLON) keys++;
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      if (++depth > deepest) deepest = depth;
      if (depth > maxDepth) break;
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth--;
    else if (code <= 32) spaced = true;
    at++;
  }
  return { keys, depth: deepest, spaced };
}

function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) count += countKeys(item);
    return count;
  }
  // `for in` is twice as fast as Object.values here; what JSON.parse makes has no inherited enumerable keys.
  for (const name in value) count += 1 + countKeys((value as Record<string, unknown>)[name]);
  return count;
}

/** The same JSON without white space between tokens. */
export function compact(text: string): string {
  let out = '';
  let from = 0;
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = stringEnd(text, at);
      continue;
    }
    if (code <= 32) {
      out += text.slice(from, at);
      while (text.charCodeAt(at) <= 32) at++;
      from = at;
      continue;
    }
    at++;
  }
  return from === 0 ? text : out + text.slice(from);
}

/** The name and the nesting path of the first key that stands twice in one object, or null. */
function duplicateKey(text: string, start = 0, path = ''): string | null {
  if (text.charCodeAt(start) === OPEN_BRACKET) {
    for (const [index, element] of elements(text, start).entries()) {
      const found = duplicateKey(text, element.start, `${path}[${index}]`);
      if (found !== null) return found;
    }
    return null;
  }
  if (text.charCodeAt(start) !== OPEN_BRACE) return null;
  const names = new Set<string>();
  for (const { name, value } of members(text, start)) {
    const here = path === '' ? name : `${path}.${name}`;
    if (names.has(name)) return here;
    names.add(name);
    const found = duplicateKey(text, value, here);
    if (found !== null) return found;
  }
  return null;
}

/** Whether an escape in the text makes NUL or half of a surrogate pair, which no UTF-8 text can hold. */
function hasBadEscape(text: string, value: unknown): boolean {
  if (!text.includes('\\u')) return false;
  const strings = JSON.stringify(value);
  // JSON.stringify writes a lone surrogate and NUL as an escape, and nothing else in these forms.
  return /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/.test(strings);
}

function syntaxError(error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  const place = /at position (\d+)(?: \(line (\d+) column (\d+)\))?/.exec(message);
  if (place?.[2]) return `The body is not JSON: line ${place[2]}, column ${place[3]} is not what JSON allows there`;
  return 'The body is not JSON: it ends too early or holds something that JSON does not allow';
}

/**
 * JSON text → a resource, refused when it is not JSON, is nested deeper than 100, names a key twice, or holds text that
 * cannot be stored (NUL, half a surrogate pair). What is left to check is whether it is a good resource.
 *
 * @see https://hl7.org/fhir/R4/json.html
 */
export function parseResource(body: string): Result<Parsed> {
  if (body.length === 0) return malformed('The body is empty; a resource in JSON is expected');
  if (!body.isWellFormed()) return malformed('The body holds half of a surrogate pair, which is not text');
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (error) {
    return malformed(syntaxError(error));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return malformed('The body must be one JSON object: a resource');
  }
  const shape = shapeOf(body);
  if (shape.depth > maxDepth) return malformed(`The body is nested deeper than ${maxDepth} levels`);
  const text = shape.spaced ? compact(body) : body;
  if (shape.keys !== countKeys(value)) {
    const name = duplicateKey(text);
    return malformed(`The key ${name ?? ''} stands twice in one object; which of the two is meant cannot be known`);
  }
  if (hasBadEscape(text, value)) {
    return malformed('The body holds \\u0000 or half of a surrogate pair, which cannot be stored as text');
  }
  return ok({ text, resource: value as Resource });
}
