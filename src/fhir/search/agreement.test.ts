import { afterAll, beforeAll, expect, test } from 'vitest';

import { naiveSearch } from '../../../test/support/naive-search.ts';
import { random, randomQuery, randomSort } from '../../../test/support/search-queries.ts';
import { resources as ours } from '../../../test/support/search-resources.ts';
import { grantOf, type SearchWorld, searchWorld } from '../../../test/support/search-world.ts';
import {
  r4Examples,
  shared,
  sharedMissing,
  syntheaFiles,
  syntheaResources,
} from '../../../test/support/shared-data.ts';
import type { Resource } from '../context.ts';

const seed = Number(process.env.PORTICO_SEED ?? Date.now() % 1_000_000);
const cases = Number(process.env.PORTICO_CASES ?? 300);

let world: SearchWorld;

beforeAll(async () => {
  world = await searchWorld();
}, 120_000);

afterAll(() => world.close());

/** Asks the server and the naive judge the same, until they disagree. */
async function agree(resources: readonly Resource[], tenant: number): Promise<void> {
  const next = random(seed);
  const grant = grantOf({ tenant });
  const now = world.context.now();
  let found = 0;
  for (let at = 0; at < cases; at++) {
    const { type, query } = randomQuery(next, resources);
    const encoded = query
      .split('&')
      .map((part) => part.split('=').map(encodeURIComponent))
      .map(([name = '', ...value]) => `${name.replaceAll('%3A', ':')}=${value.join('%3D')}`)
      .join('&');
    const sort = randomSort(next, type);
    const page = await world.ask(`${type}?${encoded}&_count=1000${sort}`, grant);
    const { groups } = naiveSearch(resources, type, `${query}${sort}`, now);
    const expected = sort === '' ? groups.flat().sort() : groups.map((group) => group.sort().join(' '));
    const got = 'found' in page ? page.found.map(({ id }) => id) : [page.issues[0]?.diagnostics];
    const ordered = sort === '' ? got.sort() : groups.map(({ length }) => got.splice(0, length).sort().join(' '));
    expect(ordered, `${type}?${query}${sort} (seed ${seed}, case ${at})`).toEqual(expected);
    expect(sort === '' ? 0 : got.length, `${type}?${query}${sort} (seed ${seed}, case ${at})`).toBe(0);
    if (expected.length > 0) found++;
  }
  // The judge and the server would agree about anything that finds nothing.
  expect(found).toBeGreaterThan(cases / 3);
}

test(`${cases} random searches of our own records find what a reading of the specification finds (seed ${seed})`, async () => {
  await world.store(ours, 3);
  await agree(ours, 3);
}, 120_000);

test.skipIf(shared === null)(
  `${cases} random searches of real records and HL7's examples find what a reading of the specification finds (seed ${seed})`,
  async () => {
    const resources = new Map<string, Resource>();
    const sizes = syntheaFiles().slice(3, 5);
    for (const file of sizes) for (const one of syntheaResources(file, new Map())) add(resources, one);
    for (const one of r4Examples()) add(resources, one);
    const list = [...resources.values()];
    await world.store(list, 4);
    await agree(list, 4);
  },
  300_000,
);

if (shared === null) console.warn(`Search: ${sharedMissing}`);

/**
 * Examples that cannot be stored are left out: those without a usable id, what the server alone writes, and the ones that are
 * too many of one type.
 */
function add(resources: Map<string, Resource>, one: Resource): void {
  const { resourceType, id } = one;
  if (typeof id !== 'string' || !/^[A-Za-z0-9.-]{1,64}$/.test(id) || resourceType === 'AuditEvent') return;
  const ofType = [...resources.keys()].filter((name) => name.startsWith(`${resourceType}/`)).length;
  if (ofType < 120) resources.set(`${resourceType}/${id}`, one);
}
