import type { Json } from '../../fhir/context.ts';
import type { Amount, DeviceHint, DeviceTime, Item, Reading, RecordKey } from '../reading.ts';
import { deviceTime } from './device-time.ts';
import type { Format, FormatContext } from './format.ts';
import { exerciseOf, type RecordType, recordTypes, stageOf, units, unmeasured } from './health-connect-records.ts';
import { below, isJson, numberOf, objectsOf, textOf, unreadable } from './json.ts';

/** A record, and what all of its readings have in common. */
type Of = { record: Json; path: string; context: FormatContext };

/** Minutes from UTC: `+02:00`, `{ id: '+02:00' }`, `{ totalSeconds: 7200 }` or seconds; null: it does not say. */
function zoneOf(offset: unknown): number | null {
  const seconds = numberOf(isJson(offset) ? offset.totalSeconds : offset);
  if (seconds !== null) return Math.abs(seconds) <= 14 * 3600 ? Math.round(seconds / 60) : null;
  const text = textOf(isJson(offset) ? offset.id : offset);
  return text === null ? null : (deviceTime(`1970-01-01T00:00:00${text}`)?.zone ?? null);
}

/** An instant in text or ms since 1970, with the offset that stands beside it. */
function timeOf(value: unknown, offset: unknown, context: FormatContext): DeviceTime | null {
  const zone = zoneOf(offset);
  const number = numberOf(value);
  if (number !== null) return { at: number, zone: zone ?? context.zone };
  const time = deviceTime(value, zone ?? context.zone);
  if (time === null) return null;
  // An Instant is written in UTC, and its offset beside it.
  return zone === null ? time : { at: time.at, zone };
}

/** 97, `{ value: 97, unit: 'percent' }` or `{ inKilograms: 70, … }`. */
function amountOf(value: unknown, bare: string): Amount | null {
  const number = numberOf(value);
  if (number !== null) return { value: number, unit: bare };
  if (!isJson(value)) return null;
  const given = numberOf(value.value);
  const unit = textOf(value.unit);
  if (given !== null && unit !== null) return { value: given, unit: units[unit] ?? unit };
  // It gives each value in all of its units: the one of the record is as good as the others, and exact.
  const named = Object.entries(value).flatMap(([name, amount]) => {
    const ucum = units[`${name.charAt(2).toLowerCase()}${name.slice(3)}`];
    const found = name.startsWith('in') && ucum !== undefined ? numberOf(amount) : null;
    return found === null || ucum === undefined ? [] : [{ value: found, unit: ucum }];
  });
  return named.find((one) => one.unit === bare) ?? named[0] ?? null;
}

const metadataOf = (record: Json): Json => (isJson(record.metadata) ? record.metadata : {});

function keyOf(record: Json): RecordKey | null {
  const { id, lastModifiedTime } = metadataOf(record);
  const name = textOf(id);
  return name === null ? null : { id: name, version: textOf(lastModifiedTime) };
}

function deviceOf(record: Json): DeviceHint | null {
  const { device, dataOrigin } = metadataOf(record);
  const origin = textOf(isJson(dataOrigin) ? dataOrigin.packageName : dataOrigin);
  const said: Json = isJson(device) ? device : {};
  const manufacturer = textOf(said.manufacturer);
  const model = textOf(said.model);
  const parts = [origin, manufacturer, model].filter((part) => part !== null);
  if (parts.length === 0) return null;
  return {
    identity: parts.join('|'),
    ...(manufacturer === null ? {} : { manufacturer }),
    ...(model === null ? {} : { model }),
    name: model ?? origin ?? parts[0] ?? '',
  };
}

/** 3, MANUAL_ENTRY: somebody typed it in. */
const isManual = (record: Json): boolean => metadataOf(record).recordingMethod === 3;

function readingOf(
  { record, path }: Of,
  measure: string,
  of: Pick<Reading, 'start' | 'duration' | 'value'> & { components?: Reading['components'] },
  part?: string,
): Reading {
  const key = keyOf(record);
  const device = deviceOf(record);
  return {
    kind: 'reading',
    path,
    measure,
    ...of,
    ...(key === null ? {} : { record: part === undefined ? key : { ...key, part } }),
    ...(device === null ? {} : { device }),
    ...(isManual(record) ? { selfReported: true } : {}),
  };
}

