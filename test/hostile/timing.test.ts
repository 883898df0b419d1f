import { afterAll, beforeAll, expect, test } from 'vitest';

import { type TrapWorld, trapWorld, type Who } from './trap-world.ts';

/**
 * Whether an answer about what is hidden takes as long as one about what never was. Requests of both kinds take turns, so that
 * whatever else the machine does slows both.
 */

let world: TrapWorld;

beforeAll(async () => {
  world = await trapWorld();
}, 60_000);

afterAll(() => world.close());

const ROUNDS = 200;
/** A right server fails one look in a hundred by chance; it does not fail three in a row. */
const LOOKS = 3;

const median = (times: readonly number[]): number => [...times].sort((a, b) => a - b)[times.length >> 1] ?? 0;

/** How likely two samples of one distribution lie this far apart: Kolmogorov and Smirnov. */
function likeness(one: readonly number[], other: readonly number[]): number {
  const [a, b] = [[...one].sort((x, y) => x - y), [...other].sort((x, y) => x - y)];
  let [i, j, apart] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const at = Math.min(a[i] ?? 0, b[j] ?? 0);
    while (i < a.length && (a[i] ?? 0) <= at) i++;
    while (j < b.length && (b[j] ?? 0) <= at) j++;
    apart = Math.max(apart, Math.abs(i / a.length - j / b.length));
  }
  const n = Math.sqrt((a.length * b.length) / (a.length + b.length));
  const lambda = (n + 0.12 + 0.11 / n) * apart;
  let p = 0;
  for (let k = 1; k <= 100; k++) p += 2 * (-1) ** (k - 1) * Math.exp(-2 * k * k * lambda * lambda);
  return Math.min(1, Math.max(0, p));
}

async function timed(who: Who, method: string, path: string): Promise<number> {
  const start = performance.now();
  const { status } = await world.ask(who, method, path);
  const took = performance.now() - start;
  // Whoever asks too often is answered at once, whatever they ask for.
  expect(status).not.toBe(429);
  return took;
}

test.each<[string, Who, string, string, string]>([
  ['A-01', 'A', 'GET', 'Observation/ob1', 'Observation/zz1'],
  ['A-02', 'A', 'GET', 'Observation/ob1/_history/1', 'Observation/zz1/_history/1'],
  ['A-02', 'A', 'GET', 'Observation/ob1/_history', 'Observation/zz1/_history'],
  ['A-04', 'A', 'GET', 'Observation?_id=ob1', 'Observation?_id=zz1'],
  ['A-05', 'A', 'GET', 'Patient/pb/Observation', 'Patient/zz1/Observation'],
  ['A-26', 'A', 'GET', 'Patient/pb/$everything', 'Patient/zz1/$everything'],
])('%s %s is told by no clock whether %s %s is there', async (_, who, method, hidden, absent) => {
  for (let n = 0; n < 40; n++) {
    await timed(who, method, hidden);
    await timed(who, method, absent);
  }
  const looks: string[] = [];
  for (let look = 0; look < LOOKS; look++) {
    const times: [number[], number[]] = [[], []];
    for (let n = 0; n < ROUNDS; n++) {
      const first = n % 2;
      for (const kind of [first, 1 - first]) {
        times[kind]?.push(await timed(who, method, kind === 0 ? hidden : absent));
      }
    }
    const [one, other] = [median(times[0]), median(times[1])];
    const p = likeness(...times);
    const near = Math.abs(one - other) < Math.max(2, 0.15 * Math.min(one, other));
    if (near && p > 0.01) return;
    looks.push(`${one.toFixed(2)} and ${other.toFixed(2)} ms, p ${p.toExponential(1)}`);
  }
  expect(looks).toEqual([]);
});
