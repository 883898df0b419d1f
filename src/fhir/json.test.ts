import { expect, test } from 'vitest';

import { compact, elements, members, parseResource } from './json.ts';

test.each([
  ['{"resourceType":"Patient","id":"1","id":"2"}', /key id stands twice/],
  [
    '{"resourceType":"Patient","name":[{"family":"a"},{"family":"a","f\\u0061mily":"b"}]}',
    /name\[1\]\.family stands twice/,
  ],
  ['{"a":"\\u0000"}', /cannot be stored/],
  ['{"a":"\\ud800"}', /surrogate/],
  ['{"a":"\ud800"}', /surrogate/],
  ['[1]', /one JSON object/],
  ['', /empty/],
  ['{"a":1,}', /not JSON/],
  [`${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`, /deeper than 100/],
  [`{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, /deeper than 100/],
])('%.60s is refused with the reason', (text, reason) => {
  const parsed = parseResource(text);
  expect(parsed).toMatchObject({ ok: false, status: 400, issues: [{ diagnostics: expect.stringMatching(reason) }] });
});

test.each([
  ['{"resourceType":"Basic","a":"\\\\u0000 is only text here"}'],
  ['{"resourceType":"Basic","a":"\\ud83d\\ude00"}'],
  ['{"resourceType":"Basic","a":"a \\" and \\\\","b":[{"c":1.00},{"c":2}]}'],
  ['{"resourceType":"Basic","__proto__":{"x":1}}'],
])('%s is read and kept as it was written', (text) => {
  const parsed = parseResource(text);
  expect(parsed).toMatchObject({ ok: true, value: { text } });
});

test('white space between tokens goes, white space in strings stays', () => {
  const text = ' {\n "a" : [ 1 , "x  y\\"  " ] ,\t"b":{ } }\r\n';
  expect(compact(text)).toBe('{"a":[1,"x  y\\"  "],"b":{}}');
  expect(compact('{"a":1}')).toBe('{"a":1}');
});

test('members and elements are found where they stand', () => {
  const text = '{"a":"x\\"}","b":[{"c":[1,2]},3,"z"],"d":null}';
  const found = members(text, 0);
  expect(found.map(({ name, value, end }) => [name, text.slice(value, end)])).toEqual([
    ['a', '"x\\"}"'],
    ['b', '[{"c":[1,2]},3,"z"]'],
    ['d', 'null'],
  ]);
  expect(elements(text, text.indexOf('[')).map(({ start, end }) => text.slice(start, end))).toEqual([
    '{"c":[1,2]}',
    '3',
    '"z"',
  ]);
  expect(elements('[]', 0)).toEqual([]);
  expect(members('{}', 0)).toEqual([]);
});
