import type { Latencies } from './tally.ts';

/**
 * What the load generator does, one word for each file in scenarios/.
 * `users` of a closed loop each have a connection and wait for an answer before they send the next request.
 */
export type Work =
  | { scenario: 'create'; patients: readonly string[] }
  | { scenario: 'walk'; groups: readonly { name: string; paths: readonly string[] }[] }
  | { scenario: 'crud' }
  | { scenario: 'transaction' }
  | { scenario: 'token'; form: string; assertions: readonly string[] }
  | { scenario: 'bundles'; files: readonly string[] };

/** `seconds` bounds the measured part; a scenario with a fixed amount of work may end before. */
export type Plan = { work: Work; port: number; token: string; users: number; seconds: number; warmUp: number };

/** `rate` is in requests, or in units where the scenario counts units, per second; `cpu` the share of one core it took. */
export type Report = {
  rate: number;
  seconds: number;
  cpu: number;
  errors: number;
  firstError: string | null;
  all: Latencies;
  names: Record<string, Latencies>;
};
