/** What HealthKit calls its types by. https://developer.apple.com/documentation/healthkit */
export const healthKitSystem = 'http://developer.apple.com/documentation/healthkit';

/** A type of quantity, by its name after `HKQuantityTypeIdentifier`. */
export type QuantityType = {
  name: string;
  /** UCUM, in which it is kept where it is none of our measures. */
  unit: string;
  /** The id of its measure; absent: none of ours. */
  measure?: string;
};

const ofUnit: Readonly<Record<string, string>> = {
  // HealthKit writes a percentage as a fraction of 1.
  '%': [
    'AppleWalkingSteadiness AtrialFibrillationBurden BloodAlcoholContent BodyFatPercentage OxygenSaturation',
    'PeripheralPerfusionIndex WalkingAsymmetryPercentage WalkingDoubleSupportPercentage',
  ].join(' '),
  '/min':
    'CyclingCadence HeartRateRecoveryOneMinute HeartRate RespiratoryRate RestingHeartRate WalkingHeartRateAverage',
  Cel: 'AppleSleepingWristTemperature BasalBodyTemperature BodyTemperature WaterTemperature',
  '[iU]': 'InsulinDelivery',
  L: 'ForcedExpiratoryVolume1 ForcedVitalCapacity DietaryWater',
  'L/min': 'PeakExpiratoryFlowRate',
  S: 'ElectrodermalActivity',
  W: 'CyclingFunctionalThresholdPower CyclingPower RunningPower',
  cm: 'Height WaistCircumference',
  kg: 'BodyMass LeanBodyMass',
  'dB[SPL]': 'EnvironmentalAudioExposure HeadphoneAudioExposure',
  // UCUM has no decibel of a hearing level: what kind it is, is an annotation.
  'dB{HL}': 'EnvironmentalSoundReduction',
  g: [
    'DietaryCarbohydrates DietaryFatMonounsaturated DietaryFatPolyunsaturated DietaryFatSaturated DietaryFatTotal',
    'DietaryFiber DietaryProtein DietarySugar',
  ].join(' '),
  kcal: 'ActiveEnergyBurned BasalEnergyBurned DietaryEnergyConsumed',
  'kcal/h/kg': 'PhysicalEffort',
  'kg/m2': 'BodyMassIndex',
  'km/h': 'CyclingSpeed RunningSpeed',
  m: [
    'DistanceCrossCountrySkiing DistanceCycling DistanceDownhillSnowSports DistancePaddleSports DistanceRowing',
    'DistanceSkatingSports DistanceSwimming DistanceWalkingRunning DistanceWheelchair RunningStrideLength',
    'RunningVerticalOscillation SixMinuteWalkTestDistance UnderwaterDepth WalkingStepLength',
  ].join(' '),
  'm/s': 'CrossCountrySkiingSpeed PaddleSportsSpeed RowingSpeed StairAscentSpeed StairDescentSpeed WalkingSpeed',
  'mL/kg/min': 'VO2Max',
  mg: [
    'DietaryCaffeine DietaryCalcium DietaryChloride DietaryCholesterol DietaryIron DietaryMagnesium DietaryManganese',
    'DietaryNiacin DietaryPantothenicAcid DietaryPhosphorus DietaryPotassium DietaryRiboflavin DietarySodium',
    'DietaryThiamin DietaryVitaminB6 DietaryVitaminC DietaryVitaminE DietaryZinc',
  ].join(' '),
  'mg/dL': 'BloodGlucose',
  min: 'AppleExerciseTime AppleMoveTime AppleStandTime TimeInDaylight',
  'mm[Hg]': 'BloodPressureDiastolic BloodPressureSystolic',
  ms: 'HeartRateVariabilitySDNN RunningGroundContactTime',
  ug: [
    'DietaryBiotin DietaryChromium DietaryCopper DietaryFolate DietaryIodine DietaryMolybdenum DietarySelenium',
    'DietaryVitaminA DietaryVitaminB12 DietaryVitaminD DietaryVitaminK',
  ].join(' '),
  '1': [
    'AppleSleepingBreathingDisturbances EstimatedWorkoutEffortScore FlightsClimbed InhalerUsage NikeFuel',
    'NumberOfAlcoholicBeverages NumberOfTimesFallen PushCount StepCount SwimmingStrokeCount UVExposure',
    'WorkoutEffortScore',
  ].join(' '),
};

