import { expect, test } from 'vitest';

import { chooseLanguage } from './language.ts';

test.each([
  [undefined, undefined, 'en'],
  [undefined, 'fr', 'fr'],
  [undefined, 'FR-ca;q=0.8, en;q=0.7', 'fr'],
  [undefined, 'en;q=0.8, fr', 'fr'],
  [undefined, 'fr;q=0, en', 'en'],
  [undefined, 'es, fr;q=0.2', 'fr'],
  ['fr', 'en', 'fr'],
  ['xx', 'fr', 'fr'],
  [undefined, ';;;,q=', 'en'],
])('?lang=%s with Accept-Language %s is %s', (asked, accept, language) => {
  expect(chooseLanguage(asked, accept)).toBe(language);
});
