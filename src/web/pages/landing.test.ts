import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import { getRequestListener } from '@hono/node-server';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { hasChromium, openChromium } from '../../../test/support/chromium.ts';
import { cast } from '../../demo/cast.ts';
import { pages } from './pages.ts';

let healthy = true;
const origin = 'http://127.0.0.1:8103';
const app = pages({
  origin,
  base: `${origin}/fhir/R4`,
  version: '1.2.3',
  demo: cast,
  healthy: async () => healthy,
  counts: async () => ({ Observation: 5106, Slot: 1703, Patient: 24, Basic: 0 }),
  now: () => Date.UTC(2026, 2, 4, 9, 5),
});

const get = (path: string, headers: Record<string, string> = {}) => app.request(path, { headers });

test('a French reader is answered in French, and anybody else in English', async () => {
  const french = await get('/', { 'Accept-Language': 'fr-CA,fr;q=0.9,en;q=0.5' });
  expect(french.headers.get('content-language')).toBe('fr');
  expect(await french.text()).toContain('<html lang="fr">');
  expect(await (await get('/', { 'Accept-Language': 'de' })).text()).toContain('<html lang="en">');
  expect(await (await get('/?lang=en', { 'Accept-Language': 'fr' })).text()).toContain('<html lang="en">');
});

test('the page needs no script, no inline style and nothing from elsewhere', async () => {
  const answer = await get('/');
  const text = await answer.text();
  expect(text).not.toMatch(/<script|\sstyle=|\son\w+=|<style/i);
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  const stylesheet = /href="(\/assets\/[^"]+)"/.exec(text)?.[1] ?? '';
  const css = await get(stylesheet);
  expect(css.status).toBe(200);
  expect(css.headers.get('cache-control')).toContain('immutable');
  expect(await css.text()).not.toMatch(/url\(|@import/);
  expect((await get('/assets/other.css')).status).toBe(404);
});

test('the page says where FHIR is, what is stored, and whether the server is well', async () => {
  const text = await (await get('/')).text();
  expect(text).toContain(`${origin}/fhir/R4/metadata`);
  expect(text).toContain('6,833 resources');
  expect(text).toContain('answered at 09:05 UTC');
  for (const { id } of cast) expect(text).toContain(`<code>${id}</code>`);
  expect(text).toContain('1.2.3');
});

test('the page says so when the database does not answer, and counts nothing', async () => {
  healthy = false;
  const text = await (await get('/')).text();
  healthy = true;
  expect(text).toContain('its database did not');
  expect(text).not.toContain('What is stored');
});

test('however many visitors there are, resources are counted at most every 30 seconds', async () => {
  let asked = 0;
  let time = 0;
  const own = pages({
    origin,
    base: `${origin}/fhir/R4`,
    version: '1.2.3',
    demo: cast,
    healthy: async () => true,
    counts: async () => ({ Patient: ++asked }),
    now: () => time,
  });
  await Promise.all([own.request('/'), own.request('/')]);
  time = 29_000;
  await own.request('/');
  expect(asked).toBe(1);
  time = 31_000;
  await own.request('/');
  expect(asked).toBe(2);
});

describe.runIf(hasChromium('the front page is not looked at in a browser'))('in Chromium', () => {
  let browser: Browser;
  let server: Server;
  let address: string;
  const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

  beforeAll(async () => {
    server = createServer(getRequestListener(app.fetch)).listen(0, '127.0.0.1');
    await new Promise((listening) => server.once('listening', listening));
    const at = server.address();
    address = `http://127.0.0.1:${typeof at === 'object' && at ? at.port : 0}`;
    browser = await openChromium();
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    server.close();
  });

  const screens = [
    [390, 844],
    [1280, 900],
  ] as const;
  const cases = screens.flatMap(([width, height]) =>
    (['light', 'dark'] as const).flatMap((colorScheme) =>
      (['en', 'fr'] as const).map((language) => ({ width, height, colorScheme, language })),
    ),
  );

  test.each(cases)(
    'axe finds nothing at $width pixels, $colorScheme, $language, and nothing runs over the edge',
    async (one) => {
      const { width, height, colorScheme, language } = one;
      // axe is a script, which the page's own policy rightly refuses.
      const context = await browser.newContext({ viewport: { width, height }, colorScheme, bypassCSP: true });
      const page = await context.newPage();
      await page.goto(`${address}/?lang=${language}`);
      await page.locator('summary').click();
      await page.addScriptTag({ path: axe });
      // A string, because it runs in the page, where axe is.
      const violations = await page.evaluate<string[]>(
        `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html)))`,
      );
      expect(violations).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
      await context.close();
    },
  );

  test('with the keyboard alone one can skip to the content and change the language', async () => {
    const page = await browser.newPage();
    await page.goto(`${address}/?lang=en`);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.className')).toBe('skip');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/?lang=fr');
    expect(await page.locator('html').getAttribute('lang')).toBe('fr');
    await page.close();
  });
});
