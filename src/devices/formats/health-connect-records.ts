import { measureOf } from '../measures.ts';

/** How a record type of Health Connect becomes readings. */
export type RecordType = {
  /** The measure of its value. */
  measure: string;
  /** The field that has the value, and the unit of a bare number in it. */
  field: string;
  unit: string;
  /** Where the values are elements of a list, each with its own time. */
  list?: { name: string; time: string };
  /** A fraction or another number is multiplied by it. */
  times?: number;
};

/** Units as Health Connect names them, in what it gives (`inKilograms`) and in what it is given (`kilograms`). */
export const units: Readonly<Record<string, string>> = {
  kilograms: 'kg',
  grams: 'g',
  milligrams: 'mg',
  micrograms: 'ug',
  ounces: '[oz_av]',
  pounds: '[lb_av]',
  meters: 'm',
  kilometers: 'km',
  miles: '[mi_i]',
  inches: '[in_i]',
  feet: '[ft_i]',
  calories: 'cal',
  kilocalories: 'kcal',
  joules: 'J',
  kilojoules: 'kJ',
  celsius: 'Cel',
  fahrenheit: '[degF]',
  millimetersOfMercury: 'mm[Hg]',
  millimolesPerLiter: 'mmol/L',
  milligramsPerDeciliter: 'mg/dL',
  percent: '%',
};

/**
 * The record types whose value is of a measure.
 *
 * @see https://developer.android.com/reference/kotlin/androidx/health/connect/client/records/package-summary
 */
export const recordTypes: Readonly<Record<string, RecordType>> = {
  Steps: { measure: 'steps', field: 'count', unit: '{steps}' },
  HeartRate: {
    ...{ measure: 'heart-rate', field: 'beatsPerMinute', unit: '/min' },
    list: { name: 'samples', time: 'time' },
  },
  RestingHeartRate: { measure: 'resting-heart-rate', field: 'beatsPerMinute', unit: '/min' },
  HeartRateVariabilityRmssd: { measure: 'hrv-rmssd', field: 'heartRateVariabilityMillis', unit: 'ms' },
  OxygenSaturation: { measure: 'spo2', field: 'percentage', unit: '%' },
  RespiratoryRate: { measure: 'respiratory-rate', field: 'rate', unit: '/min' },
  BodyTemperature: { measure: 'body-temperature', field: 'temperature', unit: 'Cel' },
  SkinTemperature: { measure: 'wrist-skin-temperature', field: 'baseline', unit: 'Cel' },
  Weight: { measure: 'body-weight', field: 'weight', unit: 'kg' },
  Height: { measure: 'body-height', field: 'height', unit: 'm' },
  BodyFat: { measure: 'body-fat', field: 'percentage', unit: '%' },
  LeanBodyMass: { measure: 'lean-body-mass', field: 'mass', unit: 'kg' },
  Distance: { measure: 'walking-running-distance', field: 'distance', unit: 'm' },
  FloorsClimbed: { measure: 'flights-climbed', field: 'floors', unit: '{flights}' },
  WheelchairPushes: { measure: 'wheelchair-pushes', field: 'count', unit: '{pushes}' },
  ActiveCaloriesBurned: { measure: 'active-energy', field: 'energy', unit: 'kcal' },
  Vo2Max: { measure: 'vo2-max', field: 'vo2MillilitersPerMinuteKilogram', unit: 'mL/kg/min' },
  Nutrition: { measure: 'calorie-intake', field: 'energy', unit: 'kcal' },
};

/** Record types that say nothing of a measure of ours, and why. */
export const unmeasured: Readonly<Record<string, string>> = {
  BasalBodyTemperature: 'a temperature at waking is told apart from a body temperature',
  BasalMetabolicRate: 'a rate is no energy that was burned',
  BodyWaterMass: 'there is no measure of it',
  BoneMass: 'there is no measure of it',
  CervicalMucus: 'there is no measure of it',
  CyclingPedalingCadence: 'there is no measure of it',
  ElevationGained: 'there is no measure of it',
  Hydration: 'there is no measure of it',
  IntermenstrualBleeding: 'there is no measure of it',
  MenstruationFlow: 'there is no measure of it',
  MenstruationPeriod: 'there is no measure of it',
  MindfulnessSession: 'there is no measure of it',
  OvulationTest: 'there is no measure of it',
  PlannedExerciseSession: 'a plan is no reading',
  Power: 'there is no measure of it',
  SexualActivity: 'there is no measure of it',
  Speed: 'there is no measure of it',
  StepsCadence: 'there is no measure of it',
  TotalCaloriesBurned: 'it has active and basal energy in one',
};

/** Exercise types, by number and by name, and what LOINC calls them. */
export const exercises: readonly [number, string, string][] = [
  [8, 'BIKING', 'Biking'],
  [9, 'BIKING_STATIONARY', 'Biking'],
  [56, 'RUNNING', 'Running'],
  [57, 'RUNNING_TREADMILL', 'Running'],
  [70, 'STRENGTH_TRAINING', 'Weights'],
  [73, 'SWIMMING_OPEN_WATER', 'Swimming'],
  [74, 'SWIMMING_POOL', 'Swimming'],
  [79, 'WALKING', 'Walking'],
  [37, 'HIKING', 'Walking'],
  [81, 'WEIGHTLIFTING', 'Weights'],
];

/** The code of an exercise type, of those that the measure has: a type that has none of its own is another. */
export function exerciseOf(type: unknown): string {
  const found = exercises.find(
    ([number, name]) => type === number || (typeof type === 'string' && type.toUpperCase().endsWith(name)),
  );
  const codes = measureOf('exercise-session-type')?.codes ?? [];
  return codes.find(({ display }) => display === (found?.[2] ?? 'Other'))?.code ?? '';
}

/** Stages of sleep, by number and by name, and the measures of their lengths; null: awake or out of bed. */
const stages: readonly [number, string, string | null][] = [
  [1, 'AWAKE', null],
  [3, 'OUT_OF_BED', null],
  [7, 'AWAKE_IN_BED', null],
  [2, 'SLEEPING', 'asleep'],
  [0, 'UNKNOWN', 'asleep'],
  [4, 'LIGHT', 'light-sleep'],
  [5, 'DEEP', 'deep-sleep'],
  [6, 'REM', 'rem-sleep'],
];

/** The measure of a stage's length, `asleep` for sleep of no stage, null for being awake; undefined: there is no such stage. */
export const stageOf = (stage: unknown): string | null | undefined => {
  const name = typeof stage === 'string' ? stage.toUpperCase().replace(/^STAGE_TYPE_/, '') : null;
  return stages.find(([number, word]) => stage === number || name === word)?.[2];
};