const measured: Readonly<Record<string, string>> = {
  HeartRate: 'heart-rate',
  RestingHeartRate: 'resting-heart-rate',
  WalkingHeartRateAverage: 'walking-heart-rate-average',
  HeartRateVariabilitySDNN: 'hrv-sdnn',
  OxygenSaturation: 'spo2',
  RespiratoryRate: 'respiratory-rate',
  BodyTemperature: 'body-temperature',
  AppleSleepingWristTemperature: 'wrist-skin-temperature',
  BloodPressureSystolic: 'systolic-blood-pressure',
  BloodPressureDiastolic: 'diastolic-blood-pressure',
  BodyMass: 'body-weight',
  Height: 'body-height',
  BodyMassIndex: 'bmi',
  BodyFatPercentage: 'body-fat',
  LeanBodyMass: 'lean-body-mass',
  WaistCircumference: 'waist-circumference',
  BloodGlucose: 'blood-glucose-meter-mass',
  StepCount: 'steps',
  DistanceWalkingRunning: 'walking-running-distance',
  DistanceSwimming: 'swimming-distance',
  DistanceCycling: 'cycling-distance',
  FlightsClimbed: 'flights-climbed',
  PushCount: 'wheelchair-pushes',
  ActiveEnergyBurned: 'active-energy',
  BasalEnergyBurned: 'basal-energy',
  AppleExerciseTime: 'moderate-minutes',
  VO2Max: 'vo2-max',
  ForcedExpiratoryVolume1: 'fev1',
  ForcedVitalCapacity: 'fvc',
  PeakExpiratoryFlowRate: 'pef',
  PeripheralPerfusionIndex: 'perfusion-index',
  DietaryEnergyConsumed: 'calorie-intake',
};

export const quantityPrefix = 'HKQuantityTypeIdentifier';
export const categoryPrefix = 'HKCategoryTypeIdentifier';

/** By its whole identifier. */
export const quantityTypes: ReadonlyMap<string, QuantityType> = new Map(
  Object.entries(ofUnit).flatMap(([unit, names]) =>
    names.split(' ').map((name): [string, QuantityType] => {
      const measure = measured[name];
      return [`${quantityPrefix}${name}`, { name, unit, ...(measure === undefined ? {} : { measure }) }];
    }),
  ),
);

/** `HKQuantityTypeIdentifierBodyMassIndex` → `Body Mass Index`. */
export const titleOf = (identifier: string): string =>
  identifier
    .replace(/^HK(Quantity|Category|Correlation)TypeIdentifier/, '')
    .replaceAll(/([a-z0-9])([A-Z])|([A-Z])([A-Z][a-z])/g, '$1$3 $2$4');

/**
 * A percentage of HealthKit in `%`: what is at most 1 is a fraction.
 *
 * @param unit as it was sent
 */
export function percentOf(value: number, unit: string | null): number {
  const isFraction = (unit === null || unit === '%' || unit === 'percent') && Math.abs(value) <= 1;
  return isFraction ? Number((value * 100).toPrecision(12)) : value;
}

/** The stages that HKCategoryValueSleepAnalysis has, by number and by name. */
export function sleepStageOf(value: string): 'rem-sleep' | 'deep-sleep' | 'light-sleep' | 'sleep-duration' | null {
  const text = value
    .toLowerCase()
    .replace('hkcategoryvaluesleepanalysis', '')
    .replaceAll(/[^a-z0-9]/g, '');
  if (text === '5' || text === 'asleeprem' || text === 'rem') return 'rem-sleep';
  if (text === '4' || text === 'asleepdeep' || text === 'deep') return 'deep-sleep';
  if (text === '3' || text === 'asleepcore' || text === 'core') return 'light-sleep';
  return text === '1' || text === 'asleep' || text === 'asleepunspecified' ? 'sleep-duration' : null;
}

const activities: readonly (readonly [RegExp, string])[] = [
  [/cycl|bik(e|ing)/, 'LA11837-4'],
  [/jog/, 'LA11835-8'],
  [/run/, 'LA11836-6'],
  [/swim/, 'LA11838-2'],
  [/walk|hik/, 'LA11834-1'],
  [/weight|strength/, 'LA11839-0'],
  [/mixed|crosstraining/, 'LA11840-8'],
];

/** What kind of exercise a name says: an answer of https://loinc.org/73985-4. */
export function exerciseOf(name: string): string {
  const text = name.toLowerCase();
  return activities.find(([pattern]) => pattern.test(text))?.[1] ?? 'LA46-8';
}

const distances: Readonly<Record<string, string>> = {
  'LA11837-4': 'cycling-distance',
  'LA11838-2': 'swimming-distance',
};

/** The measure of a distance that was covered in an exercise. */
export const distanceOf = (exercise: string): string => distances[exercise] ?? 'walking-running-distance';
