import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { shared, sharedMissing } from '../../../test/support/shared-data.ts';
import { loadDefinitions } from '../../fhir/definitions/load.ts';
import { createValidator } from '../../fhir/validate/validator.ts';
import { canonical } from '../canonical.ts';
import { observationOf } from '../observation.ts';
import type { Item } from '../reading.ts';
import { readers } from './open-mhealth/body.ts';
import { check } from './open-mhealth/check.ts';
import { openMhealth } from './open-mhealth.ts';

const received = Date.UTC(2026, 0, 1);
const read = (payload: unknown): Item[] => [...openMhealth.read(payload, '', { received, zone: -300 })];

const point = (name: string, version: string, body: unknown, header: object = {}, namespace = 'omh'): unknown => ({
  header: {
    id: '123e4567-e89b-12d3-a456-426655440000',
    creation_date_time: '2025-02-05T07:25:00Z',
    schema_id: { namespace, name, version },
    acquisition_provenance: { source_name: 'RunKeeper', source_creation_date_time: '2025-02-05T02:25:00-05:00' },
    ...header,
  },
  body,
});

const at = { effective_time_frame: { date_time: '2025-02-05T07:25:00-05:00' } };
const span = (hours: number) => ({
  effective_time_frame: {
    time_interval: { start_date_time: '2025-02-05T00:00:00-05:00', duration: { value: hours, unit: 'h' } },
  },
});
const start = { at: Date.UTC(2025, 1, 5, 12, 25), zone: -300 };

/** Their interval ends years before it starts, which a schema does not see. */
const backwards = [
  'omh/body-temperature/4.0/shouldPass/valid-temperature-with-statistic.json',
  'omh/calories-burned/2.0/shouldPass/with-descriptive-statistic.json',
  'omh/sleep-duration/2.0/shouldPass/with-descriptive-statistic.json',
];

/** What is no reading of a device: medicines, which a prescription says and no sensor. */
const isOfMedicines = (name: string): boolean => /medication|intervention-administration-route/.test(name);

test('a data point is a reading of its measure, at the time that its device showed, under the name its sender has for it', () => {
  expect(read(point('heart-rate', '2.0', { heart_rate: { value: 62, unit: 'beats/min' }, ...at }))).toEqual([
    {
      kind: 'reading',
      path: 'body.heart_rate',
      measure: 'heart-rate',
      value: { value: 62, unit: 'beats/min' },
      start,
      duration: 0,
      device: { identity: 'RunKeeper', name: 'RunKeeper' },
      record: { id: '123e4567-e89b-12d3-a456-426655440000', version: null },
    },
  ]);
});

test.each([
  [
    'a heart rate at rest',
    'heart-rate',
    '2.0',
    { heart_rate: { value: 50, unit: 'beats/min' }, temporal_relationship_to_physical_activity: 'at rest', ...at },
    'resting-heart-rate',
  ],
  [
    'glucose of a meter',
    'blood-glucose',
    '4.0',
    { blood_glucose: { value: 95, unit: 'mg/dL' }, ...at },
    'blood-glucose-meter-mass',
  ],
  [
    'glucose of a sensor in mmol/L',
    'blood-glucose',
    '4.0',
    { blood_glucose: { value: 5.5, unit: 'mmol/L' }, specimen_source: 'interstitial fluid', ...at },
    'cgm-sensor-reading-molar',
  ],
  ['steps of an hour', 'step-count', '3.0', { step_count: { value: 900, unit: 'steps' }, ...span(1) }, 'steps'],
  ['steps of a day', 'step-count', '2.0', { step_count: 9000, ...span(24) }, 'steps-per-24-h'],
  [
    'energy of a day',
    'calories-burned',
    '2.0',
    { kcal_burned: { value: 2200, unit: 'kcal' }, ...span(24) },
    'calories-per-24-h',
  ],
  [
    'a temperature at the wrist',
    'body-temperature',
    '4.0',
    { body_temperature: { value: 34, unit: 'C' }, measurement_location: 'wrist', ...at },
    'wrist-skin-temperature',
  ],
  [
    'an exercise',
    'physical-activity',
    '1.2',
    { activity_name: 'swimming', distance: { value: 1, unit: 'km' }, met_value: 6, ...span(1) },
    'exercise-session-type',
  ],
  [
    'sleep',
    'sleep-episode',
    '1.1',
    { total_sleep_time: { value: 7.5, unit: 'h' }, number_of_awakenings: 2, is_main_sleep: true, ...span(8) },
    'sleep-duration',
  ],
])('%s is a reading of the measure that it is of, and can be stored', (_, name, version, body, measure) => {
  const [item] = read(point(name, version, body));
  expect(item).toMatchObject({ kind: 'reading', measure });
  if (item?.kind === 'reading') expect(canonical(item, received)).toMatchObject({ ok: true });
});

