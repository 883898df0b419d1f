import type { Observation } from '@medplum/fhirtypes';

import type { Json } from '../../../fhir/context.ts';
import type { Amount, DeviceHint, DeviceTime, Item, Reading, RecordKey } from '../../reading.ts';
import { deviceTime } from '../device-time.ts';
import { below, isJson, objectsOf, textOf, unreadable } from '../json.ts';
import {
  categoryPrefix,
  distanceOf,
  exerciseOf,
  healthKitSystem,
  percentOf,
  type QuantityType,
  quantityPrefix,
  quantityTypes,
  sleepStageOf,
  titleOf,
} from './types.ts';

type Common = {
  path: string;
  start: DeviceTime;
  duration: number;
  device?: DeviceHint;
  record?: RecordKey;
  selfReported?: true;
};

/** A number, also one that is written as text, as an export writes it. */
function numberIn(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

export const typeOf = ({ type, quantityType, categoryType, sampleType, identifier }: Json): string | null =>
  textOf(type) ?? textOf(quantityType) ?? textOf(categoryType) ?? textOf(sampleType) ?? textOf(identifier);

function deviceOf(sample: Json): DeviceHint | null {
  const device = isJson(sample.device) ? sample.device : {};
  const source = textOf(sample.sourceName) ?? textOf(isJson(sample.source) ? sample.source.name : sample.source);
  const name = textOf(device.name) ?? source;
  const [manufacturer, model, serial] = [
    textOf(device.manufacturer),
    textOf(device.model),
    textOf(device.localIdentifier),
  ];
  const identity = serial ?? textOf(device.udiDeviceIdentifier) ?? model ?? name;
  if (identity === null) return null;
  return {
    identity,
    ...(name === null ? {} : { name }),
    ...(manufacturer === null ? {} : { manufacturer }),
    ...(model === null ? {} : { model }),
    ...(serial === null ? {} : { serial }),
  };
}

function commonOf(sample: Json, path: string, zone: number): Common | Item {
  const start = deviceTime(sample.startDate ?? sample.start ?? sample.date, zone);
  if (start === null)
    return unreadable(below(path, 'startDate'), 'A sample needs its start, a date and a time', 'required');
  const until = sample.endDate ?? sample.end;
  const end = until === undefined ? start : deviceTime(until, zone);
  if (end === null || end.at < start.at) {
    return unreadable(below(path, 'endDate'), 'The end of a sample is a date and a time not before its start', 'value');
  }
  const [device, id] = [deviceOf(sample), textOf(sample.uuid) ?? textOf(sample.id)];
  const { HKWasUserEntered: entered } = isJson(sample.metadata) ? sample.metadata : {};
  return {
    ...{ path, start, duration: end.at - start.at },
    ...(device === null ? {} : { device }),
    ...(id === null ? {} : { record: { id, version: null } }),
    ...(entered === true || entered === 1 || entered === '1' || entered === 'true'
      ? { selfReported: true as const }
      : {}),
  };
}

/** An Observation of a type that is none of our measures. */
function wholeOf(common: Common, type: string, value: Partial<Observation>): Item {
  const { selfReported: _, ...rest } = common;
  const code = { coding: [{ system: healthKitSystem, code: type, display: titleOf(type) }], text: titleOf(type) };
  const survey = { system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'activity' };
  const resource: Observation = {
    resourceType: 'Observation',
    status: 'final',
    category: [{ coding: [survey] }],
    code,
    ...value,
  };
  return { kind: 'whole', ...rest, resource };
}

/** The day's total of steps and what was counted in a part of it are two measures. */
export const dayOrPart = (measure: string, duration: number): string =>
  measure === 'steps' && duration >= 23 * 3_600_000 ? 'steps-per-24-h' : measure;

function glucoseOf(unit: string | null): string {
  return /mmol/i.test(unit ?? '') ? 'blood-glucose-meter-molar' : 'blood-glucose-meter-mass';
}

function amountOf(type: QuantityType, value: number, unit: string | null): Amount {
  if (type.unit === '%') return { value: percentOf(value, unit), unit: '%' };
  // `count` of a body mass index is HealthKit's for what has no unit.
  if (type.unit === 'kg/m2' && (unit === null || unit === 'count')) return { value, unit: type.unit };
  // mmol<180.16>/L names the weight of a mole.
  return { value, unit: unit === null ? type.unit : unit.replace(/<[\d.]+>/, '') };
}

function quantityItem(sample: Json, type: string, common: Common): Item {
  const known = quantityTypes.get(type);
  if (known === undefined) {
    return unreadable(
      below(common.path, 'type'),
      'Unknown type of quantity: those of HealthKit are allowed',
      'code-invalid',
    );
  }
  const quantity = isJson(sample.quantity) ? sample.quantity : {};
  const value = numberIn(sample.value ?? quantity.value ?? quantity.doubleValue ?? sample.count ?? sample.quantity);
  if (value === null)
    return unreadable(below(common.path, 'value'), 'A quantity needs a value that is a number', 'required');
  const { value: own, unit } = amountOf(known, value, textOf(sample.unit) ?? textOf(quantity.unit));
  if (known.measure === undefined)
    return wholeOf(common, type, { valueQuantity: { value: own, ...coded(unit, known) } });
  const measure = known.name === 'BloodGlucose' ? glucoseOf(unit) : dayOrPart(known.measure, common.duration);
  return { kind: 'reading', ...common, measure, value: { value: own, unit } };
}

/** The unit that HealthKit's own stands for; what is neither stays a text. */
function coded(unit: string | null, { unit: usual }: QuantityType): { unit: string; system?: string; code?: string } {
  const given = unit === null || unit === 'count' ? usual : (spelled.get(unit) ?? unit);
  return given === usual ? { unit: usual, system: 'http://unitsofmeasure.org', code: usual } : { unit: given };
}

const spelled: ReadonlyMap<string, string> = new Map([
  ['IU', '[iU]'],
  ['dBASPL', 'dB[SPL]'],
  ['dB(SPL)', 'dB[SPL]'],
  ['dBHL', 'dB{HL}'],
  ['dB(HL)', 'dB{HL}'],
  ['degC', 'Cel'],
  ['mcg', 'ug'],
  ['l', 'L'],
  ['km/hr', 'km/h'],
  ['kcal/hr*kg', 'kcal/h/kg'],
  ['kcal/hr·kg', 'kcal/h/kg'],
  ['count/min', '/min'],
]);

function categoryItem(sample: Json, type: string, common: Common): Item {
  const value = sample.value ?? sample.categoryValue;
  if (typeof value !== 'string' && typeof value !== 'number') {
    return unreadable(below(common.path, 'value'), 'A category needs its value, a name or a number', 'required');
  }
  const stage = type === `${categoryPrefix}SleepAnalysis` ? sleepStageOf(String(value)) : null;
  if (stage === null)
    return wholeOf(common, type, typeof value === 'number' ? { valueInteger: value } : { valueString: value });
  return { kind: 'reading', ...common, measure: stage, value: { value: common.duration / 60_000, unit: 'min' } };
}

const amountIn = (value: unknown, unit: unknown, usual: string): Amount | null => {
  const own = isJson(value) ? value : { value, unit };
  const number = numberIn(own.value);
  return number === null ? null : { value: number, unit: textOf(own.unit) ?? usual };
};

function workoutItem(sample: Json, common: Common): Item {
  const activity = textOf(sample.workoutActivityType) ?? textOf(sample.activityType) ?? textOf(sample.activity_name);
  if (activity === null) {
    return unreadable(below(common.path, 'workoutActivityType'), 'A workout needs its kind of activity', 'required');
  }
  const code = exerciseOf(activity);
  const took = amountIn(sample.duration, sample.durationUnit, 'sec') ?? {
    value: common.duration / 60_000,
    unit: 'min',
  };
  const energy = amountIn(sample.totalEnergyBurned ?? sample.kcal_burned, sample.totalEnergyBurnedUnit, 'kcal');
  const distance = amountIn(sample.totalDistance ?? sample.distance, sample.totalDistanceUnit, 'm');
  const components: Record<string, Amount> = {
    ...(took.value > 0 ? { 'exercise-duration': took } : {}),
    ...(energy === null ? {} : { 'calories-in-exercise': energy }),
    ...(distance === null ? {} : { [distanceOf(code)]: distance }),
  };
  const reading: Reading = {
    kind: 'reading',
    ...common,
    measure: 'exercise-session-type',
    value: { code },
    components,
  };
  return code === 'LA46-8' ? { ...reading, more: { note: [{ text: activity.slice(0, 200) }] } } : reading;
}

const isCommon = (value: Common | Item): value is Common => !('kind' in value);

function pressureItem(parts: readonly Json[], common: Common, zone: number): Item {
  const components: Record<string, Amount> = {};
  for (const [index, part] of parts.entries()) {
    const item = itemOfSample(
      { ...part, startDate: part.startDate ?? part.start ?? new Date(common.start.at).toISOString() },
      below(common.path, `objects[${index}]`),
      zone,
    );
    if (item.kind !== 'reading') return item;
    if (item.value !== null && 'unit' in item.value) components[item.measure] = item.value;
  }
  return { kind: 'reading', ...common, measure: 'blood-pressure', value: null, components };
}

/** Samples of one kind that belong together: the two blood pressures are one reading, the parts of a meal are many. */
function* correlationItems(sample: Json, type: string, common: Common, zone: number): Generator<Item> {
  const parts = objectsOf(sample.objects ?? sample.samples);
  if (type === 'HKCorrelationTypeIdentifierBloodPressure') {
    yield pressureItem(parts, common, zone);
    return;
  }
  for (const [index, part] of parts.entries()) yield itemOfSample(part, below(common.path, `objects[${index}]`), zone);
}

function ecgItem(sample: Json, common: Common): Item {
  const voltages = Array.isArray(sample.voltageMeasurements) ? sample.voltageMeasurements : [];
  const values = voltages.map((one) => numberIn(isJson(one) ? (one.microvolts ?? one.value ?? one.voltage) : one));
  const frequency = amountIn(sample.samplingFrequency, 'Hz', 'Hz');
  if (values.length === 0 || frequency === null || frequency.value <= 0) {
    return unreadable(
      below(common.path, 'voltageMeasurements'),
      'An ECG needs its voltages and their frequency in Hz',
      'required',
    );
  }
  const sampled = { values, period: 1000 / frequency.value, unit: textOf(sample.unit) ?? 'uV' };
  return { kind: 'reading', ...common, measure: 'ecg-waveform', value: { sampled } };
}

function itemOfSample(sample: Json, path: string, zone: number): Item {
  const type = typeOf(sample);
  if (type === null) return unreadable(below(path, 'type'), 'A sample of HealthKit needs its type', 'required');
  const common = commonOf(sample, path, zone);
  if (!isCommon(common)) return common;
  if (type.startsWith(quantityPrefix)) return quantityItem(sample, type, common);
  if (/^HKCategoryTypeIdentifier[A-Za-z0-9]{1,60}$/.test(type)) return categoryItem(sample, type, common);
  if (type === 'HKWorkout' || type === 'HKWorkoutTypeIdentifier') return workoutItem(sample, common);
  if (type === 'HKElectrocardiogram' || type === 'HKDataTypeIdentifierElectrocardiogram')
    return ecgItem(sample, common);
  return unreadable(
    below(path, 'type'),
    'Unknown type: quantities, categories, workouts and ECGs of HealthKit are read',
    'not-supported',
  );
}

/**
 * What a sample of HealthKit is, as JSON that an app makes of it: type, value, unit, startDate, endDate, uuid, device, metadata.
 *
 * @param zone minutes from UTC where a time has no offset
 * @see https://developer.apple.com/documentation/healthkit/hksample
 */
export function* itemsOfSample(sample: Json, path: string, zone: number): Generator<Item> {
  const type = typeOf(sample);
  const common = commonOf(sample, path, zone);
  if (type?.startsWith('HKCorrelationTypeIdentifier') && isCommon(common)) {
    yield* correlationItems(sample, type, common, zone);
    return;
  }
  yield itemOfSample(sample, path, zone);
}
