import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TOTP } from 'otpauth';
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { User } from '../../src/smart/people/user.ts';
import { type AccountWorld, accountWorld, password } from '../support/account-world.ts';
import { hasChromium, openChromium } from '../support/chromium.ts';
import { type OpenIdProvider, startOpenIdProvider } from '../support/openid-provider.ts';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
/** A folder into which the pages are drawn, to be looked at. */
const drawings = process.env.PORTICO_DRAWINGS;

describe.runIf(hasChromium('the pages of an account, and passkeys, are not tried in a browser'))('in Chromium', () => {
  let world: AccountWorld;
  let browser: Browser;
  let acme: OpenIdProvider;
  let origin: string;
  const folder = mkdtempSync(join(tmpdir(), 'portico-providers-'));

  beforeAll(async () => {
    acme = await startOpenIdProvider();
    const file = join(folder, 'providers.json');
    const { issuer, clientId, clientSecret } = acme;
    writeFileSync(file, JSON.stringify([{ id: 'acme', name: 'Acme Health', issuer, clientId, clientSecret }]));
    world = await accountWorld({ PORTICO_OPENID_PROVIDERS: file });
    origin = world.server.origin;
    browser = await openChromium();
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    await world.close();
    await acme.close();
    rmSync(folder, { recursive: true });
  });

  /** A device that holds passkeys and knows its owner. */
  async function withDevice(page: Page): Promise<{ device: CDPSession; authenticatorId: string }> {
    const device = await page.context().newCDPSession(page);
    await device.send('WebAuthn.enable');
    const { authenticatorId } = await device.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    return { device, authenticatorId };
  }

  async function signIn(page: Page, user: User): Promise<void> {
    await page.fill('#username', user.username);
    await page.fill('#password', password);
    await page.press('#password', 'Enter');
    await page.waitForURL((url) => !url.pathname.endsWith('/sign-in'));
  }

  /** Waits for a field that has the focus when the page opens: a browser gives it once the page is drawn, which may be after it is loaded. */
  const focusIn = (page: Page, field: string): Promise<void> => page.locator(`#${field}:focus`).waitFor();

  /** What a page reports of its policy and its scripts, which should be nothing. */
  function complaintsOf(page: Page): string[] {
    const complaints: string[] = [];
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    return complaints;
  }

  async function looked(page: Page, name: string): Promise<void> {
    if (drawings) await page.screenshot({ path: `${drawings}/${name}.png`, fullPage: true });
    await page.addScriptTag({ path: axe });
    // A string, because it runs in the page, where axe is.
    const violations = await page.evaluate<string[]>(
      `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html)))`,
    );
    expect(violations, name).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), name).toBeLessThanOrEqual(0);
  }

  const open = (options: Parameters<Browser['newContext']>[0] = {}): Promise<BrowserContext> =>
    browser.newContext({ locale: 'en', ...options });

  const cases = [
    [390, 844],
    [1280, 800],
  ].flatMap(([width = 0, height = 0]) =>
    (['light', 'dark'] as const).flatMap((colorScheme) =>
      (['en', 'fr'] as const).map((locale) => ({ width, height, colorScheme, locale })),
    ),
  );

  test.each(cases)(
    'axe finds nothing at $width pixels, $colorScheme, $locale, and nothing runs over the edge',
    async ({ width, height, colorScheme, locale }) => {
      const called = `${width}-${colorScheme}-${locale}`;
      acme.subject = { sub: called, email: `somebody-with-a-long-address-${called}@health.example` };
      const user = await world.user();
      // axe is a script, which the page's own policy rightly refuses.
      const context = await open({ viewport: { width, height }, colorScheme, locale, bypassCSP: true });
      const page = await context.newPage();
      await withDevice(page);
      await page.goto(`${origin}/account`);
      await looked(page, `account-sign-in-${called}`);
      await signIn(page, user);
      await looked(page, `account-${called}`);
      await page.goto(`${origin}/account/security/passkeys/new`);
      await looked(page, `passkey-${called}`);
      await page.fill('#name', 'My phone');
      await page.press('#name', 'Enter');
      await page.waitForURL(/done=passkey/);
      await page.goto(`${origin}/account/federation/acme/start?link=1`);
      await looked(page, `link-${called}`);
      await page.locator('main form button').click();
      await page.waitForURL(/done=linked/);
      for (const summary of await page.locator('summary').all()) await summary.click();
      await looked(page, `security-${called}`);
      await page.fill('#current', 'something else here');
      await page.fill('#new', 'seven quiet lamps');
      await page.fill('#new-again', 'seven quiet lamps');
      await page.press('#new-again', 'Enter');
      await page.waitForURL(/\/password$/);
      await expect.poll(() => page.evaluate('document.activeElement.className')).toBe('problems');
      await looked(page, `security-wrong-${called}`);
      await world.goStale(user);
      await page.goto(`${origin}/account/security`);
      await looked(page, `security-stale-${called}`);
      await page.goto(`${origin}/account/security/totp`);
      await signIn(page, user);
      await page.locator('form[data-passkey] button').click();
      await page.waitForURL(/\/security\/totp$/);
      await looked(page, `totp-${called}`);
      await page.fill('#code', '000000');
      await page.press('#code', 'Enter');
      await page.locator('.problems').waitFor();
      await looked(page, `totp-wrong-${called}`);
      const secret = (await page.locator('main code').innerText()).replaceAll(' ', '');
      await page.fill('#code', new TOTP({ secret }).generate());
      await page.press('#code', 'Enter');
      await page.locator('.codes').waitFor();
      await looked(page, `codes-${called}`);
      acme.fault = 'broken';
      await page.goto(`${origin}/account/federation/unknown/start`);
      await looked(page, `trouble-${called}`);
      acme.fault = null;
      await context.close();
    },
  );

  test('with the keyboard alone a passkey is made, and then signs in under the strict policy', async () => {
    const user = await world.user();
    const context = await open();
    const page = await context.newPage();
    const complaints = complaintsOf(page);
    const { device, authenticatorId } = await withDevice(page);
    await page.goto(`${origin}/account/security`);
    await focusIn(page, 'username');
    await page.keyboard.type(user.username);
    await page.keyboard.press('Tab');
    await page.keyboard.type(password);
    await page.keyboard.press('Enter');
    await page.waitForURL(`${origin}/account/security`);
    const focused = (): Promise<string> => page.evaluate("document.activeElement.innerText ?? ''");
    for (let left = 60; left > 0 && (await focused()) !== 'Add a passkey'; left -= 1) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL(/passkeys\/new$/);
    await focusIn(page, 'name');
    await page.keyboard.type('My phone');
    await page.keyboard.press('Enter');
    await page.waitForURL(/done=passkey/);
    const { credentials } = await device.send('WebAuthn.getCredentials', { authenticatorId });
    expect(credentials).toMatchObject([{ isResidentCredential: true, rpId: 'localhost' }]);

    await context.clearCookies();
    await page.goto(`${origin}/account/sign-in?next=/account/security`);
    // The browser puts it there when it draws the page, and would take it away again from where the keys have led.
    await focusIn(page, 'username');
    for (let left = 60; left > 0 && (await focused()) !== 'Sign in with a passkey'; left -= 1) {
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Enter');
    await page.waitForURL(`${origin}/account/security`);
    expect(await page.locator('main').innerText()).toContain('last used');
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('a device that does not know its owner is told so on the page, and can try again', async () => {
    const user = await world.user();
    const context = await open();
    const page = await context.newPage();
    const { device, authenticatorId } = await withDevice(page);
    await page.goto(`${origin}/account/security/passkeys/new`);
    await signIn(page, user);
    await device.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
    await page.fill('#name', 'My phone');
    await page.press('#name', 'Enter');
    await page.locator('[data-passkey-problem]:not([hidden])').waitFor();
    expect(await page.locator('[data-passkey-problem]').innerText()).toContain('You can try again');
    await device.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true });
    await page.press('#name', 'Enter');
    await page.waitForURL(/done=passkey/);
    await page.goto(`${origin}/account/security/passkeys/new`);
    await page.fill('#name', 'Again');
    await page.press('#name', 'Enter');
    await page.locator('[data-passkey-problem]:not([hidden])').waitFor();
    expect(await page.locator('[data-passkey-problem]').innerText()).toContain(
      'has a passkey for your account already',
    );
    await context.close();
  });

  test('a browser without scripts is told why it sees no passkeys, and signs in by password', async () => {
    const user = await world.user();
    const context = await open({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`${origin}/account/sign-in?next=/account/security/passkeys/new`);
    expect(await page.locator('form[data-passkey]').isVisible()).toBe(false);
    await signIn(page, user);
    expect(await page.locator('main').innerText()).toContain('Your browser has no passkeys, or scripts are off');
    expect(await page.locator('#name').isVisible()).toBe(false);
    await context.close();
  });

  test('a provider is linked and signs in, in a browser that keeps to the strict policy', async () => {
    acme.subject = { sub: 'strict', name: 'Ada' };
    const user = await world.user();
    const context = await open();
    const page = await context.newPage();
    const complaints = complaintsOf(page);
    await page.goto(`${origin}/account/sign-in`);
    await page.getByText('Sign in with Acme Health').click();
    await signIn(page, user);
    await page.getByRole('button', { name: 'Link the two' }).click();
    await page.waitForURL(/done=linked/);
    await context.clearCookies();
    await page.goto(`${origin}/account/sign-in?next=/account/security`);
    await page.getByText('Sign in with Acme Health').click();
    await page.waitForURL(`${origin}/account/security`);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
