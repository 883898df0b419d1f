import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { connect } from './connect.ts';
import type { Database } from './database.ts';
import { startEmbedded } from './embedded.ts';
import { accountFor, canReach } from './embedded-account.ts';
import { linkLibraries } from './embedded-binaries.ts';
import { isAlive, processesIn, sleep, startOf } from './processes.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'portico-embedded-'));
  chmodSync(root, 0o755);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const settings = { shared_buffers: '64MB' };
const isRoot = process.getuid?.() === 0;

/** Tries until it goes through, as a client does that asks again. */
async function eventually<T>(work: () => Promise<T>, ms = 10_000): Promise<T> {
  for (const until = performance.now() + ms; ; await sleep(50)) {
    try {
      return await work();
    } catch (error) {
      if (performance.now() > until) throw error;
    }
  }
}

test('a folder becomes a Postgres, which is there again with what it held at the next start', async () => {
  const folder = join(root, 'again');
  const first = await startEmbedded({ folder, settings });
  const before = await connect(first.target, { lines: 2 });
  await before.query('create table kept (n int)');
  await before.query('insert into kept values (1)');
  const durable = await before.query(`select current_setting('fsync'), current_setting('synchronous_commit')`);
  expect(durable[0]).toEqual(['on', 'on']);
  await before.close();
  await first.stop();
  expect(existsSync(first.target.socket ?? '')).toBe(false);

  const begun = performance.now();
  const second = await startEmbedded({ folder, settings });
  expect(performance.now() - begun).toBeLessThan(2000);
  const after = await connect(second.target, { lines: 2 });
  expect(await after.query('select n from kept')).toEqual([[1]]);
  await after.close();
  await second.stop();
});

test('one folder serves one Portico: the second is told who has it', async () => {
  const folder = join(root, 'taken');
  const first = await startEmbedded({ folder, settings });
  writeFileSync(join(folder, 'lock'), `${process.ppid} ${startOf(process.ppid)}`);
  await expect(startEmbedded({ folder, settings })).rejects.toThrow(/Another Portico \(process \d+\) uses this folder/);
  await first.stop();
});

test('a postmaster and a backend that are killed come back, and no acknowledged write is gone', async () => {
  const embedded = await startEmbedded({ folder: join(root, 'killed'), settings });
  const database = await connect(embedded.target, { lines: 3 });
  await database.query('create table written (n int primary key)');
  const acknowledged: number[] = [];
  let next = 0;
  let writing = true;
  const writers = Array.from({ length: 8 }, async () => {
    while (writing) {
      const n = next++;
      await database.query('insert into written values ($1)', [n]).then(
        () => acknowledged.push(n),
        () => {},
      );
    }
  });
  for (let round = 0; round < 3; round++) {
    await sleep(150);
    const postmaster = embedded.pid();
    process.kill(postmaster, 'SIGKILL');
    await eventually(async () => {
      if (embedded.pid() === postmaster || embedded.pid() === 0) throw new Error('not yet');
      return database.query('select 1');
    });
    await sleep(150);
    const [backend] = await eventually(() => database.query('select pg_backend_pid()'));
    process.kill(Number(backend?.[0]), 'SIGKILL');
    await eventually(() => database.query('select 1'));
  }
  writing = false;
  await Promise.all(writers);
  const there = new Set((await eventually(() => database.query('select n from written'))).map(([n]) => n));
  expect(acknowledged.length).toBeGreaterThan(50);
  expect(acknowledged.filter((n) => !there.has(n))).toEqual([]);
  await database.close();
  await embedded.stop();
}, 60_000);

