import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { openBrowser } from '../../../test/support/browser.ts';
import { addPerson, codeOf, fillIn, password, protect, signIn } from '../../../test/support/people.ts';
import { type Server, startServer } from '../../../test/support/server.ts';
import { disableUser, endSessionsOfUser } from './end-sessions.ts';
import { invite } from './invitations.ts';
import { newRecoveryCodes, recoveryCodesLeft, takeRecoveryCode } from './recovery-codes.ts';
import { sessionsOfUser } from './sessions.ts';
import { safePath } from './sign-in.ts';
import { takeTotp } from './totp.ts';
import { findUser } from './users.ts';

let server: Server;
beforeAll(async () => {
  server = await startServer();
}, 60_000);
afterAll(() => server.close());

/** Whether a browser is signed in: the sign-in page then sends it on. */
const isSignedIn = async (browser: ReturnType<typeof openBrowser>): Promise<boolean> =>
  !(await browser.open(`${server.origin}/account/sign-in?next=/fhir/R4/metadata`)).url.includes('/account/sign-in');

describe('by password', () => {
  test('who types the right password is sent where they wanted to go, under a new cookie', async () => {
    await addPerson(server, 'ada');
    const browser = openBrowser(server.origin);
    await browser.open(`${server.origin}/account/sign-in`);
    const before = browser.cookies.get('portico_session');
    const { page } = await signIn(server, ' ADA ', { browser, query: '?next=%2Ffhir%2FR4%2Fmetadata' });
    expect(page.url).toBe(`${server.origin}/fhir/R4/metadata`);
    expect(browser.cookies.get('portico_session')).not.toBe(before);
    expect(await isSignedIn(browser)).toBe(true);
  });

  test('whether the name or the password is wrong is not told', async () => {
    const known = await addPerson(server, 'grace');
    const pages = await Promise.all([
      signIn(server, 'grace', { typed: 'wrong' }),
      signIn(server, 'nobody', { typed: 'wrong' }),
      signIn(server, 'grace', { typed: `${password}${'x'.repeat(300)}` }),
    ]);
    const texts = pages.map(({ page }) =>
      page.html.replaceAll(/name="csrf" value="[^"]+"|value="(grace|nobody)"/g, ''),
    );
    expect(pages.map(({ page }) => page.status)).toEqual([422, 422, 422]);
    expect(new Set(texts).size).toBe(1);
    expect(await isSignedIn(pages[0]?.browser ?? openBrowser(server.origin))).toBe(false);
    await disableUser(server.smart, 1, known.id);
    const { page } = await signIn(server, 'grace');
    expect(page.status).toBe(422);
  });

  test('a field that was left empty is named, and tied to what is wrong with it', async () => {
    const { page } = await signIn(server, 'ada', { typed: '' });
    expect(page.status).toBe(422);
    expect(page.html).toMatch(/id="password"[^>]*aria-invalid="true"[^>]*aria-describedby="password-problem"/);
    expect(page.html).toContain('href="#password"');
    expect(page.html).toContain('value="ada"');
    expect(page.html).not.toContain('id="username-problem"');
  });

  test('the language is kept, and what was asked for with it', async () => {
    const browser = openBrowser(server.origin);
    const page = await browser.open(`${server.origin}/account/sign-in?lang=fr&next=%2Faccount%2Fapps`);
    expect(page.html).toContain('<html lang="fr">');
    expect(page.html).toContain('href="?lang=en&amp;next=%2Faccount%2Fapps"');
  });

  test('the demo password is told in the demo only', async () => {
    const page = await openBrowser(server.origin).open(`${server.origin}/account/sign-in`);
    expect(page.html).not.toContain('demo');
  });
});

test.each([
  ['/account/apps?x=1', true],
  ['/t/2/oauth2/authorize/abc', true],
  ['//evil.example', false],
  ['/\\evil.example', false],
  ['/a\\..\\b', false],
  ['https://evil.example/', false],
  ['javascript:alert(1)', false],
  ['account', false],
  ['/\t/evil.example', false],
  ['/%0d%0aSet-Cookie:x', true],
  ['/a\r\nSet-Cookie: x=1', false],
  ['', false],
])('after the sign-in one may be sent on to %j: %s', (path, good) => {
  expect(safePath(path) !== null).toBe(good);
});

