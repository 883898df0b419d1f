import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import type { User } from '../../src/smart/people/user.ts';
import { type AccountWorld, accountWorld, send, signIn } from '../support/account-world.ts';
import { type Browser, openBrowser, type Page } from '../support/browser.ts';
import { type Fault, type OpenIdProvider, startOpenIdProvider } from '../support/openid-provider.ts';

let world: AccountWorld;
let acme: OpenIdProvider;
let other: OpenIdProvider;
const folder = mkdtempSync(join(tmpdir(), 'portico-providers-'));

beforeAll(async () => {
  [acme, other] = await Promise.all([startOpenIdProvider(), startOpenIdProvider()]);
  const file = join(folder, 'providers.json');
  const named = { acme: { of: acme, name: 'Acme Health' }, other: { of: other, name: 'Other' } };
  const all = Object.entries(named).map(([id, { of, name }]) => ({
    id,
    name,
    issuer: of.issuer,
    clientId: of.clientId,
    clientSecret: of.clientSecret,
  }));
  const unreachable = { id: 'gone', name: 'Gone', issuer: 'http://127.0.0.1:9', clientId: 'x', clientSecret: 'x' };
  writeFileSync(file, JSON.stringify([...all, unreachable]));
  world = await accountWorld({ PORTICO_OPENID_PROVIDERS: file });
});
afterAll(async () => {
  await world.close();
  await acme.close();
  await other.close();
  rmSync(folder, { recursive: true });
});

let count = 0;
beforeEach(() => {
  count += 1;
  acme.subject = { sub: `subject-${count}`, email: `ada-${count}@acme.test`, name: 'Ada' };
});
afterEach(() => {
  acme.fault = null;
});

const security = (): string => `${world.server.origin}/account/security`;
const start = (query = '', provider = 'acme'): string =>
  `${world.server.origin}/account/federation/${provider}/start${query}`;

/** Where the provider sends a browser back to. */
async function sentBack(page: Page): Promise<string> {
  const response = await fetch(page.url, { redirect: 'manual' });
  return response.headers.get('location') ?? '';
}

/** To the provider and back. */
async function visit(browser: Browser, query = '', provider = 'acme'): Promise<Page> {
  const left = await browser.open(start(query, provider));
  return browser.open(await sentBack(left));
}

const linksOf = async (subject: string): Promise<unknown[]> =>
  (
    await world.server.database.query('select user_id from user_federation where tenant = 1 and subject = $1', [
      subject,
    ])
  ).flat();

/** A user who has linked the subject that is signed in at the provider. */
async function linked(): Promise<{ user: User; browser: Browser }> {
  const user = await world.user();
  const browser = await world.signedIn(user);
  const page = await send(browser, await visit(browser, '?link=1'), /\/federation\/link$/);
  expect(page.html).toContain('The account was linked');
  return { user, browser };
}

test('somebody who linked a provider signs in with it and goes on to where they were going', async () => {
  const { user } = await linked();
  const browser = openBrowser(world.server.origin);
  const offered = await browser.open(`${world.server.origin}/account/sign-in?next=/account/security`);
  const [, href = ''] = /href="([^"]*federation\/acme\/start[^"]*)"/.exec(offered.html) ?? [];
  const left = await browser.open(new URL(href.replaceAll('&amp;', '&'), world.server.origin).href);
  expect(new URL(left.url).searchParams).toMatchObject({ size: 8 });
  expect(new URL(left.url).searchParams.get('code_challenge_method')).toBe('S256');
  const page = await browser.open(await sentBack(left));
  expect(page.url).toBe(security());
  expect((await browser.open(`${world.server.origin}/account`)).html).toContain(user.username);
});

