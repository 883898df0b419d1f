import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import type { Notice, Sent, VendorId } from '../../../test/support/vendor-notices.ts';
import { startVendors, type VendorStandIn } from '../../../test/support/vendor-stand-in.ts';
import { readConfig } from '../../config.ts';
import { createGuardedFetch } from '../../net/guard.ts';
import type { VendorSettings } from '../deps.ts';
import { formats } from '../formats/index.ts';
import { measureOf } from '../measures.ts';
import { vendorOf, vendors } from './index.ts';
import {
  endpointsOf,
  measuresOf,
  type Reach,
  scopesFor,
  type Vendor,
  type WebhookRequest,
  webhookPath,
} from './vendor.ts';

let standIn: VendorStandIn;
let config: ReturnType<typeof readConfig>;
const now = Date.UTC(2026, 5, 2, 12);
const callback = 'https://portico.example/devices/webhook';

beforeAll(async () => {
  standIn = await startVendors();
  config = readConfig(standIn.settings);
});
afterEach(() => {
  standIn.fault = null;
});
afterAll(() => standIn.close());

const ids: readonly VendorId[] = ['fitbit', 'garmin', 'google-health', 'oura', 'withings'];

function vendorCalled(id: string): { vendor: Vendor; settings: VendorSettings } {
  const [vendor, settings] = [vendorOf(id), config.vendors.get(id)];
  if (!vendor || !settings) throw new Error(`${id} is not set up`);
  return { vendor, settings };
}

function reachOf(id: VendorId, access = `token of ${id}`): Reach {
  const { vendor, settings } = vendorCalled(id);
  standIn.tokens.set(`token of ${id}`, { vendor: id, user: 'user-1', kind: 'access' });
  const fetch = createGuardedFetch({ allow: config.allowAddresses });
  return { fetch, settings, endpoints: endpointsOf(vendor, settings), access, user: 'user-1', now };
}

function requestOf({ url, method, headers, body }: Sent, more: Partial<WebhookRequest> = {}): WebhookRequest {
  const names = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const end = /\/webhook\/([^/?]+)$/.exec(new URL(url).pathname)?.[1] ?? null;
  return {
    ...{ method, query: new URL(url).searchParams, header: (name) => names.get(name), body: Buffer.from(body) },
    ...{ secret: end, address: '192.0.2.1', ...more },
  };
}

const notices: Record<VendorId, Notice> = {
  fitbit: { user: 'user-1', of: 'sleep', sentAt: now },
  garmin: {
    user: 'user-1',
    of: 'epochs',
    summaries: [{ summaryId: 'a', startTimeInSeconds: 1, steps: 3 }],
    sentAt: now,
  },
  'google-health': { user: 'user-1', of: 'steps', sentAt: now },
  oura: { user: 'user-1', of: 'sleep', record: 'night-1', sentAt: now },
  withings: { user: 'user-1', of: '1', sentAt: now },
};

test('each vendor has a format of its name, and measures that there are', () => {
  for (const vendor of vendors) {
    expect(formats.map(({ name }) => name)).toContain(vendor.id);
    for (const id of measuresOf(vendor)) expect(measureOf(id)?.id).toBe(id);
  }
  expect(vendors.map(({ id }) => id).sort()).toEqual([...ids].sort());
});

test('only what was chosen is asked for, and all where nothing was', () => {
  const { vendor } = vendorCalled('withings');
  expect(scopesFor(vendor, ['body-weight'])).toBe('user.metrics,user.info');
  expect(scopesFor(vendor, null)).toBe('user.metrics,user.activity,user.info');
  expect(vendor.between(now - 1000, now, ['body-weight']).map(({ kind }) => kind)).toEqual(['measures']);
  for (const one of vendors) expect(one.between(now - 86_400_000, now, ['no-measure'])).toEqual([]);
});

