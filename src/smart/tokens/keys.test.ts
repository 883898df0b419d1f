import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';

import { createDatabase, type TestDatabase } from '../../../test/support/postgres.ts';
import { connect } from '../../db/connect.ts';
import type { Database } from '../../db/database.ts';
import { openKeys } from './keys.ts';
import { checkToken, mintToken, placeOf } from './tokens.ts';

const origin = 'https://portico.example';
const secret = randomBytes(32);
let own: TestDatabase;
let database: Database;

beforeAll(async () => {
  own = await createDatabase(inject('postgres'));
  database = await connect(own.target);
});
afterAll(async () => {
  await database.close();
  await own.drop();
});

const claims = { tenant: 1, subject: 'ada', clientId: null, scope: 'system/*.rs', patient: null };

test('a tenant publishes a key of each algorithm, and nothing of their private halves', async () => {
  const published = await openKeys(database, secret).published(1);
  expect(published.map(({ kty, alg, use }) => [kty, alg, use]).toSorted()).toEqual([
    ['EC', 'ES384', 'sig'],
    ['RSA', 'RS256', 'sig'],
  ]);
  expect(published.every(({ kid }) => typeof kid === 'string' && kid !== '')).toBe(true);
  expect(published.flatMap((key) => Object.keys(key)).filter((name) => ['d', 'p', 'q', 'k'].includes(name))).toEqual(
    [],
  );
});

test('after a rotation new keys sign, and what the old ones signed is believed, by every server', async () => {
  const keys = openKeys(database, secret);
  const before = await keys.published(1);
  const old = await mintToken(keys, placeOf(origin, 1), claims, 60);
  await keys.rotate(1);
  const after = await keys.published(1);
  expect(after.length).toBe(before.length + 2);
  const fresh = await mintToken(keys, placeOf(origin, 1), claims, 60);
  const another = openKeys(database, secret);
  for (const token of [old, fresh]) {
    expect((await checkToken(keys, origin, token)).ok).toBe(true);
    expect((await checkToken(another, origin, token)).ok).toBe(true);
  }
  const kid = (token: string) => JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid;
  expect(kid(fresh)).not.toBe(kid(old));
});

test('what a new key signs is believed by other servers at once, while strangers name keys that there are not', async () => {
  const [one, other] = [openKeys(database, secret), openKeys(database, secret)];
  for (let i = 0; i < 3; i++) {
    await Promise.all([other.verifying(`a stranger's ${i}`), one.rotate(1)]);
    const token = await mintToken(one, placeOf(origin, 1), claims, 60);
    const [found] = await Promise.all([checkToken(other, origin, token), other.verifying('of another stranger')]);
    expect(found.ok).toBe(true);
  }
});

test('servers that rotate at the same time agree on the key that signs', async () => {
  const servers = Array.from({ length: 4 }, () => openKeys(database, secret));
  await Promise.all(servers.map((one) => one.rotate(1)));
  for (const alg of ['ES384', 'RS256'] as const) {
    const kids = await Promise.all(servers.map(async (one) => (await one.signing(1, alg)).kid));
    expect(new Set(kids).size).toBe(1);
  }
});

test('a server that was running meanwhile signs with the new key within a minute', async () => {
  let now = Date.now();
  const running = openKeys(database, secret, () => now);
  const first = await running.signing(1);
  await openKeys(database, secret).rotate(1);
  now += 61_000;
  expect((await running.signing(1)).kid).not.toBe(first.kid);
});

test('a key that was retired more than a day ago is believed and published no more', async () => {
  const old = await openKeys(database, secret).signing(1);
  await openKeys(database, secret).rotate(1);
  await database.query(
    `update signing_key set retired_at = now() - interval '26 hours' where tenant = $1 and kid = $2`,
    [1, old.kid],
  );
  const keys = openKeys(database, secret);
  expect(await keys.verifying(old.kid)).toBeNull();
  expect((await keys.published(1)).map(({ kid }) => kid)).not.toContain(old.kid);
});
