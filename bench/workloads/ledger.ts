import { startServer } from '../run/server.ts';
import { seed } from './read.ts';
import type { Workload } from './workload.ts';

/** Reads with the ledger, and of the same server with the ledger taken out of it. */
export const recordedReads: Workload = {
  name: 'ledger-read-c64',
  about: 'read by id, each read a row of the ledger; floor: the same server without its ledger (floors/unrecorded.ts)',
  target: { ratio: 0.75 },
  async measure(bench) {
    const server = await bench.server();
    const floor = await startServer(
      bench.newFolder('unrecorded'),
      'off',
      bench.options.serverFlags,
      'bench/floors/unrecorded.ts',
    );
    try {
      const pathsOf = async (one: typeof server): Promise<string[]> =>
        (await seed(one)).observations.map((id) => `/fhir/R4/Observation/${id}`);
      const workOf = (paths: string[]) => ({ scenario: 'walk' as const, groups: [{ name: 'read', paths }] });
      const [recorded, unrecorded] = [workOf(await pathsOf(server)), workOf(await pathsOf(floor))];
      const { measure } = await bench.takeTurns(
        async () => {
          const { rate, all } = await bench.load(recorded, server, 64);
          return { rate, ...all };
        },
        async () => (await bench.load(unrecorded, floor, 64)).rate,
        'requests/s',
      );
      const [row] = await server.sql<{ rows: number; blocks: number; bytes: number }[]>`
        select (select count(*)::int from ledger) as rows, (select count(*)::int from ledger_block) as blocks,
          pg_total_relation_size('ledger_entry')::float8 + pg_total_relation_size('ledger_block') as bytes`;
      const { rows = 0, blocks = 1, bytes = 0 } = row ?? {};
      const notes = [
        `${rows} rows in ${blocks} blocks, ${Math.round(bytes / rows)} bytes a row, in its block and filed with its indexes`,
      ];
      return { measure, notes };
    } finally {
      await floor.stop();
    }
  },
};
