import type { Json } from '../../fhir/context.ts';
import type { DeviceHint, Item } from '../reading.ts';
import { deviceDay, deviceTime } from './device-time.ts';
import type { Format, FormatContext } from './format.ts';
import { below, isJson, objectsOf, textOf, unreadable } from './json.ts';
import {
  type Common,
  componentsOf,
  exerciseCalled,
  type Field,
  figure,
  nothing,
  readingOf,
  readingsOf,
} from './vendor-items.ts';

const DAY = 86_400_000;

const device: DeviceHint = { identity: null, name: 'Oura Ring', manufacturer: 'Oura' };

const noTime = (path: string): Item => unreadable(path, 'An ISO 8601 time with its offset is expected', 'value');

const recordOf = (kind: string, record: Json): Pick<Common, 'record'> => {
  const id = textOf(record.id);
  return id === null ? {} : { record: { id: `${kind}/${id}`, version: null } };
};

const STAGES: readonly Field[] = [
  { field: 'rem_sleep_duration', measure: 'rem-sleep', unit: 's' },
  { field: 'deep_sleep_duration', measure: 'deep-sleep', unit: 's' },
  { field: 'light_sleep_duration', measure: 'light-sleep', unit: 's' },
];

/** Heart rates of the night are among all heart rates, which are a collection of their own. */
function* sleep(record: Json, path: string): Iterable<Item> {
  const [start, end] = [deviceTime(record.bedtime_start), deviceTime(record.bedtime_end)];
  if (start === null || end === null || end.at < start.at) return yield noTime(below(path, 'bedtime_start'));
  const common: Common = { start, duration: end.at - start.at, device, ...recordOf('sleep', record) };
  const asleep = figure(record.total_sleep_duration);
  if (asleep !== null) {
    const value = { value: asleep, unit: 's' };
    yield readingOf(common, below(path, 'total_sleep_duration'), 'sleep-duration', value, componentsOf(record, STAGES));
  }
  yield* readingsOf(record, path, [{ field: 'average_breath', measure: 'respiratory-rate', unit: '/min' }], common);
  yield* series(record.hrv, below(path, 'hrv'), common);
}

/** Oura's is the RMSSD, and not the SDNN. */
function* series(value: unknown, path: string, { record }: Common): Iterable<Item> {
  if (!isJson(value)) return;
  const [first, interval] = [deviceTime(value.timestamp), figure(value.interval)];
  if (first === null || interval === null || interval <= 0) return yield noTime(below(path, 'timestamp'));
  const items: readonly unknown[] = Array.isArray(value.items) ? value.items : [];
  for (const [index, item] of items.entries()) {
    const ms = figure(item);
    if (ms === null) continue;
    const start = { at: Math.round(first.at + index * interval * 1000), zone: first.zone };
    const common: Common = { start, duration: 0, device, ...(record === undefined ? {} : { record }) };
    yield readingOf(common, below(path, `items[${index}]`), 'hrv-rmssd', { value: ms, unit: 'ms' });
  }
}

const OF_DAY: readonly Field[] = [
  { field: 'steps', measure: 'steps-per-24-h', unit: '/d' },
  { field: 'total_calories', measure: 'calories-per-24-h', unit: 'kcal/d' },
  { field: 'medium_activity_time', measure: 'moderate-minutes', unit: 's' },
  { field: 'high_activity_time', measure: 'vigorous-minutes', unit: 's' },
];

/** Its day is from four to four, as its timestamp says. */
function* dailyActivity(record: Json, path: string, { zone }: FormatContext): Iterable<Item> {
  const start = deviceTime(record.timestamp) ?? deviceDay(record.day, zone)?.start ?? null;
  if (start === null) return yield noTime(below(path, 'timestamp'));
  yield* readingsOf(record, path, OF_DAY, { start, duration: DAY, device, ...recordOf('daily_activity', record) });
}

