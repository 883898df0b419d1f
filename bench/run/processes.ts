import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { text } from 'node:stream/consumers';

/** The repository, where src/ and bench/ are. */
export const root = new URL('../..', import.meta.url).pathname;

/** A port nobody listens on. Another program could take it before we do; then the start fails and says so. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/**
 * Runs a TypeScript file of ours to its end.
 *
 * @throws Error with what it said on standard error when it fails or does not end in time
 */
export async function run(file: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { input = '', env = {}, seconds = 60 } = options;
  const child = spawn(process.execPath, [file, ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const overdue = setTimeout(() => child.kill('SIGKILL'), seconds * 1000);
  child.stdin.end(input);
  const [out, errors, code] = await Promise.all([text(child.stdout), text(child.stderr), ended(child)]);
  clearTimeout(overdue);
  const why = code === null ? `was stopped after ${seconds} s` : `ended with ${code}`;
  if (code !== 0) throw new Error(`${file} ${why}: ${errors.trim().split('\n').slice(-12).join('\n')}`);
  return out;
}

/** `seconds` it may take. */
export type RunOptions = { env?: Record<string, string>; input?: string; seconds?: number };

/** The exit code, null after a signal. */
export function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => child.once('close', resolve));
}

export type Running = { port: number; pid: number; stop(): Promise<void> };

/** Starts a floor, which prints the port it listens on when it is ready. */
export async function startFloor(file: string, args: readonly string[]): Promise<Running> {
  const child = spawn(process.execPath, [file, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout.once('data', (line) => resolve(Number(String(line))));
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code} before it was ready`)));
  });
  return { port, pid: child.pid ?? 0, stop: () => terminate(child) };
}

/** Asks it to end; what has not ended after 20 s is ended. */
export async function terminate(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM');
  const overdue = setTimeout(() => child.kill('SIGKILL'), 20_000);
  await ended(child);
  clearTimeout(overdue);
}

/** Megabytes that a process has in memory; null where there is no /proc. */
export function residentMegabytes(pid: number): number | null {
  try {
    const found = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return found ? Math.round(Number(found[1]) / 1024) : null;
  } catch {
    return null;
  }
}

/** Seconds of processor time that a process has used so far; null where there is no /proc. */
export function processorSeconds(pid: number): number | null {
  try {
    // utime and stime are the 14th and 15th; the name before them may have blanks. A tick is 10 ms.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return null;
  }
}
