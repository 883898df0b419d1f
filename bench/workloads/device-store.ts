import { join } from 'node:path';

import { root, run } from '../run/processes.ts';
import { round, type Workload } from './workload.ts';

/** What floors/devices.ts prints. */
type Figures = { ours: number; floor: number; p50_ms: number; p99_ms: number; bytes: number };

const stored = (name: string, what: string, about: string, target: Workload['target']): Workload => ({
  name,
  about,
  target,
  async measure(bench) {
    const { target: postgres } = await bench.floorPostgres();
    const { seconds, rounds } = bench.options;
    const args = [JSON.stringify(postgres), what, String(seconds), String(rounds)];
    const out = await run(join(root, 'bench/floors/devices.ts'), args, { seconds: 60 + seconds * rounds * 3 });
    const { ours, floor, p50_ms, p99_ms, bytes } = JSON.parse(out) as Figures;
    const measure = { value: round(ours), unit: 'readings/s', floor: round(floor), ratio: round(ours / floor) };
    const notes = [
      'p50 and p99 are of a batch of 1,000',
      ...(what === 'samples' ? [`${Math.round(bytes)} bytes a sample with its indexes`] : []),
    ];
    return { measure: { ...measure, p50_ms: round(p50_ms), p99_ms: round(p99_ms) }, notes };
  },
});

/** How fast readings of devices are stored, each once. */
export const deviceStores: readonly Workload[] = [
  stored(
    'device-samples',
    'samples',
    'new readings into the narrow tier, 1,000 a commit, 3 patients at a time; floor: each reading in a commit of its own',
    { least: 20_000 },
  ),
  stored(
    'device-duplicates',
    'duplicates',
    'readings that are all known already; floor: new ones into the narrow tier',
    { ratio: 1 },
  ),
  stored(
    'device-observations',
    'observations',
    'weights as FHIR Observations, 1,000 a commit; floor: each in a commit of its own',
    { ratio: 10 },
  ),
];
