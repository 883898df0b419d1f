import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { type HeartRateApp, heartRateScopes, startHeartRateApp } from '../support/heart-rate-app.ts';
import type { Server } from '../support/server.ts';
import { launchFor, people, registerApp, startSmartWorld } from '../support/smart-world.ts';

const { amara, lena } = people;

let server: Server;
let heartRate: HeartRateApp;
let browser: Browser;
let clientId: string;

beforeAll(async () => {
  [server, heartRate, browser] = await Promise.all([
    startSmartWorld(),
    startHeartRateApp(),
    chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] }),
  ]);
  const { redirectUri, launchUri } = heartRate;
  const metadata = {
    client_name: 'Heart rate',
    redirect_uris: [redirectUri],
    launch_uri: launchUri,
    scope: heartRateScopes,
  };
  ({ clientId } = (await registerApp(server, { metadata })).app);
  heartRate.registered(clientId);
});
afterAll(async () => {
  await Promise.all([browser?.close(), heartRate?.close(), server?.close()]);
});

async function signIn(page: Page, { username, password }: { username: string; password: string }): Promise<void> {
  await page.locator('input[name=username]').fill(username);
  await page.locator('input[name=password]').fill(password);
  await page
    .locator('form:has(input[name=password]) button[type=submit], form:has(input[name=password]) button')
    .first()
    .click();
}

const allow = (page: Page): Promise<void> => page.locator('button[name=decision][value=allow]').click();

async function chart(page: Page): Promise<{ name: string; state: string; points: number }> {
  await page.waitForURL((url) => url.origin === heartRate.origin);
  await page.locator('#state', { hasText: /measurements|Failed/ }).waitFor();
  const line = await page.locator('#chart polyline').getAttribute('points');
  return {
    name: (await page.locator('#patient').textContent()) ?? '',
    state: (await page.locator('#state').textContent()) ?? '',
    points: line?.split(' ').length ?? 0,
  };
}

test('a patient starts an app of fhirclient, and it draws their heart rate', async () => {
  const page = await (await browser.newContext()).newPage();
  await page.goto(heartRate.standalone(server.base));
  await signIn(page, amara);
  await allow(page);
  const { name, points } = await chart(page);
  expect(name).toBe('Osei');
  expect(points).toBeGreaterThan(50);
  expect(await page.locator('body').getAttribute('data-user')).toContain('Patient/amara-osei');
});

test('an EHR starts the app for a practitioner, in the record that is open', async () => {
  const page = await (await browser.newContext()).newPage();
  const url = await launchFor(server, clientId, lena.username, { patient: 'amara-osei' });
  await page.goto(url.href);
  await signIn(page, lena);
  await allow(page);
  const { name, points } = await chart(page);
  expect(name).toBe('Osei');
  expect(points).toBeGreaterThan(50);
  expect(await page.locator('body').getAttribute('data-user')).toContain('Practitioner/dr-lena-marchetti');
});
