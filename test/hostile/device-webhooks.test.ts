import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Bundle, Observation } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createLog } from '../../src/web/log.ts';
import { type Server, startServer } from '../support/server.ts';
import { connectedAt, readIn } from '../support/vendor-account.ts';
import {
  clientSecretOf,
  type Notice,
  type Sent,
  type VendorId,
  vendorIds,
  webhookSecretOf,
} from '../support/vendor-notices.ts';
import { startVendors, type VendorStandIn } from '../support/vendor-stand-in.ts';

let standIn: VendorStandIn;
let server: Server;
let elsewhere: HttpServer;
let visits = 0;
let log = '';
const patients = new Map<VendorId, string>();

/** Whose account is connected at each vendor. */
const victim = (vendor: VendorId): string => `victim-at-${vendor}`;

beforeAll(async () => {
  standIn = await startVendors();
  elsewhere = createServer((_, response) => {
    visits += 1;
    response.end('[]');
  });
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
  const logger = createLog('debug', {
    write(line: string) {
      log += line;
    },
  });
  server = await startServer(standIn.settings, logger);
  for (const vendor of vendorIds)
    patients.set(vendor, (await connectedAt(server, standIn, vendor, victim(vendor))).patient);
}, 60_000);
afterAll(async () => {
  await server?.close();
  await standIn?.close();
  elsewhere?.close();
});

const now = Math.floor(Date.now() / 1000);
const epoch = (steps: number, more: object = {}) => ({
  ...{
    summaryId: 'epoch-1',
    startTimeInSeconds: now - 3600,
    startTimeOffsetInSeconds: 0,
    durationInSeconds: 900,
    steps,
  },
  ...more,
});

const notices: Record<VendorId, Notice> = {
  fitbit: { user: victim('fitbit'), of: 'sleep' },
  garmin: { user: victim('garmin'), of: 'epochs', summaries: [epoch(7)] },
  'google-health': { user: victim('google-health'), of: 'steps' },
  oura: { user: victim('oura'), of: 'sleep', record: 'night-1' },
  withings: { user: victim('withings'), of: '1' },
};

const noticeOf = (vendor: VendorId, more: Partial<Notice> = {}): Sent =>
  standIn.notice(vendor, server.origin, { ...notices[vendor], ...more });

async function send({ url, ...init }: Sent): Promise<{ status: number; text: string }> {
  const answer = await fetch(url, init);
  return { status: answer.status, text: await answer.text() };
}

/** What is kept of notifications, of whomever. */
async function kept(): Promise<number> {
  const [row] = await server.database.query(
    `select (select count(*) from device_payload)::int + (select count(*) from device_event_seen)::int
       + (select count(*) from job where kind in ('device-notified', 'device-payload'))::int`,
  );
  return Number(row?.[0]);
}

async function leavesNothing(sent: Sent): Promise<number> {
  const [before, asked] = [await kept(), standIn.asked.length];
  const { status } = await send(sent);
  expect(await kept()).toBe(before);
  expect(standIn.asked.length).toBe(asked);
  return status;
}

async function stepsOf(vendor: VendorId): Promise<(readonly [string | undefined, number | undefined])[]> {
  const path = `Observation?patient=${patients.get(vendor)}&code=http://loinc.org|55423-8`;
  const found = (await (await server.fetch(path)).json()) as Bundle<Observation>;
  return (found.entry ?? []).map(({ resource }) => [resource?.meta?.versionId, resource?.valueQuantity?.value]);
}

