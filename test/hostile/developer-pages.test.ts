import { afterAll, beforeAll, expect, test } from 'vitest';

import type { Browser, Page } from '../support/browser.ts';
import type { Server } from '../support/server.ts';
import { formOf, openAs } from '../support/signed-in.ts';
import { registerApp, startSmartWorld } from '../support/smart-world.ts';

let server: Server;
let browser: Browser;
let own: Page;

beforeAll(async () => {
  server = await startSmartWorld();
  browser = (await openAs(server, 'ops', '/developer')).browser;
  const page = await browser.open(`${server.origin}/developer/register?kind=secret`);
  own = await browser.submit(page, formOf(page, '/developer/register'), { name: 'Own', redirects: 'https://a.test/' });
}, 300_000);
afterAll(() => server?.close());

const nasty = [
  '\0',
  '%',
  "' or 1=1--",
  '<script>alert(1)</script>',
  '\u202e',
  '😀'.repeat(200),
  'x'.repeat(5000),
  '../..',
  '__proto__',
  'constructor',
  '\r\nSet-Cookie: a=b',
];

const id = (): string => /<dd><code>([\w-]{36})<\/code>/.exec(own.html)?.[1] ?? '';

test.each(nasty)('no page fails at %j in its address, and none shows it unescaped', async (text) => {
  const q = encodeURIComponent(text);
  const paths = [
    `/developer/${q}`,
    `/developer/${q}/edit`,
    `/developer/register?kind=${q}`,
    `/operator?q=${q}`,
    `/operator/people?q=${q}`,
    `/launch?q=${q}&app=${q}&as=${q}&page=${q}`,
    `/brands?${q}=${q}`,
  ];
  for (const path of paths) {
    const page = await browser.open(`${server.origin}${path}`);
    expect(page.status, path).toBeLessThan(500);
    expect(page.html).not.toContain('<script>alert');
    expect(page.headers.get('set-cookie') ?? '').not.toContain('a=b');
  }
});

test.each(nasty)('no form fails at %j in its fields', async (text) => {
  const csrf = formOf(own, 'explain').fields.find(({ name }) => name === 'csrf')?.value ?? '';
  const names = [
    'name',
    'redirects',
    'launch',
    'site',
    'jwks',
    'jwksUri',
    'records',
    'read',
    'write',
    'also',
    'rest',
    'once',
  ];
  const more = [
    'token',
    'type',
    'interaction',
    'request',
    'note',
    'system',
    'app',
    'as',
    'patient',
    'encounter',
    'intent',
    'open',
    'person',
  ];
  const all = Object.fromEntries([...names, ...more].map((name) => [name, text]));
  const sent: [string, Record<string, string>][] = [
    ...['public', 'secret', 'key', 'service', text].map((kind): [string, Record<string, string>] => [
      '/developer/register',
      { kind },
    ]),
    ...['public', 'service'].map((kind): [string, Record<string, string>] => [
      '/developer/register',
      { kind, name: text, rest: '' },
    ]),
    [`/developer/${id()}/edit`, {}],
    ...['explain', 'find', text].map((deed): [string, Record<string, string>] => [`/developer/${id()}`, { do: deed }]),
    ...['disable', 'enable', text].map((deed): [string, Record<string, string>] => ['/operator', { do: deed }]),
    ...['disable', 'enable', text].map((deed): [string, Record<string, string>] => ['/operator/people', { do: deed }]),
    ...['access', 'end', text].map((deed): [string, Record<string, string>] => ['/operator/keys', { do: deed }]),
    ['/launch', { do: 'start' }],
  ];
  for (const [path, fields] of sent) {
    const form = { action: `${server.origin}${path}`, method: 'POST', fields: [], buttons: [] };
    const page = await browser.submit(own, form, { ...all, csrf, ...fields });
    expect(page.status, `${path} ${JSON.stringify(fields)}`).toBeLessThan(500);
    expect(page.html).not.toContain('<script>alert');
  }
});

test('an app with an odd name harms no page of the operator', async () => {
  await registerApp(server, { metadata: { client_name: '\0<b>"\\u0000' } });
  const page = await browser.open(`${server.origin}/operator?q=x`);
  expect(page.status).toBe(200);
  expect((await browser.open(`${server.origin}/operator`)).html).not.toContain('<b>"');
});
