import { afterAll, beforeAll, expect, test } from 'vitest';

import { pages } from '../../src/privacy/pages/index.ts';
import { optOutLink } from '../../src/privacy/parties/marketing/opt-out.ts';
import type { Page } from '../support/browser.ts';
import { openBrowser } from '../support/browser.ts';
import type { Server } from '../support/server.ts';
import { openAs } from '../support/signed-in.ts';
import { startSmartWorld } from '../support/smart-world.ts';

let server: Server;

beforeAll(async () => {
  server = await startSmartWorld();
});

afterAll(() => server.close());

const at = (path: string): string => `${server.origin}${path}`;
const filled = (path: string): string => path.replaceAll(/:\w+/g, 'unknown');
const guarded = pages.filter(({ whom }) => whom !== 'anybody');
const open = pages.filter(({ whom }) => whom === 'anybody');

/** What the form of a page that leads there would send. */
function formTo(page: Page, path: string) {
  const form = page.forms.find(({ action, method }) => new URL(action).pathname === path && method === 'POST');
  if (!form) throw new Error(`There is no form to ${path} on ${page.url} (${page.status})`);
  return form;
}

test.each(guarded.filter(({ method }) => method === 'GET').map(({ path }) => filled(path)))(
  'whoever is not signed in is sent to the sign-in from %s, and comes back there',
  async (path) => {
    const answer = await fetch(at(path), { redirect: 'manual', headers: { accept: 'text/html' } });
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe(`/account/sign-in?next=${encodeURIComponent(path)}`);
    expect(await answer.text()).toBe('');
  },
);

test.each(pages.filter(({ method, linked }) => method === 'POST' && !linked).map(({ path }) => filled(path)))(
  'no form of another site is taken at %s',
  async (path) => {
    const { browser } = await openAs(server, 'amara-osei', '/privacy');
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { cookie, 'content-type': 'application/x-www-form-urlencoded' };
    for (const body of ['', 'csrf=AAAA', 'do=withdraw&record=amara-osei']) {
      const answer = await fetch(at(path), { method: 'POST', headers, body, redirect: 'manual' });
      expect(answer.status).toBe(403);
    }
  },
);

test.each(open.filter(({ method }) => method === 'GET').map(({ path }) => filled(path)))(
  'without a sign-in %s tells nothing of anybody',
  async (path) => {
    const page = await openBrowser(server.origin).open(at(path));
    expect([200, 404]).toContain(page.status);
    expect(page.html).not.toMatch(/osei|marchetti/i);
  },
);

test('nothing of a page is kept, and no address it is left from is told', async () => {
  const { browser } = await openAs(server, 'amara-osei', '/privacy');
  for (const { path } of guarded.filter(({ method, whom }) => method === 'GET' && whom === 'record')) {
    const { headers } = await browser.open(at(filled(path)));
    expect(headers.get('cache-control'), path).toBe('no-store');
    expect(headers.get('referrer-policy'), path).toBe('no-referrer');
    expect(headers.get('content-security-policy'), path).toContain("default-src 'none'");
  }
});

test('who is no privacy officer gets to none of their pages, and who has no record to none about one', async () => {
  const patient = await openAs(server, 'amara-osei', '/privacy');
  const doctor = await openAs(server, 'dr-lena-marchetti', '/privacy');
  const officer = await openAs(server, 'officer', '/privacy/officer');
  expect(officer.page.status).toBe(200);
  for (const { path, whom } of guarded.filter(({ method }) => method === 'GET')) {
    if (whom === 'officer') {
      expect((await patient.browser.open(at(filled(path)))).status, path).toBe(403);
      expect((await doctor.browser.open(at(filled(path)))).status, path).toBe(403);
    } else {
      expect((await officer.browser.open(at(filled(path)))).status, path).toBe(403);
      expect((await doctor.browser.open(at(filled(path)))).status, path).toBe(403);
    }
  }
});

test('the record, the consent, the device, the copy of somebody else are not there', async () => {
  const { browser } = await openAs(server, 'amara-osei', '/privacy');
  expect((await browser.open(at('/privacy/consents/femi-bellamy-consent-treatment'))).status).toBe(404);
  expect((await browser.open(at('/privacy/consents/amara-osei-consent-treatment'))).status).toBe(200);
  const own = await browser.open(at('/privacy/consents/amara-osei-consent-treatment'));
  const withdraw = formTo(own, '/privacy/consents/amara-osei-consent-treatment');
  const elsewhere = { ...withdraw, action: at('/privacy/consents/femi-bellamy-consent-treatment') };
  expect((await browser.submit(own, elsewhere)).status).toBe(404);
  expect((await browser.submit(own, withdraw, { record: 'femi-bellamy' })).status).toBe(403);
  const give = await browser.open(at('/privacy/consents/new?who=care'));
  const other = { decision: 'permit', record: 'femi-bellamy' };
  expect((await browser.submit(give, formTo(give, '/privacy/consents/new'), other)).status).toBe(403);
  const visit = { decision: 'permit', visit: 'femi-bellamy-visit-1' };
  expect((await browser.submit(give, formTo(give, '/privacy/consents/new'), visit)).status).toBe(422);
  const devices = await browser.open(at('/devices'));
  const form = formTo(devices, '/devices/off');
  expect((await browser.submit(devices, form, { device: 'rami-haddad-watch' })).status).toBe(422);
  expect((await browser.open(at('/privacy/correct?kind=Patient'))).html).not.toMatch(/bellamy/i);
});

