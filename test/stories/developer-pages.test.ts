import { createServer, type Server as HttpServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { demoPassword } from '../../src/smart/people/demo-accounts.ts';
import { hasChromium, openChromium } from '../support/chromium.ts';
import type { Server } from '../support/server.ts';
import { startSmartWorld } from '../support/smart-world.ts';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

describe.runIf(hasChromium('the pages of developers and of the operator are not tried in a browser'))(
  'in Chromium',
  () => {
    let server: Server;
    let browser: Browser;
    /** Where an app is started. */
    let app: HttpServer;
    let launchUri: string;

    beforeAll(async () => {
      server = await startSmartWorld();
      browser = await openChromium();
      app = createServer((_, response) => response.end('started')).listen(0, '127.0.0.1');
      await new Promise((resolve) => app.once('listening', resolve));
      launchUri = `http://127.0.0.1:${(app.address() as AddressInfo).port}/launch`; // it listens
    }, 300_000);
    afterAll(async () => {
      await browser?.close();
      app?.close();
      await server?.close();
    });

    async function openAs(username: string, path: string, settings: Parameters<Browser['newContext']>[0] = {}) {
      const context: BrowserContext = await browser.newContext(settings);
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('pageerror', ({ message }) => complaints.push(message));
      page.on('console', (message) => {
        if (message.type() === 'error' && !message.text().includes('status of 400')) complaints.push(message.text());
      });
      await page.goto(`${server.origin}${path}`);
      await page.fill('#username', username);
      await page.fill('#password', demoPassword);
      await page.press('#password', 'Enter');
      await page.waitForURL((url) => !url.pathname.startsWith('/account'));
      return { context, page, complaints };
    }

    /** What axe finds, and whether the page is wider than its window. */
    async function look(page: Page): Promise<string[]> {
      await page.addScriptTag({ path: axe });
      // A string, because it runs in the page, where axe is.
      const found = await page.evaluate<string[]>(
        'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ": " + nodes[0].html))',
      );
      const isWide = await page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth');
      return [...found, ...(isWide ? [`${page.url()} is wider than its window`] : [])];
    }

    test.each([
      ['a phone', 'en', { viewport: { width: 390, height: 844 } }],
      ['a phone', 'fr', { viewport: { width: 320, height: 700 }, colorScheme: 'dark' }],
      ['a desk', 'fr', { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' }],
    ] as const)(
      '%s shows every page in %s, and axe finds nothing',
      async (_, locale, settings) => {
        // axe is a script, which the pages' own policy would not let in.
        const shown = { ...settings, locale, bypassCSP: true };
        const { page, context } = await openAs('dev', '/developer', shown);
        const found: string[] = await look(page);
        for (const kind of ['', '?kind=public', '?kind=secret', '?kind=key', '?kind=service']) {
          await page.goto(`${server.origin}/developer/register${kind}`);
          found.push(...(await look(page)));
        }
        await page.goto(`${server.origin}/developer/register?kind=secret`);
        await page.fill('#name', 'Diary');
        await page.fill('#redirects', 'http://wrong.test');
        await page.fill('#launch', launchUri);
        await page.click('form.form > button');
        found.push(...(await look(page)));
        await expect.poll(() => page.evaluate('document.activeElement.className')).toBe('problems');
        await page.fill('#redirects', 'https://diary.test/back');
        await page.click('form.form > button');
        found.push(...(await look(page)));
        await page.fill('#token', 'nonsense');
        await page.click('form:has(#token) button');
        found.push(...(await look(page)));
        await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('answer');
        await page.goto(`${server.origin}/developer`);
        found.push(...(await look(page)));
        const operator = await openAs('ops', '/operator', shown);
        for (const path of ['/operator', '/operator/people', '/operator/keys']) {
          await operator.page.goto(`${server.origin}${path}`);
          found.push(...(await look(operator.page)));
        }
        const lena = await openAs('dr-lena-marchetti', '/launch', shown);
        found.push(...(await look(lena.page)));
        await lena.page.click('button[value="amara-osei"]');
        found.push(...(await look(lena.page)));
        expect(found).toEqual([]);
        for (const one of [context, operator.context, lena.context]) await one.close();
      },
      120_000,
    );

    test('a developer registers an app without a mouse, and no page breaks its own policy', async () => {
      const { page, context, complaints } = await openAs('dev', '/developer/register?kind=public');
      await page.focus('#name');
      await page.keyboard.type('By keyboard');
      await page.keyboard.press('Tab');
      await page.keyboard.type('https://keys.test/back');
      await page.keyboard.press('Tab');
      await page.keyboard.type(launchUri);
      await page.focus('input[name=read][value=Condition]');
      await page.keyboard.press('Space');
      await page.focus('form.form > button');
      await page.keyboard.press('Enter');
      await page.waitForSelector('.notice.good');
      expect(await page.textContent('h1')).toBe('By keyboard');
      expect(await page.textContent('main')).toContain('patient/Condition.rs');
      expect(complaints).toEqual([]);
      await context.close();
    });

    test('a practitioner starts it from the page: it opens in a new tab with iss and launch', async () => {
      const { page, context, complaints } = await openAs('dr-lena-marchetti', '/launch');
      await page.click('button[value="amara-osei"]');
      await page.selectOption('#app', { label: 'By keyboard' });
      await page.selectOption('#encounter', { index: 1 });
      const opening = context.waitForEvent('page');
      await page.click('button[type=submit]');
      const tab = await opening;
      await tab.waitForURL((url) => url.href.startsWith(launchUri));
      const url = new URL(tab.url());
      expect(url.searchParams.get('iss')).toBe(server.base);
      expect(url.searchParams.get('launch')).toMatch(/^[\w-]{43}$/);
      expect(await tab.evaluate('document.referrer')).toBe('');
      expect(complaints).toEqual([]);
      await context.close();
    });
  },
);
