import type { Workload } from './workload.ts';

/** WORKLOADS W5. */
export const smallTransactions: Workload = {
  name: 'transaction-c64',
  about: 'W5: Patient and Observation in a transaction; floor: one INSERT of both rows a request, pool of 4',
  target: null,
  async measure(bench) {
    const server = await bench.server();
    const { target } = await bench.floorPostgres();
    const floor = await bench.floor('insert.ts', [JSON.stringify(target)]);
    return (await bench.compare({ scenario: 'transaction' }, server, floor, 64, 'transactions/s')).outcome;
  },
};
