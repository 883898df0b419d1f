import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { readConfig } from '../../src/config.ts';
import { newInitialAccessToken } from '../../src/smart/clients/initial-access.ts';
import { demoPassword } from '../../src/smart/people/demo-accounts.ts';
import { type Running, start } from '../../src/start.ts';
import { openBrowser } from '../support/browser.ts';
import { addPerson, fillIn, password } from '../support/people.ts';
import { freePort, type Server } from '../support/server.ts';
import { people, registerApp, startSmartWorld } from '../support/smart-world.ts';

const secret = 'a secret of at least 32 characters';
let server: Server;
let folder: string;

beforeAll(async () => {
  server = await startSmartWorld({ PORTICO_SECRET: secret });
  folder = mkdtempSync(join(tmpdir(), 'portico-shut-'));
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Another server on the same database. */
async function startWith(demo: 'on' | 'off'): Promise<Running> {
  const PORT = String(await freePort());
  const config = readConfig({
    PORT,
    PORTICO_DATA: folder,
    PORTICO_DEMO: demo,
    PORTICO_SECRET: secret,
    PORTICO_BASE_URL: server.origin,
  });
  const compiled = join(import.meta.dirname, '../../node_modules/.cache/portico');
  return start({ ...config, database: server.target, compiled }, pino({ level: 'silent' }));
}

/** Whether somebody gets in by a password. */
async function getsIn(username: string, typed: string): Promise<boolean> {
  const browser = openBrowser(server.origin);
  const page = await fillIn(browser, await browser.open(`${server.origin}/account/sign-in`), {
    username,
    password: typed,
  });
  return page.url.endsWith('/account');
}

test('without the demo nobody gets in by what the demo told everybody, nor what came of it; with it they do again', async () => {
  await addPerson(server, 'operations', { roles: ['operator'] });
  const app = await registerApp(server);
  const { body } = await app.launch(people.amara, { scope: 'openid offline_access patient/Patient.rs' });
  const access = await newInitialAccessToken(server.database, 1, 'made by a visitor', true);
  const register = () =>
    fetch(`${server.origin}/oauth2/register`, {
      method: 'POST',
      headers: { authorization: `Bearer ${access}` },
      body: JSON.stringify({ client_name: 'x', redirect_uris: ['https://app.test/'] }),
    });
  const read = async () =>
    (await fetch(`${server.base}/Patient/amara-osei`, { headers: { authorization: `Bearer ${body.access_token}` } }))
      .status;
  const visitor = openBrowser(server.origin);
  await fillIn(visitor, await visitor.open(`${server.origin}/account/sign-in?next=/operator/people`), {
    username: 'ops',
    password: demoPassword,
  });
  expect(await read()).toBe(200);

  const without = await startWith('off');
  try {
    for (const name of ['ops', 'dev', 'amara-osei', 'dr-lena-marchetti'])
      expect(await getsIn(name, demoPassword), name).toBe(false);
    expect(await getsIn('operations', password)).toBe(true);
    expect((await visitor.open(`${server.origin}/operator/people`)).url).toMatch(/sign-in/);
    expect(await read()).toBe(401);
    expect((await app.refresh(String(body.refresh_token))).status).toBe(400);
    expect((await register()).status).toBe(401);
    const [client] = await server.database.query(
      `select disabled_at is not null from client where tenant = $1 and id = 'heart-rate'`,
      [1],
    );
    expect(client).toEqual([true]);
  } finally {
    await without.stop();
  }

  const again = await startWith('on');
  await again.stop();
  expect(await getsIn('ops', demoPassword)).toBe(true);
  expect(await read()).toBe(401);
});
