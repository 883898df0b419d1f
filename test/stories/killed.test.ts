import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { type ServerProcess, startProcess } from '../support/process.ts';
import { sendTo } from '../support/send-to.ts';
import { freePort } from '../support/server.ts';

const root = join(import.meta.dirname, '../..');
const agent = new Agent({ keepAlive: true, maxSockets: 32 });
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

let data: string;
let settings: Record<string, string>;
let server: ServerProcess;
let authorization: string;

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'portico-killed-'));
  chmodSync(data, 0o755);
  settings = { PORT: String(await freePort()), PORTICO_DATA: data, PORTICO_DEMO: 'off', PORTICO_LOG: 'error' };
  server = startProcess(settings);
  await server.ready();
  const { stdout } = await promisify(execFile)(process.execPath, ['scripts/token.ts', '--scope', 'system/*.cruds'], {
    cwd: root,
    env: { PATH: process.env.PATH, ...settings },
  });
  authorization = `Bearer ${stdout.trim()}`;
});

afterAll(async () => {
  agent.destroy();
  await server.stop();
  rmSync(data, { recursive: true, force: true });
});

const send = (method: string, path: string, body?: string) =>
  sendTo({ port: settings.PORT, authorization, agent }, method, path, body);

test('Node and Postgres are killed 20 times while 16 users write: nothing that was acknowledged is lost', async () => {
  const acknowledged = new Map<string, string>();
  const statuses = new Map<number, number>();
  let next = 0;
  let on = true;
  const users = Array.from({ length: 16 }, async () => {
    while (on) {
      const n = next++;
      const observation = {
        resourceType: 'Observation',
        status: 'final',
        code: { text: `reading ${n}` },
        subject: { reference: `Patient/p${n % 50}` },
        valueQuantity: { value: n, unit: 'bpm' },
      };
      // Half choose their id, and so come by another way.
      const answer =
        n % 2 === 0
          ? await send('POST', 'Observation', JSON.stringify(observation))
          : await send('PUT', `Observation/own-${n}`, JSON.stringify({ ...observation, id: `own-${n}` }));
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      if (answer.status === 201) acknowledged.set(JSON.parse(answer.text).id, answer.text);
      if (answer.status === 0) await sleep(20);
    }
  });
  for (let round = 0; round < 20; round++) {
    await sleep(250);
    if (round % 3 === 0) {
      server.child.kill('SIGKILL');
      await server.ended;
      server = startProcess(settings);
      await server.ready();
      continue;
    }
    const [pid] = readFileSync(join(data, 'postgres/data/postmaster.pid'), 'utf8').split('\n');
    process.kill(Number(pid), 'SIGKILL');
    await sleep(250);
    await server.ready();
  }
  await sleep(250);
  on = false;
  await Promise.all(users);

  const lost: string[] = [];
  const ids = [...acknowledged.keys()];
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      for (let id = ids.pop(); id !== undefined; id = ids.pop()) {
        const found = await send('GET', `Observation/${id}`);
        if (found.status !== 200 || found.text !== acknowledged.get(id)) lost.push(`${id}: ${found.status}`);
      }
    }),
  );
  expect(lost).toEqual([]);
  expect(acknowledged.size).toBeGreaterThan(500);
  // Whoever was not acknowledged was told so (503), or heard nothing.
  expect([...statuses.keys()].filter((status) => ![0, 201, 503].includes(status))).toEqual([]);
}, 120_000);
