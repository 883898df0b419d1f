import fc from 'fast-check';
import { expect, test } from 'vitest';

import { fold, foldedValue, longestString } from './folding.ts';

test.each([
  ['Müller', 'muller'],
  ['MULLER', 'muller'],
  ['François  Élan\t', 'francois elan'],
  ['Straße', 'strasse'],
  ['STRAẞE', 'strasse'],
  ['Ángström', 'angstrom'],
  ['ΟΔΟΣ', 'οδοσ'],
  ['ﬀ', 'ff'],
  ['Łódź', 'łodz'],
  ['が', 'が'],
  ['हिन्दी', 'हिन्दी'],
  ['', ''],
])('%j is searched as %j', (text, folded) => {
  expect(fold(text)).toBe(folded);
});

test('folding folded text changes nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(fold(fold(text))).toBe(fold(text));
    }),
  );
});

test('a long string keeps its beginning, whole characters only', () => {
  expect(foldedValue('a'.repeat(300))).toBe('a'.repeat(longestString));
  expect(foldedValue(`${'a'.repeat(254)}𝒳`.replace('𝒳', '😀'))).toBe('a'.repeat(254));
});
