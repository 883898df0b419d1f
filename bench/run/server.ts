import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { connect, type Sql, targetIn } from './postgres.ts';
import { freePort, type Running, root, run, terminate } from './processes.ts';

/** The server under test, started as a user starts it, on a folder of its own. */
export type Server = Running & { token: string; folder: string; sql: Sql; startMs: number };

/** ms until /readyz must answer 200. */
const startLimit = 90_000;

async function ready(port: number): Promise<boolean> {
  try {
    const { status } = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(2000) });
    return status === 200;
  } catch {
    return false;
  }
}

/**
 * @param folder where it keeps everything; an empty one is a cold start
 * @param demo whether it seeds its demo world
 * @param program where it is not the server as it is
 * @throws Error with the end of what it wrote, when it is not ready in time
 */
export async function startServer(
  folder: string,
  demo: 'on' | 'off',
  flags: readonly string[] = [],
  program = 'src/main.ts',
): Promise<Server> {
  const port = await freePort();
  const settings = { PORT: String(port), HOST: '127.0.0.1', PORTICO_DATA: folder, PORTICO_DEMO: demo };
  // The bench measures what runs out of the box: settings of the caller's own server do not reach it.
  const inherited = Object.entries(process.env).filter(([name]) => !/^(PORTICO_|DATABASE_URL|PORT$|HOST$)/.test(name));
  const env = { ...Object.fromEntries(inherited), ...settings };
  const start = performance.now();
  const child = spawn(process.execPath, [...flags, join(root, program)], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const hear = (text: Buffer) => {
    said = (said + text).slice(-4000);
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  while (!(await ready(port))) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`The server ended at its start: ${said}`);
    if (performance.now() - start > startLimit)
      throw new Error(`The server is not ready after ${startLimit} ms: ${said}`);
    await sleep(10);
  }
  const startMs = performance.now() - start;
  const scope = ['--scope', 'system/*.cruds'];
  const token = (await run(join(root, 'scripts/token.ts'), scope, { env: settings })).trim();
  const sql = connect(targetIn(folder), 2);
  return {
    port,
    pid: child.pid ?? 0,
    token,
    folder,
    sql,
    startMs,
    async stop() {
      await sql.end();
      await terminate(child);
    },
  };
}