type Span = { start: DeviceTime; duration: number };

/** The time of an instant, or from start to end. */
function spanOf({ record, path, context }: Of): Span | Item {
  if (record.time !== undefined) {
    const time = timeOf(record.time, record.zoneOffset, context);
    return time === null
      ? unreadable(below(path, 'time'), 'A time is ISO 8601, or ms since 1970', 'value')
      : { start: time, duration: 0 };
  }
  const start = timeOf(record.startTime, record.startZoneOffset, context);
  const end = timeOf(record.endTime, record.endZoneOffset, context);
  if (start === null) return unreadable(below(path, 'startTime'), 'A record needs the time that it is of', 'required');
  if (end === null || end.at < start.at)
    return unreadable(below(path, 'endTime'), 'A record ends at a time, and not before it begins', 'value');
  return { start, duration: end.at - start.at };
}

function* listOf(of: Of, { measure, field, unit }: RecordType, list: { name: string; time: string }): Generator<Item> {
  const { record, path, context } = of;
  const elements = record[list.name];
  if (!Array.isArray(elements) || elements.length === 0) {
    yield { kind: 'nothing', path, why: `It has no ${list.name}` };
    return;
  }
  for (const [index, element] of elements.entries()) {
    const at = below(path, `${list.name}[${index}]`);
    const start = isJson(element) ? timeOf(element[list.time], record.startZoneOffset, context) : null;
    const value = isJson(element) ? amountOf(element[field], unit) : null;
    if (start === null) yield unreadable(below(at, list.time), 'A sample needs its time', 'required');
    else if (value === null) yield unreadable(below(at, field), `A sample needs a number as its ${field}`, 'value');
    else yield readingOf({ ...of, path: at }, measure, { start, duration: 0, value }, String(start.at));
  }
}

function singleOf(of: Of, type: RecordType, span: Span): Item {
  const amount = amountOf(of.record[type.field], type.unit);
  if (amount === null && of.record[type.field] === undefined && (type.field === 'baseline' || type.field === 'energy'))
    return { kind: 'nothing', path: of.path, why: `It has no ${type.field}` };
  if (amount === null)
    return unreadable(below(of.path, type.field), `${type.field} is a number, or a value with its unit`, 'value');
  return readingOf(of, type.measure, { ...span, value: amount });
}

function bloodPressureOf(of: Of, span: Span): Item {
  const systolic = amountOf(of.record.systolic, 'mm[Hg]');
  const diastolic = amountOf(of.record.diastolic, 'mm[Hg]');
  if (systolic === null) return unreadable(below(of.path, 'systolic'), 'A pressure is a number in mmHg', 'required');
  if (diastolic === null) return unreadable(below(of.path, 'diastolic'), 'A pressure is a number in mmHg', 'required');
  const components = { 'systolic-blood-pressure': systolic, 'diastolic-blood-pressure': diastolic };
  return readingOf(of, 'blood-pressure', { ...span, value: null, components });
}

/** 1, INTERSTITIAL_FLUID: a sensor under the skin. */
function glucoseOf(of: Of, span: Span): Item {
  const amount = amountOf(of.record.level, 'mmol/L');
  if (amount === null) return unreadable(below(of.path, 'level'), 'A level is in mmol/L or mg/dL', 'required');
  const source = of.record.specimenSource;
  const isSensor = source === 1 || source === 'interstitial_fluid';
  const where = amount.unit === 'mg/dL' ? 'mass' : 'molar';
  return readingOf(of, isSensor ? `cgm-sensor-reading-${where}` : `blood-glucose-meter-${where}`, {
    ...span,
    value: amount,
  });
}

const minutes = (value: number): Amount => ({ value, unit: 'min' });