describe('with a second factor', () => {
  test('nobody is signed in before the code, and no code is taken twice', async () => {
    const user = await addPerson(server, 'rosa');
    const secret = await protect(server, user);
    const { browser, page } = await signIn(server, 'rosa', { query: '?next=%2Ffhir%2FR4%2Fmetadata' });
    expect(page.url).toBe(`${server.origin}/account/second-factor`);
    expect(await isSignedIn(browser)).toBe(false);
    const wrong = await fillIn(browser, page, { code: codeOf(secret, 100) });
    expect(wrong.status).toBe(422);
    const code = codeOf(secret);
    expect((await fillIn(browser, wrong, { code: `${code.slice(0, 3)} ${code.slice(3)}` })).url).toBe(
      `${server.origin}/fhir/R4/metadata`,
    );
    expect(await isSignedIn(browser)).toBe(true);
    const [session] = await sessionsOfUser(server.smart, 1, user.id);
    expect(session?.methods).toEqual(['pwd', 'otp']);
    const again = await signIn(server, 'rosa');
    expect((await fillIn(again.browser, again.page, { code })).status).toBe(422);
  });

  test('of fifty at once one takes a code', async () => {
    const user = await addPerson(server, 'hedy');
    const secret = await protect(server, user);
    const code = codeOf(secret);
    const taken = await Promise.all(Array.from({ length: 50 }, () => takeTotp(server.smart, user, code)));
    expect(taken.filter(Boolean)).toHaveLength(1);
    expect(await takeTotp(server.smart, user, codeOf(secret, -1))).toBe(false);
    expect(await takeTotp(server.smart, user, codeOf(secret, 2))).toBe(false);
    expect(await takeTotp(server.smart, user, codeOf(secret, 1))).toBe(true);
  });

  test('the secret is kept sealed', async () => {
    const user = await addPerson(server, 'joan');
    const secret = await protect(server, user);
    const [row] = await server.database.query('select totp from user_account where tenant = 1 and id = $1', [user.id]);
    expect(String(row?.[0])).not.toContain(secret);
  });

  test('a recovery code stands for the second factor once, however it is written', async () => {
    const user = await addPerson(server, 'katherine');
    await protect(server, user);
    const codes = await newRecoveryCodes(server.smart, user);
    expect(new Set(codes).size).toBe(10);
    const [code = ''] = codes;
    const { browser, page } = await signIn(server, 'katherine');
    const done = await fillIn(browser, page, { recovery: ` ${code.toUpperCase().replace('-', ' ')} ` });
    expect(done.url).toBe(`${server.origin}/account`);
    expect(await recoveryCodesLeft(server.smart, user)).toBe(9);
    const again = await signIn(server, 'katherine');
    expect((await fillIn(again.browser, again.page, { recovery: code })).status).toBe(422);
    const taken = await Promise.all(
      Array.from({ length: 20 }, () => takeRecoveryCode(server.smart, user, codes[1] ?? '')),
    );
    expect(taken.filter(Boolean)).toHaveLength(1);
    await newRecoveryCodes(server.smart, user);
    expect(await takeRecoveryCode(server.smart, user, codes[2] ?? '')).toBe(false);
  });
});

