import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

import { folderBlobs } from '../db/blobs.ts';
import type { FhirContext } from '../fhir/context.ts';
import { opened, sealed } from './payload-seal.ts';
import { IN_ROW, spool, spooledBytes } from './payloads.ts';

const folder = mkdtempSync(join(tmpdir(), 'portico-payloads-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const key = randomBytes(32);
const parts: Pick<FhirContext, 'blobs' | 'now'> & { settings: Pick<FhirContext['settings'], 'keyOf'> } = {
  blobs: folderBlobs(folder),
  now: Date.now,
  settings: { keyOf: () => key },
};
const context = parts as FhirContext; // it is asked for no more

async function* inPieces(bytes: Uint8Array, size: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

test('a payload opens in its place alone, and only as it was sealed', () => {
  const bytes = Buffer.from(sealed(context, 1, 'a', Buffer.from('pulse')).slice(2), 'hex');
  expect(opened(context, 1, 'a', bytes).toString()).toBe('pulse');
  expect(bytes.includes('pulse')).toBe(false);
  expect(() => opened(context, 2, 'a', bytes)).toThrow();
  expect(() => opened(context, 1, 'b', bytes)).toThrow();
  bytes.writeUInt8(bytes.readUInt8(14) ^ 1, 14);
  expect(() => opened(context, 1, 'a', bytes)).toThrow();
});

test.each([0, 1, IN_ROW, IN_ROW + 1, 3 * IN_ROW + 7])(
  '%i bytes are taken in and given again as they were',
  async (size) => {
    const bytes = randomBytes(size);
    const sent = await spool(context, 1, inPieces(bytes, 65_536));
    expect(sent).toMatchObject({ size, blob: size > IN_ROW ? expect.stringMatching(/^[0-9a-f]{64}$/) : null });
    const given: Uint8Array[] = [];
    for await (const piece of spooledBytes(context, 1, sent)) given.push(piece);
    expect(Buffer.concat(given).equals(bytes)).toBe(true);
  },
);

test('what is long is a file in which nothing can be read', async () => {
  const text = Buffer.from('{"heart_rate":61}'.repeat(IN_ROW / 8));
  const { blob } = await spool(context, 1, inPieces(text, 100_000));
  const file = readFileSync(join(folder, (blob ?? '').slice(0, 2), blob ?? ''));
  expect(file.length).toBe(text.length + 28);
  expect(file.includes('heart_rate')).toBe(false);
});
