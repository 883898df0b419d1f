import { join } from 'node:path';

import { root, run } from '../run/processes.ts';
import { round, type Workload } from './workload.ts';

/** What floors/compiled.ts prints: checks or extractions a second, ours and theirs. */
type Rates = { ours: number; floor: number };

const compared = (name: 'validate' | 'extract', about: string, ratio: number): Workload => ({
  name,
  about,
  target: { ratio },
  async measure(bench) {
    const seconds = String(Math.min(bench.options.seconds, 1));
    const out = await run(join(root, 'bench/floors/compiled.ts'), [name, seconds, String(bench.options.rounds)]);
    const { ours, floor } = JSON.parse(out) as Rates;
    const measure = { value: round(ours), unit: 'resources/s', floor: round(floor), ratio: round(ours / floor) };
    return { measure: { ...measure, p50_ms: null, p99_ms: null }, notes: [] };
  },
});

export const validate = compared('validate', 'check an Observation; floor: validateResource of @medplum/core', 60);
export const extract = compared(
  'extract',
  'index an Observation: every search parameter, hashed; floor: its expressions in fhirpath.js',
  100,
);