describe('sessions', () => {
  test('end at once: signing out, everywhere, an account that is disabled, and after an hour or twelve', async () => {
    const user = await addPerson(server, 'mary');
    const open = async () => (await signIn(server, 'mary')).browser;
    const [one, two, three] = [await open(), await open(), await open()];
    expect(await sessionsOfUser(server.smart, 1, user.id)).toHaveLength(3);
    expect(await endSessionsOfUser(server.smart, 1, user.id, null, 'test')).toBe(3);
    for (const browser of [one, two, three]) expect(await isSignedIn(browser)).toBe(false);

    const idle = await open();
    await server.database.query(
      `update user_session set last_seen_at = now() - interval '61 minutes' where tenant = 1 and user_id = $1`,
      [user.id],
    );
    expect(await isSignedIn(idle)).toBe(false);
    const old = await open();
    await server.database.query('update user_session set expires_at = now() where tenant = 1 and user_id = $1', [
      user.id,
    ]);
    expect(await isSignedIn(old)).toBe(false);
    const disabled = await open();
    await disableUser(server.smart, 1, user.id);
    expect(await isSignedIn(disabled)).toBe(false);
  });

  test('cookies are kept as hashes, and cannot be read by scripts', async () => {
    const { browser } = await signIn(server, 'ada');
    const value = browser.cookies.get('portico_session') ?? '';
    const rows = await server.database.query('select hash, id from user_session where tenant = 1');
    expect(rows.flat()).not.toContain(value);
    const response = await fetch(`${server.origin}/account/sign-in`);
    expect(response.headers.getSetCookie()[0]).toMatch(/^portico_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
  });

  test('who signs in once more in the same browser goes on in the same session; somebody else does not', async () => {
    const user = await addPerson(server, 'emmy');
    const { browser } = await signIn(server, 'emmy');
    const [first] = await sessionsOfUser(server.smart, 1, user.id);
    await signIn(server, 'emmy', { browser, query: '?again=1' });
    const [second, ...more] = await sessionsOfUser(server.smart, 1, user.id);
    expect([second?.id, more]).toEqual([first?.id, []]);
    await signIn(server, 'ada', { browser, query: '?again=1' });
    expect(await sessionsOfUser(server.smart, 1, user.id)).toEqual([]);
  });

  test('a cookie of one tenant is nothing in another', async () => {
    await server.database.query(`insert into tenant (id, name) values (2, 'Another') on conflict do nothing`);
    const { browser } = await signIn(server, 'ada');
    const value = browser.cookies.get('portico_session') ?? '';
    browser.cookies.set('portico_session_2', value);
    const page = await browser.open(`${server.origin}/t/2/account/sign-in?next=/fhir/R4/metadata`);
    expect(page.url).toContain('/t/2/account/sign-in');
  });
});

describe('a link to set a password', () => {
  test('is good once, and ends every session of the user', async () => {
    const user = await addPerson(server, 'lise', { displayName: 'Lise Meitner' });
    const { browser: before } = await signIn(server, 'lise');
    const link = await invite(server.smart, user);
    const browser = openBrowser(server.origin);
    const page = await browser.open(link);
    expect(page.html).toContain('Lise Meitner');
    const short = await fillIn(browser, page, { password: 'too short', again: 'too short' });
    expect([short.status, short.html.includes('at least 12')]).toEqual([422, true]);
    const differing = await fillIn(browser, short, { password: 'nine green kettles', again: 'nine green kettle' });
    expect(differing.html).toContain('id="again-problem"');
    const chosen = { password: 'nine green kettles', again: 'nine green kettles' };
    const done = await fillIn(browser, differing, chosen);
    expect(done.url).toContain('/account/sign-in?done=password');
    expect(await isSignedIn(before)).toBe(false);
    expect((await browser.open(link)).status).toBe(404);
    expect((await fillIn(browser, differing, chosen)).status).toBe(404);
    expect((await signIn(server, 'lise')).page.status).toBe(422);
    expect((await signIn(server, 'lise', { typed: chosen.password })).page.url).toBe(`${server.origin}/account`);
  });

  test('ends with the next one, and after a day', async () => {
    const user = await addPerson(server, 'irene');
    const [first, second] = [await invite(server.smart, user), await invite(server.smart, user)];
    const { open } = openBrowser(server.origin);
    expect([(await open(first)).status, (await open(second)).status]).toEqual([404, 200]);
    await server.database.query('update user_invitation set expires_at = now() where tenant = 1 and user_id = $1', [
      user.id,
    ]);
    expect((await open(second)).status).toBe(404);
    expect((await findUser(server.database, 1, user.id))?.hasPassword).toBe(true);
  });
});

test('who signed in, failed to and signed out is written as AuditEvents that FHIR finds', async () => {
  const user = await addPerson(server, 'chien');
  await signIn(server, 'chien', { typed: 'wrong' });
  const { browser } = await signIn(server, 'chien');
  const page = await browser.open(`${server.origin}/account/sign-in?again=1`);
  const csrf = page.forms[0]?.fields.find(({ name }) => name === 'csrf')?.value ?? '';
  await fillIn(
    browser,
    {
      ...page,
      forms: [
        {
          action: `${server.origin}/account/sign-out`,
          method: 'POST',
          fields: [{ name: 'csrf', value: csrf, type: 'hidden', checked: true }],
          buttons: [],
        },
      ],
    },
    { csrf },
  );
  expect(await isSignedIn(browser)).toBe(false);
  const found = async (): Promise<string[]> => {
    const bundle = await (
      await server.fetch(
        `AuditEvent?agent:identifier=${encodeURIComponent(`${server.origin}/oauth2/users|${user.id}`)}&_sort=_id`,
      )
    ).json();
    return (bundle.entry ?? [])
      .map(
        ({ resource }: { resource: { subtype: { code: string }[]; outcome: string } }) =>
          `${resource.subtype[0]?.code} ${resource.outcome}`,
      )
      .sort();
  };
  await expect.poll(found).toEqual(['110122 0', '110122 4', '110123 0']);
});
