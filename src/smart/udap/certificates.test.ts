import { beforeAll, expect, test } from 'vitest';

import { type Asked, type Holder, issue, pemOf, x5cOf } from '../../../test/support/test-ca.ts';
import { isTrusted, readPem, readX5c } from './certificates.ts';

let root: Holder;
let middle: Holder;

beforeAll(async () => {
  root = await issue({ name: 'Root', ca: true, key: 'ES384' });
  middle = await issue({ name: 'Middle', ca: true, pathLength: 0 }, root);
});

const uri = 'https://app.test/udap';

function trusts(leaf: Holder, anchor: Holder = root, x5c: readonly string[] = x5cOf(leaf)): boolean {
  const chain = readX5c(x5c);
  return chain !== null && isTrusted(chain, readPem(pemOf(anchor)) ?? [], Date.now());
}

test.each(['RS256', 'ES256', 'ES384'] as const)(
  'an app with a key for %s under the anchor is believed',
  async (key) => {
    expect(trusts(await issue({ name: 'App', uris: [uri], key }, root))).toBe(true);
  },
);

test('an authority between the app and the anchor is believed when its certificate comes along', async () => {
  const leaf = await issue({ name: 'App', uris: [uri] }, middle);
  expect(trusts(leaf)).toBe(true);
  expect(trusts(leaf, root, x5cOf(leaf).slice(0, 1))).toBe(false);
});

test('the URIs of a certificate are read as they are written, also where they look like more than one', async () => {
  const tricky = 'https://app.test/a, URI:https://victim.test/';
  const leaf = await issue({ name: 'App', uris: [uri, tricky], dns: ['app.test'] }, root);
  expect(readX5c(x5cOf(leaf))?.[0].says.uris).toEqual([uri, tricky]);
});

test.each<[string, Partial<Asked>]>([
  ['has expired', { until: -1000 }],
  ['is not yet valid', { from: 3600_000 }],
  ['is an authority itself', { ca: true }],
  ['may not sign', { usage: 'keyEncipherment' }],
  ['says something critical that this server does not know', { critical: '1.2.3.4' }],
  ['is signed with SHA-1', { hash: 'SHA-1' }],
])('a certificate that %s is not believed', async (_, asked) => {
  expect(trusts(await issue({ name: 'App', uris: [uri], ...asked }, root))).toBe(false);
});

test.each<[string, Partial<Asked>]>([
  ['has expired', { until: -1000 }],
  ['is no authority', { ca: false }],
  ['may not sign certificates', { usage: 'digitalSignature' }],
])('nobody is believed under one that %s', async (_, asked) => {
  const above = await issue({ name: 'Above', ca: true, ...asked }, root);
  expect(trusts(await issue({ name: 'App', uris: [uri] }, above))).toBe(false);
});

test('an authority that may have none under it vouches for none', async () => {
  const below = await issue({ name: 'Below', ca: true }, middle);
  expect(trusts(await issue({ name: 'App', uris: [uri] }, below))).toBe(false);
});

test('somebody who takes the name of the anchor is not believed', async () => {
  const impostor = await issue({ name: 'Root', ca: true });
  const leaf = await issue({ name: 'App', uris: [uri] }, impostor);
  expect(trusts(leaf)).toBe(false);
  expect(trusts(leaf, root, [...x5cOf(leaf), ...x5cOf(impostor)])).toBe(false);
});

test('an app does not become an authority by being believed', async () => {
  const app = await issue({ name: 'App', uris: [uri] }, root);
  const leaf = await issue({ name: 'Other', uris: ['https://victim.test/'] }, app);
  expect(trusts(leaf, root, [...x5cOf(leaf)])).toBe(false);
});

test.each<[string, unknown]>([
  ['no list', 'x'],
  ['an empty list', []],
  ['a list of numbers', [1]],
  ['what is no certificate', [Buffer.from('30820001', 'hex').toString('base64')]],
  ['too many', Array(7).fill('MIIB')],
])('an x5c that is %s is refused', (_, x5c) => {
  expect(readX5c(x5c)).toBeNull();
});
