import { createRequire } from 'node:module';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { hasChromium, openChromium } from '../../../test/support/chromium.ts';
import { addPerson, codeOf, password, protect } from '../../../test/support/people.ts';
import { type Server, startServer } from '../../../test/support/server.ts';
import { languages } from '../../pages/language.ts';
import { invite } from '../people/invitations.ts';
import { newRecoveryCodes } from '../people/recovery-codes.ts';
import type { User } from '../people/user.ts';

describe.runIf(hasChromium('the pages of the sign-in are not looked at in a browser'))('in Chromium', () => {
  const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
  let server: Server;
  let browser: Browser;
  let ada: User;
  let secret: string;

  beforeAll(async () => {
    server = await startServer({ PORTICO_DEMO: 'on' });
    await addPerson(server, 'grace');
    ada = await addPerson(server, 'ada', { displayName: 'Ada Byron' });
    secret = await protect(server, ada);
    await newRecoveryCodes(server.smart, ada);
    browser = await openChromium();
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  const at = (path: string): string => `${server.origin}${path}`;

  async function fill(page: Page, fields: Record<string, string>): Promise<void> {
    for (const [name, value] of Object.entries(fields)) await page.fill(`#${name}`, value);
    await page.press(`#${Object.keys(fields).at(-1)}`, 'Enter');
    await page.waitForLoadState();
  }

  /** Every page that one can meet, and how one gets there. */
  const pages: Record<string, (page: Page, language: string) => Promise<unknown>> = {
    'the sign-in': (page, language) => page.goto(at(`/account/sign-in?lang=${language}`)),
    async 'a wrong password'(page, language) {
      await page.goto(at(`/account/sign-in?lang=${language}`));
      await fill(page, { username: 'grace', password: 'wrong' });
    },
    async 'the second factor'(page, language) {
      await page.goto(at(`/account/sign-in?lang=${language}`));
      await fill(page, { username: 'ada', password });
      await page.locator('summary').click();
    },
    async 'a wrong recovery code'(page, language) {
      await pages['the second factor']?.(page, language);
      await fill(page, { recovery: 'wrong' });
    },
    async 'a new password'(page, language) {
      await page.goto(`${await invite(server.smart, ada)}&lang=${language}`);
    },
    async 'a new password that is too short'(page, language) {
      await pages['a new password']?.(page, language);
      await fill(page, { password: 'short', again: 'short' });
    },
    'a link that is used up': (page, language) => page.goto(at(`/account/set-password?invitation=x&lang=${language}`)),
    async 'a wait'(page, language) {
      await page.goto(at(`/account/sign-in?lang=${language}`));
      await server.database.query(
        `update failed_attempt set failures = 12, last_at = now() where tenant = 1 and kind = 'password account'`,
      );
      await fill(page, { username: 'grace', password: 'wrong' });
    },
    async 'a page that is stale'(page, language) {
      await page.goto(at(`/account/sign-in?lang=${language}`));
      await page.context().clearCookies({ name: 'portico_session' });
      await fill(page, { username: 'grace', password });
    },
    async 'signing out for an app'(page, language) {
      await page.goto(at(`/account/sign-in?lang=${language}`));
      await fill(page, { username: 'grace', password });
      await page.goto(at('/oauth2/logout'));
    },
    'signed out': (page, language) => page.goto(at(`/oauth2/logout?lang=${language}`)),
  };

  const screens = [
    { width: 390, height: 844, colorScheme: 'light' },
    { width: 1280, height: 800, colorScheme: 'dark' },
  ] as const;

  const open = ({ width, height, colorScheme }: (typeof screens)[number]): Promise<BrowserContext> =>
    // axe is a script, which the pages' own policy rightly refuses.
    browser.newContext({ viewport: { width, height }, colorScheme, bypassCSP: true });

  const cases = Object.keys(pages).flatMap((name) => languages.map((language) => [name, language] as const));

  test.each(cases)(
    'axe finds nothing on %s in %s, on a phone and on a desk',
    async (name, language) => {
      for (const screen of screens) {
        await server.database.query('delete from failed_attempt where tenant = 1 and subject <> $1', ['']);
        const context = await open(screen);
        const page = await context.newPage();
        if (name === 'a wait') await pages['a wrong password']?.(page, language);
        await pages[name]?.(page, language);
        expect(await page.locator('html').getAttribute('lang')).toBe(language);
        await page.addScriptTag({ path: axe });
        // A string, because it runs in the page, where axe is.
        const violations = await page.evaluate<string[]>(
          `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html)))`,
        );
        expect(violations).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
        const folder = process.env.PORTICO_SCREENSHOTS;
        if (folder)
          await page.screenshot({ path: `${folder}/${name}-${language}-${screen.width}.png`, fullPage: true });
        await context.close();
      }
    },
    30_000,
  );

  test('with the keyboard alone one signs in, is told what is wrong, and comes to the second factor', async () => {
    await server.database.query('delete from failed_attempt where tenant = 1');
    const page = await browser.newPage();
    const focused = (): Promise<string> =>
      page.evaluate('document.activeElement.id || document.activeElement.className');
    await page.goto(at('/account/sign-in'));
    await expect.poll(focused).toBe('username');
    await page.keyboard.type('ada');
    await page.keyboard.press('Tab');
    await page.keyboard.type('wrong');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.problems');
    await expect.poll(focused).toBe('problems');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expect.poll(focused).toBe('username');
    await page.keyboard.press('Tab');
    await page.keyboard.type(password);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/account/second-factor');
    await expect.poll(focused).toBe('code');
    await page.keyboard.type(codeOf(secret));
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.pathname === '/account');
    await page.close();
  }, 30_000);
});
