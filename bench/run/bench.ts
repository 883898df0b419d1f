import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Plan, Report, Work } from '../load/plan.ts';
import type { Options } from '../options.ts';
import { type Outcome, round } from '../workloads/workload.ts';
import { durableSettings, type FloorPostgres, startFloorPostgres } from './postgres.ts';
import { type Running, root, run, startFloor } from './processes.ts';
import { type Server, startServer } from './server.ts';

type Endpoint = { port: number; token?: string };

/** One side of a comparison: a rate of the same unit for both, and the latencies of the workload. */
export type Turn = { rate: number; p50_ms: number; p99_ms: number };

const middle = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? (sorted[half] ?? 0) : ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2;
};

/** What workloads share: the server under test, the Postgres of the floors, a folder, and the way to take turns. */
export class Bench {
  readonly options: Options;
  /** Gone when the bench ends. */
  readonly folder = mkdtempSync(join(tmpdir(), 'portico-bench-'));
  /** Of the server's own Postgres, once it has run. */
  settings: Record<string, string> = {};
  /** What one workload leaves for a later one. */
  readonly left: { startFolder: string | null; megabytes: number | null } = { startFolder: null, megabytes: null };
  #server: Server | null = null;
  #postgres: FloorPostgres | null = null;
  #floors: Running[] = [];
  #folders = 0;

  constructor(options: Options) {
    this.options = options;
  }

  log(line: string): void {
    process.stderr.write(`${line}\n`);
  }

  newFolder(name: string): string {
    return join(this.folder, `${++this.#folders}-${name}`);
  }

  /** The server under test, the same for every workload until `freshServer`. */
  async server(): Promise<Server> {
    this.#server ??= await startServer(this.newFolder('server'), 'off', this.options.serverFlags);
    this.settings = await durableSettings(this.#server.sql);
    return this.#server;
  }

  /** Ends the server and starts one on an empty folder: for workloads that measure a given set of data. */
  async freshServer(): Promise<Server> {
    await this.#server?.stop();
    this.#server = null;
    return this.server();
  }

  async floorPostgres(): Promise<FloorPostgres> {
    if (!this.#postgres) {
      this.#postgres = await startFloorPostgres(this.newFolder('floor'));
      await durableSettings(this.#postgres.sql);
    }
    return this.#postgres;
  }

  async floor(file: string, args: readonly string[]): Promise<Running> {
    const floor = await startFloor(join(root, 'bench/floors', file), args);
    this.#floors.push(floor);
    return floor;
  }

  async endFloors(): Promise<void> {
    await Promise.all(this.#floors.splice(0).map((floor) => floor.stop()));
  }

  /** Runs the load generator once. Throws when answers were wrong: a rate of errors is no rate. */
  async load(work: Work, { port, token = '' }: Endpoint, users: number, limits: Partial<Plan> = {}): Promise<Report> {
    const { seconds, warmUp } = this.options;
    const plan: Plan = { work, port, token, users, seconds, warmUp, ...limits };
    const out = await run(join(root, 'bench/load.ts'), [], {
      input: JSON.stringify(plan),
      seconds: plan.seconds + plan.warmUp + 60,
    });
    const report = JSON.parse(out) as Report;
    if (report.errors > 0) throw new Error(`${report.errors} wrong answers, the first: ${report.firstError}`);
    return report;
  }

  /** Workload and floor in turns, A B A B, so that a noisy machine is noisy for both. */
  async takeTurns<A extends Turn>(
    workload: () => Promise<A>,
    floor: () => Promise<number>,
    unit: string,
  ): Promise<Turns<A>> {
    const turns: A[] = [];
    const floors: number[] = [];
    for (let i = 0; i < this.options.rounds; i++) {
      turns.push(await workload());
      floors.push(await floor());
    }
    const value = middle(turns.map(({ rate }) => rate));
    const least = middle(floors);
    const measure = {
      value: round(value),
      unit,
      floor: round(least),
      ratio: round(value / least),
      p50_ms: round(middle(turns.map(({ p50_ms }) => p50_ms))),
      p99_ms: round(middle(turns.map(({ p99_ms }) => p99_ms))),
    };
    return { measure, turns };
  }

  /** The same requests to the server and to a floor that speaks HTTP. */
  async compare(work: Work, server: Server, floor: Running, users: number, unit: string): Promise<Compared> {
    let clientCpu = 0;
    let names: Report['names'] = {};
    const { measure } = await this.takeTurns(
      async () => {
        const report = await this.load(work, server, users);
        ({ names } = report);
        clientCpu = Math.max(clientCpu, report.cpu);
        return { rate: report.rate, ...report.all };
      },
      async () => {
        const report = await this.load(work, floor, users);
        clientCpu = Math.max(clientCpu, report.cpu);
        return report.rate;
      },
      unit,
    );
    return { outcome: { measure, notes: [`client CPU ≤ ${Math.round(clientCpu * 100)} % of a core`] }, names };
  }

  async end(): Promise<void> {
    await this.endFloors();
    await this.#server?.stop();
    await this.#postgres?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export type Turns<A> = { measure: Extract<Outcome, { measure: object }>['measure']; turns: A[] };
export type Compared = { outcome: Extract<Outcome, { measure: object }>; names: Report['names'] };
