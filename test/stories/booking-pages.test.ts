import ICAL from 'ical.js';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { hasChromium, openChromium } from '../support/chromium.ts';
import { focusOn, looked, signInTo } from '../support/privacy-pages.ts';
import type { Server } from '../support/server.ts';
import { startSmartWorld } from '../support/smart-world.ts';

const phone = { width: 390, height: 844 };
const desk = { width: 1280, height: 800 };

describe.runIf(hasChromium('the pages on which visits are booked are not looked at in a browser'))(
  'in Chromium',
  () => {
    let server: Server;
    let browser: Browser;

    beforeAll(async () => {
      server = await startSmartWorld();
      browser = await openChromium();
    }, 120_000);

    afterAll(async () => {
      await browser?.close();
      await server?.close();
    });

    const open = (options: Parameters<Browser['newContext']>[0] = {}): Promise<BrowserContext> =>
      browser.newContext({ locale: 'en', viewport: phone, ...options });
    const main = (page: Page): Promise<string> => page.locator('main').innerText();

    /** Draws and checks the page on a phone and on a desk; axe is a script, which the policy of the page does not let in. */
    async function seen(context: BrowserContext, path: string, name: string): Promise<void> {
      const again = await browser.newContext({
        locale: 'en',
        bypassCSP: true,
        storageState: await context.storageState(),
      });
      const page = await again.newPage();
      for (const [size, viewport] of Object.entries({ phone, desk })) {
        await page.setViewportSize(viewport);
        await page.goto(`${server.origin}${path}`);
        await looked(page, `${name}-${size}`);
      }
      await again.close();
    }

    test('with the keyboard alone a patient books a visit by video, puts it off and calls it off', async () => {
      const context = await open();
      const complaints: string[] = [];
      const page = await signInTo(server, context, 'amara-osei', '/visits/new?who=Practitioner/dr-lena-marchetti');
      page.on('pageerror', ({ message }) => complaints.push(message));
      page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
      expect(await main(page)).toContain('All times are in Eastern Standard Time.');
      await seen(context, '/visits/new?who=Practitioner/dr-lena-marchetti', 'visits-new');
      await seen(context, '/visits/new?lang=fr', 'visits-new-fr');
      await focusOn(page, 'button[name=slot]');
      await page.keyboard.press('Enter');
      await page.waitForURL(/\/visits\/[^/]+\/confirm$/);
      expect(await main(page)).toMatch(/This time is kept for you until .*Visit by video with Dr. Lena Marchetti/s);
      await seen(context, new URL(page.url()).pathname, 'visits-confirm');
      await focusOn(page, 'button.main');
      await page.keyboard.press('Enter');
      await page.waitForURL(/\/visits\?done=booked$/);
      const [, id = ''] = /\/visits\/([^/]+)\/change/.exec(await page.content()) ?? [];
      await seen(context, '/visits', 'visits');
      await seen(context, '/visits?lang=fr', 'visits-fr');

      const before = (await (await server.fetch(`Appointment/${id}`)).json()) as { start: string };
      await page.goto(`${server.origin}/visits/${id}/change`);
      await seen(context, `/visits/${id}/change`, 'visits-change');
      await page.locator('button[name=slot]').nth(2).press('Enter');
      await page.waitForURL(/\/visits\?done=moved$/);
      const after = (await (await server.fetch(`Appointment/${id}`)).json()) as { start: string; status: string };
      expect(Date.parse(after.start)).not.toBe(Date.parse(before.start));

      const file = await context.request.get(`${server.origin}/visits/${id}/visit.ics`);
      expect(file.headers()['content-type']).toBe('text/calendar; charset=utf-8');
      const event = new ICAL.Component(ICAL.parse(await file.text())).getFirstSubcomponent('vevent');
      expect(event?.getFirstPropertyValue('url')).toBe(`${server.origin}/video/${id}`);
      expect(new Date(String(event?.getFirstPropertyValue('dtstart'))).toISOString()).toBe(
        new Date(after.start).toISOString(),
      );

      await page.goto(`${server.origin}/visits/${id}/cancel`);
      await seen(context, `/visits/${id}/cancel`, 'visits-cancel');
      await page.fill('#why', 'I am away');
      await focusOn(page, 'button.danger');
      await page.keyboard.press('Enter');
      await page.waitForURL(/\/visits\?done=cancelled$/);
      expect((await (await server.fetch(`Appointment/${id}`)).json()) as object).toMatchObject({
        status: 'cancelled',
        cancelationReason: { text: 'I am away' },
      });
      expect(complaints).toEqual([]);
      await context.close();
    }, 120_000);

    test('a time that somebody else takes meanwhile is said to be taken, and another can be chosen', async () => {
      const context = await open();
      const page = await signInTo(server, context, 'hiro-nakagawa', '/visits/new?who=Practitioner/dr-josiah-abara');
      const slot = await page.locator('button[name=slot]').first().getAttribute('value');
      // Who has no other Appointment, at whichever hour this runs.
      const newcomer = JSON.stringify({ resourceType: 'Patient', id: 'newcomer', birthDate: '1980-02-29' });
      expect((await server.fetch('Patient/newcomer', { method: 'PUT', body: newcomer })).status).toBe(201);
      const token = await server.token('patient/*.cruds', { patient: 'newcomer', actor: 'self' });
      const taken = await server.fetch('Appointment/$book', {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify({
          resourceType: 'Appointment',
          status: 'proposed',
          slot: [{ reference: `Slot/${slot}` }],
          participant: [{ actor: { reference: 'Patient/newcomer' }, status: 'accepted' }],
        }),
      });
      expect(taken.status).toBe(200);
      await page.locator('button[name=slot]').first().click();
      await page.locator('.problems').waitFor();
      expect(await main(page)).toContain('Somebody else has taken this time');
      expect(await page.locator('button[name=slot]').first().getAttribute('value')).not.toBe(slot);
      await context.close();
    }, 60_000);

    test('a visit of somebody else is not found, and who treats sees whom they meet', async () => {
      const context = await open();
      const page = await signInTo(server, context, 'hiro-nakagawa', '/visits');
      const token = await server.token('user/*.rs', { fhirUser: 'Practitioner/dr-lena-marchetti' });
      const found = await server.fetch('Appointment?patient=Patient/amara-osei&_count=1', {
        headers: { authorization: `Bearer ${token}` },
      });
      const { entry = [] } = (await found.json()) as { entry?: { resource: { id: string } }[] };
      for (const way of ['change', 'cancel', 'confirm', 'visit.ics'])
        expect((await page.goto(`${server.origin}/visits/${entry[0]?.resource.id}/${way}`))?.status(), way).toBe(404);
      await context.close();
      const doctors = await open();
      const list = await signInTo(server, doctors, 'dr-lena-marchetti', '/visits');
      expect(await main(list)).toMatch(/Visit by video with \w+/);
      expect(await main(list)).not.toContain('Book a visit');
      await seen(doctors, '/visits', 'visits-doctor');
      await doctors.close();
    }, 60_000);
  },
);