/** Sleep: how long of the session was slept, and how long in each stage. */
function sleepOf(of: Of, span: Span): Item {
  const lengths = new Map<string, number>();
  let awake = 0;
  for (const [index, one] of objectsOf(of.record.stages).entries()) {
    const path = below(of.path, `stages[${index}]`);
    const stage = stageOf(one.stage);
    if (stage === undefined)
      return unreadable(below(path, 'stage'), 'A stage of sleep is a number from 0 to 7', 'value');
    const start = timeOf(one.startTime, of.record.startZoneOffset, of.context);
    const end = timeOf(one.endTime, of.record.endZoneOffset, of.context);
    if (start === null || end === null || end.at < start.at)
      return unreadable(path, 'A stage begins and ends at a time', 'value');
    const length = (end.at - start.at) / 60_000;
    if (stage === null) awake += length;
    else lengths.set(stage, (lengths.get(stage) ?? 0) + length);
  }
  const slept =
    lengths.size > 0 ? [...lengths.values()].reduce((sum, one) => sum + one, 0) : span.duration / 60_000 - awake;
  lengths.delete('asleep');
  const components = Object.fromEntries([...lengths].map(([stage, length]) => [stage, minutes(length)]));
  const value = minutes(slept);
  return readingOf(of, 'sleep-duration', { ...span, value, ...(lengths.size === 0 ? {} : { components }) });
}

function exerciseReading(of: Of, span: Span): Item {
  const components = { 'exercise-duration': minutes(span.duration / 60_000) };
  const value = { code: exerciseOf(of.record.exerciseType) };
  return readingOf(of, 'exercise-session-type', { ...span, value, components });
}

const composed: Readonly<Record<string, (of: Of, span: Span) => Item>> = {
  BloodPressure: bloodPressureOf,
  BloodGlucose: glucoseOf,
  SleepSession: sleepOf,
  ExerciseSession: exerciseReading,
};

/** `Steps`, `StepsRecord` and `androidx.health.connect.client.records.StepsRecord`. */
const typeOf = (record: Json): string | null =>
  textOf(record.recordType ?? record.type)
    ?.replace(/^.*\./, '')
    .replace(/Record$/, '') ?? null;

function* recordItems(of: Of): Generator<Item> {
  const { record, path } = of;
  const type = typeOf(record);
  if (type === null) {
    yield unreadable(below(path, 'recordType'), 'A record says its type: Steps, HeartRate, SleepSession …', 'required');
    return;
  }
  // Own properties alone: `constructor` is no record type.
  const simple = Object.hasOwn(recordTypes, type) ? recordTypes[type] : undefined;
  const compose = Object.hasOwn(composed, type) ? composed[type] : undefined;
  if (simple === undefined && compose === undefined) {
    const why = Object.hasOwn(unmeasured, type) ? unmeasured[type] : undefined;
    if (why !== undefined) yield { kind: 'nothing', path, why: `${type} is not kept: ${why}` };
    else
      yield unreadable(
        below(path, 'recordType'),
        `${type.slice(0, 60)} is no record type of Health Connect`,
        'not-supported',
      );
    return;
  }
  if (simple?.list !== undefined) {
    yield* listOf(of, simple, simple.list);
    return;
  }
  const span = spanOf(of);
  if ('kind' in span) yield span;
  else if (simple !== undefined) yield singleOf(of, simple, span);
  else if (compose !== undefined) yield compose(of, span);
}

function* elementItems(element: unknown, path: string, context: FormatContext): Generator<Item> {
  if (!isJson(element)) yield unreadable(path, 'A record of Health Connect is an object', 'structure');
  else if (typeof element.recordId === 'string')
    yield { kind: 'deleted', path, record: { id: element.recordId, version: null } };
  else if (isJson(element.record)) yield* recordItems({ record: element.record, path: below(path, 'record'), context });
  else yield* recordItems({ record: element, path, context });
}

const LISTS = ['records', 'upsertionChanges', 'deletionChanges'];

function* read(payload: unknown, path: string, context: FormatContext): Generator<Item> {
  if (Array.isArray(payload)) {
    for (const [index, one] of payload.entries()) yield* elementItems(one, below(path, `[${index}]`), context);
    return;
  }
  const lists = LISTS.filter((name) => isJson(payload) && Array.isArray(payload[name]));
  if (lists.length === 0) yield* elementItems(payload, path, context);
  for (const name of lists) {
    const list: readonly unknown[] = isJson(payload) && Array.isArray(payload[name]) ? payload[name] : [];
    for (const [index, one] of list.entries()) yield* elementItems(one, below(path, `${name}[${index}]`), context);
  }
}

/** Records as apps read them of Health Connect, and changes since a token. */
export const healthConnect: Format = {
  name: 'health-connect',
  description: 'Records of Android Health Connect 1.1, alone, in a list, or as changes with what was deleted',
  elements: [['records'], ['upsertionChanges'], ['deletionChanges'], []],
  read,
};
