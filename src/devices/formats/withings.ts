import type { Json } from '../../fhir/context.ts';
import type { Amount, DeviceHint, Item, Reading } from '../reading.ts';
import type { Format, FormatContext } from './format.ts';
import { below, isJson, numberOf, objectsOf, textOf, unreadable } from './json.ts';
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

const nothing = (path: string, why: string): Item => ({ kind: 'nothing', path, why });

function deviceOf(record: Json): DeviceHint {
  const identity = textOf(record.hash_deviceid) ?? textOf(record.deviceid);
  const model = textOf(record.model);
  return { identity, manufacturer: 'Withings', ...(model === null ? {} : { model, name: `Withings ${model}` }) };
}

/** `value` times ten to the power of `unit`, in decimal and not in binary: 74.126 and not 74.126000000000005. */
function amountOf({ value, unit }: Json): number | null {
  const [digits, power] = [numberOf(value), numberOf(unit)];
  if (digits === null || power === null || !Number.isInteger(power) || Math.abs(power) > 20) return null;
  return numberOf(Number(`${digits}e${power}`));
}

type Common = Pick<Reading, 'kind' | 'start' | 'device'> & Partial<Pick<Reading, 'record' | 'selfReported'>>;

function* ofGroup(group: Json, path: string, zone: unknown, { zone: otherwise }: FormatContext): Iterable<Item> {
  if (group.category === GOAL) return yield nothing(path, 'It is a goal and not a reading');
  if (group.attrib === AMBIGUOUS) return yield nothing(path, 'Withings does not know whose it is');
  const start = secondsIn(group.date, group.timezone ?? zone, otherwise);
  if (start === null) return yield unreadable(below(path, 'date'), 'A date in seconds since 1970 is expected', 'value');
  const id = numberOf(group.grpid);
  const version = numberOf(group.modified);
  const common: Common = {
    ...{ kind: 'reading', start, device: deviceOf(group) },
    ...(id === null ? {} : { record: { id: `measure/${id}`, version: version === null ? null : String(version) } }),
    ...(BY_HAND.includes(numberOf(group.attrib) ?? 0) ? { selfReported: true as const } : {}),
  };
  const of = new Map<number, { amount: Amount; path: string }>();
  for (const [index, one] of objectsOf(group.measures).entries()) {
    const place = below(path, `measures[${index}]`);
    const kind = TYPES[numberOf(one.type) ?? -1];
    const value = amountOf(one);
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
    yield { ...common, path, measure: 'blood-pressure', duration: 0, value: null, components };
    of.delete(DIASTOLIC);
    of.delete(SYSTOLIC);
  }
  const taken = new Set<string>();
  for (const [type, { amount, path: place }] of of) {
    const { measure } = TYPES[type] ?? { measure: '' };
    // Of one moment there is one temperature: that of the body, said in two ways.
    if (taken.has(measure)) continue;
    taken.add(measure);
    yield { ...common, path: place, measure, duration: 0, value: amount };
  }
}

const PER_DAY: readonly { field: string; measure: string; unit: string; per: number }[] = [
  { field: 'steps', measure: 'steps-per-24-h', unit: '/d', per: 1 },
  { field: 'totalcalories', measure: 'calories-per-24-h', unit: 'kcal/d', per: 1 },
  { field: 'moderate', measure: 'moderate-minutes', unit: 'min', per: 60 },
  { field: 'intense', measure: 'vigorous-minutes', unit: 'min', per: 60 },
  { field: 'hr_max', measure: 'hr-max-in-24-h', unit: '/min', per: 1 },
];

/** What is summed over the day is left to the minutes that it is the sum of. */
function* ofDay(day: Json, path: string, { zone }: FormatContext): Iterable<Item> {
  const span = dayIn(day.date, day.timezone, zone);
  if (span === null) return yield unreadable(below(path, 'date'), 'A day is expected: 2026-05-31', 'value');
  let found = false;
  for (const { field, measure, unit, per } of PER_DAY) {
    const value = numberOf(day[field]);
    if (value === null) continue;
    found = true;
    const amount = { value: value / per, unit };
    yield { kind: 'reading', path: below(path, field), measure, ...span, value: amount, device: deviceOf(day) };
  }
  if (!found) yield nothing(path, 'There is nothing in this day');
}

const PER_SPAN: readonly { field: string; measure: string; unit: string; instant?: true }[] = [
  { field: 'steps', measure: 'steps', unit: '{steps}' },
  { field: 'distance', measure: 'walking-running-distance', unit: 'm' },
  { field: 'calories', measure: 'active-energy', unit: 'kcal' },
  { field: 'heart_rate', measure: 'heart-rate', unit: '/min', instant: true },
  { field: 'spo2_auto', measure: 'spo2', unit: '%', instant: true },
];

function* ofSpan(at: string, span: Json, path: string, { zone }: FormatContext): Iterable<Item> {
  const start = secondsIn(Number(at), span.timezone, zone);
  if (start === null) return yield unreadable(path, 'A span is named by the seconds since 1970 of its start', 'value');
  const duration = (numberOf(span.duration) ?? 0) * 1000;
  let found = false;
  for (const { field, measure, unit, instant } of PER_SPAN) {
    const value = numberOf(span[field]);
    if (value === null) continue;
    found = true;
    const lasting = instant ? 0 : duration;
    const amount = { value, unit };
    const device = deviceOf(span);
    yield { kind: 'reading', path: below(path, field), measure, start, duration: lasting, value: amount, device };
  }
  if (!found) yield nothing(path, 'There is nothing in this span');
}

const STAGES: readonly (readonly [string, string])[] = [
  ['remsleepduration', 'rem-sleep'],
  ['deepsleepduration', 'deep-sleep'],
  ['lightsleepduration', 'light-sleep'],
];

function* ofNight(night: Json, path: string, { zone }: FormatContext): Iterable<Item> {
  const start = secondsIn(night.startdate, night.timezone, zone);
  const end = secondsIn(night.enddate, night.timezone, zone);
  if (start === null || end === null || end.at < start.at)
    return yield unreadable(path, 'A night has a startdate and an enddate in seconds since 1970', 'value');
  if (!isJson(night.data)) return yield nothing(path, 'It is one stage of a night, which is read from its summary');
  const { data } = night;
  const components: Record<string, Amount> = {};
  let sum = 0;
  for (const [field, measure] of STAGES) {
    const seconds = numberOf(data[field]);
    if (seconds === null) continue;
    sum += seconds;
    components[measure] = { value: seconds / 60, unit: 'min' };
  }
  const asleep = numberOf(data.total_sleep_time) ?? (Object.keys(components).length > 0 ? sum : null);
  const [id, version] = [numberOf(night.id), numberOf(night.modified)];
  const common: Common = {
    ...{ kind: 'reading', start, device: { ...deviceOf(night), identity: textOf(night.hash_deviceid) } },
    ...(id === null ? {} : { record: { id: `sleep/${id}`, version: version === null ? null : String(version) } }),
  };
  const duration = end.at - start.at;
  if (asleep === null) yield nothing(below(path, 'data'), 'It does not say how long the sleep was');
  else {
    const value = { value: asleep / 60, unit: 'min' };
    yield { ...common, path: below(path, 'data'), measure: 'sleep-duration', duration, value, components };
  }
  const rate = numberOf(data.rr_average);
  const breaths = { value: rate ?? 0, unit: '/min' };
  if (rate !== null)
    yield { ...common, path: below(path, 'data.rr_average'), measure: 'respiratory-rate', duration, value: breaths };
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
