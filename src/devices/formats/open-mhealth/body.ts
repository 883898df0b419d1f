import type { CodeableConcept, Observation, ObservationComponent } from '@medplum/fhirtypes';

import type { Json } from '../../../fhir/context.ts';
import { localSystem } from '../../measures/measure.ts';
import type { Amount, Reading, Whole } from '../../reading.ts';
import { distanceOf, exerciseOf } from '../healthkit/types.ts';
import { isJson, numberOf, textOf } from '../json.ts';

/** What a body says, before its header has said of whom and when. */
export type Said = {
  /** The field that it stands in. */
  field: string;
} & (Pick<Reading, 'measure' | 'value' | 'components' | 'more'> | { whole: Whole['resource'] } | { nothing: string });

export const amountOf = (value: unknown): Amount | null => {
  if (!isJson(value)) return null;
  const number = numberOf(value.value);
  return number === null ? null : { value: number, unit: textOf(value.unit) };
};

const textsOf = (body: Json, ...fields: string[]): ObservationComponent[] =>
  fields.flatMap((field) => {
    const text = textOf(body[field]);
    const code = field.replaceAll('_', '-');
    const concept: CodeableConcept = { coding: [{ system: localSystem, code }], text: field.replaceAll('_', ' ') };
    return text === null ? [] : [{ code: concept, valueString: text.slice(0, 200) }];
  });

const about = ['temporal_relationship_to_physical_activity', 'body_posture', 'position_during_measurement'] as const;

const notesOf = (body: Json, ...fields: string[]): { text: string }[] =>
  fields.flatMap((field) => {
    const text = textOf(body[field]);
    return text === null ? [] : [{ text: `${field.replaceAll('_', ' ')}: ${text.slice(0, 200)}` }];
  });

/**
 * What stands beside the value; absent: nothing.
 *
 * @param component of measures that are no vital sign: the profiles of those let a component have a vital sign alone
 */
function moreOf(
  body: Json,
  component: readonly ObservationComponent[] = [],
  notes: readonly { text: string }[] = [],
): Pick<Reading, 'more'> {
  const site = textOf(body.measurement_location);
  const said = textOf(body.user_notes);
  const note = [
    ...(said === null ? [] : [{ text: said.slice(0, 1000) }]),
    ...notes,
    ...notesOf(body, 'temporal_relationship_to_sleep', ...about),
  ];
  const more: Partial<Observation> = {
    ...(site === null ? {} : { bodySite: { text: site } }),
    ...(note.length === 0 ? {} : { note }),
    ...(component.length === 0 ? {} : { component: [...component] }),
  };
  return Object.keys(more).length === 0 ? {} : { more };
}

const single =
  (field: string, measure: string) =>
  (body: Json): Said => ({
    ...{ field, measure, value: amountOf(body[field]) },
    ...moreOf(body),
  });

