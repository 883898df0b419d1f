import type { Json } from '../../fhir/context.ts';
import type { Amount, DeviceHint, Item } from '../reading.ts';
import type { Format, FormatContext } from './format.ts';
import { below, isJson, numberOf, objectsOf, textOf, unreadable } from './json.ts';
import { type Common, componentsOf, type Field, nothing, readingOf, readingsOf } from './vendor-items.ts';
import { dayIn, secondsIn } from './zones.ts';

/** Its kinds of measure that are ours, by number. https://developer.withings.com/api-reference/#operation/measure-getmeas */
const TYPES: Readonly<Record<number, { measure: string; unit: string }>> = {
  1: { measure: 'body-weight', unit: 'kg' },
  4: { measure: 'body-height', unit: 'm' },
  5: { measure: 'lean-body-mass', unit: 'kg' },
  6: { measure: 'body-fat', unit: '%' },
  9: { measure: 'diastolic-blood-pressure', unit: 'mm[Hg]' },
  10: { measure: 'systolic-blood-pressure', unit: 'mm[Hg]' },
  11: { measure: 'heart-rate', unit: '/min' },
  12: { measure: 'body-temperature', unit: 'Cel' },
  54: { measure: 'spo2', unit: '%' },
  71: { measure: 'body-temperature', unit: 'Cel' },
  73: { measure: 'wrist-skin-temperature', unit: 'Cel' },
  123: { measure: 'vo2-max', unit: 'mL/kg/min' },
};
const [DIASTOLIC, SYSTOLIC] = [9, 10];

const GOAL = 2;
/** Several people stand on one scale, and which of them it was is not known. */
const AMBIGUOUS = 1;
const BY_HAND = [2, 4];

function deviceOf(record: Json): DeviceHint {
  const identity = textOf(record.hash_deviceid) ?? textOf(record.deviceid);
  const model = textOf(record.model);
  return { identity, manufacturer: 'Withings', ...(model === null ? {} : { model, name: `Withings ${model}` }) };
}

/** `value` times ten to the power of `unit`, in decimal and not in binary: 74.126 and not 74.126000000000005. */
function decimal({ value, unit }: Json): number | null {
  const [digits, power] = [numberOf(value), numberOf(unit)];
  if (digits === null || power === null || !Number.isInteger(power) || Math.abs(power) > 20) return null;
  return numberOf(Number(`${digits}e${power}`));
}

function* ofGroup(group: Json, path: string, zone: unknown, { zone: otherwise }: FormatContext): Iterable<Item> {
  if (group.category === GOAL) return yield nothing(path, 'It is a goal and not a reading');
  if (group.attrib === AMBIGUOUS) return yield nothing(path, 'Withings does not know whose it is');
  const start = secondsIn(group.date, group.timezone ?? zone, otherwise);
  if (start === null) return yield unreadable(below(path, 'date'), 'A date in seconds since 1970 is expected', 'value');
  const id = numberOf(group.grpid);
  const version = numberOf(group.modified);
  const common: Common = {
    ...{ start, duration: 0, device: deviceOf(group) },
    ...(id === null ? {} : { record: { id: `measure/${id}`, version: version === null ? null : String(version) } }),
    ...(BY_HAND.includes(numberOf(group.attrib) ?? 0) ? { selfReported: true as const } : {}),
  };
  const of = new Map<number, { amount: Amount; path: string }>();
  for (const [index, one] of objectsOf(group.measures).entries()) {
    const place = below(path, `measures[${index}]`);
    const kind = TYPES[numberOf(one.type) ?? -1];
    const value = decimal(one);
    if (value === null) yield unreadable(below(place, 'value'), 'A value and a power of ten are expected', 'value');
    else if (kind === undefined) yield nothing(place, 'It is a kind of measure that is not kept');
    else of.set(Number(one.type), { amount: { value, unit: kind.unit }, path: place });
  }
  yield* ofAmounts(of, path, common);
}

function* ofAmounts(of: Map<number, { amount: Amount; path: string }>, path: string, common: Common): Iterable<Item> {
  const [diastolic, systolic] = [of.get(DIASTOLIC), of.get(SYSTOLIC)];
  if (diastolic && systolic) {
    const components = {
      'systolic-blood-pressure': systolic.amount,
      'diastolic-blood-pressure': diastolic.amount,
    };
    yield readingOf(common, path, 'blood-pressure', null, components);
    of.delete(DIASTOLIC);
    of.delete(SYSTOLIC);
  }
  const taken = new Set<string>();
  for (const [type, { amount, path: place }] of of) {
    const { measure } = TYPES[type] ?? { measure: '' };
    // Of one moment there is one temperature: that of the body, said in two ways.
    if (taken.has(measure)) continue;
    taken.add(measure);
    yield readingOf(common, place, measure, amount);
  }
}

const OF_DAY: readonly Field[] = [
  { field: 'steps', measure: 'steps-per-24-h', unit: '/d' },
  { field: 'totalcalories', measure: 'calories-per-24-h', unit: 'kcal/d' },
  { field: 'moderate', measure: 'moderate-minutes', unit: 's' },
  { field: 'intense', measure: 'vigorous-minutes', unit: 's' },
  { field: 'hr_max', measure: 'hr-max-in-24-h', unit: '/min' },
];

