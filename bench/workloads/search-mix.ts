import { typeNumber } from '../../src/fhir/resources.ts';
import { searchPairs } from '../data/search-pairs.ts';
import { capture } from '../run/requests.ts';
import type { Server } from '../run/server.ts';
import { slowest, type Workload } from './workload.ts';

/** ms that no query of W3 may exceed at its 99th percentile. */
const bound = 50;

async function knownIds({ sql }: Server) {
  const known: Record<string, string[]> = {};
  for (const type of ['Patient', 'Encounter', 'Practitioner']) {
    const rows = await sql<{ id: string }[]>`
      select id from resource where tenant = 1 and type = ${typeNumber(type)} order by md5(id) limit 20`;
    known[type] = rows.map(({ id }) => id);
  }
  return known;
}

/** WORKLOADS W3, on what the imports before it left. */
export const searchMix: Workload = {
  name: 'search-mix-c30',
  about: 'W3: 24 (type, parameter) pairs, 30 at a time; floor: bare Hono with the same lists in memory',
  target: { ratio: 0.4 },
  async measure(bench) {
    const server = await bench.server();
    const ids = await knownIds(server);
    if (!ids.Encounter?.length) return { skipped: 'needs an import in the same run' };
    const groups = searchPairs(ids);
    const file = bench.newFolder('bytes');
    await capture(
      server,
      groups.flatMap(({ paths }) => paths),
      file,
    );
    const floor = await bench.floor('memory.ts', [file]);
    const { outcome, names } = await bench.compare({ scenario: 'walk', groups }, server, floor, 30, 'requests/s');
    const over = Object.values(names).filter(({ p99_ms }) => p99_ms > bound).length;
    const notes = [
      `${over} of ${groups.length} pairs above ${bound} ms p99`,
      `p50/p99 ms: ${slowest(names, groups.length)}`,
    ];
    return { ...outcome, notes: [...outcome.notes, ...notes] };
  },
};
