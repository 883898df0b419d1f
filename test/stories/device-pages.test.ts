import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { rollUpJob } from '../../src/devices/rollups/roll-up-job.ts';
import { hasChromium, openChromium } from '../support/chromium.ts';
import { collection, heartRate, submit } from '../support/device-submissions.ts';
import { runDueJobs } from '../support/jobs.ts';
import { focusOn, signInTo } from '../support/privacy-pages.ts';
import type { Server } from '../support/server.ts';
import { startSmartWorld } from '../support/smart-world.ts';
import { startVendors, type VendorStandIn } from '../support/vendor-stand-in.ts';
import { lookedAt } from '../support/visit-pages.ts';

const phone = { width: 390, height: 844 };

const DAY = 86_400;

/** What a scale weighed on each of the last days, as Withings has it. */
function weighed(days: number): object {
  const now = Math.floor(Date.now() / 1000);
  const groups = Array.from({ length: days }, (_, day) => ({
    ...{ grpid: 1000 + day, attrib: 0, category: 1, deviceid: 'body-scale' },
    ...{ date: now - (day + 1) * DAY, created: now - (day + 1) * DAY, modified: now - (day + 1) * DAY },
    measures: [{ value: 70_000 + day * 120, type: 1, unit: -3 }],
  }));
  return { updatetime: now, timezone: 'America/Panama', measuregrps: groups };
}

