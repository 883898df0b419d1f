import type { Observation } from '@medplum/fhirtypes';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { grantOf, type SearchWorld, searchWorld } from '../../test/support/search-world.ts';
import type { Resource } from '../fhir/context.ts';
import { draft } from '../fhir/store/draft.ts';
import { createStore } from '../fhir/store/store.ts';
import { canonical } from './canonical.ts';
import { observationId } from './identity.ts';
import { observationOf } from './observation.ts';
import type { Reading, RecordKey } from './reading.ts';
import { storeReadings, type ToStore } from './store.ts';

let world: SearchWorld;
beforeAll(async () => {
  world = await searchWorld();
});
afterAll(() => world.close());

const noon = Date.UTC(2026, 0, 30, 12);
const source = 'app:a/watch';
let patients = 0;

/** A record of nobody yet, and how readings are sent into it. */
function record() {
  const patient = `p${++patients}`;
  const idOf = ({ measure, start, duration, components = {} }: Reading): string =>
    observationId({
      ...{ tenant: 1, patient, source, code: measure, start: start.at, duration },
      components: Object.keys(components),
    });
  const toStore = (reading: Reading): ToStore => {
    const { record: key, ...rest } = reading;
    const value = canonical(rest, Date.UTC(2026, 0, 31));
    if (!value.ok) throw new Error(value.issues[0]?.diagnostics);
    const observation = (): Observation =>
      observationOf(value.value, { patient: `Patient/${patient}`, device: 'Device/d', gateway: null });
    return {
      canonical: value.value,
      id: idOf(reading),
      source,
      sender: 'app:a',
      observation,
      ...(key ? { record: key } : {}),
    };
  };
  let clock = Date.UTC(2026, 0, 31);
  return {
    patient,
    idOf,
    /** `stored version` of each. */
    async send(...sent: (Reading | { deleted: RecordKey })[]): Promise<string[]> {
      clock += 1000;
      const batch = sent.map((one): ToStore => ('deleted' in one ? { ...one, source: 'app:a' } : toStore(one)));
      const became = await storeReadings(world.context, 1, patient, batch, new Date(clock));
      return became.map(({ stored, version }) => `${stored} ${version}`);
    },
    /** Everything in both tiers, with every version. */
    async snapshot(): Promise<string[]> {
      const rows = await world.database.query(
        `select content from observation where tenant = $1 and patient = $2
         union all select content from sample_observation_history where tenant = $1 and patient = $2
         union all select content from resource_history where tenant = $1 and patient = $2 and type = 96`,
        [1, patient],
      );
      return rows.map(([content]) => String(content)).sort();
    },
    /** What holds: `time value`, of what is not in error. */
    async holds(): Promise<string[]> {
      const rows = await world.database.query('select content from observation where tenant = $1 and patient = $2', [
        1,
        patient,
      ]);
      return rows
        .map(([content]) => JSON.parse(String(content)) as Observation) // as stored
        .filter(({ status }) => status !== 'entered-in-error')
        .map(said)
        .sort();
    },
  };
}

const said = (one: Observation): string =>
  [
    (Date.parse(one.effectiveDateTime ?? one.effectivePeriod?.start ?? '') - noon) / 1000,
    one.valueQuantity?.value ?? one.component?.map(({ valueQuantity }) => valueQuantity?.value).join('/'),
    ...(one.note ?? []).map(({ text }) => text),
  ].join(' ');

const heartRate = (seconds: number, value: number, more: Partial<Reading> = {}): Reading => ({
  kind: 'reading',
  path: '',
  measure: 'heart-rate',
  start: { at: noon + seconds * 1000, zone: 0 },
  duration: 0,
  value: { value, unit: '/min' },
  ...more,
});

const pressure = (seconds: number, systolic: number, more: Partial<Reading> = {}): Reading => ({
  ...heartRate(seconds, 0, more),
  measure: 'blood-pressure',
  value: null,
  components: {
    'systolic-blood-pressure': { value: systolic, unit: 'mm[Hg]' },
    'diastolic-blood-pressure': { value: 70, unit: 'mm[Hg]' },
  },
});

const noted = (seconds: number, value: number, more: Partial<Reading> = {}): Reading =>
  heartRate(seconds, value, { ...more, more: { note: [{ text: 'after a walk' }] } });

const shapes = [heartRate, pressure, noted] as const;

test.each([
  ['a sample', heartRate],
  ['a resource', pressure],
  ['a resource of a measure that has samples', noted],
])('%s that comes again changes nothing; with another value it is its next version', async (_, shape) => {
  const { send, snapshot, holds } = record();
  expect(await send(shape(0, 60), shape(1, 61))).toEqual(['created 1', 'created 1']);
  const before = await snapshot();
  expect(await send(shape(1, 61), shape(0, 60))).toEqual(['known 1', 'known 1']);
  expect(await snapshot()).toEqual(before);
  expect(await send(shape(0, 62))).toEqual(['amended 2']);
  expect((await holds())[0]).toContain('0 62');
  expect(JSON.parse((await snapshot()).find((one) => one.includes('"value":62')) ?? '{}')).toMatchObject({
    status: 'amended',
  });
});

