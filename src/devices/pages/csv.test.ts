import { expect, test } from 'vitest';

import { csvField } from './csv.ts';

test.each([
  ['Wrist watch', 'Wrist watch'],
  ['-1.5', '-1.5'],
  ['One, "two"', '"One, ""two"""'],
  ['=HYPERLINK("https://a.test")', '"\'=HYPERLINK(""https://a.test"")"'],
  ['+1 555', "'+1 555"],
  ['@sum', "'@sum"],
])('%s is %s in a file, and no spreadsheet runs it', (text, field) => {
  expect(csvField(text)).toBe(field);
});
