import { expect, test } from 'vitest';

import { createGuesses } from './watch.ts';

test('O-96 two hundred different ids that are not there, asked for within a minute, are too many', () => {
  const guesses = createGuesses();
  const began = Array.from({ length: 200 }, (_, at) => guesses.miss('eve', `Patient/${at}`, at * 100));
  expect(began.indexOf(true)).toBe(199);
  expect(guesses.pause('eve', 20_000)).toBe(19_900 + 60_000 - 20_000);
  expect(guesses.pause('ada', 20_000)).toBe(0);
  expect(guesses.pause('eve', 80_000)).toBe(0);
});

test('O-96 the same id again, or as many in a longer time, are not', () => {
  const guesses = createGuesses();
  expect(Array.from({ length: 500 }, (_, at) => guesses.miss('eve', 'Patient/1', at)).includes(true)).toBe(false);
  expect(Array.from({ length: 500 }, (_, at) => guesses.miss('bob', `Patient/${at}`, at * 400)).includes(true)).toBe(
    false,
  );
});