describe.each(ids)('a notification of %s', (id) => {
  const sent = (): Sent => standIn.notice(id, 'http://server', notices[id]);
  const verdict = (request: WebhookRequest, at = now): boolean => {
    const { vendor, settings } = vendorCalled(id);
    return vendor.webhook.verify(request, settings, at).ok;
  };

  test('is believed, and names its user and what there is', () => {
    const { vendor, settings } = vendorCalled(id);
    expect(new URL(sent().url).pathname).toBe(webhookPath(vendor, settings));
    expect(vendor.webhook.challenge(requestOf(sent()), settings)).toBeNull();
    expect(verdict(requestOf(sent()))).toBe(true);
    const events = vendor.webhook.events(requestOf(sent())) ?? [];
    expect(events.length).toBeGreaterThan(0);
    for (const event of events) expect(event.vendorUser).toBe('user-1');
  });

  test('is not believed without what it is known by, or with that of another', () => {
    const bare = requestOf({ ...sent(), headers: {} }, { secret: null });
    expect(verdict(bare)).toBe(false);
    const { vendor, settings } = vendorCalled(id);
    const other = { ...settings, clientSecret: 'another', webhookSecret: 'another' };
    expect(vendor.webhook.verify(requestOf(sent()), other, now).ok).toBe(false);
    const unset: VendorSettings = { clientId: settings.clientId, clientSecret: '' };
    expect(vendor.webhook.verify(bare, unset, now).ok).toBe(false);
  });

  test('that nobody can read is none', () => {
    const { vendor } = vendorCalled(id);
    for (const body of ['', 'null', '[', '{}', '[{}]', '"x"', '{"data":1}', 'userid=&appli='])
      expect(vendor.webhook.events(requestOf({ ...sent(), body })) ?? []).toEqual([]);
  });
});

test.each(['fitbit', 'oura'] as const)('one of %s that was changed on its way is not believed', (id) => {
  const { vendor, settings } = vendorCalled(id);
  const sent = standIn.notice(id, 'http://server', notices[id]);
  const changed = { ...sent, body: sent.body.replace('user-1', 'user-2') };
  expect(changed.body).not.toBe(sent.body);
  expect(vendor.webhook.verify(requestOf(changed), settings, now).ok).toBe(false);
});

test('one of Oura is believed for five minutes, whatever its time is written as', () => {
  const { vendor, settings } = vendorCalled('oura');
  const sent = standIn.notice('oura', 'http://server', notices.oura);
  const ok = (one: Sent, at: number): boolean => vendor.webhook.verify(requestOf(one), settings, at).ok;
  expect([now - 301_000, now - 300_000, now + 300_000, now + 301_000].map((at) => ok(sent, at))).toEqual([
    ...[false, true, true, false],
  ]);
  for (const timestamp of [new Date(now).toISOString(), String(now)]) {
    const signature = createHmac('sha256', settings.clientSecret).update(timestamp).update(sent.body).digest('hex');
    const headers = { 'x-oura-timestamp': timestamp, 'x-oura-signature': signature };
    expect(ok({ ...sent, headers }, now)).toBe(true);
    expect(ok({ ...sent, headers }, now + 400_000)).toBe(false);
  }
  for (const timestamp of ['', 'now', 'NaN', 'Infinity']) {
    const signature = createHmac('sha256', settings.clientSecret).update(timestamp).update(sent.body).digest('hex');
    expect(ok({ ...sent, headers: { 'x-oura-timestamp': timestamp, 'x-oura-signature': signature } }, now)).toBe(false);
  }
});

test('one of Garmin comes from its networks where they are set', () => {
  const { vendor, settings } = vendorCalled('garmin');
  const sent = standIn.notice('garmin', 'http://server', notices.garmin);
  const from = (address: string | null): boolean =>
    vendor.webhook.verify(
      requestOf(sent, { address }),
      { ...settings, addresses: ['204.77.162.0/23', '2001:db8::1'] },
      now,
    ).ok;
  expect(['204.77.163.9', '::ffff:204.77.162.1', '2001:db8::1'].map(from)).toEqual([true, true, true]);
  expect(['204.77.164.1', '2001:db8::2', null].map(from)).toEqual([false, false, false]);
});

