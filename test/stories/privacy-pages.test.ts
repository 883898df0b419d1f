import type { Consent } from '@medplum/fhirtypes';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { hasChromium, openChromium } from '../support/chromium.ts';
import { runDueJobs } from '../support/jobs.ts';
import { fillSignIn, focusOn, goStale, looked, signInTo } from '../support/privacy-pages.ts';
import type { Server } from '../support/server.ts';
import { startSmartWorld } from '../support/smart-world.ts';

const DAY = 86_400_000;

describe.runIf(hasChromium('the pages about privacy are not looked at in a browser'))('in Chromium', () => {
  let server: Server;
  let browser: Browser;

  beforeAll(async () => {
    server = await startSmartWorld();
    browser = await openChromium();
    await asDoctor('Observation?patient=Patient/amara-osei');
    await asDoctor('Patient/amara-osei/$everything');
    const office = await server.token('system/*.cruds', { actor: 'privacy-officer' });
    await operate('Patient/hiro-nakagawa/$hold', office, [{ name: 'matter', valueString: 'A court, 17/2026' }]);
    const hiro = await server.token('patient/*.rs', { patient: 'hiro-nakagawa', actor: 'self' });
    await operate('Patient/hiro-nakagawa/$complain', hiro, [{ name: 'text', valueString: 'My neighbour knew of it' }]);
    const reason = [{ name: 'reason', valueString: 'Found on the street' }];
    const doctor = await server.token('user/*.rs', { fhirUser: 'Practitioner/dr-mei-castellane' });
    await operate('Patient/hiro-nakagawa/$break-glass', doctor, reason);
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  const open = (options: Parameters<Browser['newContext']>[0] = {}): Promise<BrowserContext> =>
    browser.newContext({ locale: 'en', ...options });

  const at = (path: string): string => `${server.origin}${path}`;
  const main = (page: Page): Promise<string> => page.locator('main').innerText();

  /** Dr. Marchetti, who treats Amara Osei, asks by FHIR. */
  async function asDoctor(path: string): Promise<Response> {
    const token = await server.token('user/*.rs', { fhirUser: 'Practitioner/dr-lena-marchetti' });
    return server.fetch(path, { headers: { authorization: `Bearer ${token}` } });
  }

  /** Calls an operation with a token. */
  async function operate(path: string, token: string, parameter: object[]): Promise<Response> {
    const body = JSON.stringify({ resourceType: 'Parameters', parameter });
    return server.fetch(path, { method: 'POST', headers: { authorization: `Bearer ${token}` }, body });
  }

  test('O-61 with the keyboard alone a patient keeps a doctor away, and takes it back, and both count at the next request', async () => {
    expect((await asDoctor('Patient/amara-osei')).status).toBe(200);
    const context = await open();
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    await page.goto(at('/privacy/consents/new?q=marchetti'));
    // The page puts the focus there once it is drawn, which may be after it is loaded.
    await page.locator('#username:focus').waitFor();
    await page.keyboard.type('amara-osei');
    await page.keyboard.press('Tab');
    await page.keyboard.type('open-the-demo-door');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/consents\/new\?q=marchetti$/);
    await focusOn(page, 'a.choice[href*="dr-lena-marchetti"]');
    await page.keyboard.press('Enter');
    await page.waitForURL(/who=/);
    await focusOn(page, 'input[name=decision]');
    await page.keyboard.press('ArrowDown');
    await focusOn(page, 'main button.main');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/privacy\/consents\?done=given$/);
    expect(await main(page)).toContain('You keep away: Dr. Lena Marchetti');
    expect((await asDoctor('Patient/amara-osei')).status).toBe(404);

    const item = page.locator('li.granted', { hasText: 'You keep away: Dr. Lena Marchetti' });
    const action = await item.locator('form').getAttribute('action');
    await focusOn(page, `form[action="${action}"] button`);
    await page.keyboard.press('Enter');
    await page.waitForURL(/done=withdrawn$/);
    expect(await page.locator('.notice').innerText()).toContain('It has no effect any more');
    expect((await asDoctor('Patient/amara-osei')).status).toBe(200);
    await page.goto(at(String(action)));
    expect(await main(page)).toMatch(/Withdrawn[\s\S]*What became of it[\s\S]*In force/);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('O-61 a consent is given for what is ticked, narrowed in time, and says so in the words of FHIR', async () => {
    const context = await open();
    const page = await signInTo(server, context, 'amara-osei', '/privacy/consents/new?who=Organization/harbour-clinic');
    await page.locator('main button.main').click();
    await expect.poll(() => page.evaluate('document.activeElement.className')).toBe('problems');
    await page.check('input[value=permit]');
    for (const summary of await page.locator('summary').all()) await summary.click();
    await page.check('input[value=MedicationRequest]');
    await page.check('input[value=MH]');
    await page.fill('#from', '2020-01-01');
    await page.fill('#until', '2020-01-01');
    await page.locator('main button.main').click();
    await page.locator('#until-problem').waitFor();
    expect(await page.isChecked('input[value=MH]')).toBe(true);
    const until = new Date(Date.now() + 30 * DAY).toISOString().slice(0, 10);
    await page.fill('#until', until);
    await page.locator('main button.main').click();
    await page.waitForURL(/done=given$/);
    const [consent] = await consentsOf('amara-osei');
    expect(consent).toMatchObject({
      status: 'active',
      performer: [{ reference: 'Patient/amara-osei' }],
      provision: {
        type: 'permit',
        period: { end: until },
        class: [{ code: 'MedicationRequest' }],
        securityLabel: [{ code: 'N' }, { code: 'MH' }],
        dataPeriod: { start: '2020-01-01' },
      },
    });
    await page.goto(at(`/privacy/consents/${consent?.id}`));
    const today = new Date().toISOString().slice(0, 10);
    await page.fill('#until', '2040-01-01');
    await page.press('#until', 'Enter');
    await page.locator('#until-problem').waitFor();
    await page.fill('#until', today);
    await page.press('#until', 'Enter');
    await page.waitForURL(/done=narrowed$/);
    expect((await consentsOf('amara-osei'))[0]?.provision?.period?.end).toBe(today);
    await context.close();
  });

  test('O-61 who allows something to everybody who treats them allows nothing to those who do not', async () => {
    const context = await open();
    const page = await signInTo(server, context, 'femi-bellamy', '/privacy/consents/new?who=care');
    await page.check('input[value=permit]');
    await page.locator('summary', { hasText: 'Sensitive matters' }).click();
    await page.check('input[value=MH]');
    await page.locator('main button.main').click();
    await page.waitForURL(/done=given$/);
    const [consent] = await consentsOf('femi-bellamy');
    const named = consent?.provision?.actor?.map(({ reference }) => reference.reference) ?? [];
    expect(named.length).toBeGreaterThan(0);
    const stranger = 'Practitioner/dr-mei-castellane';
    expect(named).not.toContain(stranger);
    const token = await server.token('user/*.rs', { fhirUser: stranger });
    const answer = await server.fetch('Patient/femi-bellamy', { headers: { authorization: `Bearer ${token}` } });
    expect(answer.status).toBe(404);
    await context.close();
  });

  /** What somebody has consented to, the newest first. */
  async function consentsOf(patient: string): Promise<(Consent & { id: string })[]> {
    const bundle = await (await server.fetch(`Consent?patient=Patient/${patient}&_sort=-_lastUpdated`)).json();
    return bundle.entry.map(({ resource }: { resource: Consent & { id: string } }) => resource);
  }

  test('O-54 a patient reads who looked at what and why, narrows the list, and takes it along as a table', async () => {
    expect((await asDoctor('MedicationRequest?patient=Patient/amara-osei')).status).toBe(200);
    const context = await open({ acceptDownloads: true });
    const page = await signInTo(server, context, 'amara-osei', '/privacy/seen');
    const lines = page.locator('.timeline li', { hasText: 'Lena Marchetti' });
    const text = await lines.filter({ hasText: 'prescribed medicines' }).first().innerText();
    expect(text).toContain('Looked at: prescribed medicines (');
    expect(text).toContain('to treat you');
    expect(await page.locator('.weeks svg').getAttribute('aria-label')).toContain('Bars for each week');
    await page.getByText('Narrow the list').click();
    await page.selectOption('#kind', 'app');
    await page.getByRole('button', { name: 'Show' }).click();
    await page.waitForURL(/kind=app/);
    expect(await lines.count()).toBe(0);
    await page.goto(at('/privacy/seen?kind=care'));
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByText('Download as a table').click(),
    ]);
    const chunks = await (await download.createReadStream()).toArray();
    const csv = Buffer.concat(chunks).toString('utf8');
    expect(csv.split('\r\n')[0]).toBe('when,who,organization,app,what they did,what,why,emergency,refused');
    expect(csv).toMatch(/Lena Marchetti.*prescribed medicines/);
    await context.close();
  });

  test('O-81 a copy is asked for, is ready by itself, and is fetched once, by who has just signed in', async () => {
    const context = await open({ acceptDownloads: true });
    const page = await signInTo(server, context, 'femi-bellamy', '/privacy/copy');
    await page.getByRole('button', { name: 'Make a copy' }).click();
    await page.waitForURL(/done=asked$/);
    // The server's own worker makes it; the page sees by itself that it is there.
    await page.getByRole('link', { name: 'Fetch it' }).waitFor({ timeout: 60_000 });
    await goStale(server, 'femi-bellamy');
    await page.getByRole('link', { name: 'Fetch it' }).click();
    await page.waitForURL(/\/sign-in\?/);
    await fillSignIn(page, 'femi-bellamy');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download' }).click(),
    ]);
    const chunks = await (await download.createReadStream()).toArray();
    expect(Buffer.concat(chunks).subarray(0, 2).toString()).toBe('PK');
    await page.getByRole('button', { name: 'Download' }).click();
    await page.locator('.notice.bad').waitFor();
    expect(await main(page)).toContain('fetched before');
    await context.close();
  }, 120_000);

  test('O-80 what is wrong is chosen and told, refused with a reason, and disagreed with', async () => {
    const context = await open();
    const page = await signInTo(server, context, 'amara-osei', '/privacy/correct');
    await page.locator('a.choice', { hasText: 'Prescribed medicines' }).click();
    await page.locator('button.choice').first().click();
    await page.fill('#reason', 'I do not take this any more');
    await page.fill('#shouldBe', 'Stopped in March');
    await page.getByRole('button', { name: 'Ask for the correction' }).click();
    await page.waitForURL(/done=asked$/);
    expect(await main(page)).toContain('Being looked at');

    const office = await open();
    const desk = await signInTo(server, office, 'officer', '/privacy/officer');
    await desk
      .getByRole('link', { name: /^Correction/ })
      .first()
      .click();
    expect(await main(desk)).toContain('I do not take this any more');
    await desk.check('input[value=refuse]');
    await desk.getByRole('button', { name: 'Decide' }).click();
    await desk.locator('#reason-problem').waitFor();
    await desk.fill('#reason', 'The pharmacy says otherwise');
    await desk.getByRole('button', { name: 'Decide' }).click();
    await desk.waitForURL(/\/privacy\/officer\?done=decided$/);
    await office.close();

    await page.goto(at('/privacy/correct'));
    expect(await main(page)).toContain('The answer: The pharmacy says otherwise');
    await page.getByText('I disagree').click();
    await page.locator('textarea').fill('The pharmacy is wrong');
    await page.getByRole('button', { name: 'Put it beside the entry' }).click();
    await page.waitForURL(/done=disagreed$/);
    await page.goto(at('/privacy/messages'));
    expect(await main(page)).toContain('Your request for a correction was refused');
    await context.close();
  });

  test('a clinician who opened a record in an emergency is looked into: the reason, what they saw, and what was found', async () => {
    const doctor = await server.token('user/*.rs', { fhirUser: 'Practitioner/dr-mei-castellane' });
    const headers = { authorization: `Bearer ${doctor}` };
    expect((await server.fetch('Patient/amara-osei', { headers })).status).toBe(404);
    const reason = [{ name: 'reason', valueString: 'Brought in unconscious' }];
    expect((await operate('Patient/amara-osei/$break-glass', doctor, reason)).status).toBe(200);
    expect((await server.fetch('AllergyIntolerance?patient=Patient/amara-osei', { headers })).status).toBe(200);
    const office = await open();
    const desk = await signInTo(server, office, 'officer', '/privacy/officer/emergencies');
    const item = desk.locator('li.granted', { hasText: 'Brought in unconscious' });
    expect(await item.innerText()).toMatch(/Mei Castellane opened the record of Amara Osei/);
    await item.locator('summary').click();
    expect(await item.innerText()).toContain('Looked at: allergies and intolerances');
    await item.getByRole('button', { name: 'It was not justified' }).click();
    await desk.waitForURL(/done=reviewed$/);
    expect((await server.fetch('Patient/amara-osei', { headers })).status).toBe(404);
    await office.close();
    const context = await open();
    const page = await signInTo(server, context, 'amara-osei', '/privacy/seen?kind=care');
    expect(await page.locator('.timeline li.emergency').first().innerText()).toContain('Emergency');
    await page.goto(at('/privacy/messages'));
    expect(await main(page)).toContain('In an emergency a clinician has opened your record');
    await context.close();
  });

  test('O-94 a record is held by the officer and let go again; the ledger is looked through', async () => {
    const office = await open();
    const desk = await signInTo(server, office, 'officer', '/privacy/officer/holds');
    await desk.fill('#patient', 'nobody-here');
    await desk.fill('#matter', 'A court, 18/2026');
    await desk.getByRole('button', { name: 'Hold the record' }).click();
    await desk.locator('#patient-problem').waitFor();
    await desk.fill('#patient', 'femi-bellamy');
    await desk.getByRole('button', { name: 'Hold the record' }).click();
    await desk.waitForURL(/done=held$/);
    const item = desk.locator('.rows li', { hasText: '18/2026' });
    expect(await item.innerText()).toContain('Femi Bellamy');
    await item.getByRole('button', { name: 'Release' }).click();
    await desk.waitForURL(/done=released$/);
    expect(await main(desk)).not.toContain('18/2026');
    await desk.goto(at('/privacy/officer/ledger'));
    await desk.getByRole('button', { name: 'Look through the ledger now' }).click();
    expect(await desk.locator('.notice').innerText()).toContain('The ledger is whole');
    await office.close();
  });

  test('O-74 the officer reads what an authority has ordered, and agrees as the second of two', async () => {
    const legal = await server.token('system/*.cruds', { actor: 'legal', subject: 'counsel' });
    const asked = await operate('$request-disclosure', legal, [
      { name: 'patient', valueString: 'femi-bellamy' },
      { name: 'agency', valueString: 'Harbour District Court' },
      { name: 'order', valueAttachment: { contentType: 'application/pdf', data: 'JVBERi0=' } },
      { name: 'order-number', valueString: '17-A' },
      { name: 'kind', valueCode: 'court-order' },
      { name: 'type', valueCode: 'Encounter' },
    ]);
    const { id } = (await asked.json()) as { id: string };
    expect((await operate(`Task/${id}/$approve-disclosure`, legal, [])).status).toBe(200);
    const office = await open();
    const desk = await signInTo(server, office, 'officer', `/privacy/officer/requests/${id}`);
    expect(await main(desk)).toMatch(/Harbour District Court[\s\S]*visits and hospital stays/);
    await desk.getByRole('button', { name: 'Approve the disclosure' }).click();
    await desk.waitForURL(/done=approved$/);
    await desk.goto(at(`/privacy/officer/requests/${id}`));
    await desk.getByRole('button', { name: 'Approve the disclosure' }).click();
    await desk.locator('.problems').waitFor();
    await office.close();
  });

  test('O-64 offers are off until a patient turns them on, and off again', async () => {
    const context = await open();
    const page = await signInTo(server, context, 'femi-bellamy', '/privacy/choices');
    const offers = page.getByRole('switch', { name: 'Messages about offers' });
    expect(await offers.getAttribute('aria-checked')).toBe('false');
    await offers.press('Space');
    await page.waitForURL(/done=changed$/);
    expect(await offers.getAttribute('aria-checked')).toBe('true');
    await offers.press('Enter');
    await expect.poll(() => offers.getAttribute('aria-checked')).toBe('false');
    await context.close();
  });

  test('O-84 a patient has everything deleted, takes it back, asks again, and gets the receipt', async () => {
    const context = await open();
    const who = 'kwame-osei';
    const page = await signInTo(server, context, who, '/privacy');
    await goStale(server, who);
    await page.goto(at('/privacy/delete'));
    await page.waitForURL(/again=1/);
    await fillSignIn(page, who);
    await page.fill('#word', 'yes');
    await page.press('#word', 'Enter');
    await page.locator('#word-problem').waitFor();
    await page.fill('#word', 'delete');
    await page.press('#word', 'Enter');
    await page.waitForURL(/\/privacy\/erasures\//);
    expect(await main(page)).toContain('The account is closed');
    const link = page.url();
    await page.goto(at('/privacy'));
    await page.waitForURL(/\/sign-in/);
    await page.goto(link);
    await page.getByRole('button', { name: 'Keep my record' }).click();
    await page.waitForURL(/done=cancelled$/);
    await page.getByRole('link', { name: 'Sign in' }).click();
    await fillSignIn(page, who);

    await page.goto(at('/privacy/delete'));
    await page.fill('#word', 'DELETE');
    await page.press('#word', 'Enter');
    await page.waitForURL(/\/privacy\/erasures\//);
    await runDueJobs(server.smart.fhir, Date.now() + 15 * DAY);
    await page.reload();
    expect(await main(page)).toContain('The record is deleted');
    expect(await main(page)).toContain('Receipt');
    expect((await server.fetch(`Patient/${who}`)).status).toBe(404);
    await context.close();
  }, 120_000);

  // Every width with every scheme, and every language with both.
  const cases = [
    { width: 390, height: 844, colorScheme: 'light', locale: 'en' },
    { width: 390, height: 844, colorScheme: 'dark', locale: 'fr' },
    { width: 1280, height: 800, colorScheme: 'light', locale: 'fr' },
    { width: 1280, height: 800, colorScheme: 'dark', locale: 'en' },
  ] as const;

  const own = [
    ...[
      '',
      '/seen',
      '/seen?from=x',
      '/who',
      '/consents',
      '/consents/new',
      '/consents/new?q=lena',
      '/consents/new?who=care',
    ],
    ...['/choices', '/devices', '/copy', '/correct', '/correct?kind=Condition', '/messages', '/complaint', '/delete'],
  ];

  test.each(cases)(
    'axe finds nothing at $width pixels, $colorScheme, $locale, and nothing runs over the edge',
    async ({ width, height, colorScheme, locale }) => {
      const called = `${width}-${colorScheme}-${locale}`;
      // axe is a script, which the page's own policy rightly refuses.
      const options = { viewport: { width, height }, colorScheme, locale, bypassCSP: true };
      const context = await open(options);
      const page = await signInTo(server, context, 'amara-osei', '/privacy');
      for (const path of own) {
        await page.goto(at(`/privacy${path}`));
        for (const summary of await page.locator('summary').all()) await summary.click();
        await looked(page, `privacy${path.replaceAll(/\W+/g, '-')}-${called}`);
      }
      await page.goto(at('/privacy/consents'));
      await page.locator('li.granted a').first().click();
      await looked(page, `consent-${called}`);
      await page.goto(at('/privacy/correct?kind=Condition'));
      await page.locator('button.choice').first().click();
      await looked(page, `correct-form-${called}`);
      await context.close();
      const office = await open(options);
      const desk = await signInTo(server, office, 'officer', '/privacy/officer');
      for (const path of ['', '/emergencies', '/holds', '/ledger', '/retention']) {
        await desk.goto(at(`/privacy/officer${path}`));
        for (const summary of await desk.locator('summary').all()) await summary.click();
        await looked(desk, `officer${path.replaceAll(/\W+/g, '-')}-${called}`);
      }
      await desk.goto(at('/privacy/officer'));
      await desk.locator('tbody a').first().click();
      await looked(desk, `officer-request-${called}`);
      await office.close();
    },
    60_000,
  );
});
