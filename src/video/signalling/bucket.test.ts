import { expect, test } from 'vitest';

import { createAttempts, fullBucket, takeFrom } from './bucket.ts';

test('so much is taken at once, and then as much as comes back', () => {
  const rate = { perSecond: 2, most: 5 };
  const bucket = fullBucket(rate, 0);
  expect(Array.from({ length: 6 }, () => takeFrom(bucket, rate, 0))).toEqual([true, true, true, true, true, false]);
  expect(takeFrom(bucket, rate, 400)).toBe(false);
  expect(takeFrom(bucket, rate, 500)).toBe(true);
  expect(takeFrom(bucket, rate, 500)).toBe(false);
  expect(takeFrom(bucket, rate, 1_000_000, 5)).toBe(true);
  expect(takeFrom(bucket, rate, 1_000_000)).toBe(false);
});

test('V-21 who asks without end from one network keeps nobody else out, and is taken again after a while', () => {
  const mayAsk = createAttempts({ perSecond: 1, most: 3 });
  expect([0, 0, 0, 0].map((now) => mayAsk('192.0.2.1', now))).toEqual([true, true, true, false]);
  expect(mayAsk('192.0.2.2', 0)).toBe(true);
  expect(mayAsk('192.0.2.1', 1000)).toBe(true);
  for (let n = 0; n < 20_000; n++) mayAsk(`10.0.${n >> 8}.${n & 255}`, 1000);
  expect(mayAsk('192.0.2.2', 1000)).toBe(true);
});
