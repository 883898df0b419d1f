import { afterAll, beforeAll, expect, inject, test } from 'vitest';

import { createDatabase, type TestDatabase } from '../../test/support/postgres.ts';
import { connect } from '../db/connect.ts';
import type { Database } from '../db/database.ts';
import { loadDefinitions } from '../fhir/definitions/load.ts';
import { typeNumber } from '../fhir/resources.ts';
import { createIndexer } from '../fhir/search/keys.ts';
import { demoWorld } from './demo-world.ts';
import { seedDemo } from './seed.ts';

const origin = 'http://127.0.0.1:8103';
const now = Date.UTC(2026, 2, 4, 12);

let own: TestDatabase;
let database: Database;
let seed: () => Promise<number>;
let written: number;
let took: number;

beforeAll(async () => {
  own = await createDatabase(inject('postgres'));
  database = await connect(own.target);
  const index = createIndexer(loadDefinitions());
  seed = () => seedDemo({ database, index, now: () => now }, origin);
  const begun = performance.now();
  // Two processes that start together.
  const [one, two] = await Promise.all([seed(), seed()]);
  took = performance.now() - begun;
  written = one + two;
}, 120_000);

afterAll(async () => {
  await database?.close();
  await own?.drop();
});

const count = async (): Promise<unknown> => (await database.query('select count(*)::int from resource'))[0]?.[0];

test('the world is written once, whole, when two servers start together', async () => {
  const expected = demoWorld({ today: '2026-03-04', origin }).length;
  expect(written).toBe(expected);
  expect(await count()).toBe(expected);
});

test('the world is written in 5 seconds', () => {
  // Twice at once here, so this is the worse case.
  expect(took).toBeLessThan(5000);
});

test('a second start writes nothing, even when a visitor has deleted the carrier', async () => {
  expect(await seed()).toBe(0);
  const carrier = [1, typeNumber('Organization'), 'meadowlark-health'];
  await database.query(
    `insert into resource_history (tenant, type, id, version, last_updated, deleted, present, keys, content)
    values ($1, $2, $3, 2, now(), true, '{}', '{}', '')`,
    carrier,
  );
  await database.query('delete from resource where tenant = $1 and type = $2 and id = $3', carrier);
  const before = await count();
  expect(await seed()).toBe(0);
  expect(await count()).toBe(before);
});

test('a reading is in the compartment of its patient and carries its version', async () => {
  const [row] = await database.query('select patient, content from resource where type = $1 and id = $2', [
    typeNumber('Observation'),
    'amara-osei-steps-d01',
  ]);
  expect(row?.[0]).toBe('amara-osei');
  expect(JSON.parse(String(row?.[1])).meta).toEqual({ versionId: '1', lastUpdated: new Date(now).toISOString() });
});
