import { residentMegabytes } from '../run/processes.ts';
import { slowest, type Workload } from './workload.ts';

/** WORKLOADS W1. */
export const crud: Workload = {
  name: 'crud-c64',
  about: 'W1: 36 requests an iteration on nine types; floor: each a statement, pool of 4; reads from memory',
  target: { ratio: 0.4 },
  async measure(bench) {
    const server = await bench.server();
    const { target } = await bench.floorPostgres();
    const floor = await bench.floor('insert.ts', [JSON.stringify(target), 'keep']);
    const { outcome, names } = await bench.compare({ scenario: 'crud' }, server, floor, 64, 'requests/s');
    bench.left.megabytes = residentMegabytes(server.pid);
    return { ...outcome, notes: [...outcome.notes, `slowest, p50/p99 ms: ${slowest(names, 4)}`] };
  },
};

/** What the server's Node has in memory when W1 has run. */
export const memory: Workload = {
  name: 'rss-under-crud',
  about: 'resident memory of the server process at the end of W1',
  target: { most: 350 },
  async measure(bench) {
    const { megabytes } = bench.left;
    if (megabytes === null) return { skipped: 'needs crud-c64 in the same run, and /proc' };
    const measure = { value: megabytes, unit: 'MB', floor: null, ratio: null, p50_ms: null, p99_ms: null };
    return { measure, notes: [] };
  },
};
