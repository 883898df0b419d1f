import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { obligations } from './support/obligations.ts';

const root = join(import.meta.dirname, '..');

/** The files with a test whose name begins with each id, or has it among the ids that it begins with. */
function testsById(): Map<string, string[]> {
  const found = new Map<string, Set<string>>();
  for (const folder of ['src', 'test']) {
    for (const name of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.test.ts')) continue;
      const text = readFileSync(join(root, folder, name), 'utf8');
      for (const [, ids = ''] of text.matchAll(/[`'"]((?:[OA]-\d+ )+)/g)) {
        for (const id of ids.trim().split(' ')) found.set(id, (found.get(id) ?? new Set()).add(join(folder, name)));
      }
    }
  }
  return new Map([...found].map(([id, files]) => [id, [...files].sort()]));
}

test('O-99 every obligation has a test that is named by its id, or waits for something that is named', () => {
  const tests = testsById();
  const untested = obligations.filter(({ id, waits }) => waits === null && !tests.has(id)).map(({ id }) => id);
  expect(untested).toEqual([]);
  writeFileSync(join(root, 'conformance/obligations.md'), page(tests));
});

const shared = process.env.PORTICO_SHARED ?? join(root, '../shared');
const requirements = join(shared, 'requirements/PRIVACY.md');

test.skipIf(!existsHere(requirements))(
  'the obligations are those of the requirements (skipped where PORTICO_SHARED has no requirements)',
  () => {
    const written = [...readFileSync(requirements, 'utf8').matchAll(/^\*\*(O-\d+) /gm)].map(([, id]) => id);
    expect(obligations.map(({ id }) => id)).toEqual(expect.arrayContaining(written));
  },
);

function existsHere(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}

function page(tests: ReadonlyMap<string, string[]>): string {
  const rows = obligations.map(({ id, what, waits }) => {
    const files = (tests.get(id) ?? []).map((file) => `\`${file}\``).join(', ');
    return `| ${id} | ${what} | ${files} | ${waits ?? ''} |`;
  });
  return `# What the privacy policy obliges us to

Written by \`test/obligations.test.ts\`. A test is named by the id of what it shows; what waits for something says for what.

| | what | tests | waits for |
|---|---|---|---|
${rows.join('\n')}
`;
}
