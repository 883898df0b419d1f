import type { Json } from '../../fhir/context.ts';
import type { DeviceHint, DeviceTime, Item } from '../reading.ts';
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
import { dayIn } from './zones.ts';

function deviceOf(summary: Json): DeviceHint {
  const name = textOf(summary.deviceName);
  return { identity: null, manufacturer: 'Garmin', name: name ?? 'Garmin' };
}

/** An instant in seconds, and the offset of the clock that it was read from, in seconds too. */
function timeIn(summary: Json, name: 'startTime' | 'measurementTime', zone: number): DeviceTime | null {
  const [at, offset] = [figure(summary[`${name}InSeconds`]), figure(summary[`${name}OffsetInSeconds`])];
  if (at === null || Math.abs(at) > 8.64e12) return null;
  return { at: Math.round(at * 1000), zone: offset === null ? zone : Math.round(offset / 60) };
}

function commonOf(kind: string, summary: Json, start: DeviceTime, isInstant: boolean): Common {
  const id = textOf(summary.summaryId);
  return {
    ...{ start, duration: isInstant ? 0 : Math.max(0, Math.round((figure(summary.durationInSeconds) ?? 0) * 1000)) },
    device: deviceOf(summary),
    ...(id === null ? {} : { record: { id: `${kind}/${id}`, version: null } }),
  };
}

/** Values by the seconds after the start: `{"0": 72, "15": 74}`. They are many, and their summary is sent anew with each. */
function* offsets(summary: Json, path: string, { field, measure, unit }: Field, start: DeviceTime): Iterable<Item> {
  const values = summary[field];
  for (const [offset, one] of isJson(values) ? Object.entries(values) : []) {
    const [after, value] = [figure(offset), figure(one)];
    const place = below(path, `${field}.${offset}`);
    if (after === null || value === null) yield unreadable(place, 'Numbers by seconds after the start are expected');
    // 0 and less stand for what could not be measured.
    else if (value > 0) {
      const at = { at: start.at + after * 1000, zone: start.zone };
      yield readingOf({ start: at, duration: 0, device: deviceOf(summary) }, place, measure, { value, unit });
    }
  }
}

type Kind = {
  time: 'startTime' | 'measurementTime' | null;
  fields: readonly Field[];
  samples?: readonly Field[];
  more?(summary: Json, path: string, common: Common): Iterable<Item>;
};

const STAGES: readonly Field[] = [
  { field: 'remSleepInSeconds', measure: 'rem-sleep', unit: 's' },
  { field: 'deepSleepDurationInSeconds', measure: 'deep-sleep', unit: 's' },
  { field: 'lightSleepDurationInSeconds', measure: 'light-sleep', unit: 's' },
];

const KINDS: Readonly<Record<string, Kind>> = {
  dailies: {
    time: 'startTime',
    fields: [
      { field: 'steps', measure: 'steps-per-24-h', unit: '/d' },
      { field: 'restingHeartRateInBeatsPerMinute', measure: 'resting-heart-rate', unit: '/min' },
      { field: 'maxHeartRateInBeatsPerMinute', measure: 'hr-max-in-24-h', unit: '/min' },
      { field: 'moderateIntensityDurationInSeconds', measure: 'moderate-minutes', unit: 's' },
      { field: 'vigorousIntensityDurationInSeconds', measure: 'vigorous-minutes', unit: 's' },
    ],
    samples: [{ field: 'timeOffsetHeartRateSamples', measure: 'heart-rate', unit: '/min' }],
    *more(summary, path, common) {
      const [active, basal] = [figure(summary.activeKilocalories), figure(summary.bmrKilocalories)];
      if (active === null || basal === null) return;
      const value = { value: active + basal, unit: 'kcal/d' };
      yield readingOf(common, below(path, 'bmrKilocalories'), 'calories-per-24-h', value);
    },
  },
  epochs: {
    time: 'startTime',
    fields: [
      { field: 'steps', measure: 'steps', unit: '{steps}' },
      { field: 'distanceInMeters', measure: 'walking-running-distance', unit: 'm' },
      { field: 'activeKilocalories', measure: 'active-energy', unit: 'kcal' },
    ],
  },
  sleeps: {
    ...{ time: 'startTime', fields: [] },
    *more(summary, path, common) {
      // Until it is said to be final it is a guess of the watch, and comes again.
      const value = { value: common.duration / 1000, unit: 's' };
      const awake = figure(summary.awakeDurationInSeconds) ?? 0;
      const asleep = { ...value, value: Math.max(0, value.value - awake) };
      yield readingOf(common, path, 'sleep-duration', asleep, componentsOf(summary, STAGES));
    },
  },
  bodyComps: {
    time: 'measurementTime',
    fields: [
      { field: 'weightInGrams', measure: 'body-weight', unit: 'g' },
      { field: 'bodyMassIndex', measure: 'bmi', unit: 'kg/m2' },
      { field: 'bodyFatInPercent', measure: 'body-fat', unit: '%' },
    ],
  },
  pulseox: {
    ...{ time: 'startTime', fields: [] },
    samples: [{ field: 'timeOffsetSpo2Values', measure: 'spo2', unit: '%' }],
  },
  allDayRespiration: {
    ...{ time: 'startTime', fields: [] },
    samples: [{ field: 'timeOffsetEpochToBreaths', measure: 'respiratory-rate', unit: '/min' }],
  },
  hrv: {
    ...{ time: 'startTime', fields: [] },
    samples: [{ field: 'hrvValues', measure: 'hrv-rmssd', unit: 'ms' }],
  },
  bloodPressures: {
    time: 'measurementTime',
    fields: [{ field: 'pulse', measure: 'heart-rate', unit: '/min' }],
    *more(summary, path, common) {
      const components = componentsOf(summary, [
        { field: 'systolic', measure: 'systolic-blood-pressure', unit: 'mm[Hg]' },
        { field: 'diastolic', measure: 'diastolic-blood-pressure', unit: 'mm[Hg]' },
      ]);
      yield readingOf(common, path, 'blood-pressure', null, components);
    },
  },
  userMetrics: { time: null, fields: [{ field: 'vo2Max', measure: 'vo2-max', unit: 'mL/kg/min' }] },
  activities: {
    ...{ time: 'startTime', fields: [] },
    *more(summary, path, common) {
      const value = exerciseCalled(textOf(summary.activityType) ?? '');
      const distance = distanceOf(value);
      const components = componentsOf(summary, [
        { field: 'durationInSeconds', measure: 'exercise-duration', unit: 's' },
        { field: 'activeKilocalories', measure: 'calories-in-exercise', unit: 'kcal' },
        { field: 'averageHeartRateInBeatsPerMinute', measure: 'exercise-hr-mean', unit: '/min' },
        { field: 'maxHeartRateInBeatsPerMinute', measure: 'exercise-hr-max', unit: '/min' },
        { field: 'steps', measure: 'steps', unit: '{steps}' },
        ...(distance === null ? [] : [{ field: 'distanceInMeters', measure: distance, unit: 'm' }]),
      ]);
      const by = summary.manual === true ? { selfReported: true as const } : {};
      yield readingOf({ ...common, ...by }, below(path, 'activityType'), 'exercise-session-type', value, components);
    },
  },
};