test('the highest of many heart rates is no heart rate, nor is a mean of days a number of steps', () => {
  const highest = { heart_rate: { value: 180, unit: 'beats/min' }, descriptive_statistic: 'maximum', ...span(24) };
  const perDay = {
    step_count: 8000,
    descriptive_statistic: 'average',
    descriptive_statistic_denominator: 'd',
    ...span(720),
  };
  expect(read(point('heart-rate', '2.0', highest))).toMatchObject([
    { kind: 'whole', resource: { code: { coding: [{ code: 'heart-rate-maximum' }] }, valueQuantity: { value: 180 } } },
  ]);
  expect(read(point('step-count', '2.0', perDay))).toMatchObject([
    { kind: 'whole', resource: { code: { coding: [{ code: 'steps-average-per-d' }] } } },
  ]);
});

test('IEEE 1752.1 has a header of its own', () => {
  const header = {
    uuid: 'a3c8bd4b-5bc0-4a1d-93fd-21adb9c6ea1f',
    schema_id: { namespace: 'ieee', name: 'physical-activity', version: '1.0' },
    source_creation_date_time: '2025-02-05T02:25:00-05:00',
    modality: 'self-reported',
  };
  const body = { activity_name: 'Walking', base_movement_quantity: { value: 4000, unit: 'steps' }, ...span(1) };
  expect(read({ header, body })).toMatchObject([
    {
      ...{ kind: 'reading', measure: 'exercise-session-type', selfReported: true, record: { id: header.uuid } },
      value: { code: 'LA11834-1' },
      components: { steps: { value: 4000, unit: 'steps' } },
    },
  ]);
});

test('what is wrong is said with its place and what is allowed, and the rest of a list is read', () => {
  const good = point('body-weight', '3.0', { body_weight: { value: 70, unit: 'kg' }, ...at });
  const items = read([
    point('body-weight', '3.0', { body_weight: { value: 70, unit: 'stones' }, ...at }),
    point('body-weight', '3.0', { body_weight: { value: 70, unit: 'kg' } }, { acquisition_provenance: undefined }),
    point('aura', '1.0', {}),
    point('body-weight', '9.0', {}),
    point('medication', '1.0', { strength: [] }),
    { body: {} },
    'text',
    null,
    point('__proto__', 'constructor', {}),
    point('body-weight', '1.0', { body_weight: { value: 70, unit: 'kg' } }, { acquisition_provenance: undefined }),
    good,
  ]);
  expect(items.map(({ kind, path }) => `${kind} ${path}`)).toEqual([
    'unreadable [0].body.body_weight.unit',
    'unreadable [1].body',
    'unreadable [2].header.schema_id',
    'unreadable [3].header.schema_id',
    'unreadable [4].header.schema_id',
    'unreadable [5].header',
    'unreadable [6]',
    'unreadable [7]',
    'unreadable [8].header.schema_id',
    'unreadable [9].body.effective_time_frame',
    'reading [10].body.body_weight',
  ]);
  expect(items[0]).toMatchObject({ why: expect.stringContaining('kg') });
  expect(items[3]).toMatchObject({ why: expect.stringContaining('versions 1.0, 2.0, 3.0 of omh:body-weight') });
});

