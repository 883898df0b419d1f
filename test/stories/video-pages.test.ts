import type { Appointment, Encounter, Observation } from '@medplum/fhirtypes';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { fakeDevices, hasChromium, openChromium } from '../support/chromium.ts';
import { fillSignIn } from '../support/privacy-pages.ts';
import type { Server } from '../support/server.ts';
import { startSmartWorld } from '../support/smart-world.ts';
import { booked, doctor, lookedAt, patient } from '../support/visit-pages.ts';

const ms = 30_000;

describe.skipIf(!hasChromium('the pages of visits are not looked at in a browser'))(
  'in Chromium',
  { timeout: 180_000 },
  () => {
    let server: Server;
    let browser: Browser;
    const complaints: string[] = [];
    const contexts: BrowserContext[] = [];

    beforeAll(async () => {
      server = await startSmartWorld({ PORT: '9240' });
      browser = await openChromium(fakeDevices);
    }, 120_000);

    afterAll(async () => {
      for (const one of contexts) await one.close();
      await browser?.close();
      await server?.close();
    });

    async function open(options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
      const context = await browser.newContext({ locale: 'en', ...options });
      context.setDefaultTimeout(ms);
      contexts.push(context);
      const page = await context.newPage();
      page.on('pageerror', ({ message }) => complaints.push(message));
      // What the policy of a page refuses is told there.
      page.on(
        'console',
        (line) => line.type() === 'error' && /policy/i.test(line.text()) && complaints.push(line.text()),
      );
      return page;
    }

    async function signedIn(username: string, path: string, options: Parameters<typeof open>[0] = {}): Promise<Page> {
      const page = await open(options);
      await page.goto(`${server.origin}${path}`);
      await fillSignIn(page, username);
      return page;
    }

    /** From the look at one's devices on. */
    async function goIn(page: Page, name: RegExp): Promise<void> {
      await page.getByRole('button', { name: 'Turn on camera and microphone' }).click();
      await page.getByRole('button', { name }).click();
    }

    const moves = (page: Page): Promise<unknown> =>
      page.waitForFunction(() => {
        const video = document.querySelector<HTMLVideoElement>('.tile video');
        return video !== null && video.videoWidth > 0 && video.getVideoPlaybackQuality().totalVideoFrames > 10;
      });

    async function resourceOf<T>(path: string): Promise<T> {
      return (await (await server.fetch(path)).json()) as T;
    }

    async function encounterOf(appointment: string): Promise<Encounter> {
      const found = await resourceOf<{ entry: { resource: Encounter }[] }>(`Encounter?appointment=${appointment}`);
      const [entry] = found.entry;
      if (!entry) throw new Error('There is no Encounter');
      return entry.resource;
    }

    test('a visit from the door to its end: the right person is let in, and each state is clear to see', async () => {
      const path = await booked(server, 'walk', 2);
      const amara = await signedIn(patient, path);
      await amara.getByRole('heading', { name: /Lena Marchetti/ }).waitFor();
      await lookedAt(amara, '01-check');
      await amara.getByRole('button', { name: 'Turn on camera and microphone' }).click();
      await amara.getByText('Others will see you', { exact: true }).waitFor();
      await amara.getByText('We can hear your microphone').waitFor();
      await amara.getByLabel('If the line fails, call me at').fill('+1 555 0100');
      await lookedAt(amara, '02-checked');
      await amara.getByRole('button', { name: 'Go to the waiting room' }).click();
      await amara.getByRole('heading', { name: 'You are in the waiting room' }).waitFor();
      await lookedAt(amara, '03-waiting');
      await amara.getByRole('button', { name: 'I am ready' }).click();
      await amara.locator('.notice', { hasText: 'We have told them that you are ready' }).waitFor();
      expect((await encounterOf('walk')).status).toBe('triaged');

      const lena = await signedIn(doctor, path, { viewport: { width: 1280, height: 800 } });
      await goIn(lena, /Start the visit/);
      const card = lena.getByRole('region', { name: /Amara Osei is waiting/ });
      await card.waitFor();
      expect(await card.innerText()).toMatch(/Amara Osei[\s\S]*Patient[\s\S]*Born [\s\S]*The patient who is booked/i);
      await lookedAt(lena, '04-knock');
      await card.getByRole('button', { name: 'Let Amara Osei in' }).click();
      await Promise.all([moves(lena), moves(amara)]);
      await amara.locator('.safety.ready').waitFor();
      await lookedAt(amara, '05-live-patient');
      await lookedAt(lena, '06-live-host');
      const codes = await Promise.all([amara, lena].map((page) => page.locator('.safety.ready').innerText()));
      expect(codes[0]).toMatch(/^\d{3} \d{3}$/);
      expect(codes[1]).toBe(codes[0]);

      await lena.getByRole('button', { name: 'Vitals' }).click();
      await lena.getByLabel('Heart rate (per minute)').fill('72');
      await lena.getByLabel('Blood pressure, upper (mmHg)').fill('128');
      await lena.getByRole('button', { name: 'Keep in the record' }).click();
      await lena.getByText('Blood pressure has two numbers').waitFor();
      await lookedAt(lena, '07-vitals');
      await lena.getByLabel('Blood pressure, lower (mmHg)').fill('82');
      await lena.getByLabel('Measured with').fill('Cuff at home');
      await lena.getByRole('button', { name: 'Keep in the record' }).click();
      await lena.locator('.notice', { hasText: '2 measurements are in the record' }).waitFor();
      const encounter = await encounterOf('walk');
      const kept = await resourceOf<{ entry: { resource: Observation }[] }>(`Observation?encounter=${encounter.id}`);
      expect(kept.entry.map(({ resource }) => resource.code.coding?.[0]?.code).sort()).toEqual(['85354-9', '8867-4']);
      expect(kept.entry[0]?.resource).toMatchObject({
        device: { display: 'Cuff at home' },
        performer: [{ reference: `Practitioner/${doctor}` }],
      });

      await lena.getByRole('button', { name: 'People' }).click();
      await lookedAt(lena, '08-people');
      await lena.getByRole('button', { name: 'More' }).click();
      await lookedAt(lena, '09-more-host');
      await amara.getByRole('button', { name: 'More' }).click();
      await lookedAt(amara, '10-more-patient');
      await amara.getByRole('button', { name: 'Close' }).click();

      // The visit on hold, and back.
      await lena.getByRole('button', { name: 'Put the visit on hold' }).click();
      await lena.getByRole('button', { name: 'Go on with the visit' }).waitFor();
      expect((await encounterOf('walk')).status).toBe('onleave');
      await lookedAt(amara, '11-visit-on-hold');
      await lena.getByRole('button', { name: 'Go on with the visit' }).click();
      await expect.poll(async () => (await encounterOf('walk')).status).toBe('in-progress');

      // Recording asks, and is asked of everybody.
      await lena.getByRole('button', { name: 'Record the visit' }).click();
      await amara.getByRole('heading', { name: 'May this visit be recorded?' }).waitFor();
      await lookedAt(amara, '12-may-record');
      await amara.getByRole('button', { name: 'Yes, I agree' }).click();
      const own = lena.getByRole('button', { name: 'Yes, I agree' });
      if (await own.isVisible()) await own.click();

      await lena.getByRole('button', { name: 'Leave' }).first().click();
      await lena.getByRole('heading', { name: 'End the visit?' }).waitFor();
      await lookedAt(lena, '13-end-question');
      await lena.getByRole('button', { name: 'End for everybody' }).click();
      await Promise.all(
        [lena, amara].map((page) => page.getByRole('heading', { name: 'The visit is over' }).waitFor()),
      );
      await lookedAt(amara, '14-over');
      expect((await encounterOf('walk')).status).toBe('finished');
      expect((await resourceOf<Appointment>('Appointment/walk')).status).toBe('fulfilled');
      await amara.goto(`${server.origin}${path}`);
      await amara.getByRole('heading', { name: 'This visit is over' }).waitFor();
      await lookedAt(amara, '15-over-again');
      expect(complaints).toEqual([]);
    });
  },
);
