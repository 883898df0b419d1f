import { afterAll, beforeAll, expect, test } from 'vitest';

import { pages } from '../../src/devices/pages/index.ts';
import { collection, heartRate, submit } from '../support/device-submissions.ts';
import type { Server } from '../support/server.ts';
import { openAs } from '../support/signed-in.ts';
import { startSmartWorld } from '../support/smart-world.ts';

let server: Server;

beforeAll(async () => {
  server = await startSmartWorld();
}, 120_000);

afterAll(() => server?.close());

const at = (path: string): string => `${server.origin}${path}`;
const filled = (path: string): string => path.replaceAll(/:\w+/g, 'unknown');
const shown = pages.filter(({ method }) => method === 'GET');
const forms = pages.filter(({ method }) => method === 'POST');

/** The id of the connection by which readings of a patient were sent. */
async function connectionOf(patient: string): Promise<string> {
  const sent = await submit(server, collection(heartRate(patient, new Date(Date.now() - 60_000).toISOString(), 71)));
  expect(sent.status, sent.text).toBe(201);
  const [row] = await server.database.query(
    `select id from device_connection where tenant = 1 and patient = $1 and state = 'active'`,
    [patient],
  );
  return String(row?.[0]);
}

test.each(shown.map(({ path }) => filled(path)))(
  'who is not signed in is sent to the sign-in from %s',
  async (path) => {
    const answer = await fetch(at(path), { redirect: 'manual', headers: { accept: 'text/html' } });
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe(`/account/sign-in?next=${encodeURIComponent(path)}`);
  },
);

test('no form of another site is taken', async () => {
  const { browser } = await openAs(server, 'amara-osei', '/devices');
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const headers = { cookie, 'content-type': 'application/x-www-form-urlencoded' };
  for (const { path } of forms) {
    for (const body of ['', 'csrf=AAAA&record=amara-osei&all=yes']) {
      const answer = await fetch(at(filled(path)), { method: 'POST', headers, body, redirect: 'manual' });
      expect(answer.status, path).toBe(403);
    }
  }
});

test('nothing of a page is kept, and its policy takes scripts from this server alone', async () => {
  const { browser } = await openAs(server, 'amara-osei', '/devices');
  for (const { path } of shown.filter(({ whom }) => whom === 'record')) {
    const { headers, status } = await browser.open(at(filled(path)));
    if (status === 303) continue;
    expect(headers.get('cache-control'), path).toBe('no-store');
    expect(headers.get('referrer-policy'), path).toBe('no-referrer');
  }
  const { headers, html } = await browser.open(at('/devices/readings/heart-rate'));
  const policy = headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self';");
  expect(policy).not.toContain('unsafe');
  expect(html).not.toMatch(/<style|style="|<script(?! type="module" src="\/assets\/)/);
});

test('a source of somebody else is neither shown, nor chosen of, nor disconnected', async () => {
  const connection = await connectionOf('hiro-nakagawa');
  const own = await connectionOf('amara-osei');
  const { browser } = await openAs(server, 'amara-osei', '/devices');
  expect((await browser.open(at(`/devices/connections/${connection}`))).status).toBe(404);
  const page = await browser.open(at(`/devices/connections/${own}`));
  const find = (ending: string) => {
    const form = page.forms.find(({ action }) => new URL(action).pathname === `/devices/connections/${own}${ending}`);
    if (!form) throw new Error(`There is no form to …${ending}`);
    return form;
  };
  for (const ending of ['', '/disconnect']) {
    const other = { ...find(ending), action: at(`/devices/connections/${connection}${ending}`) };
    expect((await browser.submit(page, other, { all: 'yes' })).status, ending).toBe(404);
    expect((await browser.submit(page, find(ending), { record: 'hiro-nakagawa' })).status, ending).toBe(403);
  }
  const [row] = await server.database.query('select state from device_connection where tenant = 1 and id = $1', [
    connection,
  ]);
  expect(row).toEqual(['active']);
});

test('what an address asks for that makes no sense is taken for what does', async () => {
  const { browser } = await openAs(server, 'amara-osei', '/devices');
  for (const query of [
    'range=century',
    'until=2026-99-99',
    'until=0001-01-01',
    'device=Device/1%22%3E',
    'until=9999-12-31',
    'device=none',
  ])
    expect((await browser.open(at(`/devices/readings/heart-rate?${query}`))).status, query).toBe(200);
  expect((await browser.open(at('/devices/readings/heart-rate?until=%00'))).status).toBe(400);
  for (const name of ['constructor', '__proto__', '..%2F..%2Fetc'])
    expect((await browser.open(at(`/devices/readings/${name}`))).status, name).toBe(404);
});

test('who treats nobody of this name learns nothing of them', async () => {
  const { browser } = await openAs(server, 'dr-lena-marchetti', '/devices/of');
  const page = await browser.open(at('/devices/of'));
  const reached = new Set([...page.html.matchAll(/\/devices\/of\/([\w.-]+)/g)].map(([, id]) => id));
  expect(reached.size).toBeGreaterThan(0);
  const all = (await (await server.fetch('Patient?_elements=id&_count=100')).json()) as {
    entry: { resource: { id: string } }[];
  };
  const others = all.entry.map(({ resource }) => resource.id).filter((id) => !reached.has(id));
  for (const id of others.slice(0, 3)) {
    const seen = await browser.open(at(`/devices/of/${id}`));
    const unknown = await browser.open(at('/devices/of/unknown'));
    expect([seen.status, unknown.status]).toEqual([404, 404]);
    expect((await browser.open(at(`/devices/of/${id}/heart-rate/csv`))).status).toBe(404);
  }
});
