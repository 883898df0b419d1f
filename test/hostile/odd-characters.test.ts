import { afterAll, beforeAll, expect, test } from 'vitest';

import { type AccountWorld, accountWorld, optionsOf, send } from '../support/account-world.ts';

let world: AccountWorld;

beforeAll(async () => {
  world = await accountWorld();
});
afterAll(() => world.close());

test('A-65 a NUL in what is sent is refused and no fault of ours, wherever it is', async () => {
  const { origin } = world.server;
  for (const path of ['/oauth2/token', '/oauth2/par', '/oauth2/revoke', '/oauth2/introspect', '/account/sign-in']) {
    const answer = await fetch(`${origin}${path}`, {
      method: 'POST',
      headers: { origin, 'content-type': 'application/x-www-form-urlencoded' },
      body: 'username=a%00b&password=x&token=%00&client_id=%00&grant_type=refresh_token&refresh_token=%00',
    });
    expect([400, 401], path).toContain(answer.status);
  }
  for (const path of ['/oauth2/authorize?client_id=%00', '/account/sign-in?login_hint=%00', '/oauth2/logout?state=%00'])
    expect((await fetch(`${origin}${path}`)).status, path).toBe(400);
});

test('A-65 a passkey and a user whose names no database has are unknown', async () => {
  const browser = await world.signedIn(await world.user());
  const page = await browser.open(`${world.server.origin}/account/sign-in?again=1`);
  expect(optionsOf(page, 'get').challenge).toBeTypeOf('string');
  const credential = JSON.stringify({ id: 'a\0b', response: {} });
  expect((await send(browser, page, /\/sign-in\/passkey$/, { credential })).status).toBe(403);
  const launch = await fetch(`${world.server.origin}/oauth2/launch`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await world.server.token('portico/launch')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ client_id: 'a\0b', user: 'a\0b' }),
  });
  expect(launch.status).toBe(400);
});