function wholeSaid(body: Json, field: string, code: string, display: string, unit: string): Said {
  const amount = amountOf(body[field]);
  const whole: Observation = {
    ...{ resourceType: 'Observation', status: 'final' },
    category: [
      { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' }] },
    ],
    code: { coding: [{ system: localSystem, code, display }], text: display },
    ...(amount === null
      ? {}
      : {
          valueQuantity: {
            value: amount.value,
            unit: amount.unit ?? unit,
            system: 'http://unitsofmeasure.org',
            code: ucum(amount.unit) ?? unit,
          },
        }),
    ...moreOf(body).more,
  };
  return { field, whole };
}

/** Units of Open mHealth that UCUM writes otherwise. */
const ucum = (unit: string | null): string | null =>
  ({ sec: 's', ppm: '[ppm]', 'min/mi': 'min/[mi_i]' })[unit ?? ''] ?? unit;

const other =
  (field: string, display: string, unit: string) =>
  (body: Json): Said =>
    wholeSaid(body, field, field.replaceAll('_', '-'), display, unit);

function heartRate(body: Json): Said {
  const isResting = body.temporal_relationship_to_physical_activity === 'at rest';
  if (!isResting) return single('heart_rate', 'heart-rate')(body);
  // That it was at rest is what the measure says.
  const { temporal_relationship_to_physical_activity: _, ...rest } = body;
  return single('heart_rate', 'resting-heart-rate')(rest);
}

/** Not of what a meter or a sensor sees. */
const fluids: ReadonlySet<string> = new Set([
  'tears',
  'lacrimal fluid',
  'saliva',
  'sweat',
  'urine',
  'breath',
  'plasma',
  'serum',
]);

function bloodGlucose(body: Json): Said {
  const source = textOf(body.specimen_source) ?? textOf(body.blood_specimen_type);
  const amount = amountOf(body.blood_glucose);
  const isMolar = amount?.unit === 'mmol/L';
  if (source !== null && fluids.has(source)) {
    return wholeSaid(
      body,
      'blood_glucose',
      `glucose-in-${source.replaceAll(' ', '-')}`,
      `Glucose in ${source}`,
      'mg/dL',
    );
  }
  const by = source === 'interstitial fluid' ? 'cgm-sensor-reading' : 'blood-glucose-meter';
  const measure = `${by}-${isMolar ? 'molar' : 'mass'}`;
  const more = moreOf(body, textsOf(body, 'temporal_relationship_to_meal'));
  return { field: 'blood_glucose', measure, value: amount, ...more };
}

function bloodPressure(body: Json): Said {
  const [systolic, diastolic] = [amountOf(body.systolic_blood_pressure), amountOf(body.diastolic_blood_pressure)];
  const components = {
    ...(systolic === null ? {} : { 'systolic-blood-pressure': systolic }),
    ...(diastolic === null ? {} : { 'diastolic-blood-pressure': diastolic }),
  };
  return { field: 'systolic_blood_pressure', measure: 'blood-pressure', value: null, components, ...moreOf(body) };
}

const bodyTemperature = (body: Json): Said =>
  single(
    'body_temperature',
    body.measurement_location === 'wrist' ? 'wrist-skin-temperature' : 'body-temperature',
  )(body);

function oxygenSaturation(body: Json): Said {
  const flow = amountOf(body.supplemental_oxygen_flow_rate);
  const notes = [
    ...(flow === null ? [] : [{ text: `supplemental oxygen flow rate: ${flow.value} ${flow.unit}` }]),
    ...notesOf(body, 'oxygen_therapy_mode_of_administration'),
  ];
  const value = amountOf(body.oxygen_saturation);
  return { field: 'oxygen_saturation', measure: 'spo2', value, ...moreOf(body, [], notes) };
}

function stepCount(body: Json): Said {
  const count = numberOf(body.step_count);
  return {
    field: 'step_count',
    measure: 'steps',
    value: count === null ? amountOf(body.step_count) : { value: count, unit: 'steps' },
  };
}

function physicalActivity(body: Json): Said {
  const name = textOf(body.activity_name) ?? '';
  const code = exerciseOf(name);
  const [distance, energy, took] = [amountOf(body.distance), amountOf(body.kcal_burned), amountOf(body.duration)];
  const moved = amountOf(body.base_movement_quantity);
  const met = numberOf(body.met_value);
  const component: ObservationComponent[] = textsOf(body, 'reported_activity_intensity');
  if (met !== null) {
    const valueQuantity = { value: met, unit: 'MET', system: 'http://unitsofmeasure.org', code: '[MET]' };
    component.push({
      code: { coding: [{ system: localSystem, code: 'met-value' }], text: 'metabolic equivalent' },
      valueQuantity,
    });
  }
  const components = {
    ...(distance === null ? {} : { [distanceOf(code)]: distance }),
    ...(energy === null ? {} : { 'calories-in-exercise': energy }),
    ...(took === null ? {} : { 'exercise-duration': took }),
    ...(moved?.unit === 'steps' ? { steps: moved } : {}),
  };
  // The code says less than the name.
  const more = { note: [{ text: name.slice(0, 200) }], ...moreOf(body, component).more };
  return { field: 'activity_name', measure: 'exercise-session-type', value: { code }, components, more };
}

function sleepEpisode(body: Json): Said {
  const total = amountOf(body.total_sleep_time);
  if (total === null)
    return {
      field: 'total_sleep_time',
      nothing: 'An episode without its total sleep time says of no sleep how long it was',
    };
  const component: ObservationComponent[] = [
    'latency_to_sleep_onset',
    'latency_to_arising',
    'wake_after_sleep_onset',
    'sleep_maintenance_efficiency_percentage',
  ].flatMap((field) => {
    const amount = amountOf(body[field]);
    const code = {
      coding: [{ system: localSystem, code: field.replaceAll('_', '-') }],
      text: field.replaceAll('_', ' '),
    };
    const unit = amount?.unit ?? '1';
    return amount === null
      ? []
      : [
          {
            code,
            valueQuantity: { value: amount.value, unit, system: 'http://unitsofmeasure.org', code: ucum(unit) ?? unit },
          },
        ];
  });
  const awakenings = numberOf(body.number_of_awakenings);
  if (awakenings !== null) {
    component.push({
      code: { coding: [{ system: localSystem, code: 'number-of-awakenings' }], text: 'number of awakenings' },
      valueInteger: awakenings,
    });
  }
  if (typeof body.is_main_sleep === 'boolean') {
    component.push({
      code: { coding: [{ system: localSystem, code: 'is-main-sleep' }], text: 'is main sleep' },
      valueBoolean: body.is_main_sleep,
    });
  }
  return { field: 'total_sleep_time', measure: 'sleep-duration', value: total, ...moreOf(body, component) };
}

const world = () => (): Said => ({ field: '', nothing: 'It tells of the surroundings or of a motion, and of no body' });

/** What the body of each schema says. */
export const readers: Readonly<Record<string, (body: Json) => Said>> = {
  'omh:heart-rate': heartRate,
  'ieee:heart-rate': heartRate,
  'omh:blood-glucose': bloodGlucose,
  'omh:blood-pressure': bloodPressure,
  'omh:body-fat-percentage': single('body_fat_percentage', 'body-fat'),
  'omh:body-height': single('body_height', 'body-height'),
  'omh:body-mass-index': single('body_mass_index', 'bmi'),
  'omh:body-temperature': bodyTemperature,
  'omh:body-weight': single('body_weight', 'body-weight'),
  'omh:calories-burned': single('kcal_burned', 'active-energy'),
  'omh:minutes-moderate-activity': single('minutes_moderate_activity', 'moderate-minutes'),
  'omh:oxygen-saturation': oxygenSaturation,
  'omh:physical-activity': physicalActivity,
  'ieee:physical-activity': physicalActivity,
  'omh:respiratory-rate': single('respiratory_rate', 'respiratory-rate'),
  'omh:sleep-duration': single('sleep_duration', 'sleep-duration'),
  'omh:total-sleep-time': single('total_sleep_time', 'sleep-duration'),
  'ieee:total-sleep-time': single('total_sleep_time', 'sleep-duration'),
  'omh:sleep-episode': sleepEpisode,
  'ieee:sleep-episode': sleepEpisode,
  'omh:step-count': stepCount,
  'omh:rr-interval': other('rr_interval', 'R-R interval', 'ms'),
  'omh:minute-volume': other('minute_volume', 'Minute volume', 'L/min'),
  'omh:inspiratory-time': other('inspiratory_time', 'Inspiratory time', 's'),
  'omh:expiratory-time': other('expiratory_time', 'Expiratory time', 's'),
  'omh:ventilation-cycle-time': other('ventilation_cycle_time', 'Ventilation cycle time', 's'),
  'omh:breath-carbon-monoxide': other('breath_carbon_monoxide', 'Carbon monoxide in breath', '[ppm]'),
  'omh:speed': other('speed', 'Speed', 'm/s'),
  'omh:pace': other('pace', 'Pace', 'min/km'),
  'omh:acceleration': world(),
  'omh:orientation': world(),
  'omh:magnetic-force': world(),
  'omh:ambient-temperature': world(),
  'ieee:ambient-sound': world(),
  'omh:geoposition': world(),
};