test.each(shapes.map((shape) => [shape.name, shape] as const))(
  'of a record (%s) the latest version holds, whichever came first, and its time may be another',
  async (_, shape) => {
    const { send, holds, idOf } = record();
    const of = (version: string): Partial<Reading> => ({ record: { id: 'r', version } });
    expect(await send(shape(0, 60, of('1')))).toEqual(['created 1']);
    expect(await send(shape(5, 61, of('3')))).toEqual(['created 1']);
    expect((await holds()).join()).toMatch(/^5 61/);
    expect(await send(shape(9, 62, of('2')))).toEqual(['known 1']);
    expect((await holds()).join()).toMatch(/^5 61/);
    const [row] = await world.database.query('select content from observation where tenant = $1 and id = $2', [
      1,
      idOf(shape(0, 60)),
    ]);
    expect(JSON.parse(String(row?.[0]))).toMatchObject({ status: 'entered-in-error', meta: { versionId: '2' } });
  },
);

test.each(shapes.map((shape) => [shape.name, shape] as const))(
  'what its sender deletes (%s) is entered in error, also before it comes',
  async (_, shape) => {
    const { send, holds, snapshot } = record();
    const key = (id: string): RecordKey => ({ id, version: null });
    await send(shape(0, 60, { record: key('a') }), shape(1, 60));
    expect(await send({ deleted: key('a') })).toEqual(['error 2']);
    expect(await send({ deleted: key('b') })).toEqual(['known 0']);
    expect(await send(shape(2, 61, { record: key('b') }))).toEqual(['error 1']);
    expect(await holds()).toHaveLength(1);
    const before = await snapshot();
    expect(await send(shape(0, 60, { record: key('a') }), { deleted: key('a') })).toEqual(['known 2', 'known 2']);
    expect(await snapshot()).toEqual(before);
  },
);

test('a record of many parts is deleted whole, or a part of it', async () => {
  const { send, holds } = record();
  const part = (name: string): Partial<Reading> => ({ record: { id: 'group', version: '1', part: name } });
  await send(heartRate(0, 60, part('a')), heartRate(1, 61, part('b')), pressure(2, 120, part('c')));
  await send({ deleted: { id: 'group', version: null, part: 'a' } });
  expect(await holds()).toEqual(['1 61', '2 120/70']);
  await send({ deleted: { id: 'group', version: null } });
  expect(await holds()).toEqual([]);
  expect(await send(heartRate(3, 63, part('d')))).toEqual(['error 1']);
});

test('a record whose readings have no names of their own is kept whole, and replaced where its times are others', async () => {
  const { send, holds, snapshot } = record();
  const of: Partial<Reading> = { record: { id: 'night', version: null } };
  await send(heartRate(0, 60, of), heartRate(60, 61, of), pressure(0, 110, of));
  const before = await snapshot();
  await send(pressure(0, 110, of), heartRate(60, 61, of));
  expect(await snapshot()).toEqual(before);
  await send(heartRate(60, 61, of), heartRate(1, 60, of));
  expect(await holds()).toEqual(['0 110/70', '1 60', '60 61']);
});

test('a record that is written again after it was deleted, in a later version, holds', async () => {
  const { send, holds } = record();
  const of = (version: string): Partial<Reading> => ({ record: { id: 'r', version } });
  await send(heartRate(0, 60, of('1')), { deleted: { id: 'r', version: '2' } });
  expect(await holds()).toEqual([]);
  expect(await send(heartRate(0, 61, of('3')))).toEqual(['amended 2']);
  expect(await send({ deleted: { id: 'r', version: '2' } })).toEqual(['known 2']);
  expect(await holds()).toEqual(['0 61']);
});

test('times of versions are compared as times', async () => {
  const { send, holds } = record();
  await send(heartRate(0, 60, { record: { id: 'r', version: '2026-01-30T12:00:00+02:00' } }));
  await send(heartRate(0, 61, { record: { id: 'r', version: '2026-01-30T11:00:00Z' } }));
  await send(heartRate(0, 62, { record: { id: 'r', version: '2026-01-30T10:30:00.000Z' } }));
  expect(await holds()).toEqual(['0 61']);
});

test.each([
  ['a sample', heartRate],
  ['a resource', pressure],
])('%s that was changed here is changed by its sender no more', async (_, shape) => {
  const { send, holds, idOf, patient } = record();
  await send(shape(0, 60));
  const id = idOf(shape(0, 60));
  const changed: Resource = { resourceType: 'Observation', status: 'final', code: { text: 'mine' }, id };
  const resource: Resource = {
    ...changed,
    subject: { reference: `Patient/${patient}` },
    effectiveDateTime: new Date(noon).toISOString(),
    valueQuantity: { value: 1 },
  };
  const one = draft(world.context, 1, { text: JSON.stringify(resource), resource }, id, new Date());
  expect(await createStore(world.database).update(grantOf(), one, null)).toMatchObject({
    ok: true,
    value: { version: 2 },
  });
  expect(await send(shape(0, 99))).toEqual(['moved 2']);
  expect(await send(shape(0, 60))).toEqual(['moved 2']);
  expect(await holds()).toEqual(['0 1']);
});

