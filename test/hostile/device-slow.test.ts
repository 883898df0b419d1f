import { request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type Server, startServer } from '../support/server.ts';
import { webhookSecretOf } from '../support/vendor-notices.ts';
import { startVendors, type VendorStandIn } from '../support/vendor-stand-in.ts';

let standIn: VendorStandIn;
let server: Server;
beforeAll(async () => {
  standIn = await startVendors();
  server = await startServer(standIn.settings);
}, 60_000);
afterAll(async () => {
  await server?.close();
  await standIn?.close();
});

/** The status of a request whose body has begun and goes on for ever; null: it is waited for. */
function unended(path: string, ms: number): Promise<number | null> {
  return new Promise((resolve) => {
    const sent = request(`${server.origin}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    });
    const done = (status: number | null): void => {
      clearTimeout(timer);
      resolve(status);
      sent.destroy();
    };
    const timer = setTimeout(() => done(null), ms);
    sent.on('response', ({ statusCode }) => done(statusCode ?? 0));
    sent.on('error', () => {});
    sent.write('{');
  });
}

describe('what somebody sends whom nobody knows is not waited for', () => {
  test.each(['nobody/webhook', 'nobody/webhook/x', 'garmin/webhook', 'garmin/webhook/guess', 'withings/webhook/guess'])(
    '%s',
    async (path) => {
      expect(await unended(`/devices/${path}`, 4000)).toBe(404);
    },
  );
  test('a submission without a token', async () => {
    expect(await unended('/devices/fhir', 4000)).toBe(401);
  });
});

test('a small body that grows to a large one is given up on', async () => {
  const bomb = gzipSync(Buffer.alloc(64 * 2 ** 20, 0x20));
  const before = process.memoryUsage().rss;
  for (const path of ['oura/webhook', 'fitbit/webhook', `garmin/webhook/${webhookSecretOf('garmin')}`]) {
    const headers = { 'content-encoding': 'gzip', 'content-type': 'application/json' };
    const answers = await Promise.all(
      Array.from({ length: 8 }, () =>
        fetch(`${server.origin}/devices/${path}`, { method: 'POST', headers, body: bomb }),
      ),
    );
    for (const { status } of answers) expect(status, path).toBe(413);
  }
  expect(process.memoryUsage().rss - before).toBeLessThan(400 * 2 ** 20);
}, 60_000);
