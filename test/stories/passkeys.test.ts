import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { openNote, sealNote } from '../../src/smart/people/sealed-note.ts';
import type { User } from '../../src/smart/people/user.ts';
import { type AccountWorld, accountWorld, optionsOf, send, signIn } from '../support/account-world.ts';
import { createAuthenticator, type Shown } from '../support/authenticator.ts';
import { type Browser, openBrowser, type Page } from '../support/browser.ts';

let world: AccountWorld;
let security: string;
let signInPage: string;

beforeAll(async () => {
  world = await accountWorld();
  security = `${world.server.origin}/account/security`;
  signInPage = `${world.server.origin}/account/sign-in`;
});
afterAll(() => world.close());

const device = () => createAuthenticator(world.server.origin);
type Device = ReturnType<typeof device>;

/** Makes a passkey on the page for it. */
async function add(browser: Browser, made: Device, shown: Shown = {}, name = 'My phone'): Promise<Page> {
  const page = await browser.open(`${security}/passkeys/new`);
  return send(browser, page, /\/passkeys\/new$/, { name, credential: made.create(optionsOf(page, 'create'), shown) });
}

/** Somebody with a passkey, whose browser has forgotten them. */
async function withPasskey(): Promise<{ user: User; made: Device }> {
  const user = await world.user();
  const made = device();
  const page = await add(await world.signedIn(user), made);
  expect(page.html).toContain('The passkey was added');
  return { user, made };
}

/** Shows it on the sign-in page. */
async function show(made: Device, shown: Shown = {}, browser = openBrowser(world.server.origin)): Promise<Page> {
  const page = await browser.open(`${signInPage}?next=/account/security`);
  return send(browser, page, /\/sign-in\/passkey$/, { credential: made.get(optionsOf(page, 'get'), shown) });
}

test('a passkey signs its owner in without a name or a password, and leads on', async () => {
  const { user, made } = await withPasskey();
  const page = await show(made);
  expect(page.url).toBe(security);
  expect(page.html).toContain('last used');
  const [row] = await world.server.database.query(
    'select methods from user_session where tenant = 1 and user_id = $1 order by signed_in_at desc limit 1',
    [user.id],
  );
  expect(row?.[0]).toEqual(['hwk']);
});

test('a passkey is a second factor behind a password', async () => {
  const { user, made } = await withPasskey();
  const browser = openBrowser(world.server.origin);
  const page = await signIn(browser, await browser.open(`${signInPage}?next=/account/security`), user);
  expect(new URL(page.url).pathname).toBe('/account/second-factor');
  const inside = await browser.open(security);
  expect(new URL(inside.url).pathname).toBe('/account/sign-in');
  const options = optionsOf(page, 'get');
  const done = await send(browser, page, /\/sign-in\/passkey$/, { credential: made.get(options) });
  expect(done.url).toBe(security);
});

test('what the device is asked for is discoverable, of this host, and checks who holds it', async () => {
  const browser = await world.signedIn(await world.user());
  const page = await browser.open(`${security}/passkeys/new`);
  const asked = optionsOf(page, 'create');
  expect(asked).toMatchObject({
    rp: { id: 'localhost' },
    attestation: 'none',
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });
  const signing = await openBrowser(world.server.origin).open(signInPage);
  expect(optionsOf(signing, 'get')).toMatchObject({ rpId: 'localhost', userVerification: 'required' });
  expect(page.headers.get('content-security-policy')).toMatch(/script-src 'self';/);
  expect(page.html).not.toMatch(/<script(?![^>]*src=)|\son\w+=|style=/);
});

