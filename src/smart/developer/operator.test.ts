import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Browser } from '../../../test/support/browser.ts';
import type { Server } from '../../../test/support/server.ts';
import { addPerson, formOf, openAs } from '../../../test/support/signed-in.ts';
import { people, registerApp, startSmartWorld } from '../../../test/support/smart-world.ts';
import { findClient } from '../clients/clients.ts';
import { demoPassword } from '../people/demo-accounts.ts';

let server: Server;
beforeAll(async () => {
  server = await startSmartWorld();
  await addPerson(server, 'second-dev', ['developer']);
}, 300_000);
afterAll(() => server?.close());

const amara = { ...people.amara, password: demoPassword };
const read = (token: unknown): Promise<Response> =>
  fetch(`${server.base}/Patient/amara-osei`, { headers: { authorization: `Bearer ${token}` } });

describe('the operator', () => {
  let browser: Browser;

  test('sees every app, whose it is, and disables one: its tokens are refused at once', async () => {
    const opened = await openAs(server, 'ops', '/operator');
    browser = opened.browser;
    expect(opened.page.html).toContain('Heart Rate Diary');
    const { app, launch } = await registerApp(server, { metadata: { client_name: 'Doomed' } });
    const { body } = await launch(amara, { scope: 'launch/patient patient/Patient.rs' });
    expect((await read(body.access_token)).status).toBe(200);
    const page = await browser.open(`${server.origin}/operator?q=doom`);
    expect(page.html).not.toContain('Heart Rate Diary');
    const form = page.forms.find(({ fields }) => fields.some(({ value }) => value === app.clientId));
    const after = await browser.submit(page, form ?? formOf(page, '/operator'));
    expect(after.html).toContain('Doomed is disabled');
    expect((await read(body.access_token)).status).toBe(401);
    expect((await findClient(server.smart, 1, app.clientId))?.disabled).toBe(true);
    const again = await browser.open(`${server.origin}/operator?q=doom`);
    await browser.submit(again, formOf(again, 'enable'));
    expect((await findClient(server.smart, 1, app.clientId))?.disabled).toBe(false);
    expect((await read(body.access_token)).status).toBe(401);
  });

  test('finds nothing by a pattern, only by what is written', async () => {
    expect((await browser.open(`${server.origin}/operator?q=%25`)).html).toContain('Nothing was found');
  });

  test('makes a registration token, which is shown once, and ends it', async () => {
    const page = await browser.open(`${server.origin}/operator/keys`);
    const made = await browser.submit(page, formOf(page, 'access'), { note: 'For Ann' });
    const token = /<pre tabindex="0"><code>([\w-]{43})</.exec(made.html)?.[1] ?? '';
    expect(token).not.toBe('');
    const shown = await browser.open(`${server.origin}/operator/keys`);
    expect(shown.html).toContain('For Ann');
    expect(shown.html).not.toContain(token);
    const register = (): Promise<Response> =>
      fetch(`${server.origin}/oauth2/register`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          client_name: 'By token',
          redirect_uris: ['https://a.test/'],
          token_endpoint_auth_method: 'none',
        }),
      });
    const ended = await browser.submit(shown, formOf(shown, 'end'));
    expect(ended.html).toContain('The token has ended');
    expect((await register()).status).toBe(401);
  });

  test('changes the keys: what was signed before stays good', async () => {
    const { launch } = await registerApp(server);
    const { body } = await launch(amara, { scope: 'launch/patient patient/Patient.rs' });
    const keys = async (): Promise<number> =>
      ((await (await fetch(`${server.origin}/oauth2/jwks`)).json()) as { keys: unknown[] }).keys.length;
    const before = await keys();
    const page = await browser.open(`${server.origin}/operator/keys`);
    const rotated = await browser.submit(page, formOf(page, 'rotate'));
    expect(rotated.html).toContain('New keys sign from now on');
    expect((await read(body.access_token)).status).toBe(200);
    expect(await keys()).toBe(before + 2);
    await browser.submit(page, formOf(page, 'rotate'));
    expect(await keys()).toBe(before + 2);
  });

  test('disables an account, which signs it out at once, and not their own', async () => {
    const other = await openAs(server, 'second-dev', '/developer');
    expect(other.page.status).toBe(200);
    const page = await browser.open(`${server.origin}/operator/people?q=second`);
    expect(page.html).toContain('second-dev');
    const after = await browser.submit(page, formOf(page, 'disable'));
    expect(after.html).toContain('second-dev is disabled');
    expect((await other.browser.open(`${server.origin}/developer`)).url).toContain('/account/sign-in');
    const self = await browser.open(`${server.origin}/operator/people?q=ops`);
    expect(self.html).toContain('This is you');
    const [row] = await server.database.query(
      "select id from user_account where tenant = $1 and username = 'ops'",
      [1],
    );
    await browser.submit(page, formOf(page, 'disable'), { person: String(row?.[0]) });
    expect((await browser.open(`${server.origin}/operator`)).status).toBe(200);
  });
});

test('nobody else sees any of it or can do any of it', async () => {
  for (const username of ['dev', 'amara-osei', 'dr-lena-marchetti']) {
    const { browser, page } = await openAs(server, username, '/operator');
    expect(page.status).toBe(403);
    for (const path of ['/operator', '/operator/people', '/operator/keys']) {
      expect((await browser.open(`${server.origin}${path}`)).status).toBe(403);
      const form = { action: `${server.origin}${path}`, method: 'POST', fields: [], buttons: [] };
      for (const sent of ['disable', 'rotate', 'access', 'end']) {
        expect((await browser.submit(page, form, { do: sent, app: 'heart-rate', note: 'x' })).status).toBe(403);
      }
    }
  }
  expect((await findClient(server.smart, 1, 'heart-rate'))?.disabled).toBe(false);
});

test('of a form without its token nothing is taken', async () => {
  const { browser, page } = await openAs(server, 'ops', '/operator');
  const form = formOf(page, 'disable');
  expect((await browser.submit(page, form, { csrf: '' })).status).toBe(403);
});
