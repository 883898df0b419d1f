import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { callerOf } from '../../../test/support/caller.ts';
import { connect } from '../../db/connect.ts';
import type { Database } from '../../db/database.ts';
import { type Embedded, startEmbedded } from '../../db/embedded.ts';
import { migrate } from '../../db/migrate.ts';
import { everyRow, type Grant, type Interaction } from '../access.ts';
import type { ResourceRow } from '../search/row.ts';
import type { Draft } from './draft.ts';
import { splitText } from './draft.ts';
import { createStore, type Store } from './store.ts';
import { uuid7 } from './uuid.ts';

let folder: string;
let embedded: Embedded;
let database: Database;
let store: Store;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'portico-store-'));
  embedded = await startEmbedded({ folder, settings: { fsync: 'off' } });
  await migrate(embedded.target, 'migrations');
  database = await connect(embedded.target);
  store = createStore(database);
});

afterAll(async () => {
  await database.close();
  await embedded.stop();
  rmSync(folder, { recursive: true, force: true });
});

const every: ReadonlySet<Interaction> = new Set(['c', 'r', 'u', 'd', 's']);

function grantOf(patients: 'all' | string[]): Grant {
  const types = new Map(['Patient', 'Observation', 'Basic'].map((type) => [type, [{ ...everyRow(every), patients }]]));
  return { tenant: 1, caller: callerOf(), types, denials: new Map(), forbiddenLabels: 0, basis: [], hash: 'test' };
}

const all = grantOf('all');

const emptyRow: ResourceRow = {
  patient: null,
  patients: null,
  labels: 0,
  code: null,
  dateStart: null,
  dateEnd: null,
  quantity: null,
  quantityBase: null,
  present: [],
  keys: [],
  texts: [],
  strings: [],
  dates: [],
  numbers: [],
  positions: [],
};

function draftOf(id: string, patient: string | null, value = 'x', row: Partial<ResourceRow> = {}): Draft {
  const lastUpdated = new Date();
  const text = `{"resourceType":"Basic","meta":{"versionId":"9","tag":[{"code":"t"}]},"value":1.00,"note":"${value}"}`;
  const parsed = { text, resource: JSON.parse(text) };
  const one = { ...emptyRow, patient, ...row };
  return { tenant: 1, type: 'Basic', id, ...splitText(parsed, id, lastUpdated), lastUpdated, row: one };
}

const sides = async (id: string): Promise<string[]> =>
  (await database.query('select value from resource_string where id = $1 order by 1', [id])).map(
    ([value]) => `${value}`,
  );

test('what is created is read back as it was written, with its id and version in front', async () => {
  const id = uuid7(Date.now());
  const one = draftOf(id, 'p');
  expect(await store.create(all, [one])).toMatchObject({ ok: true, value: [{ version: 1, created: true }] });
  const found = await store.read(all, 'Basic', id);
  expect(found).toMatchObject({ ok: true, value: { version: 1, patient: 'p' } });
  if (!found.ok) return;
  expect(found.value.content).toBe(
    `{"resourceType":"Basic","id":"${id}","meta":{"versionId":"1","lastUpdated":"${one.lastUpdated.toISOString()}","tag":[{"code":"t"}]},"value":1.00,"note":"x"}`,
  );
});

test('an update makes the next version, keeps the one before and replaces the side rows', async () => {
  const strings = (value: string) => ({ strings: [{ param: 1, companion: 0, value }] });
  const first = await store.update(all, draftOf('u1', null, 'a', strings('one')), null);
  expect(first).toMatchObject({ ok: true, value: { version: 1, created: true } });
  const second = await store.update(all, draftOf('u1', null, 'b', strings('two')), null);
  expect(second).toMatchObject({ ok: true, value: { version: 2, created: false } });
  expect(await sides('u1')).toEqual(['two']);
  const old = await store.vread(all, 'Basic', 'u1', 1);
  expect(old.ok && JSON.parse(old.value.content)).toMatchObject({ meta: { versionId: '1' }, note: 'a' });
  const now = await store.vread(all, 'Basic', 'u1', 2);
  expect(now.ok && JSON.parse(now.value.content)).toMatchObject({ meta: { versionId: '2' }, note: 'b' });
});

