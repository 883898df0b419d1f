import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Account } from './embedded-account.ts';
import { accountFor, launch } from './embedded-account.ts';
import { findBinaries } from './embedded-binaries.ts';
import { embeddedSettings } from './embedded-settings.ts';
import { ended, isAlive, lockFolder, processesIn, signal, sleep } from './processes.ts';
import type { Target } from './target.ts';

export type Embedded = {
  target: Target;
  /** The postmaster's process id, 0 while it is being started again. */
  pid(): number;
  /** Stops Postgres, whose open transactions are rolled back, and gives the folder free. */
  stop(): Promise<void>;
};

export type EmbeddedOptions = {
  /** Where everything is kept: `data/`, `socket/`, `password`, `server.log`. */
  folder: string;
  /** Over embeddedSettings. */
  settings?: Record<string, string>;
  /** One line each, for the operator. */
  log?: (line: string) => void;
};

/** What stays the same from one start of the postmaster to the next. */
type Cluster = {
  folder: string;
  data: string;
  socketFolder: string;
  account: Account;
  settings: Record<string, string>;
};

const USER = 'portico';
const DATABASE = 'postgres';
/** ms until a postmaster must be ready; replaying the log after a crash may take long. */
const START_LIMIT = 120_000;
/** Bytes; the path of a Unix socket has room for 107. */
const SOCKET_PATH_LIMIT = 100;
const LOG_LIMIT = 10_000_000;

/**
 * Runs a private Postgres in a folder and keeps it running: a postmaster that dies is started again, one that a killed
 * Portico left behind is stopped first. Clients find it again under the same target.
 *
 * @throws Error, with a sentence for the operator, when it cannot be started
 */
