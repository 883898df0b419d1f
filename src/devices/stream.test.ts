import { expect, test } from 'vitest';

import type { Format } from './formats/format.ts';
import type { Item } from './reading.ts';
import { itemsOfLines, itemsOfStream, WHOLE } from './stream.ts';

const told: Format = {
  name: 'told',
  description: 'Says what it was given',
  elements: [['body', 'list'], []],
  *read(payload, path): Iterable<Item> {
    yield { kind: 'nothing', path, why: JSON.stringify(payload) };
  },
};
const context = { received: 0, zone: 0 };

async function* inPieces(text: string, size: number): AsyncIterable<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function all(items: AsyncIterable<Item>): Promise<string[]> {
  const found: string[] = [];
  for await (const item of items) found.push(`${item.path} ${'why' in item ? item.why : ''}`);
  return found;
}

test.each([1, 3, 1000])(
  'elements are read one by one, wherever the list stands and the pieces end: %i bytes',
  async (size) => {
    const text = '{"head":{"é":[1]},"body":{"other":[9],"list":[{"a":"ü"},2,[3]]},"end":0}';
    expect(await all(itemsOfStream(told, inPieces(text, size), context))).toEqual([
      'body.list[0] {"a":"ü"}',
      'body.list[1] 2',
      'body.list[2] [3]',
    ]);
    expect(await all(itemsOfStream(told, inPieces(' [1,2]', size), context))).toEqual(['[0] 1', '[1] 2']);
  },
);

test('what is no JSON is told of, and what came before it is read', async () => {
  const [first, second, ...rest] = await all(itemsOfStream(told, inPieces('[1,x', 1), context));
  expect(first).toBe('[0] 1');
  expect(second).toMatch(/no JSON/);
  expect(rest).toEqual([]);
  expect(await all(itemsOfStream(told, inPieces('[1,2', 2), context))).toEqual([
    '[0] 1',
    expect.stringMatching(/ends before/),
  ]);
});

test('an element that is too long ends it', async () => {
  const text = `[1,"${'x'.repeat(WHOLE + 100_000)}",3]`;
  const found = await all(itemsOfStream(told, inPieces(text, 65_536), context));
  expect(found.at(-1)).toMatch(/more than/);
  expect(found).not.toContain('[2] 3');
});

test.each([1, 4, 1000])('a payload a line, and a line that is none: %i bytes', async (size) => {
  expect(await all(itemsOfLines(told, inPieces('{"a":1}\r\n\n{no}\n2', size), context))).toEqual([
    '[0] {"a":1}',
    expect.stringMatching(/^\[2\] .*no JSON/),
    '[3] 2',
  ]);
});
