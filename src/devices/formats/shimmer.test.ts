import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { shared, sharedMissing } from '../../../test/support/shared-data.ts';
import { loadDefinitions } from '../../fhir/definitions/load.ts';
import { createValidator } from '../../fhir/validate/validator.ts';
import { canonical } from '../canonical.ts';
import { observationOf } from '../observation.ts';
import { formats } from './index.ts';

const folder = join(shared ?? '', 'data/wearables/shimmer');
const validate = await createValidator(loadDefinitions());
const received = Date.UTC(2026, 0, 1);

/** Vendors of which there are payloads, and the format that reads them. */
const read: Readonly<Record<string, string>> = {
  fitbit: 'fitbit',
  withings: 'withings',
  ihealth: 'ihealth',
  googlefit: 'google-fit',
};

/** Services that have ended, and whose payloads nobody can send any more: they have no format. */
const ended: Readonly<Record<string, number>> = { jawbone: 6, misfit: 3, moves: 5, runkeeper: 2 };

/** What becomes of each payload: how many readings of which measure, and how often there is nothing to keep. */
const verdicts: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  // A list of no exercises, and a sum that does not say of which day it is.
  'fitbit-activities-date-empty-activities-list': { nothing: 1 },
  'fitbit-activities-date-multiple-in-activities-list': { 'exercise-session-type': 3, nothing: 1 },
  'fitbit-activities-date-single-in-activities-list': { 'exercise-session-type': 1, nothing: 1 },
  // Of the day itself a mean, which Fitbit gives no more.
  'fitbit-activities-heart-1d-1m-intraday': { 'heart-rate': 5 },
  // A minute without a step is no reading.
  'fitbit-activities-steps-1d-1m-intraday': { 'steps-per-24-h': 1, steps: 2 },
  'fitbit-activities-steps-timeseries': { 'steps-per-24-h': 3 },
  'fitbit-body-log-weight': { 'body-weight': 4, bmi: 4 },
  'fitbit-sleep-date-empty-sleep-list': { nothing: 1 },
  'fitbit-sleep-date-range-empty-sleep-list': { nothing: 1 },
  'fitbit-sleep-date-range': { 'sleep-duration': 2 },
  'fitbit-sleep-date': { 'sleep-duration': 2, nothing: 1 },
  // The distance of a day is the sum of its minutes, which are read.
  'withings-activity-measures': { 'steps-per-24-h': 4, 'moderate-minutes': 4, 'vigorous-minutes': 4 },
  'withings-body-measures-only-goal': { nothing: 1 },
  // Kinds of measure that are not kept: 18, three times.
  'withings-body-measures': {
    ...{ 'blood-pressure': 1, 'heart-rate': 3, 'body-weight': 2, 'body-height': 1, 'body-temperature': 1, nothing: 3 },
  },
  // Spans in which somebody did not move.
  'withings-intraday-activity': { steps: 4, 'walking-running-distance': 4, 'active-energy': 4, nothing: 2 },
  // Stages, which the summary of the night sums up.
  'withings-sleep-measures': { nothing: 3 },
  'withings-sleep-summary': { 'sleep-duration': 2 },
  'ihealth-activity-empty': { nothing: 1 },
  'ihealth-activity-no-steps': { nothing: 1 },
  'ihealth-activity': { 'steps-per-24-h': 2 },
  'ihealth-bp-empty': { nothing: 1 },
  'ihealth-bp-no-heart-rate': { 'blood-pressure': 1 },
  'ihealth-bp': { 'blood-pressure': 2, 'heart-rate': 2 },
  'ihealth-glucose-empty': { nothing: 1 },
  'ihealth-glucose': { 'blood-glucose-meter-mass': 2 },
  'ihealth-sleep-empty': { nothing: 1 },
  'ihealth-sleep': { 'sleep-duration': 3 },
  'ihealth-spo2-empty': { nothing: 1 },
  'ihealth-spo2-no-heart-rate': { spo2: 1 },
  'ihealth-spo2-no-oxygen-saturation': { nothing: 1 },
  'ihealth-spo2': { spo2: 2, 'heart-rate': 2 },
  'ihealth-sport-empty': { nothing: 1 },
  'ihealth-sport': { 'exercise-session-type': 2 },
  'ihealth-weight-empty': { nothing: 1 },
  'ihealth-weight-no-weight-value': { nothing: 1 },
  'ihealth-weight': { 'body-weight': 2, bmi: 2, 'body-fat': 1 },
  'googlefit-empty': { nothing: 1 },
  'googlefit-merge-activity-segments-only-sleep': { nothing: 1 },
  'googlefit-merge-activity-segments-only-stationary-activity': { nothing: 1 },
  'googlefit-merge-activity-segments': { 'exercise-session-type': 3 },
  // With what the body needs at rest in it, and no energy of an activity.
  'googlefit-merge-calories-expended': { nothing: 3 },
  'googlefit-merge-heart-rate': { 'heart-rate': 2 },
  'googlefit-merge-height': { 'body-height': 2 },
  'googlefit-merge-location-samples': { nothing: 2 },
  'googlefit-merge-speed': { nothing: 2 },
  'googlefit-merge-step-deltas': { steps: 4 },
  'googlefit-merge-weight': { 'body-weight': 3 },
};

