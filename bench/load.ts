/**
 * The load generator: a process of its own, so that what it costs is not charged to the server.
 * Reads a Plan (load/plan.ts) from standard input, writes a Report to standard output.
 */
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

import { Client } from './load/client.ts';
import type { Plan, Report } from './load/plan.ts';
import { Tally } from './load/tally.ts';
import { scenarioOf } from './scenarios/index.ts';

/** After so many wrong answers the run is over: it measures nothing that anyone wants. */
const maxErrors = 50;

async function run(plan: Plan): Promise<Report> {
  const tally = new Tally();
  const user = scenarioOf(plan);
  let stop = false;

  async function live(): Promise<void> {
    const client = new Client(plan.port, plan.token, tally);
    const iterate = user(client);
    while (!stop) {
      try {
        if (!(await iterate())) break;
      } catch (error) {
        client.close();
        tally.fail(error instanceof Error ? error.message : String(error));
        if (tally.errors >= maxErrors) stop = true;
      }
    }
    client.close();
  }

  if (plan.warmUp === 0) tally.begin();
  const users = Promise.all(Array.from({ length: plan.users }, live));
  await Promise.race([sleep(plan.warmUp * 1000, null, { ref: false }), users]);
  tally.begin();
  const start = performance.now();
  const cpu = process.cpuUsage();
  const ended = await Promise.race([sleep(plan.seconds * 1000, 'time', { ref: false }), users]);
  // Whoever counts in units measures whole pieces of work: what is under way is finished and counted with its time.
  if (ended === 'time' && plan.work.scenario === 'bundles') {
    stop = true;
    await users;
  }
  const seconds = (performance.now() - start) / 1000;
  const { user: userTime, system } = process.cpuUsage(cpu);
  const { all, names } = tally;
  stop = true;
  return {
    rate: (tally.units || all.requests) / seconds,
    seconds,
    cpu: (userTime + system) / 1e6 / seconds,
    errors: tally.errors,
    firstError: tally.firstError,
    all,
    names,
  };
}

const plan = JSON.parse(await text(process.stdin)) as Plan;
const report = await run(plan);
// Users still waiting for an answer would keep the process alive.
process.stdout.write(JSON.stringify(report), () => process.exit(0));