describe.skipIf(shared === null)(`the test data of Open mHealth${shared === null ? ` (${sharedMissing})` : ''}`, () => {
  const folder = join(shared ?? '', 'data/wearables/openmhealth-schemas/test-data');
  const files = shared === null ? [] : globSync('*/*/*/*/*.json', { cwd: folder }).sort();
  const cases = files.map((file) => {
    const [namespace = '', name = '', version = '', verdict = ''] = file.split('/');
    const body: unknown = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    return { file, namespace, name, version, isGood: verdict === 'shouldPass', body };
  });

  test('every file of a schema that is read has the verdict that its folder says; medicines are refused as unknown', () => {
    const verdicts = cases.map((one) => ({
      ...one,
      found: check(`${one.namespace}:${one.name}`, one.version, one.body),
    }));
    const unknown = verdicts.filter(({ found }) => found === 'unknown');
    const judged = verdicts.filter(({ found }) => found !== 'unknown');
    const right = judged.filter(({ found, isGood }) => (found === null) === isGood);
    console.log(
      `Open mHealth: ${right.length} of ${judged.length} files with the expected verdict; ${unknown.length} more are of ` +
        `medicines, which no device measures: they are refused as of an unknown schema (${cases.length} files in all)`,
    );
    expect(judged.filter((one) => !right.includes(one)).map(({ file }) => file)).toEqual([]);
    expect(unknown.filter(({ name }) => !isOfMedicines(name)).map(({ file }) => file)).toEqual([]);
    expect(cases.length).toBe(634);
  });

  test('a body that should pass is read, and what is read makes an Observation that is valid; one that should fail is not', async () => {
    const validate = await createValidator(loadDefinitions());
    const counts: Record<string, number> = {};
    const wrong: string[] = [];
    for (const { file, namespace, name, version, isGood, body } of cases) {
      const items = read(point(name, version, body, {}, namespace));
      for (const item of items) {
        counts[`${isGood ? 'good' : 'bad'}: ${item.kind}`] =
          (counts[`${isGood ? 'good' : 'bad'}: ${item.kind}`] ?? 0) + 1;
        const isRead =
          Object.hasOwn(readers, `${namespace}:${name}`) || (namespace === 'granola' && name !== 'hk-metadata');
        if (isGood && isRead && item.kind === 'unreadable' && !backwards.includes(file))
          wrong.push(`${file}: ${item.path} ${item.why}`);
        if (backwards.includes(file))
          expect(item).toMatchObject({ why: expect.stringContaining('not before its start') });
        if (!isGood && item.kind !== 'unreadable') wrong.push(`${file}: ${item.kind}`);
        const subject = { reference: 'Patient/1' };
        if (item.kind === 'whole') {
          const issues = validate({ ...item.resource, subject }).filter(({ severity }) => severity === 'error');
          wrong.push(...issues.map(({ expression, diagnostics }) => `${file}: ${expression} ${diagnostics}`));
        }
        if (item.kind !== 'reading') continue;
        const known = canonical(item, received);
        if (!known.ok) {
          wrong.push(`${file}: ${known.issues[0]?.diagnostics}`);
          continue;
        }
        const made = observationOf(known.value, { patient: 'Patient/1', device: 'Device/1', gateway: null });
        const issues = validate(made).filter(({ severity }) => severity === 'error');
        wrong.push(...issues.map(({ expression, diagnostics }) => `${file}: ${expression} ${diagnostics}`));
      }
    }
    console.log(
      `Open mHealth through the format, ${backwards.length} files refused whose interval ends before it starts:`,
      counts,
    );
    expect(wrong).toEqual([]);
  });
});
