import type { Latencies } from '../load/tally.ts';
import type { Bench } from '../run/bench.ts';

/** Of one workload. `ratio` is value / floor, so that more is better; null where there is no floor. */
export type Measure = {
  value: number;
  unit: string;
  floor: number | null;
  ratio: number | null;
  p50_ms: number | null;
  p99_ms: number | null;
};

/** A sentence why it could not be measured here, or the measure and what is worth telling people beside it. */
export type Outcome = { skipped: string } | { measure: Measure; notes: readonly string[] };

export type Workload = {
  /** As in --only and in the JSON. */
  name: string;
  /** What is measured against what, for people. */
  about: string;
  /** The least `ratio` of ARCHITECTURE §7, or, where there is no floor, the most or the least `value`; null where none is set. */
  target: { ratio: number } | { most: number } | { least: number } | null;
  measure(bench: Bench): Promise<Outcome>;
};

export const round = (value: number): number => Number(value.toPrecision(4));

/** A note on each kind of request, slowest first. */
export const slowest = (names: Record<string, Latencies>, count: number): string =>
  Object.entries(names)
    .sort(([, a], [, b]) => b.p99_ms - a.p99_ms)
    .slice(0, count)
    .map(([name, { p50_ms, p99_ms }]) => `${name} ${p50_ms.toFixed(1)}/${p99_ms.toFixed(1)}`)
    .join(', ');