function* dailySpo2(record: Json, path: string, { zone }: FormatContext): Iterable<Item> {
  const span = deviceDay(record.day, zone);
  if (span === null) return yield unreadable(below(path, 'day'), 'A day is expected: 2026-05-31', 'value');
  if (!isJson(record.spo2_percentage)) return yield nothing(path, 'There is nothing in this day');
  const fields = [{ field: 'average', measure: 'spo2', unit: '%' }];
  yield* readingsOf(record.spo2_percentage, below(path, 'spo2_percentage'), fields, {
    ...{ ...span, device, ...recordOf('daily_spo2', record) },
  });
}

function* workout(record: Json, path: string): Iterable<Item> {
  const [start, end] = [deviceTime(record.start_datetime), deviceTime(record.end_datetime)];
  if (start === null || end === null || end.at < start.at) return yield noTime(below(path, 'start_datetime'));
  const duration = end.at - start.at;
  const components = {
    'exercise-duration': { value: duration / 60_000, unit: 'min' },
    ...componentsOf(record, [{ field: 'calories', measure: 'calories-in-exercise', unit: 'kcal' }]),
  };
  const value = exerciseCalled(textOf(record.activity) ?? '');
  const common: Common = { start, duration, device, ...recordOf('workout', record) };
  yield readingOf(common, below(path, 'activity'), 'exercise-session-type', value, components);
}

function* vo2Max(record: Json, path: string, { zone }: FormatContext): Iterable<Item> {
  const start = deviceTime(record.timestamp) ?? deviceDay(record.day, zone)?.start ?? null;
  if (start === null) return yield noTime(below(path, 'timestamp'));
  const fields = [{ field: 'vo2_max', measure: 'vo2-max', unit: 'mL/kg/min' }];
  yield* readingsOf(record, path, fields, { start, duration: 0, device, ...recordOf('vO2_max', record) });
}

function* heartrate(record: Json, path: string, { zone }: FormatContext): Iterable<Item> {
  const start = deviceTime(record.timestamp);
  if (start === null) return yield noTime(below(path, 'timestamp'));
  // They are all written in UTC.
  const there = { at: start.at, zone: start.zone === 0 ? zone : start.zone };
  yield* readingsOf(record, path, [{ field: 'bpm', measure: 'heart-rate', unit: '/min' }], {
    ...{ start: there, duration: 0, device },
  });
}

const COLLECTIONS: Readonly<Record<string, (record: Json, path: string, context: FormatContext) => Iterable<Item>>> = {
  ...{ sleep, workout, heartrate, daily_activity: dailyActivity, daily_spo2: dailySpo2, vO2_max: vo2Max },
  *deleted(record, path) {
    const [kind, id] = [textOf(record.kind), textOf(record.id)];
    if (kind === null || id === null) yield unreadable(path, 'A deleted record has a kind and an id', 'required');
    else yield { kind: 'deleted', path, record: { id: `${kind}/${id}`, version: null } };
  },
};

/** The documents of its API, by their collection: `{"sleep": […]}`. https://cloud.ouraring.com/v2/docs */
export const oura: Format = {
  name: 'oura',
  description: 'Documents of the Oura API v2 by their collection: {"sleep": […], "heartrate": […]}.',
  *read(payload, path, context) {
    const names = isJson(payload) ? Object.keys(payload) : [];
    if (!isJson(payload) || names.length === 0)
      return yield unreadable(path, 'Lists of documents by their collection are expected', 'structure');
    for (const name of names) {
      const read = Object.hasOwn(COLLECTIONS, name) ? COLLECTIONS[name] : undefined;
      const list = payload[name];
      const place = below(path, name);
      if (read === undefined) yield nothing(place, 'It is a collection that is not kept');
      else if (!Array.isArray(list)) yield unreadable(place, 'A list of documents is expected', 'structure');
      else if (list.length === 0) yield nothing(place, 'There is nothing in this collection');
      else for (const [index, one] of objectsOf(list).entries()) yield* read(one, `${place}[${index}]`, context);
    }
  },
};