describe('a subject that nobody here is linked to', () => {
  test('must sign in here first, is asked, and is linked then', async () => {
    const user = await world.user();
    const browser = openBrowser(world.server.origin);
    const asked = await visit(browser, '?next=/account/apps');
    expect(new URL(asked.url).pathname).toBe('/account/sign-in');
    expect(await linksOf(acme.subject.sub)).toEqual([]);
    const confirm = await signIn(browser, asked, user);
    expect(confirm.html).toContain('Link your account of Acme Health?');
    expect(confirm.html).toContain(`ada-${count}@acme.test`);
    expect(confirm.html).toContain(user.username);
    expect(await linksOf(acme.subject.sub)).toEqual([]);
    const done = await send(browser, confirm, /\/federation\/link$/);
    expect(new URL(done.url).pathname).toBe('/account/apps');
    expect(await linksOf(acme.subject.sub)).toEqual([user.id]);
  });

  test('O-06 is never linked by an e-mail address', async () => {
    const user = await world.user();
    await world.server.database.query('update user_account set email = $2 where tenant = 1 and id = $1', [
      user.id,
      acme.subject.email ?? '',
    ]);
    const page = await visit(openBrowser(world.server.origin));
    expect(new URL(page.url).pathname).toBe('/account/sign-in');
    expect(await linksOf(acme.subject.sub)).toEqual([]);
  });

  test('is not linked in a browser that did not go to the provider: a link that somebody sends is worth nothing', async () => {
    const attacker = openBrowser(world.server.origin);
    const asked = await visit(attacker);
    const next = new URL(asked.url).searchParams.get('next') ?? '';
    const victim = await world.signedIn(await world.user());
    const page = await victim.open(`${world.server.origin}${next}`);
    expect(page.status).toBe(400);
    expect(page.html).toContain('This sign-in is no longer valid');
    await victim.open(start());
    expect((await victim.open(`${world.server.origin}${next}`)).status).toBe(400);
  });
});

describe('linking', () => {
  test('is not done for a subject that is linked to somebody else', async () => {
    const { user } = await linked();
    const browser = await world.signedIn(await world.user());
    const page = await visit(browser, '?link=1');
    expect(page.status).toBe(409);
    expect(page.html).toContain('linked to somebody else');
    expect(await linksOf(acme.subject.sub)).toEqual([user.id]);
  });

  test('goes to one of two who ask at the same time', async () => {
    const users = [await world.user(), await world.user()];
    const browsers = await Promise.all(users.map((user) => world.signedIn(user)));
    const asked = [];
    for (const browser of browsers) asked.push({ browser, page: await visit(browser, '?link=1') });
    const done = await Promise.all(asked.map(({ browser, page }) => send(browser, page, /\/federation\/link$/)));
    expect(done.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await linksOf(acme.subject.sub)).toHaveLength(1);
  });

  test('asks for a recent sign-in', async () => {
    const user = await world.user();
    const browser = await world.signedIn(user);
    await world.goStale(user);
    const page = await browser.open(start('?link=1'));
    expect(new URL(page.url).pathname).toBe('/account/sign-in');
    const left = await signIn(browser, page, user);
    expect(left.url.startsWith(`${acme.issuer}/authorize`)).toBe(true);
  });

  test('that one user began does not end with another', async () => {
    const browser = await world.signedIn(await world.user());
    const left = await browser.open(start('?link=1'));
    const next = await world.user();
    await signIn(browser, await browser.open(`${world.server.origin}/account/sign-in?again=1`), next);
    const page = await browser.open(await sentBack(left));
    expect(page.status).toBe(409);
    expect(await linksOf(acme.subject.sub)).toEqual([]);
  });

  test('ends by unlinking, and then the subject is nobody', async () => {
    const { browser } = await linked();
    const page = await send(browser, await browser.open(security()), /\/unlink$/);
    expect(page.html).toContain('not linked any more');
    const asked = await visit(openBrowser(world.server.origin));
    expect(new URL(asked.url).pathname).toBe('/account/sign-in');
  });

  test('the last way to sign in is not unlinked', async () => {
    const { user } = await linked();
    await world.server.database.query('update user_account set password_hash = null where tenant = 1 and id = $1', [
      user.id,
    ]);
    const browser = openBrowser(world.server.origin);
    await visit(browser);
    const page = await send(browser, await browser.open(security()), /\/unlink$/);
    expect(page.status).toBe(409);
  });

  test('the same subject at another provider is somebody else', async () => {
    await linked();
    other.subject = acme.subject;
    const page = await visit(openBrowser(world.server.origin), '', 'other');
    expect(new URL(page.url).pathname).toBe('/account/sign-in');
  });
});

