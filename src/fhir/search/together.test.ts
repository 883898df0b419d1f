import { afterAll, beforeAll, expect, test } from 'vitest';

import { resources } from '../../../test/support/search-resources.ts';
import { type SearchWorld, searchWorld } from '../../../test/support/search-world.ts';

let world: SearchWorld;

beforeAll(async () => {
  world = await searchWorld();
  await world.store(resources);
});

afterAll(() => world.close());

test('searches that come at once each get their own rows, in their own order, and as many as they asked for', async () => {
  const queries = [
    'Observation?patient=p1',
    'Observation?patient=p2',
    'Observation?patient=nobody',
    'Observation?patient=p1&code=8867-4',
    'Observation?patient=p2&code=85354-9',
    'Observation?patient=p1&_count=1',
    'Observation?patient=p1&_sort=date',
    'Observation?_id=hr1',
    'Observation?_id=bp,hr2',
    'Patient?_id=p2',
  ];
  const alone: string[][] = [];
  for (const query of queries) alone.push(await world.find(query));
  expect(alone[0]?.length).toBeGreaterThan(1);
  const asked = Array.from({ length: 200 }, (_, at) => at % queries.length);
  const found = await Promise.all(asked.map((at) => world.find(queries[at] ?? '')));
  for (const [at, rows] of found.entries()) expect(rows).toEqual(alone[asked[at] ?? 0]);
});

test('a value that cannot stand in a list is asked for by itself', async () => {
  const queries = ['Observation?patient=p1', 'Observation?patient=p2', 'Observation?patient=a%1eb'];
  const found = await Promise.all([...queries, ...queries].map((query) => world.find(query).catch(() => null)));
  expect(found[3]).toEqual(found[0]);
  expect(found[0]?.length).toBeGreaterThan(1);
});
