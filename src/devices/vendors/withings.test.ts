import { afterAll, beforeAll, expect, test } from 'vitest';

import { startVendors, type VendorStandIn } from '../../../test/support/vendor-stand-in.ts';
import { readConfig } from '../../config.ts';
import { createGuardedFetch } from '../../net/guard.ts';
import { endpointsOf, type Reach, type WebhookRequest, webhookPath } from './vendor.ts';
import { withings } from './withings.ts';

let standIn: VendorStandIn;
let reach: Reach;

beforeAll(async () => {
  standIn = await startVendors();
  const config = readConfig(standIn.settings);
  const settings = config.vendors.get('withings');
  if (settings === undefined) throw new Error('Withings is not set up');
  standIn.tokens.set('token', { vendor: 'withings', user: 'user-1', kind: 'access' });
  reach = {
    fetch: createGuardedFetch({ allow: config.allowAddresses }),
    ...{ settings, endpoints: endpointsOf(withings, settings), access: 'token', user: 'user-1', now: Date.now() },
  };
  standIn.give('withings', 'user-1', 'measures', {
    measuregrps: [
      { grpid: 1, attrib: 0, category: 1, date: 1_780_000_000, measures: [{ type: 1, unit: -3, value: 74_126 }] },
      { grpid: 2, attrib: 0, category: 1, date: 1_790_000_000, measures: [{ type: 1, unit: -3, value: 74_226 }] },
    ],
    timezone: 'Europe/Paris',
  });
});
afterAll(() => standIn.close());

test('what a notification names is fetched, and no more', async () => {
  const sent = standIn.notice('withings', 'http://server', {
    ...{ user: 'user-1', of: '1', from: 1_779_999_000_000, to: 1_780_001_000_000 },
  });
  const request: WebhookRequest = {
    ...{ method: 'POST', query: new URLSearchParams(), header: () => undefined, address: null },
    body: Buffer.from(sent.body),
    secret: sent.url.split('/').at(-1) ?? null,
  };
  expect(new URL(sent.url).pathname).toBe(webhookPath(withings, reach.settings));
  expect(withings.webhook.verify(request, reach.settings, reach.now)).toEqual({ ok: true });
  const [event] = withings.webhook.events(request) ?? [];
  if (event?.kind !== 'fetch') throw new Error('nothing is to be fetched');
  expect(event.vendorUser).toBe('user-1');
  const answer = await withings.fetch(event.what, reach);
  if (!answer.ok) throw new Error(answer.reason);
  expect(
    answer.value.map((text) => JSON.parse(text).body.measuregrps.map(({ grpid }: { grpid: number }) => grpid)),
  ).toEqual([[1]]);
});

test.each([
  ['down', 'unavailable', null],
  ['slow-down', 'rate-limited', 60],
  ['forgets-tokens', 'unauthorized', null],
  ['broken', 'unavailable', null],
] as const)('of a vendor that is %s is said %s', async (fault, reason, retryAfter) => {
  standIn.fault = fault;
  expect(await withings.fetch({ kind: 'measures', from: 0, to: 1 }, reach)).toEqual({ ok: false, reason, retryAfter });
  standIn.fault = null;
});

test('a connection is subscribed to, and its end takes back the token and the subscription', async () => {
  const callback = 'https://portico.example/devices/withings/webhook/secret';
  expect(await withings.subscribe(callback, reach)).toEqual({ ok: true, value: { until: null } });
  expect([...(standIn.subscribed.get('withings') ?? [])]).toEqual([callback]);
  expect(await withings.revoke(callback, reach)).toEqual({ ok: true, value: null });
  expect([...(standIn.subscribed.get('withings') ?? [])]).toEqual([]);
  expect(standIn.tokens.has('token')).toBe(false);
  expect(await withings.revoke(callback, reach)).toEqual({ ok: true, value: null });
});

test('what Withings wraps is unwrapped, and what it may give later is no refusal', () => {
  const unwrap = withings.oauth.unwrap;
  expect(unwrap?.({ status: 0, body: { access_token: 'a' } })).toEqual({ token_type: 'Bearer', access_token: 'a' });
  expect(unwrap?.({ status: 503 })).toEqual({ error: 'invalid_grant' });
  expect(unwrap?.({ status: 601 })).toBeNull();
  expect(unwrap?.('<html>')).toBeNull();
});