/** Another Node that starts an embedded Postgres, says its process id, and stays. */
function startElsewhere(
  folder: string,
  ids: { uid?: number; gid?: number } = {},
): Promise<{ node: ChildProcess; postmaster: number }> {
  const program = `
    const { startEmbedded } = await import(${JSON.stringify(join(import.meta.dirname, 'embedded.ts'))});
    const embedded = await startEmbedded({ folder: ${JSON.stringify(folder)}, settings: ${JSON.stringify(settings)} });
    process.on('SIGTERM', () => embedded.stop().then(() => process.exit(0)));
    console.log(embedded.pid());
    setInterval(() => {}, 1000);`;
  const node = spawn(process.execPath, ['--input-type=module', '-e', program], {
    ...ids,
    cwd: '/',
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Promise((resolve, reject) => {
    let complaint = '';
    node.stderr?.on('data', (text) => {
      complaint += text;
    });
    node.stdout?.once('data', (text) => resolve({ node, postmaster: Number(text) }));
    node.once('exit', (code) => reject(new Error(`ended with ${code}: ${complaint}`)));
  });
}

test('a Postgres that a killed Node left running is stopped, and its data taken over', async () => {
  const folder = join(root, 'orphan');
  const { node, postmaster } = await startElsewhere(folder);
  node.kill('SIGKILL');
  await new Promise((resolve) => node.once('close', resolve));
  expect(isAlive(postmaster)).toBe(true);
  const embedded = await startEmbedded({ folder, settings });
  expect(isAlive(postmaster)).toBe(false);
  expect(embedded.pid()).not.toBe(postmaster);
  const database = await connect(embedded.target, { lines: 2 });
  expect(await database.query('select 1')).toEqual([[1]]);
  await database.close();
  await embedded.stop();
});

test('a Node that is ended by an error of its own takes its Postgres with it', async () => {
  const { node, postmaster } = await startElsewhere(join(root, 'ended'));
  node.kill('SIGTERM');
  await new Promise((resolve) => node.once('close', resolve));
  expect(node.exitCode).toBe(0);
  expect(isAlive(postmaster)).toBe(false);
});

test.runIf(isRoot)(
  'started by root it runs as another user, even below a folder that only root may enter',
  async () => {
    const closed = join(root, 'closed');
    mkdirSync(closed, { mode: 0o700 });
    const folder = join(closed, 'within');
    const embedded = await startEmbedded({ folder, settings });
    expect(statSync(`/proc/${embedded.pid()}`).uid).not.toBe(0);
    expect(canReach({ uid: 12345, gid: 12345 }, folder)).toBe(false);
    const database: Database = await connect(embedded.target, { lines: 2 });
    expect(await database.query('select 1')).toEqual([[1]]);
    await database.close();
    await embedded.stop();
  },
);

const other = isRoot ? accountFor(join(tmpdir(), 'portico-not-there')) : null;
const readable = other !== null && canReach(other, import.meta.filename) && canReach(other, process.execPath);
if (isRoot && !readable)
  console.warn('This checkout can be read by root alone, so starting as another user is not tested.');

test.runIf(!isRoot || readable)('started by a user who is not root it runs as that user', async () => {
  const folder = join(root, 'user');
  mkdirSync(folder);
  chmodSync(folder, 0o777);
  const { node, postmaster } = await startElsewhere(folder, other ?? {});
  expect(statSync(`/proc/${postmaster}`).uid).toBe(other?.uid ?? process.getuid?.());
  node.kill('SIGTERM');
  await new Promise((resolve) => node.once('close', resolve));
  expect(processesIn(join(folder, 'data'))).toEqual([]);
});

test('shared libraries are linked where npm ran no install script', () => {
  const packaged = join(root, 'package');
  mkdirSync(join(packaged, 'native/lib'), { recursive: true });
  writeFileSync(join(packaged, 'native/lib/libicuuc.so.60.2'), '');
  const links = [{ source: 'native/lib/libicuuc.so.60.2', target: 'native/lib/libicuuc.so.60' }];
  writeFileSync(join(packaged, 'native/pg-symlinks.json'), JSON.stringify(links));
  linkLibraries(packaged);
  linkLibraries(packaged);
  expect(readlinkSync(join(packaged, 'native/lib/libicuuc.so.60'))).toBe('libicuuc.so.60.2');
});