describe.each(vendorIds)('somebody who is not %s', (vendor) => {
  const inPath = vendor === 'withings' || vendor === 'garmin';

  test('says nothing by what it knows of it: its address, its users, the shape of what it sends', async () => {
    const { url, ...sent } = noticeOf(vendor);
    const bare = { 'Content-Type': sent.headers['Content-Type'] ?? '' };
    const address = `${server.origin}/devices/${vendor}/webhook`;
    const refused = inPath ? 404 : 401;
    expect(await leavesNothing({ ...sent, url: address, headers: bare })).toBe(refused);
    expect(await leavesNothing({ ...sent, url: `${address}/guess`, headers: bare })).toBe(refused);
    for (const place of ['?secret=', '?token=', '#'])
      expect(await leavesNothing({ ...sent, url: `${address}${place}${webhookSecretOf(vendor)}`, headers: bare })).toBe(
        refused,
      );
    if (!inPath)
      expect(await leavesNothing({ url, ...sent, body: sent.body.replace('{', '{ '), headers: bare })).toBe(401);
  });

  test('is believed with nothing that is known of another vendor', async () => {
    const { body } = noticeOf(vendor);
    for (const other of vendorIds.filter((one) => one !== vendor)) {
      const { headers } = standIn.notice(other, server.origin, { ...notices[other], user: victim(vendor) });
      const end = inPath ? `/${webhookSecretOf(other)}` : '';
      const url = `${server.origin}/devices/${vendor}/webhook${end}`;
      expect([401, 404]).toContain(await leavesNothing({ url, method: 'POST', headers, body }));
    }
  });

  test('does not learn who is connected', async () => {
    const answers: { status: number; text: string }[] = [];
    for (const user of [victim(vendor), 'nobody']) {
      const sent = noticeOf(vendor, { user });
      answers.push(await send({ ...sent, headers: {}, url: `${server.origin}/devices/${vendor}/webhook/x` }));
    }
    expect(answers[0]).toEqual(answers[1]);
    // The vendor itself is told the same of everybody too.
    const own = [await send(noticeOf(vendor, { user: 'nobody' })), await send(noticeOf(vendor, { user: 'someone' }))];
    expect(own[0]).toEqual(own[1]);
    expect(own[0]?.text).toBe('');
  });

  test('reaches nobody in another tenant', async () => {
    expect(await leavesNothing(noticeOf(vendor, { tenant: 2 }))).toBe(404);
  });

  test('gets nowhere by other methods', async () => {
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
      const { url, headers } = noticeOf(vendor);
      const [before, answer] = [await kept(), await fetch(url, { method, headers })];
      await answer.arrayBuffer();
      expect(method === 'GET' && vendor === 'withings' ? [200] : [401, 403, 404, 405]).toContain(answer.status);
      expect(await kept()).toBe(before);
    }
  });

  test('sends what nobody can read, and the next is read', async () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    for (const body of ['', '{', 'null', deep, '{"data":null}', '[null]', '\u0000', '{"epochs":{"a":1}}'])
      expect((await send({ ...noticeOf(vendor), body })).status).toBeLessThan(500);
    expect((await send(noticeOf(vendor, { user: 'nobody' }))).status).toBeLessThan(300);
  });
});

test.each(['fitbit', 'oura'] as const)(
  'a notification of %s that was changed is believed in no part',
  async (vendor) => {
    const sent = noticeOf(vendor, { user: 'nobody' });
    const changed = sent.body.replace('nobody', victim(vendor));
    expect(await leavesNothing({ ...sent, body: changed })).toBe(401);
    const name = vendor === 'oura' ? 'x-oura-signature' : 'X-Fitbit-Signature';
    const signature = sent.headers[name] ?? '';
    for (const other of ['', signature.slice(0, -1), `${signature}0`, signature.slice(0, 10), 'undefined', 'null'])
      expect(await leavesNothing({ ...sent, headers: { ...sent.headers, [name]: other } })).toBe(401);
  },
);

test('a notification of Oura is taken once, and none of its time once five minutes have passed', async () => {
  standIn.give('oura', victim('oura'), 'sleep', {
    ...{ id: 'night-1', day: '2026-05-31', bedtime_start: '2026-05-30T23:00:00Z', bedtime_end: '2026-05-31T07:00:00Z' },
    total_sleep_duration: 25_200,
  });
  const sent = noticeOf('oura');
  expect((await send(sent)).status).toBe(200);
  await readIn(server);
  expect(await leavesNothing(sent)).toBe(200);
  expect(await leavesNothing(noticeOf('oura', { sentAt: Date.now() - 301_000 }))).toBe(401);
  expect(await leavesNothing(noticeOf('oura', { sentAt: Date.now() + 360_000 }))).toBe(401);
  // Its time is signed, and cannot be made anew.
  const old = noticeOf('oura', { sentAt: Date.now() - 301_000 });
  const headers = { ...old.headers, 'x-oura-timestamp': String(now) };
  expect(await leavesNothing({ ...old, headers })).toBe(401);
});

