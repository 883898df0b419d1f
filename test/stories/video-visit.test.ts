import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Appointment, Bundle, Encounter, Observation } from '@medplum/fhirtypes';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { demoPassword } from '../../src/smart/people/demo-accounts.ts';
import { fakeDevices, hasChromium, openChromium } from '../support/chromium.ts';
import { hasCoturn, startCoturn } from '../support/coturn.ts';
import { type ServerProcess, startProcess } from '../support/process.ts';
import { runScript } from '../support/script.ts';
import { freePort } from '../support/server.ts';

const MINUTE = 60_000;
/** ms that two cores may take to a first picture, with other tests beside. */
const PATIENCE = 60_000;

const phone = { width: 390, height: 844 };
const desk = { width: 1280, height: 800 };

/** A server as it is started by whoever installs it, with its own Postgres. */
type Running = { origin: string; settings: Record<string, string>; process: ServerProcess; folder: string };

async function startRunning(more: Record<string, string> = {}): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), 'portico-visit-'));
  const port = String(await freePort());
  const settings = { PORT: port, PORTICO_DATA: folder, PORTICO_LOG: 'error', ...more };
  const process = startProcess(settings);
  await process.ready();
  return { origin: `http://127.0.0.1:${port}`, settings, process, folder };
}

async function fhirOf({ origin, settings }: Running) {
  const token = await runScript('token', settings, '--scope', 'system/*.cruds');
  return async <T>(path: string, init: { method?: string; body?: object } = {}): Promise<T> => {
    const answer = await fetch(`${origin}/fhir/R4/${path}`, {
      method: init.method ?? (init.body ? 'POST' : 'GET'),
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/fhir+json' },
      ...(init.body ? { body: JSON.stringify(init.body) } : {}),
    });
    const text = await answer.text();
    expect(answer.ok, text).toBe(true);
    return (text === '' ? null : JSON.parse(text)) as T;
  };
}

/** The patient books a time that begins in a few minutes. @returns the id of the Appointment */
async function book(running: Running): Promise<string> {
  const fhir = await fhirOf(running);
  const start = Math.ceil(Date.now() / MINUTE) * MINUTE + 2 * MINUTE;
  const slot = {
    resourceType: 'Slot',
    id: 'right-now',
    schedule: { reference: 'Schedule/this-hour' },
    status: 'free',
    serviceType: [{ coding: [{ system: 'http://snomed.info/sct', code: '448337001' }] }],
    start: new Date(start).toISOString(),
    end: new Date(start + 20 * MINUTE).toISOString(),
  };
  // Whatever the demo world has at this time of the day makes room.
  const around = [start - 60 * MINUTE, start + 60 * MINUTE].map((at) => new Date(at).toISOString());
  for (const actor of ['Practitioner/dr-lena-marchetti', 'Patient/amara-osei']) {
    const taken = await fhir<Bundle<Appointment>>(`Appointment?actor=${actor}&date=ge${around[0]}&date=le${around[1]}`);
    for (const { resource } of taken.entry ?? []) await fhir(`Appointment/${resource?.id}`, { method: 'DELETE' });
  }
  const schedule = {
    resourceType: 'Schedule',
    id: 'this-hour',
    actor: [{ reference: 'Practitioner/dr-lena-marchetti' }],
  };
  await fhir('Schedule/this-hour', { method: 'PUT', body: schedule });
  await fhir('Slot/right-now', { method: 'PUT', body: slot });
  const found = await fhir<Bundle<Appointment>>(
    `Appointment/$find?provider=Practitioner/dr-lena-marchetti&patient=Patient/amara-osei&end=${new Date(start + 10 * MINUTE).toISOString()}`,
  );
  const proposed = found.entry?.find(({ resource }) => resource?.slot?.[0]?.reference === 'Slot/right-now')?.resource;
  const booked = await fhir<Bundle<Appointment>>('Appointment/$book', { body: proposed ?? {} });
  const id = booked.entry?.[0]?.resource?.id ?? '';
  expect(await fhir('Slot/right-now')).toMatchObject({ status: 'busy' });
  return id;
}

