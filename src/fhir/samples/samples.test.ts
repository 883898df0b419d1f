import { join } from 'node:path';
import type { Observation } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { type SearchWorld, searchWorld } from '../../../test/support/search-world.ts';
import { observationId } from '../../devices/identity.ts';
import type { Resource, Validate } from '../context.ts';
import { loadDefinitions } from '../definitions/load.ts';
import { createValidator } from '../validate/validator.ts';
import { markSamples } from './mark.ts';
import type { Sample } from './sample.ts';
import { seriesFor } from './series.ts';
import { writeSamples } from './write.ts';

const cacheFolder = join(import.meta.dirname, '../../../node_modules/.cache/portico');
let world: SearchWorld;
let validate: Validate;

beforeAll(async () => {
  world = await searchWorld();
  validate = await createValidator(loadDefinitions({ cache: cacheFolder }), { cacheFolder });
});
afterAll(() => world.close());

type Unit = { unit: string; code: string };
const beats: Unit = { unit: 'beats/minute', code: '/min' };

const templateOf = (patient: string, loinc: string, { unit, code }: Unit, labelled = false): Observation => ({
  resourceType: 'Observation',
  meta: {
    profile: ['http://hl7.org/fhir/StructureDefinition/vitalsigns'],
    ...(labelled
      ? {
          security: [
            { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'REPRO', userSelected: false },
          ],
        }
      : {}),
  },
  status: 'final',
  category: [
    { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' }] },
  ],
  code: {
    coding: [
      { system: 'http://loinc.org', code: loinc, display: 'A “rate” \\ of "hearts"' },
      { system: 'urn:iso:std:iso:11073:10101', code: '147842' },
    ],
  },
  subject: { reference: `Patient/${patient}` },
  effectiveDateTime: '2026-01-01T00:00:00Z',
  device: { reference: 'Device/watch' },
  valueQuantity: { value: 1, unit, system: 'http://unitsofmeasure.org', code },
});

async function seriesOf(patient: string, measure: string, template: Observation): Promise<number> {
  const of = { patient, source: 'app:a/watch', measure };
  return (await seriesFor(world.context, world.database, 1, of, () => template)).id;
}

const sampleAt = (series: number, start: number, value: number, more: Partial<Sample> = {}): Sample => {
  const duration = more.duration ?? 0;
  const id = observationId({ tenant: 1, patient: `${series}`, source: '', code: '', start, duration, components: [] });
  return { series, id, start, duration: 0, zone: 0, value, ...more };
};

const write = (samples: readonly Sample[], received = new Date('2026-02-01T00:00:00.120Z')) =>
  world.database.transaction((tx) => writeSamples(tx, 1, samples, received));

const becameOf = async (samples: readonly Sample[]): Promise<string[]> =>
  (await write(samples)).map(({ stored, version }) => `${stored} ${version}`);

const noon = Date.UTC(2026, 0, 31, 12);

type Columns = { code: number; start: number; end: number; quantity: number; base: number; labels: number };
type ViewRow = { content: Observation; columns: Columns; present: number[]; keys: number[]; patient: string };

async function viewed(series: number): Promise<ViewRow[]> {
  const rows = await world.database.query(
    `select content, patient, code::float8, date_start, date_end, quantity, quantity_base, labels::float8,
       array_to_json(present)::text, array_to_json(keys)::text
     from sample_observation where tenant = $1 and series = $2 order by date_start, date_end`,
    [1, series],
  );
  return rows.map((row) => {
    const [content, patient, code, start, end, quantity, base, labels, present, keys] = row as [
      ...[string, string, number, Date, Date, number, number, number, string, string],
    ];
    const columns = { code, start: start.getTime(), end: end.getTime(), quantity, base, labels };
    return { content: JSON.parse(content), patient, columns, present: JSON.parse(present), keys: JSON.parse(keys) };
  });
}

test.each([
  ['heart rates', '8867-4', beats, [60, 72, 99, 187.5], false],
  ['temperatures', '8310-5', { unit: '°C', code: 'Cel' }, [36.6, 37, 41.25], false],
  ['temperatures in Fahrenheit', '8310-5', { unit: '°F', code: '[degF]' }, [98.6, 100.4], false],
  ['glucose', '2339-0', { unit: 'mg/dL', code: 'mg/dL' }, [5.4, 98, 1e-7, 0, 123456.789], false],
  ['steps', '55423-8', { unit: 'steps', code: '{steps}' }, [0, 12, 1e15], true],
] as const)(
  '%s of the narrow tier are Observations, and indexed as such',
  async (name, loinc, unit, values, labelled) => {
    const patient = name.replaceAll(' ', '-');
    const series = await seriesOf(patient, name, templateOf(patient, loinc, unit, labelled));
    const samples = values.map((value, at) =>
      sampleAt(series, noon + at * 1001, value, {
        duration: at % 2 === 0 ? 0 : 59_999,
        zone: [0, 330, -210][at % 3] ?? 0,
      }),
    );
    await write(samples);
    await write([
      sampleAt(series, noon, values[0] + 1),
      sampleAt(series, noon + 1001, values[1], { duration: 59_999, error: true }),
    ]);
    const rows = await viewed(series);
    expect(rows.map(({ content }) => content.status).slice(0, 2)).toEqual(['amended', 'entered-in-error']);
    expect(rows.length).toBe(values.length);
    for (const { content, columns, present, keys, patient: whose } of rows) {
      expect(validate(content).filter(({ severity }) => severity === 'error')).toEqual([]);
      const row = world.context.index(1, content as unknown as Resource); // what was just checked is a resource
      expect({ ...columns, whose }).toEqual({
        code: row.code,
        start: row.dateStart,
        end: row.dateEnd,
        quantity: row.quantity,
        base: row.quantityBase,
        labels: row.labels,
        whose: row.patient,
      });
      expect(row.patients).toBeNull();
      expect([...present].sort()).toEqual([...row.present].sort());
      expect([...keys].sort()).toEqual([...row.keys].sort());
    }
  },
);

test('a sample says its time on the clock of its device, to the millisecond', async () => {
  const series = await seriesOf('clock', 'heart-rate', templateOf('clock', '8867-4', beats));
  await write([
    sampleAt(series, noon + 7, 60, { zone: 345 }),
    sampleAt(series, noon + 1000, 60, { zone: -90, duration: 1500 }),
  ]);
  const [instant, interval] = await viewed(series);
  expect(instant?.content.effectiveDateTime).toBe('2026-01-31T17:45:00.007+05:45');
  expect(interval?.content.effectivePeriod).toEqual({
    start: '2026-01-31T10:30:01.000-01:30',
    end: '2026-01-31T10:30:02.500-01:30',
  });
  expect(instant?.content.meta).toEqual({
    versionId: '1',
    lastUpdated: '2026-02-01T00:00:00.120Z',
    profile: ['http://hl7.org/fhir/StructureDefinition/vitalsigns'],
  });
});

test('a sample that comes again changes nothing; with another value it is its next version', async () => {
  const series = await seriesOf('again', 'heart-rate', templateOf('again', '8867-4', beats));
  const [one, other] = [sampleAt(series, noon, 60), sampleAt(series, noon + 1, 61)];
  expect(await becameOf([other, one, other])).toEqual(['created 1', 'created 1', 'created 1']);
  expect(await becameOf([one, other])).toEqual(['known 1', 'known 1']);
  expect(await becameOf([one, { ...other, value: 62 }, { ...other, value: 63 }])).toEqual([
    'known 1',
    'amended 2',
    'amended 2',
  ]);
  const past = await world.database.query(
    'select content from sample_observation_history where tenant = $1 and id = $2',
    [1, other.id],
  );
  expect(past.map(([content]) => (JSON.parse(String(content)) as Observation).valueQuantity?.value)).toEqual([61]);
});

test('samples that writers send at once in opposite orders are all there, each once', async () => {
  const series = await seriesOf('at-once', 'heart-rate', templateOf('at-once', '8867-4', beats));
  const samples = Array.from({ length: 300 }, (_, at) => sampleAt(series, noon + at * 1000, 60 + (at % 40)));
  await Promise.all([write(samples), write([...samples].reverse()), write(samples.slice(100)), write(samples)]);
  expect((await viewed(series)).map(({ content }) => content.meta?.versionId)).toEqual(samples.map(() => '1'));
});

test('a sample that was taken back is entered in error, once', async () => {
  const series = await seriesOf('taken-back', 'heart-rate', templateOf('taken-back', '8867-4', beats));
  const one = sampleAt(series, noon, 60);
  await write([one]);
  const mark = () => world.database.transaction((tx) => markSamples(tx, 1, [one.id], new Date()));
  expect(await mark()).toEqual([{ id: one.id, version: 2 }]);
  expect(await mark()).toEqual([]);
  expect((await viewed(series)).map(({ content }) => content.status)).toEqual(['entered-in-error']);
});

test('what has become a resource of its own is left alone', async () => {
  const series = await seriesOf('moved', 'heart-rate', templateOf('moved', '8867-4', beats));
  const one = sampleAt(series, noon, 60);
  await write([one]);
  await world.database.query('update sample set status = 9 where tenant = $1 and id = $2', [1, one.id]);
  expect(await becameOf([{ ...one, value: 99 }])).toEqual(['moved 1']);
  expect(await viewed(series)).toEqual([]);
});

test('the hours that something new came into are to be rolled up, and no others', async () => {
  const series = await seriesOf('hours', 'steps', templateOf('hours', '55423-8', { unit: 'steps', code: '{steps}' }));
  const due = async (): Promise<string[]> =>
    (
      await world.database.query('delete from rollup_due where tenant = $1 and patient = $2 returning hour', [
        1,
        'hours',
      ])
    ).map(([hour]) => (hour as Date).toISOString().slice(11, 16)); // a timestamptz
  const one = sampleAt(series, noon - 60_000, 10, { duration: 3_660_000 });
  await write([one, sampleAt(series, noon - 1000, 3)]);
  expect((await due()).sort()).toEqual(['11:00', '12:00']);
  await write([one]);
  expect(await due()).toEqual([]);
  await write([{ ...one, value: 11 }]);
  expect((await due()).sort()).toEqual(['11:00', '12:00']);
});

test('a series is made once, however many ask for it at once', async () => {
  const of = { patient: 'once', source: 'app:a', measure: 'heart-rate' };
  const ask = () => seriesFor(world.context, world.database, 1, of, () => templateOf('once', '8867-4', beats));
  const all = await Promise.all(Array.from({ length: 8 }, ask));
  expect(new Set(all.map(({ id }) => id)).size).toBe(1);
  expect(JSON.parse(all[0]?.content ?? '')).toMatchObject({ subject: { reference: 'Patient/once' }, status: 'final' });
});

test('a series is of one record', async () => {
  const of = { patient: 'a', source: 'app:a', measure: 'heart-rate' };
  await expect(seriesFor(world.context, world.database, 1, of, () => templateOf('b', '8867-4', beats))).rejects.toThrow(
    'in one record',
  );
});