describe('a passkey is not kept', () => {
  test.each([
    ['made for another origin', { origin: 'http://localhost.evil.test' }],
    ['made for another port of this host', { origin: 'http://localhost:1' }],
    ['made for another host', { rpId: 'evil.test' }],
    ['made without checking who holds the device', { verified: false }],
    ['shown instead of made', { type: 'webauthn.get' }],
  ])('when it was %s', async (_, shown) => {
    const page = await add(await world.signedIn(await world.user()), device(), shown);
    expect(page.status).toBe(400);
    expect(page.html).toContain('The passkey was not accepted');
  });

  test('when the challenge was given to another session', async () => {
    const other = await world.signedIn(await world.user());
    const options = optionsOf(await other.open(`${security}/passkeys/new`), 'create');
    const browser = await world.signedIn(await world.user());
    const page = await browser.open(`${security}/passkeys/new`);
    const answer = await send(browser, page, /\/passkeys\/new$/, { name: 'x', credential: device().create(options) });
    expect(answer.status).toBe(400);
  });

  test('when the challenge was used before', async () => {
    const browser = await world.signedIn(await world.user());
    const page = await browser.open(`${security}/passkeys/new`);
    const [first, second] = [device(), device()].map((one) => one.create(optionsOf(page, 'create')));
    expect((await send(browser, page, /\/passkeys\/new$/, { name: 'x', credential: first ?? '' })).status).toBe(200);
    expect((await send(browser, page, /\/passkeys\/new$/, { name: 'x', credential: second ?? '' })).status).toBe(400);
  });

  test('when somebody else has it already', async () => {
    const { made } = await withPasskey();
    expect((await add(await world.signedIn(await world.user()), made)).status).toBe(400);
  });

  test.each([
    '',
    '{}',
    'null',
    '[]',
    '{"id":1}',
    '{"id":"x","response":null}',
    '{"id":"x","rawId":"x","type":"public-key"}',
  ])('when it is %j', async (credential) => {
    const browser = await world.signedIn(await world.user());
    const page = await browser.open(`${security}/passkeys/new`);
    expect((await send(browser, page, /\/passkeys\/new$/, { name: 'x', credential })).status).toBe(400);
    const other = openBrowser(world.server.origin);
    const asked = await other.open(signInPage);
    expect((await send(other, asked, /\/sign-in\/passkey$/, { credential })).status).toBe(403);
  });
});

