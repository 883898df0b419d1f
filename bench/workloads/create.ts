import type { Workload } from './workload.ts';

const patients = Array.from({ length: 500 }, (_, at) => `bench-${at}`);

const createAt = (users: number, ratio: number): Workload => ({
  name: `create-c${users}`,
  about: `create Observation, ${users} at a time; floor: one INSERT a request, pool of 4`,
  target: { ratio },
  async measure(bench) {
    const server = await bench.server();
    const { target } = await bench.floorPostgres();
    const floor = await bench.floor('insert.ts', [JSON.stringify(target)]);
    const { outcome } = await bench.compare({ scenario: 'create', patients }, server, floor, users, 'requests/s');
    return outcome;
  },
});

export const creates: readonly Workload[] = [
  createAt(1, 0.9),
  createAt(16, 1.5),
  createAt(64, 2.5),
  createAt(256, 2.5),
];
