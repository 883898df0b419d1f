import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Resource } from '../../src/fhir/context.ts';
import { filled, knownAnswer, knownSearches, syntheaRecords } from '../support/known-answers.ts';
import { encodedQuery } from '../support/random-queries.ts';
import { type Server, startServer } from '../support/server.ts';
import { shared, sharedMissing, syntheaFiles, syntheaText } from '../support/shared-data.ts';

/** All 120 patients take some minutes. */
const patients = Number(process.env.PORTICO_PATIENTS ?? 3);

type Answer = { entry?: { response: { status: string; location?: string } }[] };
type Page = { entry?: { resource: { id: string } }[]; link?: { relation: string; url: string }[]; total?: number };

let server: Server;
let records: Resource[] = [];
/** `Type/id` in the files → the same on the server, and back. */
const there = new Map<string, string>();
const here = new Map<string, string>();

async function importFile(file: string): Promise<void> {
  const text = syntheaText(file);
  const response = await server.fetch('', { method: 'POST', body: text });
  const answer = (await response.json()) as Answer; // a response Bundle when the status is 200
  if (response.status !== 200) throw new Error(`${file}: ${response.status} ${JSON.stringify(answer).slice(0, 500)}`);
  const sent = JSON.parse(text) as { entry: { resource: Resource }[] }; // Synthea's files are Bundles
  sent.entry.forEach(({ resource }, at) => {
    const { status, location } = answer.entry?.[at]?.response ?? { status: 'none' };
    const [, place = ''] = /((?:[A-Z]\w+)\/[^/]+)\/_history/.exec(location ?? '') ?? [];
    if (!/^20[01]/.test(status) || place === '') throw new Error(`${file}, entry ${at}: ${status} ${location}`);
    there.set(`${resource.resourceType}/${resource.id}`, place);
    here.set(place, `${resource.id}`);
  });
}

beforeAll(async () => {
  if (shared === null) return;
  server = await startServer();
  for (const file of syntheaFiles().slice(0, patients + 2)) await importFile(file);
  records = syntheaRecords(patients);
}, 1_800_000);
afterAll(() => server?.close());

/** The ids that the files have, of every page, and the total. */
async function found(type: string, query: string): Promise<{ ids: string[]; total: number | null }> {
  const ids: string[] = [];
  let total: number | null = null;
  let next: string | undefined = `${type}?${encodedQuery(query)}&_count=400&_total=accurate`;
  while (next !== undefined) {
    const response = await server.fetch(next);
    const page = (await response.json()) as Page; // a searchset when the status is 200
    if (response.status !== 200) throw new Error(`${response.status} ${JSON.stringify(page)}`);
    ids.push(
      ...(page.entry ?? []).map(({ resource }) => here.get(`${type}/${resource.id}`) ?? `unknown ${resource.id}`),
    );
    total ??= page.total ?? null;
    next = page.link?.find(({ relation }) => relation === 'next')?.url.replace(`${server.base}/`, '');
  }
  return { ids, total };
}

describe('searches over real records', () => {
  test.skipIf(shared === null)(
    shared === null ? sharedMissing : 'find exactly what the files have',
    { timeout: 1_800_000 },
    async () => {
      const wrong: string[] = [];
      let asked = 0;
      for (const search of knownSearches(records)) {
        asked++;
        const expected = knownAnswer(records, search);
        const answer = await found(
          search.type,
          filled(search, (reference) => there.get(reference) ?? reference),
        );
        const missing = expected.ids.filter((id) => !answer.ids.includes(id));
        const same = missing.length === 0 && answer.ids.length === expected.total && answer.total === expected.total;
        if (!same) {
          const more = answer.ids.filter((id) => !expected.ids.includes(id));
          wrong.push(
            `${search.type}?${search.query}: ${answer.ids.length} (total ${answer.total}) instead of ${expected.total};` +
              ` missing ${missing.slice(0, 3)}, too many ${more.slice(0, 3)}`,
          );
        }
      }
      expect(asked).toBe(200);
      expect(wrong).toEqual([]);
    },
  );
});
