import { randomUUID } from 'node:crypto';
import { TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { User } from '../../src/smart/people/user.ts';
import { createGrant, findGrant } from '../../src/smart/tokens/app-grants.ts';
import { type AccountWorld, accountWorld, password, send, signIn } from '../support/account-world.ts';
import { type Browser, openBrowser, type Page } from '../support/browser.ts';

let world: AccountWorld;
let security: string;

beforeAll(async () => {
  world = await accountWorld();
  security = `${world.server.origin}/account/security`;
});
afterAll(() => world.close());

const isSignedIn = async (browser: Browser): Promise<boolean> => (await browser.open(security)).url === security;

const codeOf = (secret: string): string => new TOTP({ secret: secret.replaceAll(' ', '') }).generate();
const secretOn = ({ html }: Page): string => /<code>([A-Z2-7 ]+)<\/code>/.exec(html)?.[1] ?? '';

/** A grant that ends with the session of this user. */
async function grantOf(user: User): Promise<string> {
  const { database } = world.server;
  const [row] = await database.query(
    'select id from user_session where tenant = 1 and user_id = $1 and ended_at is null',
    [user.id],
  );
  const id = randomUUID();
  await createGrant(database, {
    tenant: 1,
    id,
    clientId: 'an-app',
    userId: user.id,
    sessionId: String(row?.[0]),
    scope: 'openid',
    context: {},
    fhirUser: null,
    patient: null,
    consentId: null,
    dpopJkt: null,
    expiresAt: null,
  });
  return id;
}

const isRevoked = async (id: string): Promise<boolean> =>
  (await findGrant(world.server.database, 1, id))?.revokedAt !== null;

test('who is not signed in sees nothing of an account and is sent to sign in, and then where they wanted to go', async () => {
  const user = await world.user();
  for (const path of ['', '/security', '/security/totp', '/security/passkeys/new']) {
    const browser = openBrowser(world.server.origin);
    const page = await browser.open(`${world.server.origin}/account${path}`);
    expect(new URL(page.url).pathname).toBe('/account/sign-in');
    expect((await signIn(browser, page, user)).url).toBe(`${world.server.origin}/account${path}`);
  }
});

test('the account says who somebody is, and nothing that is kept by the browser', async () => {
  const user = await world.user({ displayName: 'Ada <b>Lovelace</b>' });
  const browser = await world.signedIn(user);
  const page = await browser.open(`${world.server.origin}/account`);
  expect(page.html).toContain('Hello, Ada &lt;b&gt;Lovelace&lt;/b&gt;');
  expect(page.html).toContain(user.username);
  expect(page.headers.get('cache-control')).toBe('no-store');
  expect(page.headers.get('content-security-policy')).not.toContain('script-src');
});

describe('a password', () => {
  const change = async (
    browser: Browser,
    typed: Partial<Record<'current' | 'new' | 'new-again', string>>,
  ): Promise<Page> => {
    const chosen = typed.new ?? 'seven quiet lamps tonight';
    const filled = { current: password, new: chosen, 'new-again': chosen, ...typed };
    return send(browser, await browser.open(security), /\/password$/, filled);
  };

  test('is changed by who knows the current one; everywhere else they are signed out, and what hung on that ends', async () => {
    const user = await world.user();
    const elsewhere = await world.signedIn(user);
    const grant = await grantOf(user);
    const browser = await world.signedIn(user);
    const before = new Map(browser.cookies);
    const page = await change(browser, {});
    expect(page.html).toContain('Your password was changed');
    expect(await isSignedIn(browser)).toBe(true);
    expect(browser.cookies.get('portico_session')).not.toBe(before.get('portico_session'));
    expect(await isSignedIn(elsewhere)).toBe(false);
    expect(await isRevoked(grant)).toBe(true);
    const old = openBrowser(world.server.origin);
    const again = await signIn(old, await old.open(`${world.server.origin}/account/sign-in`), user);
    expect(again.html).toContain('is not right');
  });

  test.each([
    ['the current one is wrong', { current: 'something else here' }, 'current', 'The current password is not right'],
    ['the new one is short', { new: 'short' }, 'new', 'at least 12 characters'],
    ['the new one is known', { new: 'password1234' }, 'new', 'guessed first'],
    ['the two new ones differ', { 'new-again': 'seven quiet lamps today' }, 'new-again', 'not the same'],
  ])('is not changed where %s, and the field says so', async (_, typed, field, message) => {
    const browser = await world.signedIn(await world.user());
    const page = await change(browser, typed);
    expect(page.status).toBe(400);
    expect(page.html).toMatch(new RegExp(`id="${field}-problem">[^<]*${message}`));
    expect(page.html).toMatch(/<details open>/);
  });

  test('is guessed as slowly on the page of the account as at the sign-in', async () => {
    const browser = await world.signedIn(await world.user());
    let page: Page | null = null;
    for (let at = 0; at < 8; at += 1) page = await change(browser, { current: 'something else here' });
    expect(page?.html).toContain('too many wrong attempts');
  });
});

describe('an authenticator app', () => {
  test('O-95 is set up by a code of the shown secret, and asked for at the next sign-in', async () => {
    const user = await world.user();
    const browser = await world.signedIn(user);
    const setup = await browser.open(`${security}/totp`);
    expect(setup.html).toContain('<svg class="qr"');
    expect(setup.html).not.toContain('style=');
    const secret = secretOn(setup);
    const wrong = await send(browser, setup, /\/totp$/, { code: '000000' });
    expect(wrong.status).toBe(400);
    expect(secretOn(wrong)).toBe(secret);
    const shown = await send(browser, wrong, /\/totp$/, { code: codeOf(secret) });
    const codes = [...shown.html.matchAll(/<li><code>([\w-]+)<\/code>/g)].map(([, code]) => code ?? '');
    expect(codes).toHaveLength(10);
    const next = openBrowser(world.server.origin);
    const asked = await signIn(next, await next.open(security), user);
    expect(new URL(asked.url).pathname).toBe('/account/second-factor');
    const [code = ''] = codes;
    const form = asked.forms.find(({ fields }) => fields.some(({ name }) => name === 'recovery'));
    if (!form) throw new Error('There is no field for a recovery code');
    expect((await next.submit(asked, form, { recovery: code })).url).toBe(security);
    expect((await next.open(security)).html).toContain('9 codes are left');
    const removed = await send(next, await next.open(security), /\/totp\/remove$/);
    expect(removed.html).toContain('You will not be asked for a code');
  });

  test('is not set up with a secret that was made for somebody else', async () => {
    const mallory = await world.signedIn(await world.user());
    const theirs = await mallory.open(`${security}/totp`);
    const sealed = theirs.forms.at(0)?.fields.find(({ name }) => name === 'sealed')?.value ?? '';
    const user = await world.user();
    const browser = await world.signedIn(user);
    const page = await browser.open(`${security}/totp`);
    const answer = await send(browser, page, /\/totp$/, { sealed, code: codeOf(secretOn(theirs)) });
    expect(answer.status).toBe(400);
    expect(secretOn(answer)).not.toBe(secretOn(theirs));
    expect((await browser.open(security)).html).toContain('Set up an authenticator app');
  });

  test('new recovery codes void the ones before', async () => {
    const browser = await world.signedIn(await world.user());
    const first = await send(browser, await browser.open(security), /\/codes$/);
    const second = await send(browser, await browser.open(security), /\/codes$/);
    expect(second.html).not.toContain(/<li><code>([\w-]+)/.exec(first.html)?.[1]);
    expect((await browser.open(security)).html).toContain('10 codes are left');
  });
});

describe('sessions', () => {
  test('are listed in plain words, and one is ended with what hangs on it', async () => {
    const user = await world.user();
    const elsewhere = await world.signedIn(user);
    const grant = await grantOf(user);
    const browser = await world.signedIn(user);
    const page = await browser.open(security);
    expect(page.html.match(/this browser/g)).toHaveLength(1);
    const lines = page.html.split('<ul class="rows">').at(-1)?.split('<li>').slice(1) ?? [];
    const other = lines.findIndex((line) => !line.includes('this browser'));
    const ended = await send(browser, page, /\/sessions$/, {}, other);
    expect(ended.html).toContain('You were signed out there');
    expect(await isSignedIn(elsewhere)).toBe(false);
    expect(await isSignedIn(browser)).toBe(true);
    expect(await isRevoked(grant)).toBe(true);
  });

  test('sign out everywhere ends this one too', async () => {
    const user = await world.user();
    const elsewhere = await world.signedIn(user);
    const browser = await world.signedIn(user);
    const page = await send(browser, await browser.open(security), /\/sessions$/, { end: 'all' });
    expect(new URL(page.url).pathname).toBe('/account/sign-in');
    expect([await isSignedIn(elsewhere), await isSignedIn(browser)]).toEqual([false, false]);
  });

  test('of somebody else are not ended', async () => {
    const user = await world.user();
    const victim = await world.signedIn(user);
    const [row] = await world.server.database.query('select id from user_session where tenant = 1 and user_id = $1', [
      user.id,
    ]);
    const browser = await world.signedIn(await world.user());
    const page = await send(browser, await browser.open(security), /\/sessions$/, { end: String(row?.[0]) });
    expect(page.status).toBe(404);
    expect(await isSignedIn(victim)).toBe(true);
  });
});

describe('after ten minutes', () => {
  test.each(['/totp', '/passkeys/new'])('%s asks to sign in again and then goes on', async (path) => {
    const user = await world.user();
    const browser = await world.signedIn(user);
    await world.goStale(user);
    const page = await browser.open(`${security}${path}`);
    expect(new URL(page.url).pathname).toBe('/account/sign-in');
    expect((await signIn(browser, page, user)).url).toBe(`${security}${path}`);
  });

  test.each(['/password', '/codes', '/totp/remove', '/passkeys', '/unlink'])('%s changes nothing', async (path) => {
    const user = await world.user();
    const browser = await world.signedIn(user);
    await world.goStale(user);
    const page = await browser.open(security);
    expect(page.html).toContain('asked to sign in again');
    const csrf = page.forms.at(0)?.fields.filter(({ name }) => name === 'csrf') ?? [];
    const answer = await browser.submit(page, {
      action: `${security}${path}`,
      method: 'POST',
      fields: csrf,
      buttons: [],
    });
    expect(new URL(answer.url).pathname).toBe('/account/sign-in');
  });
});

test.each(['/password', '/totp', '/totp/remove', '/codes', '/passkeys', '/passkeys/new', '/sessions', '/unlink'])(
  'a form sent to %s without the token of a page of ours changes nothing',
  async (path) => {
    const browser = await world.signedIn(await world.user());
    const page = await browser.open(security);
    const answer = await browser.submit(page, {
      action: `${security}${path}`,
      method: 'POST',
      fields: [],
      buttons: [],
    });
    expect(answer.status).toBe(403);
    expect(answer.html).toContain('This form is no longer valid');
  },
);

test('an account of one tenant is nobody in another, and its pages stay in its own', async () => {
  const { database, origin } = world.server;
  await database.query(`insert into tenant (id, name) values (2, 'Second') on conflict do nothing`);
  const user = await world.user();
  const browser = await world.signedIn(user);
  const page = await browser.open(`${origin}/t/2/account/security`);
  expect(new URL(page.url).pathname).toBe('/t/2/account/sign-in');
  expect((await signIn(browser, page, user)).html).toContain('is not right');
  await database.query('update user_account set tenant = 2 where tenant = 1 and id = $1', [user.id]);
  const there = await signIn(browser, page, user);
  expect(there.url).toBe(`${origin}/t/2/account/security`);
  const links = [...there.html.matchAll(/(?:href|action)="(\/[^"]*)"/g)].map(([, path]) => path ?? '');
  expect(links.filter((path) => !/^\/t\/2\/account|^\/assets\/|^\/\?lang/.test(path))).toEqual([]);
  const codes = await send(browser, there, /\/codes$/);
  expect(codes.html).toContain('Your recovery codes');
});
