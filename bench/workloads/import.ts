import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { patientBundle, surroundings } from '../data/patient-bundle.ts';
import { syntheaFiles } from '../data/synthea.ts';
import { copyRows, takeRows } from '../floors/copy.ts';
import type { Bench } from '../run/bench.ts';
import { emptyTables } from '../run/postgres.ts';
import { sendAll } from '../run/requests.ts';
import type { Server } from '../run/server.ts';
import type { Workload } from './workload.ts';

const users = 2;
/** Seconds that a round of imports may take; what is not posted by then is left. */
const limit = 30;

const text = (file: string): string => {
  const bytes = readFileSync(file);
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
};

/** Imports the files in as many shares as there are rounds, each followed by COPY of the rows that came of it. */
async function compareImport(bench: Bench, server: Server, before: readonly string[], files: readonly string[]) {
  const { sql } = await bench.floorPostgres();
  await emptyTables(sql);
  for (const body of before) await sendAll(server, [{ method: 'POST', path: '/fhir/R4', body }]);
  let share = 0;
  let since = new Date();
  let resources = 0;
  const { measure } = await bench.takeTurns(
    async () => {
      const mine = files.filter((_, at) => at % bench.options.rounds === share);
      share++;
      since = new Date();
      const work = { scenario: 'bundles' as const, files: mine };
      const report = await bench.load(work, server, users, { warmUp: 0, seconds: limit });
      return { rate: report.rate, ...report.all };
    },
    async () => {
      const copied = await takeRows(server.sql, since);
      resources += copied.resources;
      return copied.resources / (await copyRows(sql, copied, users));
    },
    'resources/s',
  );
  return { measure, notes: [`${resources} resources; p50 and p99 are of a bundle`] };
}

/** WORKLOADS W2. */
export const importSynthea: Workload = {
  name: 'import-synthea-c2',
  about: 'W2: Synthea transaction bundles, 2 at a time; floor: COPY of the same rows into the same tables',
  target: { ratio: 0.45 },
  async measure(bench) {
    const files = syntheaFiles();
    if (!files) return { skipped: 'there is no ../shared/data/synthea (PORTICO_SHARED names another folder)' };
    const server = await bench.freshServer();
    // Different sizes in every share, and not only the smallest of them in a quick run.
    const patients = bench.options.quick ? files.patients.filter((_, at) => at % 5 === 0) : files.patients;
    return compareImport(bench, server, files.before.map(text), patients);
  },
};

export const importOwn: Workload = {
  name: 'import-own-c2',
  about: "W2 with the bench's own records of 181 entries; floor: COPY of the same rows into the same tables",
  target: { ratio: 0.45 },
  async measure(bench) {
    const server = await bench.server();
    const folder = bench.newFolder('bundles');
    mkdirSync(folder);
    const count = bench.options.quick ? 20 : 120;
    const files = Array.from({ length: count }, (_, at) => {
      const file = join(folder, `${at}.json`);
      writeFileSync(file, patientBundle(at + 1, 15).text);
      return file;
    });
    return compareImport(bench, server, [surroundings().text], files);
  },
};
