import {
  activity,
  amount,
  bloodSpecimen,
  boolean,
  denominators,
  duration,
  integer,
  kcal,
  length,
  location,
  meal,
  number,
  object,
  oneOfTexts,
  percent,
  posture,
  type Schema,
  sleeping,
  span,
  specimen,
  statistics,
  text,
  timeFrame,
  units,
  type Versions,
} from './parts.ts';

type Fields = Readonly<Record<string, Schema>>;

const omh = { effective_time_frame: timeFrame.omh, descriptive_statistic: statistics['1.2'] };
const ieee = { effective_time_frame: timeFrame.ieee, descriptive_statistic: statistics['1.2'] };
const notes = { user_notes: text };

/** The first versions of most let the time be missing. */
const untimed = (fields: Fields, ...required: string[]): Schema => object({ ...omh, ...notes, ...fields }, ...required);
const timed = (fields: Fields, ...required: string[]): Schema =>
  object({ ...omh, ...fields }, ...required, 'effective_time_frame');
const timedIeee = (fields: Fields, ...required: string[]): Schema =>
  object({ ...ieee, ...fields }, ...required, 'effective_time_frame');

const per = { descriptive_statistic_denominator: { anyOf: [denominators['1.1'], text] } };
const overSpan = { effective_time_frame: span.omh, descriptive_statistic: statistics['1.0'], ...per };

const glucose = { blood_glucose: amount('mg/dL', 'mmol/L') };
const mealAndSleep = { temporal_relationship_to_meal: meal['1.2'], temporal_relationship_to_sleep: sleeping };
const pressures = { systolic_blood_pressure: amount('mmHg'), diastolic_blood_pressure: amount('mmHg') };
const both = ['systolic_blood_pressure', 'diastolic_blood_pressure'];
const where = { measurement_location: location };
const moved = { temporal_relationship_to_physical_activity: activity };
const slept = { temporal_relationship_to_sleep: sleeping };
const warm = { body_temperature: amount(...units.temperature) };
const oldSites = oneOfTexts('oral', 'rectal', 'vaginal', 'axillary', 'otic', 'wrist', 'chest', 'temporal');
const sites = oneOfTexts(
  ...['axillary', 'finger', 'forehead', 'oral', 'rectal', 'temporal artery', 'toe', 'tympanic', 'wrist', 'vagina'],
);
const weight = { body_weight: amount(...units.mass) };
const fat = { body_fat_percentage: percent };
const height = { body_height: length };
const heart = { heart_rate: amount('beats/min'), ...moved };
const breath = { respiratory_rate: amount('breaths/min'), ...moved };
const oxygen = {
  oxygen_saturation: percent,
  system: oneOfTexts('peripheral capillary'),
  supplemental_oxygen_flow_rate: amount('L/min'),
  oxygen_therapy_mode_of_administration: oneOfTexts('nasal cannula'),
  measurement_method: oneOfTexts('pulse oximetry'),
};
const burned = { kcal_burned: kcal, activity_name: text };
const exercise = {
  activity_name: text,
  effective_time_frame: timeFrame.omh,
  distance: length,
  reported_activity_intensity: oneOfTexts('light', 'moderate', 'vigorous'),
};
const asleep = { sleep_duration: amount('sec', 'min', 'h') };
const episode = {
  effective_time_frame: span.omh,
  latency_to_sleep_onset: duration,
  latency_to_arising: duration,
  total_sleep_time: duration,
  number_of_awakenings: integer,
  is_main_sleep: boolean,
  sleep_maintenance_efficiency_percentage: percent,
};
const breathing = (field: string): Versions => ({ '1.0': untimed({ [field]: amount('sec'), ...moved }, field) });

/**
 * What the bodies of data points are, by the name of their schema.
 *
 * @see https://www.openmhealth.org/documentation/#/schema-docs/schema-library
 */