describe.runIf(hasChromium('the pages of devices and readings are not looked at in a browser'))('in Chromium', () => {
  let server: Server;
  let browser: Browser;
  let vendors: VendorStandIn;

  beforeAll(async () => {
    vendors = await startVendors();
    vendors.asksFirst = true;
    vendors.give('withings', vendors.user, 'measures', weighed(20));
    server = await startSmartWorld(vendors.settings);
    browser = await openChromium();
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await vendors?.close();
  });

  const open = (): Promise<BrowserContext> => browser.newContext({ locale: 'en', viewport: phone });
  const main = (page: Page): Promise<string> => page.locator('main').innerText();
  const says = (page: Page): Promise<string> => page.locator('.says').innerText();

  /** What the browser complains of on a page: scripts that fail, and what the policy of the page refuses. */
  function listen(page: Page): string[] {
    const complaints: string[] = [];
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('console', (message) => {
      const isOurs = message.location().url.startsWith(server.origin);
      if (isOurs && message.type() === 'error') complaints.push(message.text());
    });
    return complaints;
  }

  const go = async (page: Page, path: string): Promise<void> => {
    await page.goto(`${server.origin}${path}`);
    if ((await page.locator('[data-chart]').count()) > 0) await page.locator('[data-drawn]').waitFor();
  };

  test('a patient finds the latest of each measure, and each chart says in words what it shows', async () => {
    const context = await open();
    const page = await signInTo(server, context, 'amara-osei', '/devices');
    const complaints = listen(page);
    expect(await main(page)).toMatch(/Heart rate\s+\d+ beats per minute\s+.*Wrist watch/);
    // Which has the code of heart rates beside its own.
    expect(await main(page)).toMatch(/Resting heart rate\s+\d+ beats per minute/);
    expect(await main(page)).toMatch(/Blood pressure\s+\d+\/\d+ mmHg/);
    await lookedAt(page, 'devices');
    await go(page, '/devices/readings/heart-rate');
    expect(await says(page)).toMatch(/^Heart rate: from \d+ to \d+ beats per minute, on average \d+\./);
    expect(await says(page)).toContain('Measured by: Wrist watch.');
    expect(await main(page)).toContain('Usual: 60 to 100 beats per minute (American Heart Association');
    expect(await main(page)).toContain('Times are those of the device (UTC−05:00)');
    await lookedAt(page, 'devices-heart-rate');
    await go(page, '/devices/readings/heart-rate?range=month');
    expect(await main(page)).toContain('From the lowest to the highest reading');
    await lookedAt(page, 'devices-heart-rate-month');
    await go(page, '/devices/readings/blood-pressure?range=month');
    expect(await says(page)).toMatch(/Systolic blood pressure: from .* Diastolic blood pressure: from /);
    await lookedAt(page, 'devices-blood-pressure');
    await go(page, '/devices/readings/steps-per-24-h?range=month');
    expect(await says(page)).toMatch(/on average [\d,]+ steps a day\. The most was/);
    await lookedAt(page, 'devices-steps');
    await go(page, '/devices/readings/sleep-duration?range=month&lang=fr');
    expect(await says(page)).toMatch(/^Sommeil : en moyenne [\d,]+ heures par jour\. Le maximum/);
    await lookedAt(page, 'devices-sleep-fr');
    await go(page, '/devices?lang=fr');
    await lookedAt(page, 'devices-fr');
    expect(complaints).toEqual([]);
    await context.close();
  }, 120_000);

  test('with the keyboard alone each value of a chart is heard, and the table says the same', async () => {
    const context = await open();
    const page = await signInTo(server, context, 'amara-osei', '/devices/readings/heart-rate?range=day');
    await page.locator('[data-drawn]').waitFor();
    await focusOn(page, '[data-chart]');
    await page.keyboard.press('End');
    const last = await page.locator('output.reading').innerText();
    expect(last).toMatch(/^\w{3}, \w{3} \d+, \d\d:\d\d: \d+ beats per minute$/);
    await page.keyboard.press('ArrowLeft');
    const before = await page.locator('output.reading').innerText();
    expect(before).not.toBe(last);
    await page.locator('details.figures summary').press('Enter');
    const rows = await page.locator('details.figures tbody tr').allInnerTexts();
    const [first = '', second = ''] = rows.map((text) => text.replaceAll(/\s+/g, ' '));
    for (const [row, heard] of [
      [first, last],
      [second, before],
    ] as const) {
      const [when = '', value = ''] = heard.split(/: (?=\d+ )/);
      expect(row).toContain(when);
      expect(row).toContain(value.split(' ')[0]);
    }
    await lookedAt(page, 'devices-table');
    await context.close();
  }, 60_000);

  test('without a script the table has what the chart shows', async () => {
    const context = await browser.newContext({ locale: 'en', viewport: phone, javaScriptEnabled: false });
    const page = await signInTo(server, context, 'amara-osei', '/devices/readings/body-weight?range=year');
    expect(await main(page)).toContain('The chart needs JavaScript. The table has everything that it shows.');
    expect(await main(page)).toMatch(/Weight/);
    await context.close();
  }, 60_000);

  test('all readings of a measure are a file that a spreadsheet opens', async () => {
    const context = await open();
    const page = await signInTo(server, context, 'amara-osei', '/devices/readings/heart-rate');
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByText('Download as CSV').click()]);
    expect(download.suggestedFilename()).toBe('heart-rate.csv');
    const file = await context.request.get(`${server.origin}/devices/readings/heart-rate/csv`);
    expect(file.headers()['content-type']).toBe('text/csv; charset=utf-8');
    const lines = (await file.text()).trimEnd().split('\r\n');
    expect(lines[0]).toBe('\ufeffTime,Until,Heart rate (beats per minute),Measured by,Status,Observation');
    expect(lines[1]).toMatch(/^20\d\d-\d\d-\d\dT\d\d:\d\d:00-05:00,,\d+,Wrist watch,final,[\w.-]+$/);
    const bundle = await server.fetch('Observation?patient=amara-osei&code=8867-4&_summary=count');
    const resting = await server.fetch('Observation?patient=amara-osei&code=40443-4&_summary=count');
    const [all, others] = (await Promise.all([bundle.json(), resting.json()])) as { total: number }[];
    expect(lines).toHaveLength((all?.total ?? 0) - (others?.total ?? 0) + 1);
    await context.close();
  }, 60_000);

  test('who treats a patient sees the same under the gate, and nobody else does', async () => {
    const context = await open();
    const page = await signInTo(server, context, 'dr-lena-marchetti', '/devices/of');
    const complaints = listen(page);
    await page.getByText('Amara Osei').first().click();
    await page.waitForURL(/\/devices\/of\/amara-osei$/);
    await lookedAt(page, 'devices-care');
    await go(page, '/devices/of/amara-osei/heart-rate?range=month');
    expect(await says(page)).toMatch(/^Heart rate: from /);
    expect(complaints).toEqual([]);
    const rows = await server.fetch(
      'AuditEvent?patient=amara-osei&agent=Practitioner/dr-lena-marchetti&_summary=count',
    );
    expect(((await rows.json()) as { total: number }).total).toBeGreaterThan(0);
    for (const path of ['/devices/of/nobody', '/devices/of/nobody/heart-rate', '/devices/of/amara-osei/nothing'])
      expect((await page.goto(`${server.origin}${path}`))?.status(), path).toBe(404);
    await context.close();
    const own = await open();
    const patient = await signInTo(server, own, 'hiro-nakagawa', '/devices');
    for (const path of ['/devices/of', '/devices/of/amara-osei', '/devices/of/amara-osei/heart-rate/csv'])
      expect((await patient.goto(`${server.origin}${path}`))?.status(), path).toBe(403);
    expect((await patient.goto(`${server.origin}/devices/readings/nothing`))?.status()).toBe(404);
    await own.close();
  }, 60_000);

  test('a patient connects an account, chooses, sees what comes, and disconnects it', async () => {
    const context = await open();
    const page = await signInTo(server, context, 'hiro-nakagawa', '/devices/connect');
    const complaints = listen(page);
    await lookedAt(page, 'devices-connect');
    await page.getByRole('link', { name: 'Withings' }).click();
    await page.waitForURL(/\/devices\/connect\/withings$/);
    await lookedAt(page, 'devices-connect-withings');
    await page.getByText('Only what I choose below').click();
    await page.getByRole('button', { name: 'Keep this choice and go on' }).click();
    expect(await page.locator('.problems').innerText()).toContain('choose at least one thing');
    await page.getByText('Only what I choose below').click();
    await page.locator('details.choosing summary').click();
    await page.getByLabel('Weight', { exact: true }).check();
    await page.getByRole('button', { name: 'Keep this choice and go on' }).click();
    await page.getByRole('link', { name: 'Go on to Withings' }).click();
    await page.getByText('Deny').click();
    expect(await main(page)).toContain('Withings was not connected');
    await lookedAt(page, 'devices-refused');
    await page.getByRole('link', { name: 'Try again' }).click();
    await page.getByText('Only what I choose below').click();
    await page.locator('details.choosing summary').click();
    await page.getByLabel('Weight', { exact: true }).check();
    await page.getByRole('button', { name: 'Keep this choice and go on' }).click();
    await lookedAt(page, 'devices-go-on');
    await page.getByRole('link', { name: 'Go on to Withings' }).click();
    await page.getByText('Allow').click();
    await page.waitForURL(/\/devices\?done=connected$/);
    expect(await main(page)).toMatch(/It is connected\..*Withings Connected.*May bring\s+Weight/s);
    // A code is taken once: whoever goes back in their browser is told so.
    await expect
      .poll(
        async () => {
          await go(page, '/devices/readings/body-weight?range=month');
          return page.locator('.says').innerText();
        },
        { timeout: 20_000, interval: 500 },
      )
      .toContain('Measured by: Withings.');
    await lookedAt(page, 'devices-weight');
    await go(page, '/devices');
    await lookedAt(page, 'devices-connected');
    await page.getByRole('link', { name: 'Choose or disconnect Withings' }).click();
    await lookedAt(page, 'devices-choose');
    await page.getByText('Everything that it measures').click();
    await page.getByText('Summaries prefer this one').click();
    await page.getByRole('button', { name: 'Keep this choice' }).click();
    expect(await main(page)).toContain('Withings does not give some of it yet');
    await lookedAt(page, 'devices-wider');
    await page.getByRole('link', { name: 'Go on to Withings' }).click();
    await page.getByText('Allow').click();
    await page.waitForURL(/\?done=connected$/);
    expect(await main(page)).toContain('everything that it measures');
    await page.getByRole('link', { name: 'Choose or disconnect Withings' }).click();
    await page.getByRole('button', { name: 'Keep this choice' }).click();
    await page.waitForURL(/\?done=chosen$/);
    await page.getByRole('link', { name: 'Choose or disconnect Withings' }).click();
    await page.getByRole('button', { name: 'Disconnect' }).click();
    await page.waitForURL(/\?done=disconnected$/);
    expect(await main(page)).toContain('nothing that it sends is stored any more');
    expect(await main(page)).toContain('Nothing is connected.');
    await expect.poll(() => vendors.tokens.size, { timeout: 20_000 }).toBe(0);
    await go(page, '/devices/readings/body-weight?range=month');
    expect(await page.locator('.says').innerText()).toContain('Measured by: Withings.');
    expect(complaints.filter((one) => !one.includes('422'))).toEqual([]);
    await context.close();
  }, 120_000);

  test('of thousands of readings a chart shows what was summed up, with the lowest and the highest of each day', async () => {
    const start = Math.floor(Date.now() / 86_400_000 - 20) * 86_400_000;
    const beats = Array.from({ length: 20 * 288 }, (_, n) =>
      heartRate('sanna-lindqvist', new Date(start + n * 300_000).toISOString(), n === 1000 ? 199 : 60 + (n % 40)),
    );
    for (let from = 0; from < beats.length; from += 960) {
      const answer = await submit(server, collection(...beats.slice(from, from + 960)));
      expect(answer.status, answer.text.slice(0, 500)).toBeLessThan(202);
    }
    await runDueJobs(server.smart.fhir, Date.now() + 60_000, [rollUpJob]);
    const context = await open();
    const page = await signInTo(server, context, 'sanna-lindqvist', '/devices');
    const complaints = listen(page);
    await expect
      .poll(
        async () => {
          await go(page, '/devices/readings/heart-rate?range=month');
          return says(page);
        },
        { timeout: 60_000, interval: 1000 },
      )
      .toMatch(/to 199 beats per minute.* one of them is counted\./);
    await lookedAt(page, 'devices-many-month');
    const began = performance.now();
    await go(page, '/devices/readings/heart-rate?range=year');
    expect(performance.now() - began).toBeLessThan(5000);
    expect(await says(page)).toContain('199 beats per minute');
    await go(page, '/devices/readings/heart-rate?range=day');
    expect(await main(page)).toContain('From the lowest to the highest reading');
    await lookedAt(page, 'devices-many-day');
    expect(complaints).toEqual([]);
    await context.close();
  }, 120_000);
});
