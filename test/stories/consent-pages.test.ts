import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { User } from '../../src/smart/people/user.ts';
import { hasChromium, openChromium } from '../support/chromium.ts';
import { type ConsentWorld, consentWorld } from '../support/consent-world.ts';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
/** A folder into which the pages are drawn, to be looked at. */
const drawings = process.env.PORTICO_DRAWINGS;

const wide =
  'launch/patient openid fhirUser offline_access patient/Patient.rs patient/Observation.cruds patient/Condition.rs patient/*.rs user/Patient.rs';

describe.runIf(hasChromium('the pages on which apps are let in are not looked at in a browser'))('in Chromium', () => {
  let world: ConsentWorld;
  let browser: Browser;
  let site: Server;
  /** Where the app is answered: a site of its own, on any port. */
  let back: string;
  let app: string;
  let amara: User;
  let lena: User;

  beforeAll(async () => {
    world = await consentWorld();
    site = createServer((_, response) => response.end('back')).listen(0, '127.0.0.1');
    await new Promise((listening) => site.once('listening', listening));
    const address = site.address();
    back = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/back`;
    app = await world.app({ redirect_uris: ['http://127.0.0.1/back'] });
    amara = await world.user('Patient/amara-osei');
    lena = await world.user('Practitioner/dr-lena-marchetti');
    browser = await openChromium();
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    site.close();
    await world.close();
  });

  /** A browser in which this user is signed in. */
  async function signedIn(user: User, options: Parameters<Browser['newContext']>[0] = {}): Promise<BrowserContext> {
    const context = await browser.newContext(options);
    for (const [name, value] of (await world.browser(user)).cookies) {
      await context.addCookies([{ name, value, url: world.server.origin, httpOnly: true, sameSite: 'Lax' }]);
    }
    return context;
  }

  const at = (asked: Record<string, string> = {}): string => world.at(app, { redirect_uri: back, ...asked });

  // In one go: a box that is unticked is no longer among those that are ticked.
  const untick = (page: Page): Promise<unknown> =>
    page.evaluate("document.querySelectorAll('input:checked').forEach((box) => { box.checked = false; })");

  const screens = [
    [390, 844],
    [1280, 800],
  ] as const;
  const cases = screens.flatMap(([width, height]) =>
    (['light', 'dark'] as const).flatMap((colorScheme) =>
      (['en', 'fr'] as const).map((language) => ({ width, height, colorScheme, language })),
    ),
  );

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

  test.each(cases)(
    'axe finds nothing at $width pixels, $colorScheme, $language, and nothing runs over the edge',
    async ({ width, height, colorScheme, language }) => {
      // axe is a script, which the page's own policy rightly refuses.
      const options = { viewport: { width, height }, colorScheme, bypassCSP: true };
      const called = `${width}-${colorScheme}-${language}`;
      const patient = await signedIn(amara, options);
      const page = await patient.newPage();
      await page.goto(at({ scope: wide, ui_locales: language }));
      await looked(page, `consent-${called}`);
      for (const summary of await page.locator('summary').all()) await summary.click();
      await looked(page, `consent-open-${called}`);
      await untick(page);
      await page.locator('button[value=allow]').click();
      await looked(page, `consent-nothing-${called}`);
      for (const summary of await page.locator('summary').all()) await summary.click();
      await page.locator('input[value="patient/Patient.rs"]').first().check();
      await page.locator('button[value=allow]').click();
      await page.waitForURL((url) => url.href.startsWith(`${back}?code=`));
      await page.goto(`${world.server.origin}/account/apps?lang=${language}`);
      await looked(page, `apps-${called}`);
      await page.goto(`${at({ redirect_uri: 'https://evil.test/' })}&lang=${language}`);
      await looked(page, `fault-${called}`);
      await patient.close();
      const practitioner = await signedIn(lena, options);
      const picker = await practitioner.newPage();
      await picker.goto(at({ ui_locales: language }));
      await looked(picker, `patient-${called}`);
      await practitioner.close();
    },
  );

  test('with the keyboard alone a practitioner searches, chooses, unticks and allows', async () => {
    const context = await signedIn(lena);
    const page = await context.newPage();
    await page.goto(at({ scope: 'launch/patient patient/Patient.rs patient/Observation.rs' }));
    await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('q');
    await page.keyboard.type('amara');
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.search === '?q=amara');
    const focusOn = async (what: string): Promise<void> => {
      for (let presses = 0; presses < 30; presses += 1) {
        if (await page.evaluate(`document.activeElement.matches(${JSON.stringify(what)})`)) return;
        await page.keyboard.press('Tab');
      }
      throw new Error(`The keyboard does not get to ${what}`);
    };
    await focusOn('button[value=amara-osei]');
    await page.keyboard.press('Enter');
    await page.locator('button[value=allow]').waitFor();
    await focusOn('input[value="patient/Observation.rs"]');
    await page.keyboard.press('Space');
    await focusOn('button[value=allow]');
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.href.startsWith(`${back}?code=`));
    const [row] = await world.server.database.query(
      'select scope, patient from app_grant where tenant = $1 order by created_at desc limit 1',
      [1],
    );
    expect(row).toEqual(['launch/patient patient/Patient.rs', 'amara-osei']);
    await context.close();
  });

  test('without ticking anything the focus is on what is wrong', async () => {
    const context = await signedIn(amara);
    const page = await context.newPage();
    await page.goto(at());
    await untick(page);
    await page.locator('button[value=allow]').click();
    await expect.poll(() => page.evaluate('document.activeElement.className')).toBe('problems');
    expect(await page.title()).toMatch(/^Please check: /);
    await context.close();
  });

  test('the two buttons are of the same size and look', async () => {
    const context = await signedIn(amara);
    const page = await context.newPage();
    await page.goto(at());
    const looks = await page.locator('.decide button').evaluateAll((buttons) =>
      buttons.map((one) => {
        const { width, height } = one.getBoundingClientRect();
        const { backgroundColor, color, fontWeight } = getComputedStyle(one);
        return { width: Math.round(width), height, backgroundColor, color, fontWeight };
      }),
    );
    expect(looks).toHaveLength(2);
    expect(looks[0]).toEqual(looks[1]);
    await context.close();
  });
});
