import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { readConfig } from './config.ts';

const oura = { PORTICO_OURA_CLIENT_ID: 'id', PORTICO_OURA_CLIENT_SECRET: 'secret' };
const garmin = { PORTICO_GARMIN_CLIENT_ID: 'id', PORTICO_GARMIN_CLIENT_SECRET: 'secret' };
const google = { PORTICO_GOOGLE_HEALTH_CLIENT_ID: 'id', PORTICO_GOOGLE_HEALTH_CLIENT_SECRET: 'secret' };

test('a vendor is set up by who we are to it, and no other is', () => {
  expect([...readConfig({}).vendors]).toEqual([]);
  expect([...readConfig(oura).vendors]).toEqual([['oura', { clientId: 'id', clientSecret: 'secret' }]]);
});

test('a stand-in has its addresses below one, and Garmin the networks that it comes from', () => {
  const { vendors } = readConfig({
    ...{ ...garmin, PORTICO_GARMIN_URL: 'http://127.0.0.1:9/garmin/' },
    PORTICO_GARMIN_ADDRESSES: '204.77.162.0/23, 2001:db8::1',
  });
  expect(vendors.get('garmin')).toMatchObject({
    addresses: ['204.77.162.0/23', '2001:db8::1'],
    endpoints: { authorize: 'http://127.0.0.1:9/garmin/authorize', api: 'http://127.0.0.1:9/garmin/api' },
  });
});

test.each<[Record<string, string>, RegExp]>([
  [{ PORTICO_OURA_CLIENT_ID: 'id' }, /PORTICO_OURA_CLIENT_ID and PORTICO_OURA_CLIENT_SECRET must be set together/],
  [{ PORTICO_OURA_WEBHOOK_SECRET: 'long enough a token' }, /PORTICO_OURA_CLIENT_ID must be set/],
  [{ ...garmin, PORTICO_GARMIN_WEBHOOK_SECRET: 'short' }, /PORTICO_GARMIN_WEBHOOK_SECRET must be at least 32/],
  [{ ...garmin, PORTICO_GARMIN_ADDRESSES: '204.77.162.0/99' }, /PORTICO_GARMIN_ADDRESSES must be/],
  [{ ...garmin, PORTICO_GARMIN_ADDRESSES: 'garmin.com' }, /PORTICO_GARMIN_ADDRESSES must be/],
  [{ ...google, PORTICO_GOOGLE_HEALTH_KEYS: '/nowhere' }, /PORTICO_GOOGLE_HEALTH_KEYS must be .* that can be read/],
])('%o is refused, with what is wrong', (environment, says) => {
  expect(() => readConfig(environment)).toThrow(says);
});

test('a file without keys is no keyset of Google Health', () => {
  const place = join(tmpdir(), `keyset-${process.pid}.json`);
  writeFileSync(place, '{"key":[]}');
  expect(() => readConfig({ ...google, PORTICO_GOOGLE_HEALTH_KEYS: place })).toThrow(/ECDSA/);
});