export const bodies: Readonly<Record<string, Versions>> = {
  'omh:blood-glucose': {
    '1.0': untimed({ ...glucose, ...mealAndSleep, blood_specimen_type: bloodSpecimen }, 'blood_glucose'),
    '2.0': untimed({ ...glucose, ...mealAndSleep, specimen_source: specimen['1.0'] }, 'blood_glucose'),
    '3.0': timed({ ...glucose, ...mealAndSleep, specimen_source: specimen['2.1'] }, 'blood_glucose'),
    '4.0': timedIeee({ ...glucose, ...mealAndSleep, specimen_source: specimen['2.1'] }, 'blood_glucose'),
  },
  'omh:blood-pressure': {
    '1.0': untimed(
      { ...pressures, position_during_measurement: oneOfTexts('sitting', 'lying down', 'standing') },
      ...both,
    ),
    '2.0': untimed({ ...pressures, body_posture: posture }, ...both),
    '3.0': timed({ ...pressures, ...where, body_posture: posture }, ...both),
    '3.1': timed({ ...pressures, ...where, ...moved, body_posture: posture }, ...both),
    '4.0': timedIeee({ ...pressures, ...where, ...moved, body_posture: posture }, ...both),
  },
  'omh:body-fat-percentage': {
    '1.0': untimed(fat, 'body_fat_percentage'),
    '2.0': timedIeee(fat, 'body_fat_percentage'),
  },
  'omh:body-height': { '1.0': untimed(height, 'body_height'), '2.0': timedIeee(height, 'body_height') },
  'omh:body-mass-index': {
    '1.0': untimed({ body_mass_index: amount('kg/m2') }, 'body_mass_index'),
    '2.0': timed({ body_mass_index: amount('kg/m^2') }, 'body_mass_index'),
    '3.0': timedIeee({ body_mass_index: amount('kg/m^2') }, 'body_mass_index'),
  },
  'omh:body-temperature': {
    '1.0': untimed({ ...warm, measurement_location: oldSites }, 'body_temperature'),
    '2.0': untimed({ ...warm, ...slept, measurement_location: sites }, 'body_temperature'),
    '3.0': timed({ ...warm, ...slept, measurement_location: sites }, 'body_temperature'),
    '4.0': timedIeee({ ...warm, ...slept, measurement_location: sites }, 'body_temperature'),
  },
  'omh:body-weight': {
    '1.0': untimed(weight, 'body_weight'),
    '2.0': timed(weight, 'body_weight'),
    '3.0': timedIeee(weight, 'body_weight'),
  },
  'omh:calories-burned': {
    '1.0': untimed(burned, 'kcal_burned'),
    '2.0': timed({ ...burned, ...per, effective_time_frame: span.omh }, 'kcal_burned'),
  },
  'omh:heart-rate': {
    '1.0': untimed(heart, 'heart_rate'),
    '1.1': untimed({ ...heart, ...slept }, 'heart_rate'),
    '2.0': timed({ ...heart, ...slept }, 'heart_rate'),
  },
  'omh:minutes-moderate-activity': {
    '1.0': object(
      { minutes_moderate_activity: amount('min'), effective_time_frame: timeFrame.omh },
      'minutes_moderate_activity',
    ),
  },
  'omh:oxygen-saturation': { '1.0': untimed(oxygen, 'oxygen_saturation'), '2.0': timed(oxygen, 'oxygen_saturation') },
  'omh:physical-activity': {
    '1.0': object(exercise, 'activity_name'),
    '1.1': object({ ...exercise, met_value: number }, 'activity_name'),
    '1.2': object({ ...exercise, met_value: number, kcal_burned: kcal }, 'activity_name'),
  },
  'omh:respiratory-rate': { '1.0': untimed(breath, 'respiratory_rate'), '2.0': timed(breath, 'respiratory_rate') },
  'omh:sleep-duration': {
    '1.0': untimed(asleep, 'sleep_duration'),
    '2.0': timed({ ...asleep, ...per, effective_time_frame: span.omh }, 'sleep_duration'),
  },
  'omh:sleep-episode': {
    '1.0': object(episode, 'effective_time_frame'),
    '1.1': object({ ...episode, wake_after_sleep_onset: duration }, 'effective_time_frame'),
  },
  'omh:step-count': {
    '1.0': object({ step_count: number, effective_time_frame: timeFrame.omh }, 'step_count'),
    '2.0': object({ ...overSpan, step_count: number }, 'step_count', 'effective_time_frame'),
    '3.0': object({ ...overSpan, step_count: amount('steps') }, 'step_count', 'effective_time_frame'),
  },
  'omh:total-sleep-time': {
    '1.0': timed({ total_sleep_time: duration, ...per, effective_time_frame: span.omh }, 'total_sleep_time'),
  },
  'omh:rr-interval': { '1.0': untimed({ rr_interval: amount('ms'), ...moved }, 'rr_interval') },
  'omh:minute-volume': {
    '1.0': untimed(
      {
        ...{ ...moved, minute_volume: amount('mL/min', 'L/min') },
        minute_volume_type: oneOfTexts('inspiratory', 'expiratory', 'total'),
      },
      'minute_volume',
    ),
  },
  'omh:inspiratory-time': breathing('inspiratory_time'),
  'omh:expiratory-time': breathing('expiratory_time'),
  'omh:ventilation-cycle-time': {
    '1.0': timed({ ventilation_cycle_time: amount('sec'), ...moved }, 'ventilation_cycle_time'),
  },
  'omh:breath-carbon-monoxide': { '1.0': untimed({ breath_carbon_monoxide: amount('ppm') }, 'breath_carbon_monoxide') },
  'omh:speed': { '1.0': timed({ speed: amount(...units.speed) }, 'speed') },
  'omh:pace': { '1.0': timed({ pace: amount('min/mi', 'min/km') }, 'pace') },
  'ieee:physical-activity': {
    '1.0': object(
      {
        ...{ activity_name: text, effective_time_frame: timeFrame.ieee, distance: length, duration, kcal_burned: kcal },
        ...{ met_value: number, base_movement_quantity: amount() },
        reported_activity_intensity: exercise.reported_activity_intensity,
      },
      ...['activity_name', 'effective_time_frame'],
    ),
  },
  'ieee:sleep-episode': {
    '1.0': object(
      { ...episode, wake_after_sleep_onset: duration, effective_time_frame: span.ieee },
      'effective_time_frame',
    ),
  },
  'ieee:total-sleep-time': {
    '1.0': timedIeee({ total_sleep_time: duration, ...per, effective_time_frame: span.ieee }, 'total_sleep_time'),
  },
  'ieee:heart-rate': { '1.0': timedIeee({ ...heart, ...slept }, 'heart_rate') },
};