describe('a passkey lets nobody in', () => {
  test.each([
    ['for another origin', { origin: 'https://localhost' }],
    ['for another host', { rpId: 'evil.test' }],
    ['without checking who holds the device', { verified: false }],
    ['by what was made to register one', { type: 'webauthn.create' }],
    ['as another user', { userHandle: 'bm9ib2R5' }],
  ])('shown %s', async (_, shown) => {
    const { made } = await withPasskey();
    const page = await show(made, shown);
    expect(page.status).toBe(403);
    expect(page.html).toContain('The passkey was not accepted');
  });

  test('with a counter that did not go up, as that of a copy', async () => {
    const { made } = await withPasskey();
    expect((await show(made, { counter: 7 })).url).toBe(security);
    expect((await show(made, { counter: 7 })).status).toBe(403);
    expect((await show(made, { counter: 6 })).status).toBe(403);
    expect((await show(made, { counter: 8 })).url).toBe(security);
  });

  test('by a challenge that was used, whichever of many comes first', async () => {
    const { made } = await withPasskey();
    const browser = openBrowser(world.server.origin);
    const page = await browser.open(signInPage);
    const answers = Array.from({ length: 10 }, () => made.get(optionsOf(page, 'get')));
    const copies = answers.map((credential) => {
      const copy = openBrowser(world.server.origin);
      for (const [name, value] of browser.cookies) copy.cookies.set(name, value);
      return send(copy, page, /\/sign-in\/passkey$/, { credential });
    });
    const statuses = (await Promise.all(copies)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
  });

  test('by a challenge of another browser', async () => {
    const { made } = await withPasskey();
    const attacker = await openBrowser(world.server.origin).open(signInPage);
    const browser = openBrowser(world.server.origin);
    const page = await browser.open(signInPage);
    const credential = made.get(optionsOf(attacker, 'get'));
    expect((await send(browser, page, /\/sign-in\/passkey$/, { credential })).status).toBe(403);
  });

  test('by a key that is not the one that was kept', async () => {
    const { made } = await withPasskey();
    const other = JSON.parse(device().get(optionsOf(await openBrowser(world.server.origin).open(signInPage), 'get')));
    const browser = openBrowser(world.server.origin);
    const page = await browser.open(signInPage);
    const own = JSON.parse(made.get(optionsOf(page, 'get')));
    const credential = JSON.stringify({ ...own, response: { ...own.response, signature: other.response.signature } });
    expect((await send(browser, page, /\/sign-in\/passkey$/, { credential })).status).toBe(403);
  });

  test('who was disabled, or has removed it', async () => {
    const { user, made } = await withPasskey();
    const browser = openBrowser(world.server.origin);
    await show(made, {}, browser);
    await send(browser, await browser.open(security), /\/passkeys$/, { do: 'remove', id: made.id });
    expect((await show(made)).status).toBe(403);
    const second = await withPasskey();
    await world.server.database.query('update user_account set disabled_at = now() where tenant = 1 and id = $1', [
      second.user.id,
    ]);
    expect((await show(second.made)).status).toBe(403);
    expect(user.id).not.toBe(second.user.id);
  });
});

describe('passkeys in the list', () => {
  test('have the name that they were given, may be given another, and only by their owner', async () => {
    const user = await world.user();
    const made = device();
    const browser = await world.signedIn(user);
    expect((await add(browser, made, {}, 'Blue <key>')).html).toContain('Blue &lt;key&gt;');
    const mallory = await world.signedIn(await world.user());
    await add(mallory, device());
    const theirs = await mallory.open(security);
    for (const what of ['rename', 'remove']) {
      const answer = await send(mallory, theirs, /\/passkeys$/, { do: what, id: made.id, name: 'Mine' });
      expect(answer.status).toBe(404);
    }
    const renamed = await send(browser, await browser.open(security), /\/passkeys$/, {
      do: 'rename',
      id: made.id,
      name: 'Green key',
    });
    expect(renamed.html).toContain('Green key');
  });

  test('the last way to sign in is not removed', async () => {
    const { user, made } = await withPasskey();
    await world.server.database.query('update user_account set password_hash = null where tenant = 1 and id = $1', [
      user.id,
    ]);
    const browser = openBrowser(world.server.origin);
    await show(made, {}, browser);
    const answer = await send(browser, await browser.open(security), /\/passkeys$/, { do: 'remove', id: made.id });
    expect(answer.status).toBe(409);
    expect(answer.html).toContain('your only way to sign in');
  });
});

test('a server whose name is an address of numbers offers no passkeys and says why', async () => {
  const numbered = await accountWorld({ PORTICO_BASE_URL: '' });
  try {
    expect(new URL(numbered.server.origin).hostname).toBe('127.0.0.1');
    const browser = await numbered.signedIn(await numbered.user());
    const page = await browser.open(`${numbered.server.origin}/account/security`);
    expect(page.html).toContain('Passkeys do not work at this address');
    const asked = await openBrowser(numbered.server.origin).open(`${numbered.server.origin}/account/sign-in`);
    expect(asked.html).not.toContain('data-passkey');
  } finally {
    await numbered.close();
  }
});

test('a sealed note opens until it ends, under its own label only, and not when it was changed', () => {
  const secret = createHash('sha256').update('secret').digest();
  const at = (now: number) => ({ secret, now: () => now });
  const sealed = sealNote(at(0), 'one', { a: 1 }, 10);
  expect(openNote(at(599_999), 'one', sealed)).toEqual({ note: { a: 1 }, expires: new Date(600_000) });
  expect(openNote(at(600_000), 'one', sealed)).toBeNull();
  expect(openNote(at(0), 'two', sealed)).toBeNull();
  expect(openNote(at(0), 'one', `${sealed.slice(0, -2)}AA`)).toBeNull();
  for (const text of ['', 'x', '....', 'A'.repeat(500)]) expect(openNote(at(0), 'one', text)).toBeNull();
  expect(sealNote(at(0), 'one', null, 10)).not.toBe(sealNote(at(0), 'one', null, 10));
});
