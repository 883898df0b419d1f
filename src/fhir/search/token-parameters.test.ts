import { join } from 'node:path';
import { expect, test } from 'vitest';

import { loadDefinitions } from '../definitions/load.ts';
import { searchParametersOf } from '../definitions/search-parameters.ts';
import { tokenParameters } from './token-parameters.ts';

const definitions = loadDefinitions({ cache: join(import.meta.dirname, '../../../node_modules/.cache/portico') });

test('the table has the token parameters of R4, and of those of every type the two that a resource says of itself', () => {
  for (const type of definitions.types) {
    const codes = searchParametersOf(definitions, type).filter((one) => one.type === 'token');
    const expected = codes.map(({ code }) => code).filter((code) => code !== '_id' && code !== '_query');
    expect([type, ...[...tokenParameters(type)].sort()]).toEqual([type, ...expected.sort()]);
  }
});
