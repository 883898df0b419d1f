import { expect, test } from 'vitest';

import { readOptions } from './options.ts';
import { table } from './run/table.ts';
import { workloads } from './workloads/index.ts';
import type { Measure } from './workloads/workload.ts';

test('a quick run measures once and briefly, and --seconds has the last word', () => {
  expect(readOptions(['--quick'])).toMatchObject({ rounds: 1, seconds: 0.8 });
  expect(readOptions(['--quick', '--seconds', '5', '--only', 'read,create-c1'])).toMatchObject({
    seconds: 5,
    only: ['read', 'create-c1'],
  });
  expect(() => readOptions(['--seconds', 'x'])).toThrow('--seconds x: must be a number above 0');
});

test('each workload has a name of its own', () => {
  expect(new Set(workloads.map(({ name }) => name)).size).toBe(workloads.length);
});

test('the table says which targets were missed', () => {
  const [create] = workloads.filter(({ name }) => name === 'create-c64');
  const [start] = workloads.filter(({ name }) => name === 'start-cold');
  if (!create || !start) throw new Error('no such workload');
  const slow: Measure = { value: 5000, unit: 'requests/s', floor: 4000, ratio: 1.25, p50_ms: 1, p99_ms: 2 };
  const cold: Measure = { value: 900, unit: 'ms', floor: null, ratio: null, p50_ms: null, p99_ms: null };
  const lines = table([
    { workload: create, measure: slow },
    { workload: start, measure: cold },
  ]).split('\n');
  expect(lines[1]).toMatch(/^create-c64 +5,000 +requests\/s +1 +2 +4,000 +1\.25 +≥ 2\.5 MISSED$/);
  expect(lines[2]).toMatch(/^start-cold +900 +ms +– +– +– +– +≤ 10000 met$/);
});
