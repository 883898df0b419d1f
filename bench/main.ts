/** Runs the workloads and their floors: `npm run bench`, see README.md. */
import { readOptions } from './options.ts';
import { Bench } from './run/bench.ts';
import { machine } from './run/machine.ts';
import { table } from './run/table.ts';
import { workloads } from './workloads/index.ts';
import type { Measure, Workload } from './workloads/workload.ts';

type Done = { workload: Workload; measure: Measure; notes: readonly string[] };

const options = readOptions(process.argv.slice(2));
const { only } = options;
const chosen = workloads.filter(({ name }) => only.length === 0 || only.some((start) => name.startsWith(start)));
const bench = new Bench(options);
const done: Done[] = [];
let failures = 0;

async function measure(workload: Workload): Promise<void> {
  const start = performance.now();
  try {
    const outcome = await workload.measure(bench);
    if ('skipped' in outcome) return bench.log(`${workload.name} is skipped: ${outcome.skipped}`);
    done.push({ workload, ...outcome });
    const { value, unit, ratio } = outcome.measure;
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    bench.log(`${workload.name}: ${value} ${unit}${ratio === null ? '' : `, ${ratio} of its floor`} (${seconds} s)`);
  } catch (error) {
    // One workload that cannot be measured must not cost the figures of the others; the exit code tells of it.
    failures++;
    bench.log(`${workload.name} failed: ${error instanceof Error ? error.message : error}`);
  } finally {
    await bench.endFloors();
  }
}

process.once('SIGINT', () => void bench.end().then(() => process.exit(130)));
try {
  for (const workload of chosen) await measure(workload);
} finally {
  await bench.end();
}

if (options.json) {
  const figures = Object.fromEntries(done.map(({ workload, measure: figure }) => [workload.name, figure]));
  process.stdout.write(`${JSON.stringify(figures)}\n`);
} else {
  const notes = done.flatMap(({ workload, notes: lines }) => lines.map((line) => `  ${workload.name}: ${line}`));
  const about = done.map(({ workload }) => `  ${workload.name}: ${workload.about}`);
  const parts = [machine(bench.settings).join('\n'), table(done), about.join('\n'), notes.join('\n')];
  process.stdout.write(`\n${parts.filter((part) => part !== '').join('\n\n')}\n`);
}
process.exitCode = failures > 0 || done.length === 0 ? 1 : 0;