test('somebody who helps a child sees the record of that child, and no other', async () => {
  const { page, browser } = await openAs(server, 'amara-osei-for-kofi', '/privacy');
  expect(page.status).toBe(200);
  expect(page.html).toContain('Record of Kofi Osei');
  expect((await browser.open(at('/privacy/consents'))).status).toBe(200);
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const answer = await fetch(at('/privacy'), { headers: { cookie: `${cookie}; portico_record=femi-bellamy` } });
  expect(await answer.text()).toContain('Record of Kofi Osei');
});

test('what somebody types is text on a page, and in a table nothing that is run', async () => {
  const { browser } = await openAs(server, 'amara-osei', '/privacy');
  const page = await browser.open(at('/privacy/complaint'));
  const form = formTo(page, '/privacy/complaint');
  const wrong = await browser.submit(page, form, { text: '', about: '"><script>alert(1)</script>' });
  expect(wrong.status).toBe(422);
  expect(wrong.html).not.toContain('<script>alert');
  for (const query of ['?from=%22%3E%3Cscript%3E', '?who=%3Cscript%3E', '?kind=%00', '?page=-1e9', '?page=NaN']) {
    const { status, html } = await browser.open(at(`/privacy/seen${query}`));
    expect([200, 400, 422], query).toContain(status);
    expect(html).not.toContain('<script>');
  }
});

test('a complaint is taken from whoever has no account, and so many from one place', async () => {
  const browser = openBrowser(server.origin);
  const page = await browser.open(at('/privacy/complaint'));
  const form = formTo(page, '/privacy/complaint');
  const answer = await browser.submit(page, form, { text: 'Somebody told my employer', contact: 'a@b.example' });
  expect(answer.html).toContain('Your complaint was received');
  const more = await Promise.all(Array.from({ length: 6 }, () => browser.submit(page, form, { text: 'Again' })));
  expect(more.some(({ status }) => status === 422)).toBe(true);
});

test('O-64 an opt-out is not done by opening its link, and done by one click of whoever has it', async () => {
  const link = optOutLink(server.smart.fhir, 1, 'amara-osei');
  const page = await openBrowser(server.origin).open(link);
  expect(page.status).toBe(200);
  expect(page.html).not.toMatch(/amara|osei/i);
  const clicked = await fetch(link, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'List-Unsubscribe=One-Click',
  });
  expect(clicked.status).toBe(200);
  expect(await clicked.text()).toContain('no more messages about offers');
});

test('O-07 before a new policy is agreed to its pages lead there, and afterwards on', async () => {
  const { browser } = await openAs(server, 'rami-haddad', '/privacy');
  const parameter = [
    { name: 'version', valueString: '2' },
    { name: 'url', valueUrl: 'https://example.org/privacy' },
    { name: 'text', valueString: 'We keep what you tell us.\n\nWe sell nothing.' },
  ];
  const published = await server.fetch('$publish-policy', {
    method: 'POST',
    headers: { authorization: `Bearer ${await server.token('system/*.cruds', { actor: 'operator' })}` },
    body: JSON.stringify({ resourceType: 'Parameters', parameter }),
  });
  expect(published.status).toBe(200);
  const page = await browser.open(at('/privacy/consents'));
  expect(new URL(page.url).pathname).toBe('/privacy/policy');
  expect(page.html).toContain('We sell nothing.');
  const home = await browser.submit(page, formTo(page, '/privacy/policy'));
  expect(new URL(home.url).pathname).toBe('/privacy');
  expect((await browser.open(at('/privacy/consents'))).html).toContain('My consents');
});

test('O-07 nobody agrees to a policy that came into force after the page was opened', async () => {
  const { browser, page } = await openAs(server, 'femi-bellamy', '/privacy');
  const form = formTo(page, '/privacy/policy');
  const parameter = [
    { name: 'version', valueString: '3' },
    { name: 'url', valueUrl: 'https://example.org/privacy' },
    { name: 'text', valueString: 'We sell whatever you tell us.' },
  ];
  const published = await server.fetch('$publish-policy', {
    method: 'POST',
    headers: { authorization: `Bearer ${await server.token('system/*.cruds', { actor: 'operator' })}` },
    body: JSON.stringify({ resourceType: 'Parameters', parameter }),
  });
  expect(published.status).toBe(200);
  const after = await browser.submit(page, form);
  expect(new URL(after.url).pathname).toBe('/privacy/policy');
  expect(after.html).toContain('We sell whatever you tell us.');
  const [row] = await server.database.query(
    `select count(*)::int from resource where patient = 'femi-bellamy' and content like '%privacy|3%'`,
  );
  expect(row).toEqual([0]);
});
