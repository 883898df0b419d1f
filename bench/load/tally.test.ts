import { expect, test } from 'vitest';

import { Samples, Tally } from './tally.ts';

test('percentiles are those of the sorted latencies', () => {
  const samples = new Samples();
  for (let i = 10_000; i > 0; i--) samples.add(i / 10);
  expect(samples.summary()).toEqual({ requests: 10_000, p50_ms: 500.1, p99_ms: 990.1, max_ms: 1000 });
});

test('the warm-up is not counted, its errors are', () => {
  const tally = new Tally();
  tally.record('read', 900);
  tally.count(7);
  tally.fail('status 500');
  tally.begin();
  tally.record('read', 1);
  tally.count(2);
  expect(tally.all).toMatchObject({ requests: 1, max_ms: 1 });
  expect([tally.units, tally.errors, tally.firstError]).toEqual([2, 1, 'status 500']);
});
