import type { Json } from '../../fhir/context.ts';
import type { DeviceHint, Item } from '../reading.ts';
import { deviceDay, deviceTime } from './device-time.ts';
import type { Format, FormatContext } from './format.ts';
import { below, isJson, objectsOf, textOf, unreadable } from './json.ts';
import {
  type Common,
  componentsOf,
  distanceOf,
  exerciseCalled,
  type Field,
  figure,
  nothing,
  readingOf,
  readingsOf,
} from './vendor-items.ts';

const device: DeviceHint = { identity: null, name: 'Fitbit', manufacturer: 'Fitbit' };

const noTime = (path: string): Item => unreadable(path, 'A date and a time are expected', 'value');
const noDay = (path: string): Item => unreadable(path, 'A day is expected: 2026-05-31', 'value');

const recordOf = (kind: string, { logId, lastModified }: Json): Pick<Common, 'record'> =>
  typeof logId === 'number' || typeof logId === 'string'
    ? { record: { id: `${kind}/${logId}`, version: textOf(lastModified) } }
    : {};

type Read = (value: unknown, path: string, around: Json, context: FormatContext) => Iterable<Item>;

/** A log: entries with a date and a time of the day. */
const log = (kind: string, fields: readonly Field[]): Read =>
  function* (value, path, _, { zone }) {
    for (const [index, one] of objectsOf(value).entries()) {
      const place = `${path}[${index}]`;
      const start = deviceTime(`${one.date}T${one.time ?? '00:00:00'}`, zone);
      if (start === null) yield noTime(below(place, 'date'));
      else yield* readingsOf(one, place, fields, { start, duration: 0, device, ...recordOf(kind, one) });
    }
  };

/** Values of days, as texts or in an object. */
const days = (fields: readonly Field[]): Read =>
  function* (value, path, _, { zone }) {
    for (const [index, one] of objectsOf(value).entries()) {
      const place = `${path}[${index}]`;
      const span = deviceDay(one.dateTime, zone);
      if (span === null) yield noDay(below(place, 'dateTime'));
      else if (isJson(one.value)) yield* readingsOf(one.value, below(place, 'value'), fields, { ...span, device });
      else yield* readingsOf(one, place, fields, { ...span, device });
    }
  };

/** Values of the minutes of a day, whose date stands beside them. Minutes in which there was nothing are left out. */
const minutes = (beside: string, { measure, unit }: Omit<Field, 'field'>, isInstant: boolean): Read =>
  function* (value, path, around, { zone }) {
    const date = objectsOf(around[beside])[0]?.dateTime;
    if (!isJson(value)) return yield unreadable(path, 'A dataset is expected', 'structure');
    const step = (value.datasetType === 'second' ? 1000 : 60_000) * (figure(value.datasetInterval) ?? 1);
    const list = objectsOf(value.dataset);
    let found = false;
    for (const [index, one] of list.entries()) {
      const place = below(path, `dataset[${index}]`);
      const [start, amount] = [deviceTime(`${date}T${one.time}`, zone), figure(one.value)];
      if (start === null) yield noTime(below(place, 'time'));
      else if (amount === null) yield unreadable(below(place, 'value'), 'A number is expected', 'value');
      else if (amount > 0) {
        const common: Common = { start, duration: isInstant ? 0 : step, device };
        yield readingOf(common, below(place, 'value'), measure, { value: amount, unit });
      } else continue;
      found = true;
    }
    if (!found) yield nothing(path, 'There is nothing in this day');
  };

function* sleep(value: unknown, path: string, _: Json, { zone }: FormatContext): Iterable<Item> {
  for (const [index, one] of objectsOf(value).entries()) {
    const place = `${path}[${index}]`;
    const [start, asleep] = [deviceTime(one.startTime, zone), figure(one.minutesAsleep)];
    if (start === null) {
      yield noTime(below(place, 'startTime'));
      continue;
    }
    const common: Common = { start, duration: figure(one.duration) ?? 0, device, ...recordOf('sleep', one) };
    const summary = isJson(one.levels) && isJson(one.levels.summary) ? one.levels.summary : {};
    const stages = Object.fromEntries(
      ['rem', 'deep', 'light'].map((stage) => [stage, isJson(summary[stage]) ? summary[stage].minutes : null]),
    );
    const components = componentsOf(stages, [
      { field: 'rem', measure: 'rem-sleep', unit: 'min' },
      { field: 'deep', measure: 'deep-sleep', unit: 'min' },
      { field: 'light', measure: 'light-sleep', unit: 'min' },
    ]);
    if (asleep === null) yield unreadable(below(place, 'minutesAsleep'), 'A number of minutes is expected', 'value');
    else {
      const amount = { value: asleep, unit: 'min' };
      yield readingOf(common, below(place, 'minutesAsleep'), 'sleep-duration', amount, components);
    }
  }
}

