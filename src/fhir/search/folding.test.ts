import fc from 'fast-check';
import { expect, test } from 'vitest';

import { beginning, fold, foldedValue, laterParts, longestString, longestWithin } from './folding.ts';

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

test('whatever is short enough lies whole in one of the parts of a long string', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 2000, size: 'max' }),
      fc.nat(),
      fc.nat(longestWithin),
      (text, at, length) => {
        const folded = fold(text);
        const wanted = folded.slice(at % (folded.length + 1)).slice(0, length);
        if (!wanted.isWellFormed()) return;
        const parts = [beginning(folded), ...laterParts(folded)];
        expect(parts.some((part) => part.includes(wanted))).toBe(true);
        for (const part of parts) expect(part.isWellFormed() && part.length <= longestString).toBe(true);
      },
    ),
  );
  expect(laterParts('a'.repeat(longestString))).toEqual([]);
  expect(laterParts('a'.repeat(longestString + 1))).toHaveLength(1);
  expect(laterParts('a'.repeat(1_000_000))).toHaveLength(200);
});
