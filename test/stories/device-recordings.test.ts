import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { hasChromium, openChromium } from '../support/chromium.ts';
import { collection, submit } from '../support/device-submissions.ts';
import { focusOn, signInTo } from '../support/privacy-pages.ts';
import type { Server } from '../support/server.ts';
import { startSmartWorld } from '../support/smart-world.ts';
import { lookedAt } from '../support/visit-pages.ts';

const phone = { width: 390, height: 844 };
const patient = 'hiro-nakagawa';

/** A heart that beats 72 times a minute, in mV, at 250 values a second; nothing was measured in the third second. */
const heart = (seconds: number): string =>
  Array.from({ length: seconds * 250 }, (_, n) => {
    if (n >= 500 && n < 750) return 'E';
    const at = ((n / 250) * 1.2) % 1;
    const bump = (centre: number, width: number, height: number) => height * Math.exp(-(((at - centre) / width) ** 2));
    const value =
      bump(0.2, 0.03, 0.15) +
      bump(0.32, 0.008, -0.15) +
      bump(0.35, 0.01, 1.2) +
      bump(0.38, 0.009, -0.25) +
      bump(0.6, 0.05, 0.3);
    return value.toFixed(3);
  }).join(' ');

const sampled = (data: string) => ({
  origin: { value: 0, unit: 'mV', code: 'mV', system: 'http://unitsofmeasure.org' },
  period: 4,
  dimensions: 1,
  data,
});

const lead = (name: string, code: string) => ({
  code: { coding: [{ system: 'urn:iso:std:iso:11073:10101', code }], text: name },
  valueSampledData: sampled(heart(5)),
});

const ecg = (effectiveDateTime: string, more: object) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { coding: [{ system: 'urn:iso:std:iso:11073:10101', code: '131328' }] },
  subject: { reference: `Patient/${patient}` },
  effectiveDateTime,
  ...more,
});

describe.runIf(hasChromium('recordings are not looked at in a browser'))('in Chromium', () => {
  let server: Server;
  let browser: Browser;
  const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);

  beforeAll(async () => {
    server = await startSmartWorld();
    browser = await openChromium();
    const recordings = collection(
      ecg(`${yesterday}T08:00:00+02:00`, { valueSampledData: sampled(heart(75)) }),
      ecg(`${yesterday}T09:00:00+02:00`, { component: [lead('Lead I', '131329'), lead('Lead II', '131330')] }),
      ecg(`${yesterday}T10:00:00+02:00`, { valueSampledData: sampled(heart(30)) }),
    );
    const answer = await submit(server, recordings);
    expect(answer.status, answer.text.slice(0, 500)).toBe(201);
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  const open = (more: object = {}): Promise<BrowserContext> =>
    browser.newContext({ locale: 'en', viewport: phone, ...more });
  const main = (page: Page): Promise<string> => page.locator('main').innerText();
  const output = (page: Page): Promise<string> => page.locator('output.reading').first().innerText();

  test('an ECG is drawn with its seconds and millivolts, and each second is heard by the keyboard', async () => {
    const context = await open();
    const page = await signInTo(server, context, patient, '/devices');
    const complaints: string[] = [];
    page.on('pageerror', ({ message }) => complaints.push(message));
    expect(await main(page)).toMatch(/ECG\s+30 s/);
    await page.goto(`${server.origin}/devices/readings/ecg-waveform`);
    await page.locator('[data-drawn]').waitFor();
    expect(await page.locator('.says').innerText()).toContain('There are 3 recordings.');
    expect(await page.locator('.recording').innerText()).toMatch(
      /^Recording of \w{3} \d+ \w{3}, 10:00: 30 seconds, 250 values a second\. From -0\.2\d? to 1\.\d+ mV\.|^Recording of \w{3}, \w{3} \d+, 10:00: 30 seconds, 250 values a second\. From -0\.2\d? to 1\.\d+ mV\./,
    );
    expect(await main(page)).toContain('Each square is 0.2 s wide and 0.5 mV high.');
    const drawn = await page.locator('.plot canvas').evaluate((canvas) => canvas.clientWidth);
    expect(drawn).toBeGreaterThan(1800);
    await focusOn(page, '[data-curve]');
    await page.keyboard.press('Home');
    expect(await output(page)).toMatch(/^Second 1: from -0\.2\d? to 1\.\d+ mV$/);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    expect(await output(page)).toBe('Second 3: nothing was measured');
    await lookedAt(page, 'devices-ecg');
    await page.keyboard.press('End');
    expect(await output(page)).toMatch(/^Second 30: /);
    const scrolled = await page.locator('.along').evaluate((element) => element.scrollLeft);
    expect(scrolled).toBeGreaterThan(1000);
    await page.locator('details.figures summary').press('Enter');
    expect(await page.locator('details.figures tbody tr').count()).toBe(30);
    await lookedAt(page, 'devices-ecg-table');
    expect(complaints).toEqual([]);
    await context.close();
  }, 60_000);

  test('one of several recordings is chosen from the list, each lead is drawn, and a long one in parts', async () => {
    const context = await open();
    const page = await signInTo(server, context, patient, '/devices/readings/ecg-waveform');
    await page.getByRole('link', { name: '09:00' }).click();
    await page.waitForURL(/recording=/);
    await page.locator('[data-drawn]').nth(1).waitFor();
    expect(await page.locator('figure h2').allInnerTexts()).toEqual(['Lead I', 'Lead II']);
    expect(await page.locator('[aria-current="true"]', { hasText: '09:00' }).count()).toBe(1);
    await lookedAt(page, 'devices-ecg-leads');
    await page.getByRole('link', { name: '08:00' }).click();
    expect(await main(page)).toContain('Seconds 0 to 30');
    await page.getByRole('link', { name: 'Later in this recording' }).click();
    await page.getByRole('link', { name: 'Later in this recording' }).click();
    expect(await main(page)).toContain('Seconds 60 to 75');
    await page.locator('[data-drawn]').waitFor();
    await focusOn(page, '[data-curve]');
    await page.keyboard.press('Home');
    expect(await output(page)).toMatch(/^Second 61: /);
    for (const odd of ['recording=nothing&part=-1', 'recording=%22%3E&part=99999', 'part=x'])
      expect((await page.goto(`${server.origin}/devices/readings/ecg-waveform?${odd}`))?.status()).toBe(200);
    await page.goto(`${server.origin}/devices/readings/ecg-waveform?lang=fr`);
    expect(await main(page)).toContain('Chaque carré représente 0,2 s en largeur et 0,5 mV en hauteur.');
    await lookedAt(page, 'devices-ecg-fr');
    await context.close();
  }, 60_000);

  test('without a script the table says what the curve shows', async () => {
    const context = await open({ javaScriptEnabled: false });
    const page = await signInTo(server, context, patient, '/devices/readings/ecg-waveform');
    expect(await main(page)).toContain('The curve needs JavaScript. The table says the lowest and the highest value');
    await context.close();
  }, 60_000);
});
