import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';

import { usCorePackages, wrongExamples, wrongMustSupport } from '../../../test/support/r4-refusals.ts';
import type { Validate } from '../context.ts';
import { loadDefinitions } from '../definitions/load.ts';
import { createValidator } from './validator.ts';

const shared = process.env.PORTICO_SHARED ?? join(import.meta.dirname, '../../../../shared');
const missing = !existsSync(join(shared, 'data'));
const why = missing ? ' (skipped: PORTICO_SHARED names no folder with data)' : '';

type Resource = { resourceType: string; id?: string; entry?: { resource?: Resource }[] };

const read = (path: string): Resource => {
  const bytes = readFileSync(path);
  return JSON.parse((path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'));
};
const list = (folder: string): string[] =>
  readdirSync(folder)
    .filter((file) => /\.json(\.gz)?$/.test(file))
    .sort();
const resourcesOf = (one: Resource): Resource[] =>
  one.resourceType === 'Bundle' ? (one.entry ?? []).flatMap(({ resource }) => resource ?? []) : [one];

function errors(validate: Validate, resource: Resource): string[] {
  const found = validate(resource).filter(({ severity }) => severity === 'error');
  return found.map(({ expression, diagnostics }) => `${expression}: ${diagnostics}`);
}

describe.skipIf(missing)(`real data${why}`, () => {
  test('every Synthea resource is valid', { timeout: 120_000 }, async () => {
    const validate = await createValidator(loadDefinitions());
    const folder = join(shared, 'data/synthea');
    const every = process.env.PORTICO_FULL === undefined ? 6 : 1;
    const files = list(folder).filter((_, index) => index % every === 0);
    let count = 0;
    for (const file of files) {
      for (const resource of resourcesOf(read(join(folder, file)))) {
        count++;
        expect(errors(validate, resource)).toEqual([]);
      }
    }
    console.log(`${count} Synthea resources of ${files.length} files are valid (PORTICO_FULL=1 for all 92,114)`);
    if (every === 1) expect(count).toBe(92_114);
  });

  test('every official example is valid, but for those that break R4', async () => {
    const validate = await createValidator(loadDefinitions());
    const folder = join(shared, 'data/r4-examples');
    const refused = new Map<string, number>();
    const unexplained: string[] = [];
    for (const file of list(folder)) {
      const found = errors(validate, read(join(folder, file)));
      if (found.length === 0) continue;
      const known = wrongExamples.find(([name, rule]) => name.test(file) && found.some((text) => rule.test(text)));
      if (known === undefined) unexplained.push(`${file}: ${found[0]}`);
      else refused.set(known[2], (refused.get(known[2]) ?? 0) + 1);
    }
    console.table([...refused].map(([reason, examples]) => ({ examples, reason })));
    expect(unexplained).toEqual([]);
  });

  test('the US Core reference data is valid with the packages it was made for', async () => {
    const packages = mkdtempSync(join(tmpdir(), 'portico-us-core-'));
    for (const name of usCorePackages) symlinkSync(join(shared, 'packages', name), join(packages, name));
    const validate = await createValidator(loadDefinitions({ packages }));
    rmSync(packages, { recursive: true });
    const folder = join(shared, 'data/us-core-must-support');
    const unexplained: string[] = [];
    let claimed = 0;
    for (const resource of list(folder).flatMap((file) => resourcesOf(read(join(folder, file))))) {
      if (JSON.stringify(resource).includes('us/core/StructureDefinition')) claimed++;
      const found = errors(validate, resource);
      const known = wrongMustSupport.find(({ id }) => id === resource.id)?.rule;
      unexplained.push(...found.filter((text) => known === undefined || !known.test(text)));
    }
    expect(claimed).toBeGreaterThan(500);
    expect(unexplained).toEqual([]);
  });
});