test('what Garmin pushed first does not come back after what it pushed later', async () => {
  const [first, later] = [noticeOf('garmin'), noticeOf('garmin', { summaries: [epoch(9)] })];
  for (const sent of [first, later]) {
    expect((await send(sent)).status).toBe(200);
    await readIn(server);
  }
  expect(await stepsOf('garmin')).toEqual([['2', 9]]);
  for (const sent of [first, later, first]) expect(await leavesNothing(sent)).toBe(200);
  expect(await stepsOf('garmin')).toEqual([['2', 9]]);
});

test('one notification of two users brings each their own', async () => {
  const other = await connectedAt(server, standIn, 'garmin', 'other-at-garmin');
  const mixed = [epoch(21, { summaryId: 'v' }), epoch(22, { summaryId: 'o', userId: 'other-at-garmin' })].map(
    (one, at) => ({
      ...one,
      startTimeInSeconds: now - 7200 + at,
    }),
  );
  expect((await send(noticeOf('garmin', { summaries: mixed }))).status).toBe(200);
  await readIn(server);
  expect((await stepsOf('garmin')).map(([, value]) => value).sort()).toEqual([21, 9]);
  const path = `Observation?patient=${other.patient}`;
  const found = (await (await server.fetch(path)).json()) as Bundle<Observation>;
  expect(found.entry?.map(({ resource }) => resource?.valueQuantity?.value)).toEqual([22]);
});

test('what is said to be somewhere else is not fetched from there', async () => {
  const { port } = elsewhere.address() as AddressInfo; // it listens on a port
  const urls = [
    `http://127.0.0.1:${port}/wellness-api/rest/dailies`,
    `${standIn.origin}/garmin/api@127.0.0.1:${port}/wellness-api/rest/`,
    `${standIn.origin}/garmin/token`,
    `${standIn.origin}/garmin/api/wellness-api/rest/../../../oura/api/v2`,
    'file:///etc/passwd',
  ];
  const asked = standIn.asked.length;
  for (const callbackURL of urls)
    expect((await send(noticeOf('garmin', { of: 'dailies', summaries: [{ callbackURL }] }))).status).toBe(200);
  await readIn(server);
  expect(visits).toBe(0);
  expect(standIn.asked.length).toBe(asked);
});

test('times that no calendar has lead to nothing', async () => {
  const { url, ...sent } = noticeOf('withings');
  for (const span of [
    'startdate=x&enddate=y',
    'startdate=-1&enddate=1',
    'startdate=2&enddate=1',
    'startdate=0&enddate=1e300',
    'date=2026-99-99',
  ]) {
    const body = `userid=${victim('withings')}&appli=1&${span}`;
    expect(await leavesNothing({ url, ...sent, body })).toBe(200);
  }
});

test('the same told a thousand times is fetched a few times', async () => {
  const asked = standIn.asked.length;
  const at = Date.now();
  const sent = noticeOf('withings', { from: at - 60_000, to: at });
  for (let round = 0; round < 20; round += 1) await Promise.all(Array.from({ length: 10 }, () => send(sent)));
  await readIn(server);
  expect(standIn.asked.length - asked).toBeLessThan(60);
});

test('what is too long is not read', async () => {
  const sent = noticeOf('garmin');
  const answer = await send({ ...sent, body: `{"dailies":[${'{"a":1},'.repeat(2_500_000)}{}]}` }).catch(() => null);
  // The connection may be closed before all of it is sent.
  expect([413, undefined]).toContain(answer?.status);
  expect((await send(noticeOf('garmin', { user: 'nobody' }))).status).toBe(200);
});

test('the secrets of vendors and of their users are not in the log', () => {
  for (const vendor of vendorIds) {
    expect(log).not.toContain(webhookSecretOf(vendor));
    expect(log).not.toContain(clientSecretOf(vendor));
    expect(log).not.toContain(victim(vendor));
    expect(log).not.toContain(`access of ${victim(vendor)}`);
  }
});
