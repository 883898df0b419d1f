import { exportJWK, generateKeyPair } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Browser, Filled, Page } from '../../../test/support/browser.ts';
import type { Server } from '../../../test/support/server.ts';
import { addPerson, formOf, openAs } from '../../../test/support/signed-in.ts';
import { startSmartWorld } from '../../../test/support/smart-world.ts';
import { findClient } from '../clients/clients.ts';
import { noteRefusal, refusalsOf } from '../refusals.ts';

let server: Server;
beforeAll(async () => {
  server = await startSmartWorld();
  await addPerson(server, 'other-dev', ['developer']);
}, 300_000);
afterAll(() => server?.close());

const idIn = (page: Page): string => /<dd><code>([\w-]{36})<\/code>/.exec(page.html)?.[1] ?? '';

/** Registers an app by the form of its kind. */
async function register(browser: Browser, kind: string, filled: Filled): Promise<Page> {
  const page = await browser.open(`${server.origin}/developer/register?kind=${kind}`);
  return browser.submit(page, formOf(page, '/developer/register'), filled);
}

const browserApp = { name: 'Heart diary', redirects: 'https://diary.test/back', launch: 'https://diary.test/launch' };

describe('a developer', () => {
  let browser: Browser;
  let id: string;

  test('signs in and comes to their own apps, of which there are none', async () => {
    const opened = await openAs(server, 'dev', '/developer');
    browser = opened.browser;
    expect(opened.page.status).toBe(200);
    expect(opened.page.html).toContain('You have no app yet');
    expect(opened.page.headers.get('cache-control')).toBe('no-store');
  });

  test('registers a browser app and gets its client id and sample code with its values', async () => {
    const page = await register(browser, 'public', { ...browserApp, read: ['Patient', 'Observation'] });
    expect(page.status).toBe(200);
    id = idIn(page);
    const client = await findClient(server.smart, 1, id);
    expect(client?.metadata).toMatchObject({
      client_name: 'Heart diary',
      redirect_uris: ['https://diary.test/back'],
      token_endpoint_auth_method: 'none',
      scope: 'openid fhirUser launch launch/patient patient/Patient.rs patient/Observation.rs',
    });
    expect(page.html).toContain(`clientId: &#39;${id}&#39;`);
    expect(page.html).not.toContain('Client secret');
  });

  test('is told at the field what is wrong, and keeps what they typed', async () => {
    const page = await register(browser, 'public', {
      ...browserApp,
      name: 'Typed <b>name',
      redirects: 'http://diary.test/back',
    });
    expect(page.status).toBe(400);
    expect(page.html).toContain('id="redirects-problem"');
    expect(page.html).toContain('value="Typed &lt;b&gt;name"');
    expect(page.html).toContain('http://diary.test/back');
    const scopes = await register(browser, 'public', { ...browserApp, rest: 'patient/Nothing.rs' });
    expect(scopes.html).toContain('patient/Nothing.rs names Nothing');
  });

  test('changes what is registered, and what was not on the form stays', async () => {
    const page = await browser.open(`${server.origin}/developer/${id}/edit`);
    const saved = await browser.submit(page, formOf(page, `/developer/${id}/edit`), {
      redirects: 'https://diary.test/back\nhttps://diary.test/other',
      name: 'Heart journal',
    });
    expect(saved.html).toContain('The changes are saved');
    expect((await findClient(server.smart, 1, id))?.metadata).toMatchObject({
      client_name: 'Heart journal',
      redirect_uris: ['https://diary.test/back', 'https://diary.test/other'],
      launch_uri: 'https://diary.test/launch',
    });
  });

  test('is shown a secret once; the same form sent again makes nothing', async () => {
    const form = await browser.open(`${server.origin}/developer/register?kind=secret`);
    const sent = { ...browserApp, name: 'Web app' };
    const page = await browser.submit(form, formOf(form, '/developer/register'), sent);
    expect(page.html).toMatch(/Client secret:<\/p><pre tabindex="0"><code>[\w-]{43}<\/code>/);
    const again = await browser.submit(form, formOf(form, '/developer/register'), sent);
    expect(new URL(again.url).pathname).toBe('/developer');
    expect(again.html.match(/>Web app</g)).toHaveLength(1);
    const shown = await browser.open(`${server.origin}/developer/${idIn(page)}`);
    expect(shown.html).not.toContain('Client secret:');
    const before = (await findClient(server.smart, 1, idIn(page)))?.secretHash;
    const renewed = await browser.submit(shown, formOf(shown, 'secret'));
    expect(renewed.html).toMatch(/<code>[\w-]{43}<\/code>/);
    expect((await findClient(server.smart, 1, idIn(page)))?.secretHash).not.toBe(before);
  });

  test('registers a service with its key, which waits for the operator, again after each change', async () => {
    const { publicKey } = await generateKeyPair('ES384', { extractable: true });
    const jwks = JSON.stringify({ ...(await exportJWK(publicKey)), kid: '1', alg: 'ES384' });
    const page = await register(browser, 'service', { name: 'Nightly', jwks, read: ['*'] });
    expect(page.html).toContain('before the operator has let it in');
    const service = idIn(page);
    expect(await findClient(server.smart, 1, service)).toMatchObject({
      disabled: true,
      metadata: { scope: 'system/*.rs' },
    });
    await server.database.query('update client set disabled_at = null where tenant = $1 and id = $2', [1, service]);
    const edit = await browser.open(`${server.origin}/developer/${service}/edit`);
    await browser.submit(edit, formOf(edit, `/developer/${service}/edit`), { write: ['*'] });
    expect(await findClient(server.smart, 1, service)).toMatchObject({
      disabled: true,
      metadata: { scope: 'system/*.cruds' },
    });
  });

  test('cannot give an app with people the scopes of a service', async () => {
    const page = await register(browser, 'public', { ...browserApp, rest: 'system/*.rs' });
    expect(page.status).toBe(400);
    expect(page.html).toContain('system/ scopes are given by the operator');
    const claimed = await register(browser, 'public', { ...browserApp, name: 'Claimed', records: 'system' });
    expect((await findClient(server.smart, 1, idIn(claimed)))?.metadata.scope).not.toContain('system/');
  });

  test('does not find a private key that they pasted in any page', async () => {
    const jwks = JSON.stringify({ kty: 'EC', crv: 'P-384', kid: '1', x: 'a', y: 'b', d: 'very-private' });
    const page = await register(browser, 'key', { ...browserApp, jwks });
    expect(page.status).toBe(400);
    expect(page.html).not.toContain('very-private');
  });

  test('disables an app', async () => {
    const page = await browser.open(`${server.origin}/developer/${id}`);
    const after = await browser.submit(page, formOf(page, 'disable'));
    expect(after.html).toContain('This app is disabled');
    expect((await findClient(server.smart, 1, id))?.disabled).toBe(true);
  });

  test('sees nothing of the app of another developer: each address answers as for one that is not there', async () => {
    const { browser: stranger } = await openAs(server, 'other-dev', '/developer');
    noteRefusal(server.smart, {
      tenant: 1,
      clientId: id,
      place: 'x',
      error: 'invalid_grant',
      reason: 'Seen by its own',
    });
    await expect.poll(async () => (await refusalsOf(server, 1, id)).length).toBe(1);
    const own = await register(stranger, 'public', { ...browserApp, name: 'Mine' });
    const nobody = '00000000-0000-4000-8000-000000000000';
    for (const rest of ['', '/edit']) {
      const theirs = await stranger.open(`${server.origin}/developer/${id}${rest}`);
      const none = await stranger.open(`${server.origin}/developer/${nobody}${rest}`);
      expect(theirs.status).toBe(404);
      expect(theirs.html).toBe(none.html);
    }
    const before = await findClient(server.smart, 1, id);
    for (const what of ['disable', 'explain', 'find', 'secret']) {
      const form = formOf(own, what === 'secret' ? 'disable' : what);
      const answers = [];
      for (const target of [id, nobody]) {
        const action = `${server.origin}/developer/${target}`;
        answers.push(await stranger.submit(own, { ...form, action }, { do: what, token: 'x', name: 'Taken' }));
      }
      expect(answers.map(({ status }) => status)).toEqual([404, 404]);
      expect(answers[0]?.html).toBe(answers[1]?.html);
    }
    const edit = await stranger.open(`${server.origin}/developer/${idIn(own)}/edit`);
    const action = `${server.origin}/developer/${id}/edit`;
    const changed = await stranger.submit(
      edit,
      { ...formOf(edit, `/developer/${idIn(own)}/edit`), action },
      { name: 'Taken' },
    );
    expect(changed.status).toBe(404);
    expect(await findClient(server.smart, 1, id)).toEqual(before);
    expect((await stranger.open(`${server.origin}/developer`)).html).not.toContain('Heart journal');
  });
});

test('nobody who is not a developer gets in, and a form from elsewhere is not taken', async () => {
  const { page, browser } = await openAs(server, 'amara-osei', '/developer');
  expect(page.status).toBe(403);
  expect((await browser.open(`${server.origin}/developer/register`)).status).toBe(403);
  const developer = await openAs(server, 'dev', '/developer/register');
  const form = await developer.browser.open(`${server.origin}/developer/register?kind=public`);
  const noToken = await developer.browser.submit(form, formOf(form, '/developer/register'), {
    ...browserApp,
    csrf: 'x',
  });
  expect(noToken.status).toBe(403);
  const cookie = [...developer.browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const foreign = await fetch(`${server.origin}/developer/register`, {
    method: 'POST',
    headers: { cookie, origin: 'https://evil.test', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ kind: 'public', ...browserApp }),
  });
  expect(foreign.status).toBe(403);
});

test('the pages speak French', async () => {
  const { browser } = await openAs(server, 'dev', '/developer');
  const page = await browser.open(`${server.origin}/developer?lang=fr`);
  expect(page.html).toContain('Vos applications');
  expect((await browser.open(`${server.origin}/developer/register?kind=key`)).html).toContain('Jeu de clés');
});
