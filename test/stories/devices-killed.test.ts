import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { bloodPressure, collection, heartRate } from '../support/device-submissions.ts';
import { type ServerProcess, startProcess } from '../support/process.ts';
import { sendTo } from '../support/send-to.ts';
import { freePort } from '../support/server.ts';

const root = join(import.meta.dirname, '../..');
const agent = new Agent({ keepAlive: true, maxSockets: 16 });
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const PATIENTS = 8;

let data: string;
let settings: Record<string, string>;
let server: ServerProcess;
let authorization: string;
let postgres: string;

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'portico-devices-'));
  chmodSync(data, 0o755);
  postgres = join(data, 'postgres/data/postmaster.pid');
  settings = { PORT: String(await freePort()), PORTICO_DATA: data, PORTICO_DEMO: 'off', PORTICO_LOG: 'error' };
  server = startProcess(settings);
  await server.ready();
  const { stdout } = await promisify(execFile)(process.execPath, ['scripts/token.ts', '--scope', 'system/*.cruds'], {
    cwd: root,
    env: { PATH: process.env.PATH, ...settings },
  });
  authorization = `Bearer ${stdout.trim()}`;
  for (let n = 0; n < PATIENTS; n++) {
    const patient = { resourceType: 'Patient', id: `p${n}`, birthDate: '1980-01-01' };
    expect((await send('PUT', `Patient/p${n}`, JSON.stringify(patient))).status).toBe(201);
  }
}, 60_000);

afterAll(async () => {
  agent.destroy();
  await server.stop();
  rmSync(data, { recursive: true, force: true });
});

const send = (method: string, path: string, body?: string) =>
  sendTo({ port: settings.PORT, authorization, agent }, method, path, body);

type Answer = { entry?: { response?: { status?: string; location?: string } }[] };

/** What was sent of each Observation that was acknowledged. */
type Acknowledged = Map<string, number>;

/** Sends batches of two heart rates and a blood pressure until it is told to stop; each again, once, if nothing was answered. */
async function sends(worker: number, isOn: () => boolean, acknowledged: Acknowledged): Promise<void> {
  const patient = `p${worker % PATIENTS}`;
  for (let n = 0; isOn(); n++) {
    const at = (offset: number) => new Date(Date.UTC(2026, 0, 1 + worker) + n * 10_000 + offset).toISOString();
    const value = 50 + (n % 60);
    const body = JSON.stringify(
      collection(
        heartRate(patient, at(0), value),
        heartRate(patient, at(1000), value + 1),
        bloodPressure(patient, at(2000), 100 + (n % 60), 70),
      ),
    );
    for (let tries = 0; tries < 3; tries++) {
      const answer = await send('POST', '$submit-device-data', body);
      if (answer.status !== 200 && answer.status !== 201) {
        await sleep(50);
        continue;
      }
      const { entry = [] } = JSON.parse(answer.text) as Answer;
      for (const [index, one] of entry.entries()) {
        const id = one.response?.location?.split('/')[1];
        if (id) acknowledged.set(id, [value, value + 1, 100 + (n % 60)][index] ?? 0);
      }
      break;
    }
  }
}

type Found = { entry?: { resource: { effectiveDateTime: string } }[] };
type Read = { valueQuantity?: { value: number }; component?: { valueQuantity?: { value: number } }[] };

test('server and database are killed 8 times while readings come in: none that was acknowledged is lost, and none is there twice', async () => {
  const acknowledged: Acknowledged = new Map();
  let on = true;
  const workers = Array.from({ length: 8 }, (_, worker) => sends(worker, () => on, acknowledged));
  for (let round = 0; round < 8; round++) {
    await sleep(400);
    if (round % 2 === 0) {
      server.child.kill('SIGKILL');
      await server.ended;
      server = startProcess(settings);
      await server.ready();
      continue;
    }
    process.kill(Number(readFileSync(postgres, 'utf8').split('\n')[0]), 'SIGKILL');
    await sleep(250);
    await server.ready();
  }
  await sleep(300);
  on = false;
  await Promise.all(workers);

  const lost: string[] = [];
  const ids = [...acknowledged];
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let one = ids.pop(); one !== undefined; one = ids.pop()) {
        const [id, value] = one;
        const found = await send('GET', `Observation/${id}`);
        const read = (found.status === 200 ? JSON.parse(found.text) : {}) as Read;
        const is = read.valueQuantity?.value ?? read.component?.[0]?.valueQuantity?.value;
        if (is !== value) lost.push(`${id}: ${found.status} ${is} instead of ${value}`);
      }
    }),
  );
  expect(lost).toEqual([]);
  for (let n = 0; n < PATIENTS; n++) {
    const found = await send('GET', `Observation?patient=p${n}&code=85354-9&_count=1000`);
    const times = (JSON.parse(found.text) as Found).entry?.map(({ resource }) => resource.effectiveDateTime) ?? [];
    expect(new Set(times).size).toBe(times.length);
  }
  expect(acknowledged.size).toBeGreaterThan(100);
}, 180_000);