test('a sample of which its sender says more becomes a resource, in the next version', async () => {
  const { send, holds } = record();
  await send(heartRate(0, 60));
  expect(await send(noted(0, 60))).toEqual(['amended 2']);
  expect(await send(noted(0, 60))).toEqual(['known 2']);
  expect(await send(noted(0, 61), noted(1, 61))).toEqual(['amended 3', 'created 1']);
  expect(await holds()).toEqual(['0 61 after a walk', '1 61 after a walk']);
});

test('what is sent many times at once is stored once', async () => {
  const { send, snapshot } = record();
  const all = Array.from({ length: 60 }, (_, at) => (shapes[at % 3] ?? heartRate)(at, 60 + at));
  await Promise.all([send(...all), send(...[...all].reverse()), send(...all.slice(20)), send(...all)]);
  expect(await snapshot()).toHaveLength(60);
});

test('readings are stored in the transaction that is given, or not at all', async () => {
  const { holds, patient, idOf } = record();
  const reading = heartRate(0, 60);
  const value = canonical(reading, noon);
  if (!value.ok) throw new Error('not canonical');
  const observation = () => observationOf(value.value, { patient: `Patient/${patient}`, device: null, gateway: null });
  const one: ToStore = { canonical: value.value, id: idOf(reading), source, observation };
  const failing = world.database.transaction(async (tx) => {
    await storeReadings(world.context, 1, patient, [one], new Date(), tx);
    throw new Error('not this time');
  });
  await expect(failing).rejects.toThrow('not this time');
  expect(await holds()).toEqual([]);
});

/** What a sender has: readings that it only names by what they are, and records that it changed and deleted. */
const histories = fc.record({
  plain: fc.uniqueArray(fc.nat(20), { maxLength: 6 }),
  records: fc.array(
    fc.record({
      shape: fc.nat(2),
      versions: fc.array(fc.record({ move: fc.boolean(), value: fc.integer({ min: 80, max: 120 }) }), {
        minLength: 1,
        maxLength: 3,
      }),
      deleted: fc.boolean(),
    }),
    { maxLength: 4 },
  ),
});

type Sent = Reading | { deleted: RecordKey };

/** Everything that is ever sent, and what holds in the end. */
function told({ plain, records }: typeof histories extends fc.Arbitrary<infer T> ? T : never) {
  const sent: Sent[] = plain.map((at) => (shapes[at % 3] ?? heartRate)(at, 60 + at));
  let holds: Reading[] = sent.filter((one): one is Reading => !('deleted' in one));
  for (const [at, { shape: which, versions, deleted }] of records.entries()) {
    const shape = shapes[which] ?? heartRate;
    const all = versions.map(({ move, value }, version) =>
      shape(100 * (at + 1) + (move ? version : 0), value, { record: { id: `r${at}`, version: String(version + 1) } }),
    );
    sent.push(...all);
    if (deleted) sent.push({ deleted: { id: `r${at}`, version: null } });
    else holds = [...holds, ...all.slice(-1)];
  }
  const observations = holds.map((one) => {
    const value = canonical(one, Date.UTC(2026, 0, 31));
    if (!value.ok) throw new Error('not canonical');
    return said(observationOf(value.value, { patient: 'Patient/p', device: null, gateway: null }));
  });
  return { sent, holds: observations.sort() };
}

test('in whichever order and how often anything is sent, the same holds; and then nothing changes any more', async () => {
  await fc.assert(
    fc.asyncProperty(
      histories,
      fc.array(fc.record({ at: fc.nat(), size: fc.integer({ min: 1, max: 7 }) }), { minLength: 1, maxLength: 12 }),
      fc.infiniteStream(fc.nat()),
      async (history, again, random) => {
        const { sent, holds: expected } = told(history);
        const { send, holds, snapshot } = record();
        const next = (below: number): number => Number(random.next().value) % Math.max(below, 1);
        const batches = async (all: readonly Sent[]): Promise<void> => {
          const left = [...all];
          while (left.length > 0) await send(...left.splice(0, 1 + next(5)));
        };
        const shuffled = (all: readonly Sent[]): Sent[] =>
          all
            .map((one) => ({ one, by: next(1e9) }))
            .sort((a, b) => a.by - b.by)
            .map(({ one }) => one);
        const repeated =
          sent.length === 0 ? [] : again.map(({ at }) => sent[at % sent.length] ?? sent[0]).flatMap((one) => one ?? []);
        await batches(shuffled([...sent, ...repeated]));
        expect(await holds()).toEqual(expected);
        const before = await snapshot();
        await batches(shuffled([...repeated, ...sent]));
        expect(await snapshot()).toEqual(before);
      },
    ),
    { numRuns: 60 },
  );
}, 120_000);
