import fc from 'fast-check';
import { expect, test } from 'vitest';

import { hash53 } from '../hash.ts';
import { bar, hashPair, hashText, s } from './hashing.ts';

test('a key made in parts is the key of the whole text', () => {
  const text = fc.string({ unit: 'grapheme' });
  fc.assert(
    fc.property(fc.integer(), text, text, (seed, system, code) => {
      expect(hashPair(seed | 0, s, system, bar, code)).toBe(hash53(`s${system}|${code}`, seed | 0));
      expect(hashText(seed | 0, s, code)).toBe(hash53(`s${code}`, seed | 0));
    }),
  );
});
