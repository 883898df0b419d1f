import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const found = [
  process.env.TURNSERVER,
  ...(process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'turnserver')),
  '/usr/bin/turnserver',
].find((path) => path && existsSync(path));

/** Whether a relay can be run here; where not, what is not tested is said. */
export function hasCoturn(untested: string): boolean {
  if (found === undefined) {
    console.warn(
      `SKIPPED: ${untested}, because no turnserver was found. Install it (apt-get install coturn) or name it in TURNSERVER.`,
    );
  }
  return found !== undefined;
}

/** What README hands out. */
const configuration = join(import.meta.dirname, '../../examples/turnserver.conf');

export type Coturn = {
  port: number;
  secret: string;
  /** `turn:127.0.0.1:…?transport=udp`. */
  url: string;
  /** What the server is started with to use it. */
  settings: { PORTICO_TURN_URLS: string; PORTICO_TURN_SECRET: string };
  /** What it has written by now. */
  log(): string;
  /** Dies, as by a fault of the machine; may be started again. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Dies, and nothing is left. */
  stop(): Promise<void>;
};

export type CoturnAsk = {
  port: number;
  /** Whether it hands on to this machine, as only in tests, where everybody is on it; else it does what README's does. */
  isOpen?: boolean;
  /** As on the command line: `--user-quota=2`. */
  more?: readonly string[];
};

const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

/** A relay on this machine, with the configuration that README hands out. */
export async function startCoturn({ port, isOpen = true, more = [] }: CoturnAsk): Promise<Coturn> {
  const folder = mkdtempSync(join(tmpdir(), 'portico-coturn-'));
  const secret = 'a secret that this relay shares with the server';
  const logFile = join(folder, 'turnserver.log');
  const url = `turn:127.0.0.1:${port}?transport=udp`;
  const args = [
    ...['-c', configuration, '--static-auth-secret', secret],
    ...['--listening-ip=127.0.0.1', `--listening-port=${port}`, '--relay-ip=127.0.0.1'],
    ...['--min-port=49160', '--max-port=49200', '--no-tls', '--no-dtls'],
    ...[
      '--no-stdout-log',
      `--log-file=${logFile}`,
      `--pidfile=${join(folder, 'pid')}`,
      `--userdb=${join(folder, 'db')}`,
    ],
    ...(isOpen ? ['--allow-loopback-peers', '--allowed-peer-ip=127.0.0.1'] : []),
    ...more,
  ];
  let child: ChildProcess | null = null;

  const log = (): string => (existsSync(logFile) ? readFileSync(logFile, 'utf8') : '');

  async function start(): Promise<void> {
    const running = spawn(found ?? 'turnserver', args, { stdio: 'ignore' });
    child = running;
    for (let tries = 0; tries < 200; tries += 1) {
      if (await isListening(port)) return;
      if (running.exitCode !== null) break;
      await sleep(50);
    }
    await kill();
    throw new Error(`turnserver does not listen on ${port}: ${log().slice(-2000)}`);
  }

  async function kill(): Promise<void> {
    const running = child;
    child = null;
    if (running === null || running.exitCode !== null) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGKILL');
    await ended;
  }

  await start();
  return {
    port,
    secret,
    url,
    settings: { PORTICO_TURN_URLS: url, PORTICO_TURN_SECRET: secret },
    log,
    start,
    kill,
    async stop() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
