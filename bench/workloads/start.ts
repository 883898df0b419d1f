import { startServer } from '../run/server.ts';
import type { Workload } from './workload.ts';

const milliseconds = (value: number) => ({
  measure: { value: Math.round(value), unit: 'ms', floor: null, ratio: null, p50_ms: null, p99_ms: null },
  notes: [],
});

export const coldStart: Workload = {
  name: 'start-cold',
  about: 'from nothing to /readyz: definitions, a new Postgres, migrations, the demo world',
  target: { most: 10_000 },
  async measure(bench) {
    const folder = bench.newFolder('start');
    bench.left.startFolder = folder;
    const server = await startServer(folder, 'on');
    await server.stop();
    return milliseconds(server.startMs);
  },
};

export const warmStart: Workload = {
  name: 'start-warm',
  about: 'the second start on the same folder',
  target: { most: 2000 },
  async measure(bench) {
    const { startFolder } = bench.left;
    if (startFolder === null) return { skipped: 'needs start-cold in the same run' };
    const server = await startServer(startFolder, 'on');
    await server.stop();
    return milliseconds(server.startMs);
  },
};
