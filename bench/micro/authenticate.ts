/** Processor time that knowing who asks adds to a request, beside a request without: `node bench/micro/authenticate.ts`. */

import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { readConfig } from '../../src/config.ts';
import { openDatabase } from '../../src/database.ts';
import { createAuthenticate } from '../../src/smart/authenticate.ts';
import { openKeys } from '../../src/smart/tokens/keys.ts';
import { mintToken, placeOf } from '../../src/smart/tokens/tokens.ts';
import { createLog } from '../../src/web/log.ts';

/** Requests in flight, and for how long. */
const users = 64;
const seconds = 3;

const folder = mkdtempSync(join(tmpdir(), 'portico-authenticate-'));
const config = readConfig({ PORTICO_DATA: folder });
const database = await openDatabase(config, createLog('error'));
const keys = openKeys(database, randomBytes(32));
const baseUrl = 'http://127.0.0.1:8103';
const authenticate = createAuthenticate({ database: database.byKey, keys, baseUrl, reach: async () => [] });
const claims = { tenant: 1, subject: 'bench', clientId: null, scope: 'system/*.cruds', patient: null };
const tokens = await Promise.all(
  Array.from({ length: 100 }, (_, at) =>
    mintToken(keys, placeOf(baseUrl, 1), { ...claims, subject: `bench${at}` }, 3600),
  ),
);

/** Microseconds of this process's processor time for each call, the calls coming from many users at once. */
async function cost(call: (at: number) => Promise<unknown>): Promise<{ each: number; calls: number }> {
  const end = performance.now() + seconds * 1000;
  const before = process.cpuUsage();
  let calls = 0;
  const user = async (): Promise<void> => {
    while (performance.now() < end) await call(calls++);
  };
  await Promise.all(Array.from({ length: users }, user));
  const { user: own, system } = process.cpuUsage(before);
  return { each: (own + system) / calls, calls };
}

const ask = (at: number) =>
  authenticate({ authorization: `Bearer ${tokens[at % tokens.length]}`, method: 'GET', url: baseUrl }, 1);
await cost(ask);
const { each, calls } = await cost(ask);
process.stdout.write(
  `authenticate: ${each.toFixed(1)} µs of processor time a request, ${Math.round(calls / seconds)} requests/s, ${users} in flight\n`,
);
await database.close();
rmSync(folder, { recursive: true, force: true });