test('who has a second factor here shows it after a provider too', async () => {
  const { user } = await linked();
  await world.server.database.query(`update user_account set totp = 'x' where tenant = 1 and id = $1`, [user.id]);
  const page = await visit(openBrowser(world.server.origin));
  expect(new URL(page.url).pathname).toBe('/account/second-factor');
});

test('who was disabled is not let in by a provider', async () => {
  const { user } = await linked();
  await world.server.database.query('update user_account set disabled_at = now() where tenant = 1 and id = $1', [
    user.id,
  ]);
  const page = await visit(openBrowser(world.server.origin));
  expect(page.status).toBe(403);
  expect(page.html).toContain('This account is closed');
});

describe('an answer is not believed', () => {
  test.each<[string, Fault]>([
    ['whose id token is of another issuer', 'iss'],
    ['whose id token is for another app', 'aud'],
    ['whose id token is for another visit', 'nonce'],
    ['whose id token has expired', 'expired'],
    ['whose id token is of the future', 'future'],
    ['whose id token another key signed', 'key'],
    ['whose id token is signed with the secret', 'hs256'],
    ['whose id token is not signed', 'none'],
    ['without an id token', 'no-id-token'],
    ['that says it is of another issuer', 'answer-iss'],
    ['that sends the secret elsewhere', 'redirects'],
  ])('%s', async (_, fault) => {
    await linked();
    acme.fault = fault;
    const browser = openBrowser(world.server.origin);
    const page = await visit(browser);
    expect(page.status).toBe(502);
    expect(page.html).toContain('The answer of Acme Health could not be trusted');
    acme.fault = null;
    expect(new URL((await browser.open(security())).url).pathname).toBe('/account/sign-in');
  });

  test('that comes back to another browser than the one that went', async () => {
    await linked();
    const back = await sentBack(await openBrowser(world.server.origin).open(start()));
    const victim = openBrowser(world.server.origin);
    expect((await victim.open(back)).status).toBe(400);
    await victim.open(start());
    expect((await victim.open(back)).status).toBe(400);
  });

  test('that comes back to another provider than the one that was asked', async () => {
    const browser = openBrowser(world.server.origin);
    const back = await sentBack(await browser.open(start()));
    expect((await browser.open(back.replace('/acme/', '/other/'))).status).toBe(400);
  });

  test('twice', async () => {
    await linked();
    const browser = openBrowser(world.server.origin);
    const back = await sentBack(await browser.open(start()));
    const before = acme.exchanges;
    const pages = await Promise.all(Array.from({ length: 5 }, () => browser.open(back)));
    expect(pages.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(acme.exchanges - before).toBe(1);
  });

  test.each(['', 'state=', 'state=x&code=y', 'error=access_denied'])('with the query %j', async (query) => {
    const browser = openBrowser(world.server.origin);
    await browser.open(start());
    const page = await browser.open(`${world.server.origin}/account/federation/acme/callback?${query}`);
    expect(page.status).toBe(400);
  });
});

test('who refuses at the provider is told that nothing has changed, and may try again', async () => {
  acme.fault = 'refuses';
  const page = await visit(openBrowser(world.server.origin), '?next=/account/apps');
  expect(page.status).toBe(403);
  expect(page.html).toContain('Acme Health did not sign you in');
  expect(page.html).toContain('/account/federation/acme/start?next=%2Faccount%2Fapps');
});

test('a provider that is down is said to be, when going there and when coming back', async () => {
  const page = await openBrowser(world.server.origin).open(start('', 'gone'));
  expect(page.status).toBe(502);
  expect(page.html).toContain('Gone cannot be reached');
  const browser = openBrowser(world.server.origin);
  const back = await sentBack(await browser.open(start()));
  acme.fault = 'broken';
  expect((await browser.open(back)).html).toContain('Acme Health cannot be reached');
});

test('a provider that is not named is not visited', async () => {
  expect((await openBrowser(world.server.origin).open(start('', 'unknown'))).status).toBe(404);
});

test.each(['https://evil.test/', '//evil.test', '/\\evil.test', 'javascript:alert(1)'])(
  'nobody is sent on to %s',
  async (next) => {
    await linked();
    const page = await visit(openBrowser(world.server.origin), `?next=${encodeURIComponent(next)}`);
    expect(page.url).toBe(`${world.server.origin}/account`);
  },
);