test('If-Match of another version is refused with the current one', async () => {
  await store.update(all, draftOf('m1', null), null);
  expect(await store.update(all, draftOf('m1', null), 7)).toMatchObject({
    ok: false,
    status: 412,
    issues: [{ diagnostics: expect.stringContaining('version is 1') }],
  });
  expect(await store.update(all, draftOf('m1', null), 1)).toMatchObject({ ok: true, value: { version: 2 } });
  expect(await store.update(all, draftOf('m2', null), 3)).toMatchObject({ ok: false, status: 412 });
});

test('a deleted resource is gone, its versions are not, and its id goes on counting', async () => {
  await store.update(all, draftOf('d1', 'p'), null);
  const removal = { tenant: 1, type: 'Basic', id: 'd1', lastUpdated: new Date(), expected: null };
  expect(await store.remove(all, removal)).toEqual({ ok: true, value: { version: 2 } });
  expect(await store.read(all, 'Basic', 'd1')).toMatchObject({ ok: false, status: 410 });
  expect(await store.vread(all, 'Basic', 'd1', 1)).toMatchObject({ ok: true });
  expect(await store.vread(all, 'Basic', 'd1', 2)).toMatchObject({ ok: false, status: 410 });
  expect(await store.remove(all, removal)).toEqual({ ok: true, value: null });
  expect(await store.update(all, draftOf('d1', 'p'), null)).toMatchObject({
    ok: true,
    value: { version: 3, created: true },
  });
});

test("another patient's row is answered as one that never was", async () => {
  const own = grantOf(['p1']);
  await store.update(all, draftOf('h1', 'p2'), null);
  await store.update(all, draftOf('h2', 'p1'), null);
  await store.update(all, draftOf('h3', null, 'x', { patients: ['p2', 'p1'] }), null);
  expect(await store.read(own, 'Basic', 'h2')).toMatchObject({ ok: true });
  expect(await store.read(own, 'Basic', 'h3')).toMatchObject({ ok: true });
  const hidden = await store.read(own, 'Basic', 'h1');
  const never = await store.read(own, 'Basic', 'n1');
  expect(JSON.stringify(hidden).replaceAll('h1', 'n1')).toBe(JSON.stringify(never));
  expect(await store.vread(own, 'Basic', 'h1', 1)).toEqual(hidden);
  expect(await store.update(own, draftOf('h1', 'p1'), null)).toEqual(hidden);
  expect(await store.update(own, draftOf('h1', 'p2'), null)).toMatchObject({ ok: false, status: 403 });
  expect(
    await store.remove(own, { tenant: 1, type: 'Basic', id: 'h1', lastUpdated: new Date(), expected: null }),
  ).toEqual({
    ok: true,
    value: null,
  });
  expect(await store.read(all, 'Basic', 'h1')).toMatchObject({ ok: true, value: { version: 1 } });
  await store.remove(all, { tenant: 1, type: 'Basic', id: 'h1', lastUpdated: new Date(), expected: null });
  expect(await store.read(own, 'Basic', 'h1')).toEqual(hidden);
  const other = { ...all, tenant: 2 };
  expect(await store.read(other, 'Basic', 'h2')).toMatchObject({ ok: false, status: 404 });
});

test('every one of many concurrent updates of one resource becomes a version', async () => {
  // Two stores stand for two processes: they share nothing but the database.
  const second = createStore(database);
  const stores = [store, second];
  const value = (n: number) => ({ strings: [{ param: 1, companion: 0, value: `v${n}` }] });
  const outcomes = await Promise.all(
    Array.from({ length: 60 }, (_, n) => stores[n % 2]?.update(all, draftOf('c1', null, `${n}`, value(n)), null)),
  );
  const versions = outcomes.flatMap((one) => (one?.ok ? [one.value.version] : []));
  expect(versions.sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, n) => n + 1));
  const found = await store.read(all, 'Basic', 'c1');
  expect(found.ok && (await sides('c1'))).toEqual([`v${found.ok && JSON.parse(found.value.content).note}`]);
});

test('many concurrent creates share few commits', async () => {
  const drafts = Array.from({ length: 300 }, () => draftOf(uuid7(Date.now()), null));
  const written = await Promise.all(drafts.map((one) => store.create(all, [one])));
  expect(written.every((one) => one.ok)).toBe(true);
  const reads = await Promise.all(drafts.map((one) => store.read(all, 'Basic', one.id)));
  expect(reads.every((one) => one.ok)).toBe(true);
  const ids = drafts.map((one) => one.id);
  const [row] = await database.query('select count(distinct xmin::text)::int from resource where id = any($1)', [ids]);
  expect(row?.[0]).toBeLessThan(10);
});