export async function startEmbedded({ folder, settings = {}, log = () => {} }: EmbeddedOptions): Promise<Embedded> {
  if (process.platform === 'win32') throw new Error('The embedded Postgres needs Linux or macOS. Set DATABASE_URL.');
  mkdirSync(folder, { recursive: true });
  const home = realpathSync(folder);
  const unlock = lockFolder(join(home, 'lock'));
  try {
    const cluster = prepare(home, settings);
    if (!existsSync(join(cluster.data, 'PG_VERSION'))) await initialise(cluster);
    return await supervise(cluster, log, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

/** Where the Postgres of a folder answers, while it runs. */
export function embeddedTarget(folder: string): Target {
  return {
    socket: join(socketFolderOf(folder), '.s.PGSQL.5432'),
    host: 'localhost',
    port: 5432,
    user: USER,
    password: readFileSync(join(folder, 'password'), 'utf8').trim(),
    database: DATABASE,
    tls: 'disable',
  };
}

function socketFolderOf(folder: string): string {
  const inside = join(realpathSync(folder), 'socket');
  if (Buffer.byteLength(join(inside, '.s.PGSQL.5432')) <= SOCKET_PATH_LIMIT) return inside;
  const { dev, ino } = statSync(folder);
  return join(tmpdir(), `portico-${dev}-${ino}`);
}

/** Makes the folders, owned by the account that Postgres runs under. */
function prepare(folder: string, settings: Record<string, string>): Cluster {
  const data = join(folder, 'data');
  const account = accountFor(data);
  const socketFolder = socketFolderOf(folder);
  mkdirSync(socketFolder, { recursive: true, mode: 0o700 });
  for (const file of ['password', 'server.log']) closeSync(openSync(join(folder, file), 'a', 0o600));
  if (account) {
    for (const path of [folder, socketFolder, join(folder, 'password')]) chownSync(path, account.uid, account.gid);
  }
  return { folder, data, socketFolder, account, settings: { ...embeddedSettings(socketFolder), ...settings } };
}

/** initdb, into a folder that takes its name only when it is whole. */
async function initialise(cluster: Cluster): Promise<void> {
  const { folder, data, account } = cluster;
  const unfinished = join(folder, 'data.new');
  rmSync(unfinished, { recursive: true, force: true });
  const password = join(folder, 'password');
  writeFileSync(password, randomBytes(24).toString('base64url'));
  const { initdb, folder: binaries } = findBinaries();
  const { command, args, ...ids } = launch(account, [binaries, folder], initdb, [
    `--pgdata=${unfinished}`,
    `--username=${USER}`,
    `--pwfile=${password}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    '--no-instructions',
  ]);
  const child = spawn(command, args, { ...ids, cwd: folder, env: environment(), stdio: ['ignore', 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr?.on('data', (text) => {
    complaint += text;
  });
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (code !== 0) throw new Error(`initdb failed (${code}): ${complaint.trim()}`);
  renameSync(unfinished, data);
}

// Nothing of ours that could change what Postgres does (PGDATA, PGPORT, LC_ALL) is handed on.
const environment = (): NodeJS.ProcessEnv => ({ PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' });

async function supervise(cluster: Cluster, log: (line: string) => void, unlock: () => void): Promise<Embedded> {
  let child = await start(cluster, log);
  let stopping = false;
  let restarting: Promise<void> = Promise.resolve();
  const ifNodeEnds = (): void => {
    if (child.pid && !stopping) signal(child.pid, 'SIGINT');
  };
  process.on('exit', ifNodeEnds);

  const watch = (): void => {
    child.once('exit', (code, name) => {
      if (stopping) return;
      log(`Postgres ended (${name ?? code}); starting it again`);
      restarting = again();
    });
  };
  const again = async (): Promise<void> => {
    for (let wait = 100; !stopping; wait = Math.min(wait * 2, 5000)) {
      try {
        child = await start(cluster, log);
        watch();
        log('Postgres is back');
        return;
      } catch (error) {
        log(`Postgres does not start: ${error instanceof Error ? error.message : error}`);
        await sleep(wait);
      }
    }
  };
  watch();

  const pid = (): number => (child.exitCode === null && child.signalCode === null ? (child.pid ?? 0) : 0);
  return {
    target: embeddedTarget(cluster.folder),
    pid,
    async stop() {
      if (stopping) return;
      stopping = true;
      process.off('exit', ifNodeEnds);
      await restarting;
      await stopPostmaster(pid(), cluster.data);
      unlock();
    },
  };
}

/** Starts a postmaster and waits until it takes connections. */
async function start(cluster: Cluster, log: (line: string) => void): Promise<ChildProcess> {
  const { folder, data, account, settings } = cluster;
  await clearAway(data, log);
  const { postgres, folder: binaries } = findBinaries();
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const { command, args, ...ids } = launch(account, [binaries, data], postgres, ['-D', data, ...flags]);
  const logFile = join(folder, 'server.log');
  const before = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  const output = openSync(logFile, before > LOG_LIMIT ? 'w' : 'a', 0o600);
  // In a session of its own, so that Ctrl-C in a terminal reaches Node first, which stops it in order. Its output goes to
  // a file, which outlives Node, unlike a pipe.
  const child = spawn(command, args, {
    ...ids,
    cwd: folder,
    env: environment(),
    detached: true,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  let failure: Error | null = null;
  child.once('error', (error) => {
    failure = error;
  });
  for (const until = performance.now() + START_LIMIT; performance.now() < until; await sleep(10)) {
    if (failure) throw failure;
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`it ended with ${child.exitCode ?? child.signalCode}: ${lastLines(logFile)}`);
    }
    const file = postmasterFile(data);
    if (file?.pid === child.pid && file?.status === 'ready') return child;
  }
  signal(child.pid ?? 0, 'SIGQUIT');
  throw new Error(`it was not ready within ${START_LIMIT / 1000} s: ${lastLines(logFile)}`);
}

/** Stops what an earlier postmaster left: itself, when Node was killed, or its children, when it was killed. */
async function clearAway(data: string, log: (line: string) => void): Promise<void> {
  const left = postmasterFile(data);
  if (left && left.pid !== process.pid && isAlive(left.pid) && isPostmaster(left.pid, data)) {
    log(`Stopping the Postgres (process ${left.pid}) that was left running`);
    await stopPostmaster(left.pid, data);
  }
  await endChildren(data);
}

// Outside Linux there is no telling whose number it is now; the lock on the folder makes a stranger unlikely.
const isPostmaster = (pid: number, data: string): boolean =>
  process.platform !== 'linux' || processesIn(data).includes(pid);

/** Children of a postmaster that is gone end by themselves within moments; the new one cannot start before. */
async function endChildren(data: string): Promise<void> {
  for (let round = 0; round < 300; round++) {
    const children = processesIn(data);
    if (children.length === 0) return;
    if (round === 50) for (const pid of children) signal(pid, 'SIGQUIT');
    if (round === 150) for (const pid of children) signal(pid, 'SIGKILL');
    await sleep(20);
  }
}

/** Rolls back what is open and stops in order; forces it when that takes longer than a shutdown checkpoint may. */
async function stopPostmaster(pid: number, data: string): Promise<void> {
  if (pid === 0) return;
  for (const [name, ms] of [
    ['SIGINT', 30_000],
    ['SIGQUIT', 5000],
    ['SIGKILL', 5000],
  ] as const) {
    if (!signal(pid, name) || (await ended(pid, ms))) break;
  }
  await endChildren(data);
}

/** What a postmaster says of itself. https://www.postgresql.org/docs/18/storage-file-layout.html */
function postmasterFile(data: string): { pid: number; status: string } | null {
  try {
    const lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
    return { pid: Number(lines[0]), status: (lines[7] ?? '').trim() };
  } catch {
    return null;
  }
}

const lastLines = (file: string): string => readFileSync(file, 'utf8').trim().split('\n').slice(-3).join(' / ');
