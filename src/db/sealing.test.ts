import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, expect, test } from 'vitest';

import { folderBlobs } from './blobs.ts';
import type { Database, Queryable, Row } from './database.ts';
import { folderKeys } from './patient-keys.ts';
import { sealedBlobs } from './sealed-blobs.ts';
import { createSeal, sealedDatabase } from './sealing.ts';

const folder = mkdtempSync(join(tmpdir(), 'portico-sealing-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let last = 0;
const read = async (stream: Readable | null): Promise<Buffer> => buffer(stream ?? Readable.from([]));
const newKeys = () => folderKeys(join(folder, `keys-${++last}`));

/** A database that answers with these rows. */
function answering(rows: Row[]): Database {
  const on: Queryable = { query: async () => rows.map((row) => [...row]) };
  return { ...on, byKey: on, planned: on, transaction: (work) => work(on), close: async () => {} };
}

const head = (type: string, id: string): string => `{"resourceType":"${type}","id":"${id}","meta":{"versionId":"`;
const before = '","lastUpdated":"2026-01-01T00:00:00.000Z"}';
const one = (body: string, more: { type?: string; id?: string; patient?: string | null } = {}) => ({
  tenant: 1,
  type: 'Observation',
  id: 'o',
  patient: 'p',
  tail: `${before}${body}}`,
  bodyAt: before.length,
  ...more,
});

test('a text is sealed behind its meta, stays JSON, and is given as it was', async () => {
  const keys = newKeys();
  const body = ',"status":"final","note":[{"text":"déjà “vu” \\u0001"}]';
  const [tail = ''] = await createSeal(keys)([one(body)]);
  const stored = `${head('Observation', 'o')}7${tail}`;
  expect(stored).not.toContain('final');
  expect(JSON.parse(stored).meta).toEqual({ versionId: '7', lastUpdated: '2026-01-01T00:00:00.000Z' });
  const database = sealedDatabase(answering([['x', stored, 5, null]]), keys, true);
  expect(await database.planned.query('select content')).toEqual([
    ['x', `${head('Observation', 'o')}7${before}${body}}`, 5, null],
  ]);
  const [again] = await createSeal(keys)([one(body)]);
  expect(again).not.toBe(tail);
});

test('what is in nobody’s record, or of a type that SQL reads, is not sealed', async () => {
  const seal = createSeal(newKeys());
  const all = [one(',"a":1', { patient: null }), one(',"a":1', { type: 'Consent' }), one(',"a":1', { type: 'Binary' })];
  expect(await seal(all)).toEqual(all.map(({ tail }) => tail));
});

test('a text that was moved to another row does not open', async () => {
  const keys = newKeys();
  const [tail = ''] = await createSeal(keys)([one(',"a":1')]);
  const moved = sealedDatabase(answering([[`${head('Observation', 'other')}1${tail}`]]), keys, true);
  await expect(moved.query('select content')).rejects.toThrow();
});

test('a record whose key was destroyed says that it was there, and no more; one whose key is lost is a fault', async () => {
  const keys = newKeys();
  const [tail = ''] = await createSeal(keys)([one(',"a":1')]);
  const stored = `${head('Observation', 'o')}1${tail}`;
  await expect(sealedDatabase(answering([[stored]]), newKeys(), true).query('select content')).rejects.toThrow(
    'the key of a record',
  );
  await keys.destroy(1, 'p');
  expect(await sealedDatabase(answering([[stored]]), keys, true).query('select content')).toEqual([
    [`${head('Observation', 'o')}1${before}}`],
  ]);
  expect(await keys.make(1, 'p')).toBeNull();
  expect(await createSeal(keys)([one(',"a":1')])).toEqual([one(',"a":1').tail]);
});

test('of many who need a key at the same time all get the same; nothing of a destroyed one is on the disk', async () => {
  const place = join(folder, 'many');
  const all = Array.from({ length: 20 }, () => folderKeys(place));
  const made = await Promise.all(all.map((keys) => keys.make(1, 'p')));
  expect(new Set(made.map((each) => each?.export().toString('hex'))).size).toBe(1);
  const [key] = made.map((each) => each?.export() ?? Buffer.alloc(0));
  const found = await folderKeys(place).find(1, 'p');
  expect(found === 'destroyed' ? null : found?.export()).toEqual(key);
  expect(await folderKeys(place).find(2, 'p')).toBeNull();
  await all[0]?.destroy(1, 'p');
  expect(await folderKeys(place).find(1, 'p')).toBe('destroyed');
  const files = readdirSync(place, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(files.length).toBe(1);
  for (const { parentPath, name } of files)
    expect(readFileSync(join(parentPath, name)).includes(key ?? '')).toBe(false);
});

test('a file of a record is sealed, and gone with its key; others are as they are', async () => {
  const keys = newKeys();
  const place = join(folder, 'blobs');
  const blobs = sealedBlobs(folderBlobs(place), keys, true);
  const bytes = Buffer.concat([Buffer.from('a canary'), randomBytes(100_000)]);
  const owner = { tenant: 1, patient: 'p' };
  const { sha256 } = await blobs.put(bytes, undefined, owner);
  const other = await blobs.put(bytes, undefined, { tenant: 1, patient: 'q' });
  expect(other.sha256).not.toBe(sha256);
  expect(await read(await blobs.get(sha256))).toEqual(bytes);
  await expect(blobs.put(bytes, 10, owner)).rejects.toThrow();
  const files = readdirSync(place, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const { parentPath, name } of files) expect(readFileSync(join(parentPath, name)).includes('canary')).toBe(false);
  await keys.destroy(1, 'p');
  expect(await blobs.get(sha256)).toBeNull();
  expect(await read(await blobs.get(other.sha256))).toEqual(bytes);
  const plain = await blobs.put(bytes);
  expect(await read(await folderBlobs(place).get(plain.sha256))).toEqual(bytes);
});
