import type { Json } from '../../fhir/context.ts';
import type { DeviceHint, DeviceTime, Item } from '../reading.ts';
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

/** Minutes of `-18000s`. */
function minutesOf(offset: unknown, otherwise: number): number {
  const found = typeof offset === 'string' ? /^(-?\d{1,5})s$/.exec(offset) : null;
  return found === null ? otherwise : Math.round(Number(found[1]) / 60);
}

function timeOf(text: unknown, offset: unknown, otherwise: number): DeviceTime | null {
  const at = deviceTime(text);
  return at === null ? null : { at: at.at, zone: minutesOf(offset, at.zone === 0 ? otherwise : at.zone) };
}

type Span = Pick<Common, 'start' | 'duration'>;

function spanOf(data: Json, zone: number): Span | null {
  const { interval, sampleTime, date } = data;
  if (isJson(sampleTime)) {
    const start = timeOf(sampleTime.physicalTime, sampleTime.utcOffset, zone);
    return start === null ? null : { start, duration: 0 };
  }
  if (isJson(interval)) {
    const start = timeOf(interval.startTime, interval.startUtcOffset, zone);
    const end = timeOf(interval.endTime, interval.endUtcOffset, zone);
    return start === null || end === null || end.at < start.at ? null : { start, duration: end.at - start.at };
  }
  if (!isJson(date)) return null;
  const two = (part: unknown): string => String(part).padStart(2, '0');
  return deviceDay(`${String(date.year).padStart(4, '0')}-${two(date.month)}-${two(date.day)}`, zone);
}

function deviceOf(source: unknown): DeviceHint {
  if (!isJson(source)) return { identity: null, name: 'Google Health' };
  const device = isJson(source.device) ? source.device : {};
  const application = isJson(source.application) ? textOf(source.application.packageName) : null;
  const [model, manufacturer] = [textOf(device.displayName) ?? textOf(device.model), textOf(device.manufacturer)];
  const platform = textOf(source.platform) ?? 'Google Health';
  return {
    // What measures the same at the same time with two of them are two readings.
    identity: [platform, application, manufacturer, model].filter((part) => part !== null).join(' '),
    name: model ?? application ?? platform,
    ...(model === null ? {} : { model }),
    ...(manufacturer === null ? {} : { manufacturer }),
  };
}

type Read = (data: Json, path: string, common: Common) => Iterable<Item>;

const plain = (...fields: readonly Field[]): Read =>
  function* (data, path, common) {
    const items = [...readingsOf(data, path, fields, common)];
    if (items.length === 0) yield unreadable(path, `A number is expected in ${fields[0]?.field}`, 'required');
    yield* items;
  };

function* sleep(data: Json, path: string, common: Common): Iterable<Item> {
  const { summary } = data;
  const asleep = isJson(summary) ? figure(summary.minutesAsleep) : null;
  if (!isJson(summary) || asleep === null) return yield nothing(path, 'It does not say yet how long the sleep was');
  const stages = Object.fromEntries(objectsOf(summary.stagesSummary).map((one) => [String(one.type), one.minutes]));
  const components = componentsOf(stages, [
    { field: 'REM', measure: 'rem-sleep', unit: 'min' },
    { field: 'DEEP', measure: 'deep-sleep', unit: 'min' },
    { field: 'LIGHT', measure: 'light-sleep', unit: 'min' },
  ]);
  yield readingOf(common, below(path, 'summary'), 'sleep-duration', { value: asleep, unit: 'min' }, components);
}