function* activities(value: unknown, path: string, _: Json, { zone }: FormatContext): Iterable<Item> {
  for (const [index, one] of objectsOf(value).entries()) {
    const place = `${path}[${index}]`;
    const start = deviceTime(`${one.startDate}T${one.startTime}`, zone);
    if (start === null) {
      yield one.hasStartTime === false
        ? nothing(place, 'It does not say when it was')
        : noTime(below(place, 'startTime'));
      continue;
    }
    const exercise = exerciseCalled(textOf(one.activityParentName) ?? textOf(one.name) ?? '');
    const distance = distanceOf(exercise);
    const components = componentsOf(one, [
      { field: 'duration', measure: 'exercise-duration', unit: 'ms' },
      { field: 'calories', measure: 'calories-in-exercise', unit: 'kcal' },
      ...(distance === null ? [] : [{ field: 'distance', measure: distance, unit: 'km' }]),
      ...(distance === 'walking-running-distance' ? [{ field: 'steps', measure: 'steps', unit: '{steps}' }] : []),
    ]);
    const common: Common = { start, duration: figure(one.duration) ?? 0, device, ...recordOf('activity', one) };
    yield readingOf(common, place, 'exercise-session-type', exercise, components);
  }
}

/** Its total of steps is told by its steps, minute by minute, and their day. */
function* summary(
  value: unknown,
  path: string,
  { date, sleep: nights }: Json,
  { zone }: FormatContext,
): Iterable<Item> {
  if (!isJson(value) || nights !== undefined) return yield nothing(path, 'It sums up what stands beside it');
  const span = deviceDay(date, zone);
  if (span === null) return yield nothing(path, 'It does not say of which day it is');
  const fields = [
    { field: 'caloriesOut', measure: 'calories-per-24-h', unit: 'kcal/d' },
    { field: 'fairlyActiveMinutes', measure: 'moderate-minutes', unit: 'min' },
    { field: 'veryActiveMinutes', measure: 'vigorous-minutes', unit: 'min' },
  ];
  yield* readingsOf(value, path, fields, { ...span, device });
}

function* oxygen(value: unknown, path: string, _: Json, { zone }: FormatContext): Iterable<Item> {
  for (const [index, one] of objectsOf(value).entries()) {
    const place = `${path}[${index}]`;
    const start = deviceTime(one.minute, zone);
    if (start === null) yield noTime(below(place, 'minute'));
    else
      yield* readingsOf(one, place, [{ field: 'value', measure: 'spo2', unit: '%' }], { start, duration: 0, device });
  }
}

/** By the name under which they stand. https://dev.fitbit.com/build/reference/web-api */
const PARTS: Readonly<Record<string, Read>> = {
  weight: log('weight', [
    { field: 'weight', measure: 'body-weight', unit: 'kg' },
    { field: 'bmi', measure: 'bmi', unit: 'kg/m2' },
  ]),
  fat: log('fat', [{ field: 'fat', measure: 'body-fat', unit: '%' }]),
  'activities-steps': days([{ field: 'value', measure: 'steps-per-24-h', unit: '/d' }]),
  'activities-steps-intraday': minutes('activities-steps', { measure: 'steps', unit: '{steps}' }, false),
  'activities-heart': days([{ field: 'restingHeartRate', measure: 'resting-heart-rate', unit: '/min' }]),
  'activities-heart-intraday': minutes('activities-heart', { measure: 'heart-rate', unit: '/min' }, true),
  br: days([{ field: 'breathingRate', measure: 'respiratory-rate', unit: '/min' }]),
  // Fitbit's is the RMSSD, and not the SDNN.
  hrv: days([{ field: 'dailyRmssd', measure: 'hrv-rmssd', unit: 'ms' }]),
  ...{ sleep, activities, summary, minutes: oxygen },
};

const BESIDE = ['goals', 'date', 'dateTime', 'pagination', 'meta'];

/** Answers of its older API, in metric units. */
export const fitbit: Format = {
  name: 'fitbit',
  description:
    'Answers of the Fitbit Web API in metric units: activities, heart, steps, sleep, weight, fat, spo2, br, hrv.',
  *read(payload, path, context) {
    const names = isJson(payload) ? Object.keys(payload) : [];
    if (!isJson(payload) || names.length === 0)
      return yield unreadable(path, 'An answer of the Fitbit Web API is expected', 'structure');
    let found = false;
    for (const name of names) {
      if (BESIDE.includes(name)) continue;
      const place = below(path, name);
      const read = Object.hasOwn(PARTS, name) ? PARTS[name] : undefined;
      if (read === undefined) yield nothing(place, 'It is a part that is not kept');
      else
        for (const item of read(payload[name], place, payload, context)) {
          found = true;
          yield item;
        }
    }
    if (!found) yield nothing(path, 'There is nothing in this answer');
  },
};