/** A quarter of an hour comes in as many epochs as there were kinds of activity in it: together they are the quarter. */
function merged(epochs: readonly Json[]): Json[] {
  const of = new Map<string, Json>();
  for (const epoch of epochs) {
    const key = `${epoch.startTimeInSeconds} ${epoch.durationInSeconds}`;
    const known = of.get(key);
    if (known === undefined) of.set(key, { ...epoch, summaryId: undefined });
    else
      for (const { field } of KINDS.epochs?.fields ?? []) {
        const [a, b] = [figure(known[field]), figure(epoch[field])];
        if (a !== null || b !== null) known[field] = (a ?? 0) + (b ?? 0);
      }
  }
  return [...of.values()];
}

function* ofSummary(name: string, summary: Json, path: string, { zone }: FormatContext): Iterable<Item> {
  const kind = KINDS[name];
  if (kind === undefined) return;
  const { time, fields, samples = [], more } = kind;
  const start = time === null ? (dayIn(summary.calendarDate, null, zone)?.start ?? null) : timeIn(summary, time, zone);
  if (start === null) {
    const field = time === null ? 'calendarDate' : `${time}InSeconds`;
    return yield unreadable(below(path, field), 'A time in seconds since 1970, or a day, is expected', 'value');
  }
  const common = commonOf(name, summary, start, time !== 'startTime');
  let found = false;
  for (const item of readingsOf(summary, path, fields, common)) {
    found = true;
    yield item;
  }
  for (const item of more?.(summary, path, common) ?? []) {
    found = true;
    yield item;
  }
  for (const field of samples)
    for (const item of offsets(summary, path, field, start)) {
      found = true;
      yield item;
    }
  if (!found) yield nothing(path, 'There is nothing in this summary');
}

/** Summaries as it pushes them, by their kind: `{"dailies": […]}`. https://developer.garmin.com/gc-developer-program/health-api */
export const garmin: Format = {
  name: 'garmin',
  description: 'Summaries of the Garmin Health API by their kind: {"dailies": […], "epochs": […]}.',
  *read(payload, path, context) {
    const names = isJson(payload) ? Object.keys(payload) : [];
    if (!isJson(payload) || names.length === 0)
      return yield unreadable(path, 'Lists of summaries by their kind are expected', 'structure');
    for (const name of names) {
      const list = payload[name];
      const place = below(path, name);
      if (!Object.hasOwn(KINDS, name)) {
        yield nothing(place, 'It is a kind of summary that is not kept');
        continue;
      }
      if (!Array.isArray(list)) {
        yield unreadable(place, 'A list of summaries is expected', 'structure');
        continue;
      }
      if (list.length === 0) yield nothing(place, 'There is nothing in this list');
      const summaries = name === 'epochs' ? merged(objectsOf(list)) : objectsOf(list);
      for (const [index, one] of summaries.entries()) yield* ofSummary(name, one, `${place}[${index}]`, context);
    }
  },
};