describe.skipIf(!hasChromium('a whole visit by video'))('a visit in browsers', { timeout: 240_000, retry: 0 }, () => {
  let browser: Browser;
  let running: Running | null = null;
  beforeAll(async () => {
    browser = await openChromium(fakeDevices);
  });
  afterAll(() => browser?.close());
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    await running?.process.stop();
    if (running) rmSync(running.folder, { recursive: true, force: true });
    running = null;
  });

  const open = async (size: typeof phone): Promise<Page> =>
    (await browser.newContext({ viewport: size, locale: 'en-US' })).newPage();

  async function signIn(page: Page, { origin }: Running, username: string, path: string): Promise<void> {
    await page.goto(`${origin}${path}`);
    await page.fill('input[name=username]', username);
    await page.fill('input[name=password]', demoPassword);
    await page.press('input[name=password]', 'Enter');
    await page.waitForURL(`**${path}`);
  }

  async function pastTheCheck(page: Page, to: RegExp): Promise<void> {
    await page.getByRole('button', { name: 'Turn on camera and microphone' }).click();
    await page.getByText('Others will see you', { exact: true }).waitFor();
    await page.getByRole('button', { name: to }).click();
  }

  /** Waits until the picture of somebody moves. */
  async function moves(page: Page, others: number): Promise<void> {
    await page.waitForFunction(
      (least) => {
        const watched = window as unknown as { first?: Map<HTMLVideoElement, number> };
        watched.first ??= new Map();
        let moving = 0;
        for (const video of document.querySelectorAll('video')) {
          const { totalVideoFrames } = video.getVideoPlaybackQuality();
          const first = watched.first.get(video) ?? totalVideoFrames;
          watched.first.set(video, first);
          const track = (video.srcObject as MediaStream | null)?.getVideoTracks()[0];
          // One's own camera is shown, too: a track of another has no device.
          const isOwn = track?.getSettings().deviceId !== undefined && track.label.includes('fake');
          if (!isOwn && totalVideoFrames > first + 10) moving += 1;
        }
        return moving >= least;
      },
      others,
      { timeout: PATIENCE, polling: 250 },
    );
  }

  const admit = async (doctor: Page, name: string): Promise<void> =>
    doctor
      .getByRole('button', { name: `Let ${name} in` })
      .first()
      .click({ timeout: PATIENCE });

  test('from booking to a finished Encounter: patient, practitioner, and an interpreter by a link', async () => {
    running = await startRunning();
    const id = await book(running);
    const path = `/video/${id}`;
    const [patient, doctor] = [await open(phone), await open(desk)];
    await signIn(patient, running, 'amara-osei', path);
    await pastTheCheck(patient, /waiting room/);
    await signIn(doctor, running, 'dr-lena-marchetti', path);
    await pastTheCheck(doctor, /Start the visit/);
    await admit(doctor, 'Amara Osei');
    await Promise.all([moves(patient, 1), moves(doctor, 1)]);

    const code = /^\d{3} \d{3}$/;
    const codeAt = (page: Page) =>
      page.getByRole('button', { name: code }).or(page.getByText(code)).first().textContent();
    expect(await codeAt(patient)).toBe(await codeAt(doctor));

    // The server goes away and comes back: the pictures go on, and what is said next arrives.
    await running.process.stop();
    await Promise.all([moves(patient, 1), moves(doctor, 1)]);
    running.process = startProcess(running.settings);
    await running.process.ready();
    const fhir = await fhirOf(running);

    await doctor.getByRole('button', { name: /Chat/ }).click();
    const write = doctor.getByRole('textbox').last();
    await write.fill('Good morning, Amara');
    await expect
      .poll(
        async () => {
          await write.press('Enter');
          await patient.waitForTimeout(1000);
          return doctor.getByText('Good morning, Amara').count();
        },
        { timeout: PATIENCE },
      )
      .toBeGreaterThan(0);

    await doctor.getByRole('button', { name: /Vitals/ }).click();
    await doctor.getByLabel('Heart rate (per minute)').fill('72');
    await doctor.getByRole('button', { name: 'Keep in the record' }).click();
    await doctor.getByText('One measurement is in the record.').first().waitFor();

    await doctor.getByRole('button', { name: /People/ }).click();
    await doctor.getByText('Invite somebody').click();
    await doctor.getByLabel('Name', { exact: true }).fill('Ingrid Holm');
    await doctor.getByRole('button', { name: 'Make a link' }).click();
    const address = await doctor.getByLabel('The link for Ingrid Holm').inputValue();
    expect(address).toMatch(/\/video\/guest#[\w-]{22}$/);
    const guest = await open(desk);
    await guest.goto(address);
    expect(guest.url()).not.toContain('#');
    await guest.getByRole('button', { name: 'Open the invitation' }).click();
    await pastTheCheck(guest, /waiting room/);
    await admit(doctor, 'Ingrid Holm');
    await Promise.all([moves(guest, 2), moves(patient, 2), moves(doctor, 2)]);

    await doctor.getByRole('button', { name: /Leave/ }).last().click();
    await doctor.getByRole('button', { name: 'End for everybody' }).click();
    const encounterOf = async (): Promise<Encounter | undefined> =>
      (await fhir<Bundle<Encounter>>(`Encounter?appointment=Appointment/${id}`)).entry?.[0]?.resource;
    await expect.poll(async () => (await encounterOf())?.status, { timeout: 20_000 }).toBe('finished');
    const encounter = await encounterOf();
    expect(encounter).toMatchObject({
      class: { code: 'VR' },
      length: { code: 'min' },
      period: { end: expect.any(String) },
    });
    expect(await fhir<Appointment>(`Appointment/${id}`)).toMatchObject({ status: 'fulfilled' });
    const vitals = await fhir<Bundle<Observation>>(`Observation?encounter=Encounter/${encounter?.id}`);
    expect(vitals.entry?.[0]?.resource).toMatchObject({
      valueQuantity: { value: 72 },
      subject: { reference: 'Patient/amara-osei' },
    });
    const chat = await fhir<Bundle>(`Communication?encounter=Encounter/${encounter?.id}&_summary=count`);
    expect(chat.total).toBeGreaterThanOrEqual(1);
    await patient
      .getByRole('heading', { name: /ended|over|finished/i })
      .first()
      .waitFor();
    await guest
      .getByRole('heading', { name: /ended|over|finished/i })
      .first()
      .waitFor();
  });

  test.skipIf(!hasCoturn('a visit through a relay'))(
    'through a relay alone, where the patient tells nobody their address',
    async () => {
      const coturn = await startCoturn({ port: await freePort() });
      try {
        running = await startRunning(coturn.settings);
        const id = await book(running);
        const [patient, doctor] = [await open(phone), await open(desk)];
        await signIn(patient, running, 'amara-osei', `/video/${id}`);
        await pastTheCheck(patient, /waiting room/);
        await signIn(doctor, running, 'dr-lena-marchetti', `/video/${id}`);
        await pastTheCheck(doctor, /Start the visit/);
        await admit(doctor, 'Amara Osei');
        await Promise.all([moves(patient, 1), moves(doctor, 1)]);
        expect(coturn.log()).toMatch(/ALLOCATE processed, success|new allocation|realm/i);
      } finally {
        await coturn.stop();
      }
    },
  );
});
