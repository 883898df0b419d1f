import { createRequire } from 'node:module';
import { expect, test } from 'vitest';

import { hasChromium, openChromium } from '../../../test/support/chromium.ts';
import { withoutOthers } from '../others.ts';
import { csv } from './csv.ts';
import { type IndexPage, indexPage } from './index-page.ts';
import { copyLanguages } from './index-words.ts';
import { Summary, titleOf } from './summary.ts';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

const row = (n: number, year: number, title = `reading ${n}`) => ({
  type: 'Observation',
  id: `o${n}`,
  patient: 'p',
  patients: null,
  labels: 0,
  date: new Date(Date.UTC(year, 0, 2)),
  content: JSON.stringify({ resourceType: 'Observation', code: { text: title } }),
});

function page(): IndexPage {
  const summary = new Summary();
  for (let n = 0; n < 1200; n++) summary.note(row(n, n < 600 ? 2024 : 2025));
  summary.note({ ...row(1, 2020, '<script>alert(1)</script>"\''), date: null });
  const name = `record/${'AVeryLongNameOfAType'.repeat(5)}.ndjson`;
  const file = { name, sha256: 'a', size: 1, count: 2, kind: { of: 'record' as const, type: 'Observation' } };
  return { name: 'Ada <b>Quill</b>', made: '2026-02-03', mark: 'mark', files: [file], omitted: 2, summary };
}

test('the page of a copy lists the years, newest first, and says how many entries are not listed', () => {
  const text = indexPage(page(), 'en');
  expect([...text.matchAll(/<h3>(.*?)<\/h3>/g)].map(([, year]) => year)).toEqual(['2025', '2024', 'Without a date']);
  expect(text.match(/and 100 more/g)).toHaveLength(2);
});

test('what is in a record is text on the page of its copy, and runs nothing', () => {
  for (const language of copyLanguages) {
    const text = indexPage(page(), language);
    expect(text).not.toMatch(/<script|<b>/);
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;');
  }
});

test.runIf(hasChromium('the page of a copy is not looked at in a browser'))(
  'axe finds nothing on the page of a copy, on a phone or at a desk, in either language',
  async () => {
    const browser = await openChromium();
    for (const width of [320, 1280]) {
      for (const language of copyLanguages) {
        const context = await browser.newContext({ viewport: { width, height: 800 }, bypassCSP: true });
        const shown = await context.newPage();
        await shown.setContent(indexPage(page(), language));
        await shown.addScriptTag({ path: axe });
        const found = await shown.evaluate<string[]>(
          'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ": " + nodes[0].html))',
        );
        expect(found).toEqual([]);
        expect(await shown.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth')).toBe(false);
        await context.close();
      }
    }
    await browser.close();
  },
  60_000,
);

test.each([
  [{ resourceType: 'Condition', code: { coding: [{ code: '1', display: 'Asthma' }] } }, 'Asthma'],
  [{ resourceType: 'Immunization', vaccineCode: { text: 'Measles' } }, 'Measles'],
  [{ resourceType: 'Encounter', class: { code: 'AMB' } }, 'AMB'],
  [{ resourceType: 'Appointment', serviceType: [{ text: 'Check-up' }] }, 'Check-up'],
  [{ resourceType: 'Basic', code: {} }, ''],
])('%o is called %s', (resource, title) => {
  expect(titleOf(JSON.stringify(resource))).toBe(title);
});

test('a spreadsheet takes nothing of a table for a formula', () => {
  expect(
    csv(
      ['a', 'b'],
      [
        { a: '=1+1', b: 'x "y",\nz' },
        { a: null, b: ['-1', '2'] },
      ],
    ),
  ).toBe('a,b\r\n\'=1+1,"x ""y"",\nz"\r\n,\'-1 2\r\n');
});

test('another patient in a resource becomes another person, and all else stays as it was written', () => {
  const own = '{"resourceType":"Appointment","x":1.50,"participant":[{"actor":{"reference":"Patient/p"}}]}';
  expect(withoutOthers(own, 'p')).toBe(own);
  const others = [
    '{"reference":"Patient/q","display":"Q"}',
    '{"reference":"https://x.test/fhir/Patient/q/_history/2"}',
    '{"reference":"Patient/q","identifier":{"value":"7"}}',
  ];
  for (const other of others) {
    const text = `{"resourceType":"Appointment","x":1.50,"participant":[{"actor":${other}},{"actor":{"reference":"Patient/p"}}]}`;
    const shown = withoutOthers(text, 'p');
    expect(shown).toBe(text.replace(other, '{"display":"Another person"}'));
  }
});