test('each vendor finds the address that is ours, and nobody else does', () => {
  const ask = (id: VendorId, more: Partial<WebhookRequest>): number | undefined => {
    const { vendor, settings } = vendorCalled(id);
    const sent: Sent = { url: 'http://server/', method: 'GET', headers: {}, body: '' };
    return vendor.webhook.challenge(requestOf(sent, more), settings)?.status;
  };
  const query = (text: string) => ({ query: new URLSearchParams(text) });
  const secretOf = (id: VendorId): string => vendorCalled(id).settings.webhookSecret ?? '';
  expect(ask('fitbit', query(`verify=${secretOf('fitbit')}`))).toBe(204);
  expect(ask('fitbit', query('verify=wrong'))).toBe(404);
  expect(ask('oura', query(`verification_token=${secretOf('oura')}&challenge=c`))).toBe(200);
  expect(ask('oura', query('verification_token=wrong&challenge=c'))).toBe(403);
  expect(ask('withings', { method: 'HEAD', secret: secretOf('withings') })).toBe(200);
  expect(ask('withings', { method: 'HEAD', secret: 'wrong' })).toBe(404);
  const body = Buffer.from('{"type":"verification"}');
  const header = (): string => secretOf('google-health');
  expect(ask('google-health', { method: 'POST', body, header })).toBe(201);
  expect(ask('google-health', { method: 'POST', body, header: () => undefined })).toBe(401);
});

test('what Oura deletes is told as deleted, and what Garmin pushes comes along, each user’s alone', () => {
  const oura = vendorCalled('oura').vendor;
  const deleted = standIn.notice('oura', 'http://server', { ...notices.oura, operation: 'delete' });
  expect(oura.webhook.events(requestOf(deleted))).toMatchObject([
    { kind: 'payload', payload: '{"deleted":[{"kind":"sleep","id":"night-1"}]}' },
  ]);
  const garmin = vendorCalled('garmin').vendor;
  const body = JSON.stringify({
    dailies: [
      { userId: 'a', steps: 1 },
      { userId: 'b', steps: 2 },
      { userId: 'a', steps: 3 },
    ],
    deregistrations: [{ userId: 'c' }],
    secrets: [{ userId: 'd' }],
  });
  expect(garmin.webhook.events(requestOf({ url: 'http://server/', method: 'POST', headers: {}, body }))).toMatchObject([
    { vendorUser: 'a', kind: 'payload', payload: '{"dailies":[{"userId":"a","steps":1},{"userId":"a","steps":3}]}' },
    { vendorUser: 'b', kind: 'payload', payload: '{"dailies":[{"userId":"b","steps":2}]}' },
    { vendorUser: 'c', kind: 'ended' },
  ]);
});

test('where Garmin says that something is, it is fetched only from Garmin', async () => {
  const { vendor } = vendorCalled('garmin');
  const reach = reachOf('garmin');
  standIn.give('garmin', 'user-1', 'dailies', [{ userId: 'user-1', steps: 1 }]);
  const base = `${reach.endpoints.api}/wellness-api/rest/`;
  expect(await vendor.fetch({ kind: 'dailies', url: `${base}dailies?token=x` }, reach)).toEqual({
    ...{ ok: true, value: ['{"dailies":[{"userId":"user-1","steps":1}]}'] },
  });
  const elsewhere = ['https://evil.example/dailies', `${base}../../token`, `${reach.endpoints.api}@evil.example/`, 'x'];
  for (const url of elsewhere)
    expect(await vendor.fetch({ kind: 'dailies', url }, reach)).toMatchObject({ ok: false, reason: 'refused' });
});

