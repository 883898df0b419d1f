import { expect, test } from 'vitest';

import { knownAnswer, knownSearches, syntheaRecords } from './known-answers.ts';
import { shared, sharedMissing } from './shared-data.ts';

test.skipIf(shared === null)(
  shared === null ? sharedMissing : 'most known searches find something in a few records',
  { timeout: 120_000 },
  () => {
    const records = syntheaRecords(10);
    const searches = knownSearches(records);
    expect(new Set(searches.map(({ type, query }) => `${type}?${query}`)).size).toBe(200);
    const empty = searches.filter((search) => knownAnswer(records, search).total === 0);
    expect(empty.length).toBeLessThan(70);
  },
);
