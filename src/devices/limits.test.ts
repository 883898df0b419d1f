import { expect, test } from 'vitest';

import { createLimits } from './limits.ts';

test('who asks too often within a minute is told how long to wait, and may ask again after that', () => {
  const limits = createLimits({ requests: 2, readings: 1000 });
  expect(limits.admit('a', 0)).toBeNull();
  expect(limits.admit('a', 1000)).toBeNull();
  expect(limits.admit('a', 20_000)).toMatchObject({ status: 429, headers: { 'Retry-After': '40' } });
  expect(limits.admit('a', 60_000)).toBeNull();
});

test('who has sent too many readings waits, and nobody else does', () => {
  const limits = createLimits({ requests: 100, readings: 1000 });
  limits.count('a', 1000, 0);
  expect(limits.admit('a', 1000)).toMatchObject({ status: 429 });
  expect(limits.admit('b', 1000)).toBeNull();
});
