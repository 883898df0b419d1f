import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';

import { readConfig } from '../../src/config.ts';
import { start } from '../../src/start.ts';
import { freePort, type Server, startServer } from './server.ts';

/** Two servers of one database, known to their clients by the address of the first, as behind a load balancer. */
export type Pair = {
  server: Server;
  /** Where each really is: `http://127.0.0.1:…`. */
  origins: [string, string];
  /** The second ends as by SIGTERM; the first goes on. */
  stopSecond(): Promise<void>;
  close(): Promise<void>;
};

const PORTICO_SECRET = 'a secret that both servers of a pair have in common';
const compiled = join(import.meta.dirname, '../../node_modules/.cache/portico');

export async function startPair(): Promise<Pair> {
  const server = await startServer({ PORTICO_SECRET });
  const folder = mkdtempSync(join(tmpdir(), 'portico-beside-'));
  const PORT = String(await freePort());
  const settings = { PORTICO_DATA: folder, PORTICO_DEMO: 'off', PORTICO_SECRET, PORT };
  const config = readConfig({ ...settings, PORTICO_BASE_URL: server.origin });
  const beside = await start({ ...config, database: server.target, compiled }, pino({ level: 'silent' }));
  let stopped: Promise<void> | null = null;
  const stopSecond = (): Promise<void> => {
    stopped ??= beside.stop();
    return stopped;
  };
  return {
    server,
    origins: [server.origin, `http://127.0.0.1:${PORT}`],
    stopSecond,
    async close() {
      await stopSecond();
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