describe.each(ids)('at %s', (id) => {
  test('readings are fetched, and read', async () => {
    const { vendor } = vendorCalled(id);
    const answers: Record<VendorId, [string, unknown]> = {
      fitbit: ['body/log/weight', { weight: [{ logId: 1, date: '2026-06-01', time: '08:00:00', weight: 70 }] }],
      garmin: ['bodyComps', [{ userId: 'user-1', measurementTimeInSeconds: 1_780_300_000, weightInGrams: 70_000 }]],
      'google-health': [
        'weight',
        { dataPoints: [{ weight: { sampleTime: { physicalTime: '2026-06-01T08:00:00Z' }, weightGrams: 70_000 } }] },
      ],
      oura: ['heartrate', { data: [{ bpm: 60, timestamp: '2026-06-01T08:00:00Z' }], next_token: null }],
      withings: [
        'measures',
        { measuregrps: [{ grpid: 1, date: 1_780_300_000, category: 1, measures: [{ type: 1, value: 70, unit: 0 }] }] },
      ],
    };
    standIn.give(id, 'user-1', ...answers[id]);
    const readings: string[] = [];
    for (const what of vendor.between(now - 3 * 86_400_000, now, id === 'oura' ? ['heart-rate'] : ['body-weight'])) {
      const answer = await vendor.fetch(what, reachOf(id));
      if (!answer.ok) throw new Error(`${what.kind}: ${answer.reason}`);
      const format = formats.find(({ name }) => name === id);
      for (const text of answer.value)
        for (const item of format?.read(JSON.parse(text), '', { received: now, zone: 0 }) ?? [])
          if (item.kind === 'reading') readings.push(item.measure);
    }
    expect(readings).toContain(id === 'oura' ? 'heart-rate' : 'body-weight');
  });

  test.each([
    ['down', 'unavailable', null],
    ['slow-down', 'rate-limited', id === 'withings' ? 60 : 90],
    ['forgets-tokens', 'unauthorized', null],
    ['broken', 'unavailable', null],
  ] as const)('%s is told from what is wrong otherwise', async (fault, reason, retryAfter) => {
    const { vendor } = vendorCalled(id);
    standIn.fault = fault;
    const [what] = vendor.between(now - 1000, now, id === 'oura' ? ['heart-rate'] : ['body-weight']);
    if (!what) throw new Error('there is nothing to fetch');
    expect(await vendor.fetch(what, reachOf(id))).toEqual({ ok: false, reason, retryAfter });
    // What is no answer of Withings is no success either: with it all that is not refused is a 200.
    const isOver = fault === 'forgets-tokens' || (fault === 'broken' && id !== 'withings');
    expect((await vendor.revoke(callback, reachOf(id))).ok).toBe(isOver);
  });

  test('what it has none of is not asked for', async () => {
    const before = standIn.asked.length;
    const answer = await vendorCalled(id).vendor.fetch({ kind: '../secrets', from: 0, to: 1 }, reachOf(id));
    expect(answer).toMatchObject({ ok: false, reason: 'refused' });
    expect(standIn.asked.length).toBe(before);
  });

  test('the user is known by the id that its notifications have', async () => {
    const reach = reachOf(id);
    const answered = { withings: { userid: 'user-1' }, fitbit: { user_id: 'user-1' } }[id as string] ?? {};
    expect(await vendorCalled(id).vendor.oauth.user(answered, reach)).toEqual({ ok: true, value: 'user-1' });
    expect((await vendorCalled(id).vendor.oauth.user({}, { ...reach, access: 'none' })).ok).toBe(false);
  });

  test('a token that is taken back is taken no more, and may be taken back again', async () => {
    const { vendor } = vendorCalled(id);
    expect((await vendor.subscribe(callback, reachOf(id))).ok).toBe(true);
    const reach = reachOf(id);
    expect(await vendor.revoke(callback, reach)).toEqual({ ok: true, value: null });
    expect(standIn.tokens.has(reach.access)).toBe(false);
    expect(await vendor.revoke(callback, reach)).toEqual({ ok: true, value: null });
  });
});

test('subscriptions at Oura are of each kind and event, and end', async () => {
  standIn.asked.length = 0;
  const answer = await vendorCalled('oura').vendor.subscribe(callback, reachOf('oura'));
  expect(answer.ok && (answer.value.until ?? 0) > now).toBe(true);
  const asked = standIn.asked.filter(({ method }) => method === 'POST');
  expect(new Set(asked.map(({ form }) => `${form.event_type} ${form.data_type}`)).size).toBe(15);
});