const filesOf = (vendor: string): string[] =>
  shared === null ? [] : readdirSync(join(folder, vendor, 'mapper')).sort();

const itemsOf = (vendor: string, file: string) => {
  const format = formats.find(({ name }) => name === read[vendor]);
  const payload: unknown = JSON.parse(readFileSync(join(folder, vendor, 'mapper', file), 'utf8'));
  return [...(format?.read(payload, '', { received, zone: 0 }) ?? [])];
};

/** How many of what; a reading that cannot be stored is told by why. */
function verdictOf(vendor: string, file: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of itemsOf(vendor, file)) {
    const stored = item.kind === 'reading' ? canonical(item, received) : null;
    const name =
      item.kind !== 'reading'
        ? item.kind
        : stored?.ok === false
          ? `refused: ${stored.issues[0]?.diagnostics}`
          : item.measure;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

test.skipIf(shared === null).each(Object.keys(read).flatMap((vendor) => filesOf(vendor).map((file) => [vendor, file])))(
  'what %s sends as %s is what it should become',
  (vendor, file) => {
    expect(verdictOf(vendor, file)).toEqual(verdicts[file.replace('.json', '')]);
  },
);

test.skipIf(shared === null)(
  'every payload of a vendor has its verdict, and is read or of a service that has ended',
  () => {
    const files = Object.keys(read).flatMap(filesOf);
    expect(files.map((file) => file.replace('.json', '')).sort()).toEqual(Object.keys(verdicts).sort());
    for (const [vendor, count] of Object.entries(ended)) {
      expect(filesOf(vendor)).toHaveLength(count);
      expect(formats.some(({ name }) => name === vendor)).toBe(false);
    }
    const vendors = readdirSync(folder, { withFileTypes: true }).filter((one) => one.isDirectory());
    expect(vendors.map(({ name }) => name).sort()).toEqual([...Object.keys(read), ...Object.keys(ended)].sort());
    const items = Object.keys(read).flatMap((vendor) => filesOf(vendor).flatMap((file) => itemsOf(vendor, file)));
    const readings = items.filter(({ kind }) => kind === 'reading').length;
    const gone = Object.values(ended).reduce((sum, count) => sum + count);
    console.info(
      `payloads of vendors: ${files.length} of ${files.length + gone} read (${gone} are of services that have ended), ` +
        `${readings} readings, ${items.length - readings} items with nothing to keep, none unreadable`,
    );
  },
);

test.skipIf(shared === null)('no reading of a vendor is an Observation with an error', () => {
  for (const vendor of Object.keys(read))
    for (const item of filesOf(vendor).flatMap((file) => itemsOf(vendor, file))) {
      const value = item.kind === 'reading' ? canonical(item, received) : null;
      if (!value?.ok) continue;
      const made = {
        ...observationOf(value.value, { patient: 'Patient/1', device: 'Device/1', gateway: 'Device/2' }),
        id: 'a',
      };
      expect(validate(made).filter(({ severity }) => severity === 'error')).toEqual([]);
    }
});

test.skipIf(shared !== null)(sharedMissing, () => undefined);

test.skipIf(shared === null)('times, units and records are those of the payload', () => {
  const of = (vendor: string, file: string, measure: string) =>
    itemsOf(vendor, `${file}.json`).find((item) => item.kind === 'reading' && item.measure === measure);
  expect(of('withings', 'withings-body-measures', 'blood-pressure')).toMatchObject({
    path: 'body.measuregrps[0]',
    // Los Angeles, in summer.
    start: { at: 1_433_052_383_000, zone: -420 },
    components: {
      'systolic-blood-pressure': { value: 104, unit: 'mm[Hg]' },
      'diastolic-blood-pressure': { value: 68, unit: 'mm[Hg]' },
    },
    record: { id: 'measure/366956482', version: null },
  });
  expect(of('withings', 'withings-body-measures', 'body-weight')).toMatchObject({
    value: { value: 74.126, unit: 'kg' },
  });
  expect(of('withings', 'withings-sleep-summary', 'sleep-duration')).toMatchObject({
    ...{ start: { at: 1_504_307_700_000, zone: 60 }, duration: 11_400_000, value: { value: 11_160, unit: 's' } },
    components: { 'deep-sleep': { value: 7800, unit: 's' }, 'light-sleep': { value: 3360, unit: 's' } },
    record: { id: 'sleep/123', version: '1504477126' },
  });
  // 12:04 where it was measured, eight hours behind Greenwich.
  expect(of('ihealth', 'ihealth-bp', 'blood-pressure')).toMatchObject({
    start: { at: Date.parse('2015-09-17T12:04:23-08:00'), zone: -480 },
  });
  expect(of('googlefit', 'googlefit-merge-weight', 'body-weight')).toMatchObject({ start: { at: 1_423_785_600_000 } });
  expect(of('fitbit', 'fitbit-body-log-weight', 'body-weight')).toMatchObject({
    ...{ start: { at: Date.parse('2015-05-13T18:28:59Z'), zone: 0 }, value: { value: 56.7, unit: 'kg' } },
    record: { id: 'weight/1431541739000' },
  });
});
