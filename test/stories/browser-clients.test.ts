import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type HeartRateApp, serveHeartRate } from '../../examples/heart-rate/serve.ts';
import { hasChromium, openChromium } from '../support/chromium.ts';
import type { Server } from '../support/server.ts';
import { launchFor, people, startSmartWorld } from '../support/smart-world.ts';

const { amara, lena } = people;

describe.runIf(hasChromium('apps of fhirclient are not launched'))('an app of fhirclient in Chromium', () => {
  let server: Server;
  let app: HeartRateApp;
  let browser: Browser;

  beforeAll(async () => {
    [server, app, browser] = await Promise.all([startSmartWorld(), serveHeartRate(0), openChromium()]);
  });
  afterAll(async () => {
    await Promise.all([browser?.close(), app?.close(), server?.close()]);
  });

  /** The page that a person with this account comes to, once they let the app in. */
  async function letIn(page: Page, { username, password }: { username: string; password: string }): Promise<void> {
    await page.getByLabel('Username').fill(username);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('button', { name: 'Allow', exact: true }).click();
    await page.waitForURL((url) => url.href.startsWith(app.redirectUri));
    await page.locator('#state', { hasText: /measurements|wrong/ }).waitFor();
  }

  const drawn = async (page: Page) => ({
    name: await page.locator('#patient').textContent(),
    points: (await page.locator('#chart polyline').getAttribute('points'))?.split(' ').length,
    user: await page.locator('body').getAttribute('data-user'),
  });

  test('a patient starts it, and it draws their heart rate', async () => {
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${app.redirectUri}?iss=${encodeURIComponent(server.base)}`);
    await page.getByRole('link', { name: 'Connect to my record' }).click();
    await letIn(page, amara);
    expect(await drawn(page)).toEqual({ name: 'Amara Osei', points: 200, user: expect.stringMatching(/amara-osei$/) });
  });

  test('an EHR starts it for a practitioner, in the record that is open', async () => {
    const page = await (await browser.newContext()).newPage();
    const started = await launchFor(server, 'heart-rate', lena.username, { patient: 'amara-osei' });
    // The demo's registration has the port of npm run app; this one has its own.
    await page.goto(`${app.launchUri}${started.search}`);
    await letIn(page, lena);
    expect(await drawn(page)).toEqual({
      name: 'Amara Osei',
      points: 200,
      user: expect.stringMatching(/Practitioner\/dr-lena-marchetti$/),
    });
  });
});
