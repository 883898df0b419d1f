import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';

import { unzip } from '../../../test/support/unzip.ts';
import { decrypted, encrypted } from './frames.ts';
import { zip } from './zip.ts';

async function* chunksOf(...chunks: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

const files: Record<string, Buffer[]> = {
  'index.html': [Buffer.from('<p>é</p>')],
  'records/Été.ndjson': [Buffer.from('{"a":1}\n'), Buffer.from('{"a":2}\n')],
  empty: [],
  'files/noise': Array.from({ length: 40 }, () => randomBytes(30_000)),
};

async function* entries() {
  for (const [name, chunks] of Object.entries(files)) yield { name, bytes: chunksOf(...chunks) };
}

const at = new Date('2026-02-03T04:05:06Z');

test('an archive holds its files, names of any letters and empty files included', async () => {
  const read = unzip(await buffer(zip(entries(), at)));
  const expected = Object.entries(files).map(([name, chunks]) => [name, Buffer.concat(chunks)]);
  expect([...read]).toEqual(expected);
});

test('of more files than 16 bits count the 64-bit record tells the number', async () => {
  async function* many() {
    for (let n = 0; n < 65_536; n++) yield { name: `${n}`, bytes: chunksOf() };
  }
  const archive = await buffer(zip(many(), at));
  const record = archive.subarray(archive.length - 22 - 20 - 56);
  expect(record.readUInt32LE(0)).toBe(0x06064b50);
  expect(record.readBigUInt64LE(32)).toBe(65_536n);
  expect(archive.readUInt32LE(Number(record.readBigUInt64LE(48)))).toBe(0x02014b50);
  expect(archive.readUInt16LE(archive.length - 12)).toBe(0xffff);
});

test('what fails at the source fails the archive', async () => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('a');
    throw new Error('gone');
  }
  async function* one() {
    yield { name: 'a', bytes: broken() };
  }
  await expect(buffer(zip(one(), at))).rejects.toThrow('gone');
});

const key = randomBytes(32);

test.each([0, 1, 65_535, 65_536, 65_537, 200_000])('%i bytes are encrypted and come back', async (size) => {
  const bytes = randomBytes(size);
  const sealed = await buffer(encrypted(key, chunksOf(bytes.subarray(0, 10), bytes.subarray(10))));
  expect(await buffer(decrypted(key, chunksOf(sealed)))).toEqual(bytes);
});

test('what was changed, cut off, moved or encrypted with another key does not come out', async () => {
  const bytes = randomBytes(150_000);
  const sealed = await buffer(encrypted(key, chunksOf(bytes)));
  const frame = 65_552;
  const changed = Buffer.from(sealed);
  changed[100_000] = (changed[100_000] ?? 0) ^ 1;
  const moved = Buffer.concat([
    sealed.subarray(frame, 2 * frame),
    sealed.subarray(0, frame),
    sealed.subarray(2 * frame),
  ]);
  for (const wrong of [changed, moved, sealed.subarray(0, 2 * frame), sealed.subarray(0, -1), Buffer.alloc(0)]) {
    await expect(buffer(decrypted(key, chunksOf(wrong)))).rejects.toThrow();
  }
  await expect(buffer(decrypted(randomBytes(32), chunksOf(sealed)))).rejects.toThrow();
});
