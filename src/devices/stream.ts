import { JSONParser } from '@streamparser/json';

import type { FormatContext, LaterFormat } from './formats/format.ts';
import { below, isTooDeep, unreadable } from './formats/json.ts';
import type { Item } from './reading.ts';

/** Bytes up to which a payload is read whole, and bytes that one element of a longer one may have. */
export const WHOLE = 4 * 1024 * 1024;

/** Told of each element before it is read: a format that refers from one to another wants them known. */
export type Seen = (element: unknown) => void;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** A text as JSON; undefined: it is none. */
function jsonOf(bytes: Uint8Array): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(utf8.decode(bytes)) };
  } catch {
    return undefined;
  }
}

const noJson = (path: string): Item => unreadable(path, 'It is no JSON in UTF-8', 'structure');

/**
 * The items of a payload, or of one element of it, whatever it is. Formats are written for what senders mean to send; what makes
 * one of them break is the fault of this value alone, and the others are read.
 */
export async function* itemsIn(
  format: LaterFormat,
  value: unknown,
  path: string,
  context: FormatContext,
): AsyncIterable<Item> {
  if (isTooDeep(value)) {
    yield unreadable(path, 'It is nested deeper than a payload may be', 'structure');
    return;
  }
  try {
    yield* format.read(value, path, context);
  } catch (error) {
    // An object that JavaScript cannot make a text of, a list in the place of an object.
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    yield unreadable(path, `It is not in the shape of ${format.name}`, 'structure');
  }
}

/** The items of a payload that is short enough to be read whole. */
export async function* itemsOf(format: LaterFormat, bytes: Uint8Array, context: FormatContext): AsyncIterable<Item> {
  const parsed = jsonOf(bytes);
  if (parsed === undefined) yield noJson('');
  else yield* itemsIn(format, parsed.value, '', context);
}

/** The items of lines that are a payload each. */
export async function* itemsOfLines(
  format: LaterFormat,
  pieces: AsyncIterable<Uint8Array>,
  context: FormatContext,
): AsyncIterable<Item> {
  let held: Buffer = Buffer.alloc(0);
  let line = 0;
  const read = async function* (bytes: Uint8Array): AsyncIterable<Item> {
    const path = `[${line++}]`;
    const isBlank = bytes.every((byte) => byte === 0x20 || byte === 0x0d || byte === 0x09);
    if (isBlank) return;
    const parsed = jsonOf(bytes);
    if (parsed === undefined) yield noJson(path);
    else yield* itemsIn(format, parsed.value, path, context);
  };
  for await (const piece of pieces) {
    held = held.length === 0 ? Buffer.from(piece) : Buffer.concat([held, piece]);
    let from = 0;
    for (let end = held.indexOf(0x0a); end >= 0; end = held.indexOf(0x0a, from)) {
      yield* read(held.subarray(from, end));
      from = end + 1;
    }
    held = held.subarray(from);
    if (held.length > WHOLE) {
      yield unreadable(`[${line}]`, `A line may have ${WHOLE} bytes at most; what follows is not read`, 'structure');
      return;
    }
  }
  yield* read(held);
}

/** The first byte that is no white space. */
const opens = (piece: Uint8Array): number | undefined =>
  piece.find((byte) => byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09);

type Element = { path: string; value: unknown };

/** The elements of a long payload, one after the other; what is held is the piece at hand and the element that it is within. */
async function* elementsOf(
  lists: readonly (readonly string[])[],
  pieces: AsyncIterable<Uint8Array>,
): AsyncIterable<Element | Item> {
  let parser: JSONParser | null = null;
  const found: Element[] = [];
  let since = 0;
  let fault: string | null = null;
  for await (const piece of pieces) {
    if (parser === null) {
      const opening = opens(piece);
      if (opening === undefined) continue;
      const isArray = opening === 0x5b;
      const used = lists.filter((list) => (list.length === 0) === isArray);
      parser = new JSONParser({ paths: used.map((list) => `$.${[...list, '*'].join('.')}`), keepStack: false });
      const [list = []] = used;
      parser.onError = (error) => {
        fault ??= error.message;
      };
      parser.onValue = ({ value, key }) => {
        since = 0;
        found.push({ path: `${list.join('.')}[${String(key)}]`, value });
      };
    }
    parser.write(piece);
    yield* found.splice(0);
    since += piece.length;
    if (fault === null && since > WHOLE) fault = 'too long';
    if (fault !== null) {
      yield unreadable(
        '',
        `What follows is not read: it is no JSON, or one element has more than ${WHOLE} bytes`,
        'structure',
      );
      return;
    }
  }
  if (parser !== null && !parser.isEnded)
    yield unreadable('', 'It ends before all that was opened is closed', 'structure');
}

const isElement = (one: Element | Item): one is Element => !('kind' in one);

/** The items of a payload of any length, in bounded memory. */
export async function* itemsOfStream(
  format: LaterFormat,
  pieces: AsyncIterable<Uint8Array>,
  context: FormatContext,
  seen: Seen = () => {},
  top = '',
): AsyncIterable<Item> {
  for await (const one of elementsOf(format.elements ?? [], pieces)) {
    if (!isElement(one)) {
      yield one;
      continue;
    }
    seen(one.value);
    yield* itemsIn(format, one.value, below(top, one.path), context);
  }
}
