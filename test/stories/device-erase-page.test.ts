import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { hasChromium, openChromium } from '../support/chromium.ts';
import { signInTo } from '../support/privacy-pages.ts';
import type { Server } from '../support/server.ts';
import { startSmartWorld } from '../support/smart-world.ts';
import { startVendors, type VendorStandIn } from '../support/vendor-stand-in.ts';
import { lookedAt } from '../support/visit-pages.ts';

const DAY = 86_400;
const who = 'hiro-nakagawa';

/** A weight of each of the last days, as Withings has it. */
function weighed(days: number): object {
  const now = Math.floor(Date.now() / 1000);
  const measuregrps = Array.from({ length: days }, (_, day) => ({
    ...{ grpid: 1000 + day, attrib: 0, category: 1, deviceid: 'body-scale' },
    ...{ date: now - (day + 1) * DAY, created: now - (day + 1) * DAY, modified: now - (day + 1) * DAY },
    measures: [{ value: 70_123, type: 1, unit: -3 }],
  }));
  return { updatetime: now, timezone: 'America/Panama', measuregrps };
}

describe.runIf(hasChromium('the page on which a source is disconnected is not looked at in a browser'))(
  'in Chromium',
  () => {
    let server: Server;
    let browser: Browser;
    let vendors: VendorStandIn;

    beforeAll(async () => {
      vendors = await startVendors();
      vendors.asksFirst = true;
      vendors.give('withings', vendors.user, 'measures', weighed(5));
      server = await startSmartWorld(vendors.settings);
      browser = await openChromium();
    }, 120_000);

    afterAll(async () => {
      await browser?.close();
      await server?.close();
      await vendors?.close();
    });

    const weights = async (): Promise<number> => {
      const answer = await server.fetch(`Observation?patient=${who}&code=29463-7&_count=1000`);
      return (await answer.text()).split('"value":70.123').length - 1;
    };

    test('a patient who disconnects a source has what it brought deleted, once they said so twice', async () => {
      const context = await browser.newContext({ locale: 'en', viewport: { width: 390, height: 844 } });
      const page = await signInTo(server, context, who, '/devices/connect/withings');
      await page.getByRole('button', { name: 'Keep this choice and go on' }).click();
      await page.getByRole('link', { name: 'Go on to Withings' }).click();
      await page.getByText('Allow').click();
      await page.waitForURL(/\/devices\?done=connected$/);
      await expect.poll(weights, { timeout: 20_000 }).toBe(5);
      await page.getByRole('link', { name: 'Choose or disconnect Withings' }).click();
      expect(await page.getByLabel('Stays in my record').isChecked()).toBe(true);
      await lookedAt(page, 'devices-disconnect');
      await page.getByLabel('Is deleted for good').check();
      await page.getByRole('button', { name: 'Disconnect' }).click();
      const main = page.locator('main');
      expect(await main.innerText()).toContain('Delete what Withings has brought?');
      await lookedAt(page, 'devices-erase');
      await page.getByRole('link', { name: 'Go back, delete nothing' }).click();
      expect(await page.getByLabel('Stays in my record').isChecked()).toBe(true);
      expect(await weights()).toBe(5);
      const hold = `insert into legal_hold (tenant, id, patient, matter, sealed, placed_at, placed_by)
      values (1, 'h', $1, 'a case', false, now(), 'test')`;
      const erase = async (): Promise<void> => {
        await page.getByLabel('Is deleted for good').check();
        await page.getByRole('button', { name: 'Disconnect' }).click();
        await page.getByRole('button', { name: 'Disconnect and delete' }).click();
      };
      await server.database.query(hold, [who]);
      await erase();
      expect(await page.locator('.problems').innerText()).toContain('under a legal hold');
      expect(await page.getByLabel('Is deleted for good').isChecked()).toBe(true);
      await server.database.query(`delete from legal_hold where id = 'h' and tenant = $1`, [1]);
      await erase();
      await page.waitForURL(/\?done=erased$/);
      expect(await main.innerText()).toContain('What it brought is being deleted');
      expect(await main.innerText()).toContain('Nothing is connected.');
      await expect.poll(weights, { timeout: 20_000 }).toBe(0);
      await page.goto(`${server.origin}/devices?lang=fr`);
      expect(await main.innerText()).not.toContain('70,1');
      await context.close();
    }, 90_000);
  },
);
