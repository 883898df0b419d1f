import type { Json } from '../../fhir/context.ts';
import type { Item } from '../reading.ts';
import type { Format, FormatContext } from './format.ts';
import { below, isJson, objectsOf, textOf, unreadable } from './json.ts';
import { type Common, exerciseCalled, figure, nothing, readingOf } from './vendor-items.ts';

/** https://developers.google.com/fit/datatypes */
const TYPES: Readonly<Record<string, { measure: string; unit: string }>> = {
  'com.google.heart_rate.bpm': { measure: 'heart-rate', unit: '/min' },
  'com.google.weight': { measure: 'body-weight', unit: 'kg' },
  'com.google.height': { measure: 'body-height', unit: 'm' },
  'com.google.body.fat.percentage': { measure: 'body-fat', unit: '%' },
  'com.google.step_count.delta': { measure: 'steps', unit: '{steps}' },
};

const LEFT: Readonly<Record<string, string>> = {
  'com.google.calories.expended': 'It has what the body needs at rest in it, and is no energy of an activity',
  'com.google.speed': 'Speed is not kept',
  'com.google.location.sample': 'Where somebody was is not kept',
};

const SEGMENT = 'com.google.activity.segment';

/** Its numbers of activities. https://developers.google.com/fit/rest/v1/reference/activity-types */
const ACTIVITIES: Readonly<Record<number, string>> = {
  ...{ 1: 'biking', 7: 'walking', 8: 'running', 14: 'handbiking', 15: 'mountain biking', 16: 'road biking' },
  ...{ 17: 'spinning', 18: 'biking', 35: 'hiking', 56: 'jogging', 57: 'running', 58: 'running', 80: 'strength' },
  ...{ 82: 'swimming', 83: 'swimming', 84: 'swimming', 93: 'walking', 94: 'walking', 95: 'walking', 97: 'weights' },
};

/** In a vehicle, still, unknown, tilting; asleep; what is no exercise. */
const NO_EXERCISE = [0, 3, 4, 5, 72, 109, 110, 111, 112];

/** ms of ns as text, which a number of JavaScript has no room for. */
const msOf = (nanos: unknown): number | null =>
  typeof nanos === 'string' && /^\d{7,19}$/.test(nanos) ? Number(nanos.slice(0, -6)) : null;

function* ofPoint(point: Json, path: string, { zone }: FormatContext): Iterable<Item> {
  const type = textOf(point.dataTypeName) ?? '';
  const [start, end] = [msOf(point.startTimeNanos), msOf(point.endTimeNanos)];
  if (start === null || end === null || end < start)
    return yield unreadable(below(path, 'startTimeNanos'), 'A time in ns since 1970 is expected', 'value');
  const origin = textOf(point.originDataSourceId);
  const common: Common = {
    ...{ start: { at: start, zone }, duration: end - start },
    device: { identity: origin, name: origin?.split(':')[2] ?? 'Google Fit' },
    ...(origin?.endsWith(':user_input') ? { selfReported: true as const } : {}),
  };
  const [first] = objectsOf(point.value);
  const value = figure(first?.fpVal ?? first?.intVal);
  const place = below(path, 'value[0]');
  const known = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
  const why = Object.hasOwn(LEFT, type) ? LEFT[type] : undefined;
  if (why !== undefined) yield nothing(path, why);
  else if (known === undefined && type !== SEGMENT) yield nothing(path, 'It is a data type that is not kept');
  else if (value === null) yield unreadable(place, 'A number is expected', 'value');
  else if (known !== undefined) yield readingOf(common, place, known.measure, { value, unit: known.unit });
  else if (NO_EXERCISE.includes(value)) yield nothing(path, 'It is no exercise');
  else {
    const components = { 'exercise-duration': { value: common.duration / 60_000, unit: 'min' } };
    yield readingOf(common, place, 'exercise-session-type', exerciseCalled(ACTIVITIES[value] ?? ''), components);
  }
}

/** Data sets of its REST API, which has ended: what was exported before. */
export const googleFit: Format = {
  name: 'google-fit',
  description: 'Data sets of the Google Fit REST API: {"point": […]}.',
  *read(payload, path, context) {
    if (!isJson(payload) || (payload.point !== undefined && !Array.isArray(payload.point)))
      return yield unreadable(path, 'A data set of Google Fit has points', 'structure');
    const points = objectsOf(payload.point);
    const place = below(path, 'point');
    if (points.length === 0) yield nothing(place, 'There is nothing in this data set');
    for (const [index, point] of points.entries()) yield* ofPoint(point, `${place}[${index}]`, context);
  },
};
