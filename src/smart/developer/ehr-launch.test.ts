import { afterAll, beforeAll, expect, test } from 'vitest';

import type { Browser, Page } from '../../../test/support/browser.ts';
import type { Server } from '../../../test/support/server.ts';
import { addPerson, formOf, openAs } from '../../../test/support/signed-in.ts';
import { registerApp, startSmartWorld } from '../../../test/support/smart-world.ts';
import { findUserByName } from '../people/users.ts';
import { sha256 } from '../random.ts';

let server: Server;
let app: string;
let owned: string;

beforeAll(async () => {
  server = await startSmartWorld();
  const metadata = { client_name: 'Starter', launch_uri: 'https://starter.test/launch?kept=1' };
  app = (await registerApp(server, { metadata })).app.clientId;
  owned = (await registerApp(server, { metadata: { ...metadata, client_name: 'Owned' } })).app.clientId;
  const developer = await findUserByName(server.database, 1, 'dev');
  await server.database.query('update client set owner = $3 where tenant = $1 and id = $2', [
    1,
    owned,
    developer?.id ?? '',
  ]);
}, 300_000);
afterAll(() => server?.close());

/** Chooses a patient on the first page. */
const choose = (browser: Browser, page: Page, patient: string): Promise<Page> => {
  const form =
    page.forms.find(({ buttons }) => buttons.some(({ name }) => name === 'patient')) ?? formOf(page, '/launch');
  return browser.submit(page, form, {}, { name: 'patient', value: patient });
};

const contextOf = async (url: URL) => {
  const [row] = await server.database.query(
    'select context from launch where tenant = $1 and client_id = $2 and hash = $3',
    [1, app, sha256(url.searchParams.get('launch') ?? '')],
  );
  return row ? JSON.parse(String(row[0])) : null;
};

test('a practitioner starts an app with one of their patients, a visit, an intent and a report', async () => {
  const { browser, page } = await openAs(server, 'dr-lena-marchetti', '/launch');
  expect(page.html).toContain('Amara Osei');
  const found = await browser.open(`${server.origin}/launch?q=osei`);
  expect(found.html).toContain('Amara Osei');
  const second = await choose(browser, found, 'amara-osei');
  expect(second.url).not.toContain('amara');
  const form = formOf(second, 'start');
  expect(form.fields.find(({ name }) => name === 'encounter')).toBeDefined();
  expect(second.headers.get('content-security-policy')).toContain('https://starter.test');
  const open = form.fields.find(({ name }) => name === 'open')?.value ?? '';
  expect(open).toMatch(/^(DiagnosticReport|DocumentReference|ImagingStudy)\//);
  const sent = { app, encounter: 'amara-osei-checkup', intent: 'reconcile-medications', open };
  const started = await browser.submit(second, form, sent);
  expect(started.status).toBe(303);
  const url = new URL(started.url);
  expect(`${url.origin}${url.pathname}`).toBe('https://starter.test/launch');
  expect(url.searchParams.get('iss')).toBe(server.base);
  expect(await contextOf(url)).toEqual({
    patient: 'amara-osei',
    encounter: 'amara-osei-checkup',
    intent: 'reconcile-medications',
    fhirContext: [{ reference: open }],
  });
  expect(url.searchParams.get('kept')).toBe('1');
});

test('nobody starts an app with a patient whom they may not see, or with a visit of another', async () => {
  const { browser, page } = await openAs(server, 'amara-osei', '/launch');
  const own = await choose(browser, page, 'amara-osei');
  const [other] = await server.database.query(
    "select id from resource where tenant = $1 and type = (select type from resource where tenant = $1 and id = 'amara-osei' limit 1) and id <> 'amara-osei' limit 1",
    [1],
  );
  const stranger = await choose(browser, page, String(other?.[0]));
  expect(stranger.status).toBe(400);
  expect(stranger.html).toContain('Choose one of the patients');
  expect((await choose(browser, page, 'nobody-at-all')).html.replaceAll(/value="[\w-]{43}"/g, '')).toBe(
    stranger.html.replaceAll(/value="[\w-]{43}"/g, ''),
  );
  const form = formOf(own, 'start');
  const visit = await browser.submit(own, form, { app, encounter: 'hiro-nakagawa-checkup' });
  expect(visit.status).toBe(400);
  expect(visit.html).toContain('id="encounter-problem"');
});

test('an account without a record is told that there is nobody', async () => {
  await addPerson(server, 'no-record', ['developer']);
  const { page } = await openAs(server, 'no-record', '/launch');
  expect(page.html).toContain('nobody whose record you may see');
});

test('in the demo a developer starts their own app for a practitioner, and no other app', async () => {
  const { browser, page } = await openAs(server, 'dev', `/developer/${owned}`);
  const link = /href="([^"]*\/launch\?app=[^"]*)"/.exec(page.html)?.[1]?.replaceAll('&amp;', '&') ?? '';
  const lena = await findUserByName(server.database, 1, 'dr-lena-marchetti');
  expect(link).not.toBe('');
  const address = `${server.origin}/launch?app=${owned}&as=${lena?.id}`;
  const second = await choose(browser, await browser.open(address), 'amara-osei');
  const started = await browser.submit(second, formOf(second, 'start'));
  const launch = /<code>(https:\/\/starter\.test[^<]*)</.exec(started.html)?.[1]?.replaceAll('&amp;', '&') ?? '';
  expect(started.html).toContain('sign in as');
  const [row] = await server.database.query('select user_id from launch where tenant = $1 and hash = $2', [
    1,
    sha256(new URL(launch).searchParams.get('launch') ?? ''),
  ]);
  expect(row?.[0]).toBe(lena?.id);
  const theirs = await choose(browser, await browser.open(address.replace(owned, app)), 'amara-osei');
  expect(theirs.html).toContain('There is no app');
  const amara = await findUserByName(server.database, 1, 'amara-osei');
  const patient = await browser.open(`${server.origin}/launch?app=${owned}&as=${amara?.id}`);
  expect(patient.html).toContain('nobody whose record you may see');
});