/** What is summed over the day is left to the minutes that it is the sum of. */
function* ofDay(day: Json, path: string, { zone }: FormatContext): Iterable<Item> {
  const span = dayIn(day.date, day.timezone, zone);
  if (span === null) return yield unreadable(below(path, 'date'), 'A day is expected: 2026-05-31', 'value');
  const items = [...readingsOf(day, path, OF_DAY, { ...span, device: deviceOf(day) })];
  if (items.length === 0) yield nothing(path, 'There is nothing in this day');
  yield* items;
}

const OF_SPAN: readonly Field[] = [
  { field: 'steps', measure: 'steps', unit: '{steps}' },
  { field: 'distance', measure: 'walking-running-distance', unit: 'm' },
  { field: 'calories', measure: 'active-energy', unit: 'kcal' },
];

const OF_MOMENT: readonly Field[] = [
  { field: 'heart_rate', measure: 'heart-rate', unit: '/min' },
  { field: 'spo2_auto', measure: 'spo2', unit: '%' },
];

function* ofSpan(at: string, span: Json, path: string, { zone }: FormatContext): Iterable<Item> {
  const start = secondsIn(Number(at), span.timezone, zone);
  if (start === null) return yield unreadable(path, 'A span is named by the seconds since 1970 of its start', 'value');
  const device = deviceOf(span);
  const duration = (numberOf(span.duration) ?? 0) * 1000;
  const items = [
    ...readingsOf(span, path, OF_SPAN, { start, duration, device }),
    ...readingsOf(span, path, OF_MOMENT, { start, duration: 0, device }),
  ];
  if (items.length === 0) yield nothing(path, 'There is nothing in this span');
  yield* items;
}

const STAGES: readonly Field[] = [
  { field: 'remsleepduration', measure: 'rem-sleep', unit: 's' },
  { field: 'deepsleepduration', measure: 'deep-sleep', unit: 's' },
  { field: 'lightsleepduration', measure: 'light-sleep', unit: 's' },
];

const BREATHS: readonly Field[] = [{ field: 'rr_average', measure: 'respiratory-rate', unit: '/min' }];

function* ofNight(night: Json, path: string, { zone }: FormatContext): Iterable<Item> {
  const start = secondsIn(night.startdate, night.timezone, zone);
  const end = secondsIn(night.enddate, night.timezone, zone);
  if (start === null || end === null || end.at < start.at)
    return yield unreadable(path, 'A night has a startdate and an enddate in seconds since 1970', 'value');
  if (!isJson(night.data)) return yield nothing(path, 'It is one stage of a night, which is read from its summary');
  const { data } = night;
  const place = below(path, 'data');
  const components = componentsOf(data, STAGES);
  const parts = Object.values(components);
  const sum = parts.length === 0 ? null : parts.reduce((all, { value }) => all + value, 0);
  const asleep = numberOf(data.total_sleep_time) ?? sum;
  const [id, version] = [numberOf(night.id), numberOf(night.modified)];
  const common: Common = {
    // `model` is a number here, of a kind of device.
    ...{ start, duration: end.at - start.at, device: deviceOf({ ...night, model: undefined }) },
    ...(id === null ? {} : { record: { id: `sleep/${id}`, version: version === null ? null : String(version) } }),
  };
  if (asleep === null) yield nothing(place, 'It does not say how long the sleep was');
  else yield readingOf(common, place, 'sleep-duration', { value: asleep, unit: 's' }, components);
  yield* readingsOf(data, place, BREATHS, common);
}

/** The answers of its API. https://developer.withings.com/api-reference */
export const withings: Format = {
  name: 'withings',
  description: 'Answers of the Withings API: getmeas, getactivity, getintradayactivity and sleep getsummary.',
  *read(payload, path, context) {
    const body = isJson(payload) && isJson(payload.body) ? payload.body : null;
    if (body === null) return yield unreadable(path, 'An answer of the Withings API has a body', 'structure');
    const inside = below(path, 'body');
    let found = false;
    for (const [index, group] of objectsOf(body.measuregrps).entries()) {
      found = true;
      yield* ofGroup(group, below(inside, `measuregrps[${index}]`), body.timezone, context);
    }
    for (const [index, day] of objectsOf(body.activities).entries()) {
      found = true;
      yield* ofDay(day, below(inside, `activities[${index}]`), context);
    }
    const { series } = body;
    for (const [index, night] of objectsOf(series).entries()) {
      found = true;
      yield* ofNight(night, below(inside, `series[${index}]`), context);
    }
    for (const [at, span] of isJson(series) ? Object.entries(series) : []) {
      found = true;
      if (isJson(span)) yield* ofSpan(at, span, below(inside, `series.${at}`), context);
      else yield unreadable(below(inside, `series.${at}`), 'A span is an object', 'structure');
    }
    if (!found) yield nothing(inside, 'There is nothing in this answer');
  },
};
