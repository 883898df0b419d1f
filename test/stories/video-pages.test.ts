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
      server = await startSmartWorld();
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
      await lena
        .locator('.banner', { hasText: 'Nothing is recorded before everybody agrees. Asked: Amara Osei' })
        .waitFor();
      await amara.getByRole('button', { name: 'Yes, I agree' }).click();
      const banner = 'This visit is being recorded';
      await Promise.all([lena, amara].map((page) => page.locator('.banner', { hasText: banner }).waitFor()));
      await lookedAt(lena, '12-recorded');
      await lena.waitForTimeout(5000);
      await amara.getByRole('button', { name: 'Do not record me any more' }).click();
      await Promise.all(
        [lena, amara].map((page) => page.locator('.banner', { hasText: banner }).waitFor({ state: 'hidden' })),
      );

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

    test('who comes too early is told when to come, and may look at their devices meanwhile', async () => {
      const page = await open();
      await page.clock.install();
      await page.goto(`${server.origin}${await booked(server, 'early', 60)}`);
      await fillSignIn(page, patient);
      await page.getByText('The waiting room opens at').waitFor();
      await page.getByRole('button', { name: 'Turn on camera and microphone' }).click();
      await page.getByText('Others will see you', { exact: true }).waitFor();
      const enter = page.getByRole('button', { name: 'Go to the waiting room' });
      expect(await enter.isDisabled()).toBe(true);
      await page.clock.resume();
      await lookedAt(page, '20-early');
      await page.clock.fastForward('46:00');
      await expect.poll(() => enter.isDisabled()).toBe(false);
      // A clock that is wrong opens nothing.
      await enter.click();
      await page.getByRole('heading', { name: 'It is too early' }).waitFor();
      await lookedAt(page, '21-too-early');
    });

    test('whose camera is refused is told how to allow it, and may go on without', async () => {
      const page = await signedIn(patient, await booked(server, 'refused', 1));
      await page.evaluate(() => {
        navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'));
      });
      await page.getByRole('button', { name: 'Turn on camera and microphone' }).click();
      await page.getByRole('heading', { name: 'Your camera and microphone are blocked' }).waitFor();
      expect(await page.evaluate(() => document.activeElement?.className)).toBe('notice bad');
      await lookedAt(page, '22-refused');
      await page.getByRole('button', { name: 'Go on without' }).click();
      await page.getByRole('button', { name: 'Go to the waiting room' }).click();
      await page.getByRole('heading', { name: 'You are in the waiting room' }).waitFor();
    });

    test('V-5 an invitation is not used up by opening its link, works in one browser, and its holder waits', async () => {
      const path = await booked(server, 'invite', 0);
      const lena = await signedIn(doctor, path, { viewport: { width: 1280, height: 800 } });
      await goIn(lena, /Start the visit/);
      await lena.getByRole('heading', { name: 'Amara Osei is not here yet' }).waitFor();
      await lookedAt(lena, '30-nobody');
      await lena.getByRole('button', { name: 'People' }).click();
      await lena.getByText('Invite somebody').click();
      const name = '<img src=x onerror=alert(1)> Iris';
      await lena.getByLabel('Name', { exact: true }).fill(name);
      await lena.getByRole('button', { name: 'Make a link' }).click();
      const link = await lena.locator('.link-text').inputValue();
      await lookedAt(lena, '31-invited');
      const [address, code = ''] = link.split('#');
      expect(code).toMatch(/^[\w-]{22}$/);
      expect(address).toBe(`${server.origin}/video/guest`);

      // What follows links of messages asks for the address alone, and with whatever it makes of the rest.
      for (const url of [address, `${address}?code=${code}`, link]) {
        const answer = await fetch(String(url));
        expect([answer.status, answer.headers.get('referrer-policy')]).toEqual([200, 'no-referrer']);
        expect(answer.headers.get('set-cookie') ?? '').not.toContain('portico_guest');
        if (!url?.includes('?')) expect(await answer.text()).not.toContain(code);
      }
      const iris = await open();
      const asked: string[] = [];
      iris.on('request', (request) => asked.push(request.url()));
      await iris.goto(link);
      await iris.getByRole('button', { name: 'Open the invitation' }).waitFor();
      expect(await iris.evaluate(() => location.hash)).toBe('');
      await lookedAt(iris, '32-invitation');
      await iris.getByRole('button', { name: 'Open the invitation' }).click();
      await goIn(iris, /Go to the waiting room/);
      await iris.getByRole('heading', { name: 'You are in the waiting room' }).waitFor();
      expect(asked.filter((url) => url.includes(code))).toEqual([]);
      expect(await iris.evaluate(() => document.cookie)).not.toContain('portico_guest');

      const other = await open();
      await other.goto(link);
      await other.getByRole('button', { name: 'Open the invitation' }).click();
      await other.getByRole('heading', { name: 'This invitation does not work' }).waitFor();
      await lookedAt(other, '33-no-invitation');

      const card = lena.locator('.knock');
      await card.getByText('Came by an invitation link').waitFor();
      await lookedAt(lena, '34-guest-knocks');
      expect(await lena.locator('img').count()).toBe(0);
      expect(await card.locator('h2').innerText()).toContain(name);
      await card.getByRole('button', { name: /^Let/ }).click();
      await Promise.all([moves(lena), moves(iris)]);
      await iris.reload();
      await goIn(iris, /Go to the waiting room/);
      await Promise.all([moves(lena), moves(iris)]);

      const line = lena.locator('.people li', { hasText: 'Iris' });
      await line.getByRole('button', { name: 'Put on hold' }).click();
      await iris.getByRole('heading', { name: 'You are on hold' }).waitFor();
      await lookedAt(iris, '35-held');
      await line.getByRole('button', { name: 'Take off hold' }).click();
      await moves(iris);
      await line.getByRole('button', { name: 'Remove' }).click();
      await lookedAt(lena, '36-remove-question');
      await lena.locator('dialog').getByRole('button', { name: 'Remove' }).click();
      await iris.getByRole('heading', { name: 'You are no longer in the visit' }).waitFor();
      await lookedAt(iris, '37-removed');
      expect(complaints).toEqual([]);
    });

    test('V-18 what is written, and what somebody is called, is text and runs nothing', async () => {
      const path = await booked(server, 'chat', 0);
      const lena = await signedIn(doctor, path, { viewport: { width: 1280, height: 800 } });
      const amara = await signedIn(patient, path);
      await goIn(lena, /Start the visit/);
      await goIn(amara, /Go to the waiting room/);
      await lena.getByRole('button', { name: 'Let Amara Osei in' }).click();
      await moves(lena);
      const attack =
        '<script>window.broken=1</script><img src=x onerror="window.broken=1"><a href="javascript:alert(1)">x</a>';
      await amara.getByRole('button', { name: 'Chat' }).click();
      await amara.getByLabel('Write to everybody').fill(attack);
      await amara.keyboard.press('Enter');
      await lena.getByRole('button', { name: /Chat\s*1 new/ }).click();
      await lena.locator('.lines p').waitFor();
      expect(await lena.locator('.lines p').innerText()).toBe(attack);
      await lookedAt(lena, '40-chat');
      await lookedAt(amara, '41-chat-patient');
      for (const page of [lena, amara]) {
        expect(await page.evaluate(() => document.querySelectorAll('.lines script, .lines img, .lines a').length)).toBe(
          0,
        );
        expect(await page.evaluate('window.broken')).toBeUndefined();
      }
      const { headers } = await amara.request
        .get(`${server.origin}${path}`)
        .then((answer) => ({ headers: answer.headers() }));
      const policy = headers['content-security-policy'] ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toContain(`connect-src 'self' ws://${new URL(server.origin).host}`);
      expect(policy).not.toMatch(/unsafe|\*/);
      expect(headers['permissions-policy']).toContain('camera=(self), microphone=(self), display-capture=(self)');
      expect(headers['cache-control']).toBe('no-store');

      // Who opens the visit elsewhere has it there, and may take it back; who left may come back.
      const again = await amara.context().newPage();
      await again.goto(`${server.origin}${path}`);
      await goIn(again, /Go to the waiting room/);
      await amara.getByRole('heading', { name: 'The visit is open in another window' }).waitFor();
      await lookedAt(amara, '42-elsewhere');
      await amara.getByRole('button', { name: 'Go on here' }).click();
      await moves(amara);
      await amara.getByRole('button', { name: 'Leave' }).click();
      await amara.locator('dialog').getByRole('button', { name: 'Leave' }).click();
      await amara.getByRole('heading', { name: 'You left the visit' }).waitFor();
      await lookedAt(amara, '43-left');
      await amara.getByRole('button', { name: 'Come back to the visit' }).click();
      await goIn(amara, /Go to the waiting room/);
      await moves(amara);
      expect(complaints).toEqual([]);
    });

    test('a line that drops is said to be coming back, and comes back', async () => {
      const path = await booked(server, 'line', 0);
      const lena = await signedIn(doctor, path, { viewport: { width: 1280, height: 800 } });
      let cut = false;
      let end = (): void => {};
      const amara = await open({ locale: 'fr', extraHTTPHeaders: { 'accept-language': 'fr' } });
      await amara.routeWebSocket(/\/video\/signal$/, (socket) => {
        if (cut) {
          void socket.close({ code: 1011 });
          return;
        }
        socket.connectToServer();
        end = () => void socket.close({ code: 1011 });
      });
      await amara.goto(`${server.origin}${path}`);
      await fillSignIn(amara, patient);
      await amara.getByRole('button', { name: 'Activer la caméra et le micro' }).click();
      await amara.getByText('Nous entendons votre micro').waitFor();
      await lookedAt(amara, '50-check-fr');
      await amara.getByRole('button', { name: 'Entrer dans la salle d’attente' }).click();
      await amara.getByRole('heading', { name: 'Vous êtes dans la salle d’attente' }).waitFor();
      await lookedAt(amara, '51-waiting-fr');
      await goIn(lena, /Start the visit/);
      await lena.getByRole('button', { name: 'Let Amara Osei in' }).click();
      await moves(amara);
      cut = true;
      end();
      const dropped = amara.locator('.banner', { hasText: 'La ligne avec nous est tombée' });
      await dropped.waitFor();
      await lookedAt(amara, '52-line-fr');
      cut = false;
      await dropped.waitFor({ state: 'hidden' });
      await moves(amara);
      await lena.getByRole('button', { name: 'More' }).click();
      await lena.getByRole('button', { name: 'Sound only' }).click();
      await lena.locator('.banner', { hasText: 'Pictures are off' }).waitFor();
      await lookedAt(lena, '53-sound-only');
      await amara.locator('.safety').click();
      await lookedAt(amara, '54-safety-fr');
      expect(complaints).toEqual([]);
    });

    test('each state that a visit ends in has a page, and what is not there says so', async () => {
      const page = await signedIn(patient, await booked(server, 'gone', 0, 'cancelled'));
      await page.getByRole('heading', { name: 'This visit was cancelled' }).waitFor();
      await lookedAt(page, '60-cancelled');
      await page.goto(`${server.origin}${await booked(server, 'missed', -180, 'noshow')}`);
      await page.getByRole('heading', { name: 'This visit did not take place' }).waitFor();
      await page.goto(`${server.origin}${await booked(server, 'past', -600)}`);
      await page.getByRole('heading', { name: 'This visit did not take place' }).waitFor();
      const unknown = await page.goto(`${server.origin}/video/nothing`);
      expect(unknown?.status()).toBe(404);
      await page.getByRole('heading', { name: 'We cannot find this visit' }).waitFor();
      await lookedAt(page, '61-unknown');
      // Of somebody else's visit no more is said than of one that there is not.
      const hiro = await signedIn('hiro-nakagawa', await booked(server, 'others', 0));
      await hiro.getByRole('heading', { name: 'We cannot find this visit' }).waitFor();
      expect(await hiro.locator('main').innerText()).not.toMatch(/Amara|Marchetti/);
    });
  },
);
