import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { heartRate } from '../support/device-submissions.ts';
import { type ServerProcess, startProcess } from '../support/process.ts';
import { freePort } from '../support/server.ts';

const root = join(import.meta.dirname, '../..');
const POINTS = 100_000;
/** MB by which the server may grow. */
const CEILING = 300;

let data: string;
let settings: Record<string, string>;
let server: ServerProcess;
let authorization: string;

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'portico-stream-'));
  chmodSync(data, 0o755);
  settings = { PORT: String(await freePort()), PORTICO_DATA: data, PORTICO_DEMO: 'off', PORTICO_LOG: 'error' };
  server = startProcess(settings);
  await server.ready();
  const { stdout } = await promisify(execFile)(process.execPath, ['scripts/token.ts', '--scope', 'system/*.cruds'], {
    cwd: root,
    env: { PATH: process.env.PATH, ...settings },
  });
  authorization = `Bearer ${stdout.trim()}`;
  const made = await fetch(`http://127.0.0.1:${settings.PORT}/fhir/R4/Patient/p`, {
    method: 'PUT',
    headers: { authorization, 'content-type': 'application/fhir+json' },
    body: JSON.stringify({ resourceType: 'Patient', id: 'p', birthDate: '1980-01-01' }),
  });
  expect(made.status).toBe(201);
}, 60_000);

afterAll(async () => {
  await server.stop();
  rmSync(data, { recursive: true, force: true });
});

/** MB that the server has in memory, now and at most. */
function memory(): { now: number; most: number } {
  const status = readFileSync(`/proc/${server.child.pid}/status`, 'utf8');
  const of = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) / 1024;
  return { now: of('VmRSS'), most: of('VmHWM') };
}

/** A Bundle of as many heart rates, of which every thousandth is impossible, written as it is sent. */
async function* bundle(): AsyncIterable<Uint8Array> {
  const text = new TextEncoder();
  yield text.encode('{"resourceType":"Bundle","type":"collection","entry":[');
  for (let from = 0; from < POINTS; from += 500) {
    const entries = Array.from({ length: 500 }, (_, n) => {
      const at = new Date(Date.UTC(2026, 0, 1) + (from + n) * 1000).toISOString();
      return JSON.stringify({
        resource: heartRate('p', at, (from + n) % 1000 === 999 ? 5000 : 60 + ((from + n) % 40)),
      });
    });
    yield text.encode(`${from === 0 ? '' : ','}${entries.join(',')}`);
  }
  yield text.encode(']}');
}

async function send(body: BodyInit, more: Record<string, string> = {}) {
  const begun = performance.now();
  const answer = await fetch(`http://127.0.0.1:${settings.PORT}/devices/fhir`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json', ...more },
    body,
    ...({ duplex: 'half' } as object),
  });
  const text = await answer.text();
  return { status: answer.status, text, ms: performance.now() - begun };
}

type Counted = {
  entry: { resource?: { parameter: { name: string; valueInteger: number }[] }; response: { status: string } }[];
};
const countsOf = (text: string) =>
  Object.fromEntries(
    ((JSON.parse(text) as Counted).entry[0]?.resource?.parameter ?? []).map(({ name, valueInteger }) => [
      name,
      valueInteger,
    ]),
  );

test(`${POINTS} points are taken in as they come, in bounded memory, and answered by counts and by what is refused`, async () => {
  const before = memory();
  const first = await send(bundle() as unknown as BodyInit); // fetch sends what is iterated
  const grown = memory().most - before.now;
  expect(first.status, first.text.slice(0, 500)).toBe(200);
  expect(countsOf(first.text)).toEqual({ created: 99_900, known: 0, amended: 0, refused: 100 });
  expect((JSON.parse(first.text) as Counted).entry).toHaveLength(101);
  expect(first.text).toContain('Bundle.entry[999].resource');
  console.log(`${POINTS} points in ${Math.round(first.ms)} ms; the server grew by ${Math.round(grown)} MB`);
  expect(grown).toBeLessThan(CEILING);
}, 120_000);

test('sent again, compressed, all of it is known', async () => {
  const pieces: Uint8Array[] = [];
  for await (const piece of bundle()) pieces.push(piece);
  const again = await send(gzipSync(Buffer.concat(pieces)), { 'content-encoding': 'gzip' });
  expect(countsOf(again.text)).toEqual({ created: 0, known: 99_900, amended: 0, refused: 100 });
  console.log(`and again in ${Math.round(again.ms)} ms`);
}, 120_000);
