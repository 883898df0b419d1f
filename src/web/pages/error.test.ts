import { expect, test } from 'vitest';

import { errorPage, prefersHtml } from './error.ts';
import { pages } from './pages.ts';

test.each([
  ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', true],
  ['application/fhir+json', false],
  ['*/*', false],
  ['application/json, text/html;q=0.5', false],
  [undefined, false],
])('Accept: %s prefers a page: %s', (accept, expected) => {
  expect(prefersHtml(accept)).toBe(expected);
});

test('a page about a fault gives its number and nothing else of it', async () => {
  const text = String(await errorPage(500, 'fr', 'a1b2'));
  expect(text).toContain('<code>a1b2</code>');
  expect(text).toContain('Une erreur s’est produite de notre côté');
});

test('what is put into a page is text, never markup', async () => {
  expect(String(await errorPage(500, 'en', '<script>'))).not.toContain('<script>');
});

test('a browser at a wrong address gets a page in its language, a program does not', async () => {
  const app = pages({
    origin: 'http://127.0.0.1:8103',
    base: 'http://127.0.0.1:8103/fhir/R4',
    version: '1.2.3',
    demo: null,
    healthy: async () => true,
    counts: async () => null,
    now: Date.now,
  });
  const browser = await app.request('/nowhere', {
    headers: { Accept: 'text/html,*/*;q=0.8', 'Accept-Language': 'fr' },
  });
  expect(browser.status).toBe(404);
  expect(await browser.text()).toContain('Il n’y a rien ici');
  const program = await app.request('/nowhere', { headers: { Accept: 'application/fhir+json' } });
  expect(program.status).toBe(404);
  expect(await program.text()).not.toContain('<html');
});
