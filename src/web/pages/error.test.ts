import { expect, test } from 'vitest';

import { errorPage, prefersHtml } from './error.ts';

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
