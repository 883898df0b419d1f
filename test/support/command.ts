import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import type { Server } from './server.ts';

/** What a command of scripts/ prints on the database of a server, or the sentence that it ends with. */
export function command(server: Server, script: string, ...words: string[]): Promise<string> {
  const { user, password, host, port, database, socket } = server.target;
  const url = new URL(`postgres://${socket ? 'localhost' : host}:${port}/${database}`);
  url.username = user;
  url.password = password;
  if (socket) url.searchParams.set('host', socket.replace(/\/\.s\.PGSQL\.\d+$/, ''));
  const env = { ...process.env, DATABASE_URL: url.href, PORTICO_BASE_URL: server.origin };
  return promisify(execFile)(process.execPath, [`scripts/${script}.ts`, ...words], { env }).then(
    ({ stdout }) => stdout.trim(),
    (error: { stderr: string }) => error.stderr.trim(),
  );
}
