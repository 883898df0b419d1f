import { afterAll, beforeAll, expect, test } from 'vitest';

import { type ConsentWorld, callback, consentWorld } from '../support/consent-world.ts';

let world: ConsentWorld;

beforeAll(async () => {
  world = await consentWorld();
});
afterAll(() => world.close());

const kept = async (): Promise<number> =>
  Number(
    (
      await world.server.database.query('select count(*)::int from authorization_request where tenant = $1', [1])
    )[0]?.[0],
  );

test.each(['state', 'nonce'])('A-65 a %s of 200,000 characters is not kept, nor sent back', async (name) => {
  const before = await kept();
  const body = new URL(world.at(await world.app(), { [name]: 'x'.repeat(200_000) })).searchParams;
  const answer = await fetch(`${world.server.origin}/oauth2/authorize`, { method: 'POST', body, redirect: 'manual' });
  expect(answer.status).toBe(303);
  const location = answer.headers.get('location') ?? '';
  expect(new URL(location).searchParams.get('error')).toBe('invalid_request');
  expect(location.startsWith(callback)).toBe(true);
  expect(location.length).toBeLessThan(1000);
  expect(await kept()).toBe(before);
});

test('A-65 an app pushes no more than is ever asked for', async () => {
  const body = new URL(world.at(await world.app(), { padding: 'x'.repeat(100_000) })).searchParams;
  const before = await kept();
  expect((await fetch(`${world.server.origin}/oauth2/par`, { method: 'POST', body })).status).toBe(413);
  expect(await kept()).toBe(before);
});

test('A-44 a port that there is not is no address to come back to', async () => {
  const app = await world.app({ redirect_uris: ['http://127.0.0.1/back'] });
  const at = (port: number) => world.at(app, { redirect_uri: `http://127.0.0.1:${port}/back` });
  const browser = await world.browser(await world.user('Patient/amara-osei'));
  expect((await browser.open(at(65_535))).status).toBe(200);
  expect((await browser.open(at(65_536))).status).toBe(400);
  expect((await browser.open(at(99_999))).status).toBe(400);
});
