import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
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

const run = async (script: string, ...args: string[]): Promise<string> => {
  const env = { PATH: process.env.PATH, ...settings };
  return (await promisify(execFile)(process.execPath, [`scripts/${script}`, ...args], { cwd: root, env })).stdout;
};

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'portico-ledger-killed-'));
  chmodSync(data, 0o755);
  settings = { PORT: String(await freePort()), PORTICO_DATA: data, PORTICO_DEMO: 'off', PORTICO_LOG: 'error' };
  server = startProcess(settings);
  await server.ready();
  authorization = `Bearer ${(await run('token.ts', '--scope', 'system/*.cruds')).trim()}`;
}, 120_000);

afterAll(async () => {
  agent.destroy();
  await server.stop();
  rmSync(data, { recursive: true, force: true });
});

const send = (method: string, path: string, body?: string) =>
  sendTo({ port: settings.PORT, authorization, agent }, method, path, body);

test('O-82 the server is killed 4 times while 16 users read: no answer was given that is not in the ledger, which still holds', async () => {
  for (let at = 0; at < 16; at++) {
    const person = { resourceType: 'Patient', id: `p${at}`, name: [{ family: `Read ${at}` }] };
    expect((await send('PUT', `Patient/p${at}`, JSON.stringify(person))).status).toBe(201);
  }
  const given = new Map<string, number>();
  let on = true;
  const users = Array.from({ length: 16 }, async (_, at) => {
    while (on) {
      const { status } = await send('GET', `Patient/p${at}`);
      if (status === 200) given.set(`p${at}`, (given.get(`p${at}`) ?? 0) + 1);
      if (status === 0) await sleep(20);
    }
  });
  for (let round = 0; round < 4; round++) {
    await sleep(700);
    server.child.kill('SIGKILL');
    await server.ended;
    server = startProcess(settings);
    await server.ready();
  }
  await sleep(300);
  on = false;
  await Promise.all(users);
  expect([...given.values()].reduce((sum, one) => sum + one, 0)).toBeGreaterThan(100);
  for (const [id, answers] of given) {
    const { text } = await send('GET', `AuditEvent?patient=${id}&action=R&_summary=count`);
    expect((JSON.parse(text) as { total: number }).total, id).toBeGreaterThanOrEqual(answers);
  }
  await server.stop();
  expect(await run('audit.ts')).toMatch(
    /^Tenant 1: \d+ rows in \d+ blocks are as they were written, the last on .*; \d+ checkpoints agree\.\n$/,
  );
}, 120_000);