function* exercise(data: Json, path: string, common: Common): Iterable<Item> {
  const value = exerciseCalled(textOf(data.exerciseType) ?? '');
  const distance = distanceOf(value);
  const seconds = /^(\d{1,7}(?:\.\d+)?)s$/.exec(textOf(data.activeDuration) ?? '')?.[1];
  const components = {
    'exercise-duration': { value: seconds === undefined ? common.duration / 1000 : Number(seconds), unit: 's' },
    ...componentsOf(isJson(data.metricsSummary) ? data.metricsSummary : {}, [
      { field: 'caloriesKcal', measure: 'calories-in-exercise', unit: 'kcal' },
      { field: 'averageHeartRateBeatsPerMinute', measure: 'exercise-hr-mean', unit: '/min' },
      { field: 'steps', measure: 'steps', unit: '{steps}' },
      ...(distance === null ? [] : [{ field: 'distanceMillimeters', measure: distance, unit: 'm', per: 1000 }]),
    ]),
  };
  yield readingOf(common, below(path, 'exerciseType'), 'exercise-session-type', value, components);
}

/** By the name of their part of a point. https://developers.google.com/health/reference/rest/v4/users.dataTypes.dataPoints */
const TYPES: Readonly<Record<string, Read>> = {
  steps: plain({ field: 'count', measure: 'steps', unit: '{steps}' }),
  distance: plain({ field: 'millimeters', measure: 'walking-running-distance', unit: 'm', per: 1000 }),
  floors: plain({ field: 'count', measure: 'flights-climbed', unit: '{flights}' }),
  activeEnergyBurned: plain({ field: 'kcal', measure: 'active-energy', unit: 'kcal' }),
  heartRate: plain({ field: 'beatsPerMinute', measure: 'heart-rate', unit: '/min' }),
  heartRateVariability: plain({
    ...{ field: 'rootMeanSquareOfSuccessiveDifferencesMilliseconds', measure: 'hrv-rmssd', unit: 'ms' },
  }),
  oxygenSaturation: plain({ field: 'percentage', measure: 'spo2', unit: '%' }),
  weight: plain({ field: 'weightGrams', measure: 'body-weight', unit: 'g' }),
  bodyFat: plain({ field: 'percentage', measure: 'body-fat', unit: '%' }),
  vo2Max: plain({ field: 'vo2Max', measure: 'vo2-max', unit: 'mL/kg/min' }),
  dailyRestingHeartRate: plain({ field: 'beatsPerMinute', measure: 'resting-heart-rate', unit: '/min' }),
  dailyRespiratoryRate: plain({ field: 'breathsPerMinute', measure: 'respiratory-rate', unit: '/min' }),
  ...{ sleep, exercise },
};

const BESIDE = ['name', 'dataPointName', 'dataSource'];

function* ofPoint(point: unknown, path: string, { zone }: FormatContext): Iterable<Item> {
  const type = isJson(point) ? Object.keys(point).find((name) => !BESIDE.includes(name)) : undefined;
  const data = isJson(point) && type !== undefined ? point[type] : undefined;
  if (!isJson(point) || type === undefined || !isJson(data))
    return yield unreadable(path, 'A data point with its data is expected', 'structure');
  const place = below(path, type);
  const read = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
  if (read === undefined) return yield nothing(place, 'It is a data type that is not kept');
  const span = spanOf(data, zone);
  if (span === null) return yield unreadable(place, 'An interval, a sampleTime or a date is expected', 'value');
  const id = textOf(point.name) ?? textOf(point.dataPointName);
  const source = isJson(point.dataSource) ? point.dataSource : {};
  yield* read(data, place, {
    ...{ ...span, device: deviceOf(point.dataSource) },
    ...(id === null ? {} : { record: { id, version: textOf(data.updateTime) } }),
    ...(source.recordingMethod === 'MANUAL' ? { selfReported: true as const } : {}),
  });
}

/** Data points of its API. https://developers.google.com/health */
export const googleHealth: Format = {
  name: 'google-health',
  description: 'Data points of the Google Health API v4: {"dataPoints": […]}.',
  *read(payload, path, context) {
    if (!isJson(payload) || !Array.isArray(payload.dataPoints))
      return yield unreadable(path, 'An answer of the Google Health API has dataPoints', 'structure');
    const place = below(path, 'dataPoints');
    if (payload.dataPoints.length === 0) yield nothing(place, 'There is nothing in this answer');
    for (const [index, point] of payload.dataPoints.entries()) yield* ofPoint(point, `${place}[${index}]`, context);
  },
};
