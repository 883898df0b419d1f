import {
  activity,
  amount,
  bloodSpecimen,
  dateTime,
  denominators,
  duration,
  length,
  location,
  meal,
  number,
  object,
  oneOfTexts,
  partOfDay,
  posture,
  type Schema,
  sleeping,
  specimen,
  statistics,
  text,
  timeFrame,
  timeInterval,
  units,
  type Versions,
} from './parts.ts';

const once = (schema: Schema): Versions => ({ '1.0': schema });
const twice = (schema: Schema): Versions => ({ '1.0': schema, '1.1': schema });

const range = (...of: string[]): Schema =>
  object(
    { low_value: number, high_value: number, unit: of.length === 0 ? text : oneOfTexts(...of) },
    ...['low_value', 'high_value', 'unit'],
  );

const schemaId = (more: Readonly<Record<string, Schema>> = {}): Schema =>
  object({ namespace: text, name: text, version: text, ...more }, 'namespace', 'name', 'version');

const provenance = {
  source_name: text,
  source_data_point_id: text,
  source_creation_date_time: dateTime,
  source_last_modification_date_time: dateTime,
  modality: oneOfTexts('sensed', 'self-reported'),
};

const header = object(
  {
    ...{ id: text, creation_date_time: dateTime, user_id: text, schema_id: schemaId() },
    acquisition_provenance: object(provenance, 'source_name'),
  },
  ...['id', 'creation_date_time', 'schema_id'],
);

const along = (name: string, of: Schema, more: Readonly<Record<string, Schema>> = {}): Schema =>
  object(
    {
      ...{ [`${name}_x`]: of, [`${name}_y`]: of, [`${name}_z`]: of, ...more },
      ...{ effective_time_frame: timeFrame.omh, descriptive_statistic: statistics['1.2'] },
    },
    ...[`${name}_x`, `${name}_y`, 'effective_time_frame'],
  );

const angle = amount('deg');
const flux = amount('pT', 'nT', 'uT', 'mT', 'T');
const area = amount('mm^2', 'cm^2', 'm^2', 'km^2', 'in^2', 'ft^2', 'yd^2', 'mi^2');
const volume = amount(
  ...['fL', 'pL', 'nL', 'uL', 'mL', 'cL', 'dL', 'L', 'kL', 'fl oz', 'Cup', 'in^3', 'pt', 'qt', 'gal', 'tsp', 'tbsp'],
);
const satellites = {
  number_of_satellites_in_view: { type: 'integer' },
  number_of_satellites_in_fix: { type: 'integer' },
  satellite_signal_strengths: {
    type: 'array',
    items: object({ value: { type: 'integer' }, unit: { enum: ['dB'] } }, 'value', 'unit'),
  },
  positioning_system: oneOfTexts('GPS', 'GLONASS', 'Galileo', 'Beidou', 'COMPASS', 'IRNSS', 'QZSS'),
};

/** What bodies and headers are made of, and bodies that tell nothing of a body: of where a phone was, and how it was held. */
export const values: Readonly<Record<string, Versions>> = {
  'omh:data-point': once(object({ header, body: { type: 'object' } }, 'header', 'body')),
  'omh:header': { '1.0': header, '1.1': header, '1.2': header },
  'omh:schema-id': { '1.0': schemaId(), '1.1': schemaId({ url: { type: 'string', format: 'uri' } }) },
  'omh:date-time': once(dateTime),
  'omh:local-time': once({ type: 'string', pattern: '^([01]\\d|2[0-3]):[0-5]\\d:([0-5]\\d|60)(\\.\\d{1,3})?$' }),
  'omh:part-of-day': once(partOfDay),
  'omh:time-frame': once(timeFrame.omh),
  'omh:time-interval': once(timeInterval.omh),
  'ieee:time-frame': once(timeFrame.ieee),
  'ieee:time-interval': once(timeInterval.ieee),
  'omh:unit-value': once(amount()),
  'omh:unit-value-range': once(range()),
  'omh:duration-unit-value': once(duration),
  'omh:frequency-unit-value': once(
    object(
      { number_of_times: number, time_window: { oneOf: [duration, range(...units.duration)] } },
      ...['number_of_times', 'time_window'],
    ),
  ),
  'omh:kcal-unit-value': once(amount('kcal')),
  'omh:length-unit-value': once(length),
  'omh:mass-unit-value': twice(amount(...units.mass)),
  'omh:area-unit-value': twice(area),
  'omh:volume-unit-value': twice(volume),
  'omh:temperature-unit-value': once(amount(...units.temperature)),
  'omh:speed-unit-value': once(amount(...units.speed)),
  'omh:pace-unit-value': twice(amount('min/mi', 'min/km')),
  'omh:acceleration-unit-value': twice(amount('m/s^2')),
  'omh:angular-velocity-unit-value': twice(amount('rad/s')),
  'omh:magnetic-flux-density-unit-value': twice(flux),
  'omh:plane-angle-unit-value': twice(angle),
  'omh:systolic-blood-pressure': twice(amount('mmHg')),
  'omh:diastolic-blood-pressure': twice(amount('mmHg')),
  'omh:descriptive-statistic': statistics,
  'omh:descriptive-statistic-denominator': denominators,
  'omh:temporal-relationship-to-meal': meal,
  'omh:temporal-relationship-to-physical-activity': once(activity),
  'omh:temporal-relationship-to-sleep': once(sleeping),
  'omh:body-location': twice(location),
  'omh:body-posture': once(posture),
  'ieee:body-posture': once(posture),
  'omh:position-during-measurement': once(oneOfTexts('sitting', 'lying down', 'standing')),
  'omh:blood-specimen-type': once(bloodSpecimen),
  'omh:specimen-source': specimen,
  'omh:activity-name': once(text),
  'omh:acceleration': {
    '1.0': along('acceleration', amount('m/s^2'), { sensor_body_location: location }),
    '2.0': along('acceleration', amount('m/s^2'), { sensor_body_location: location }),
  },
  'omh:orientation': once(along('angular_velocity', amount('rad/s'), { sensor_body_location: location })),
  'omh:magnetic-force': once(along('magnetic_field_strength', flux)),
  'omh:ambient-temperature': once(
    object(
      {
        ...{ ambient_temperature: amount(...units.temperature), effective_time_frame: timeFrame.omh },
        descriptive_statistic: statistics['1.2'],
      },
      'ambient_temperature',
    ),
  ),
  'ieee:ambient-sound': once(
    object(
      {
        ...{ ambient_sound: amount('dB', 'dBA'), effective_time_frame: timeFrame.ieee },
        descriptive_statistic: statistics['1.2'],
      },
      ...['ambient_sound', 'effective_time_frame'],
    ),
  ),
  'omh:geoposition': once(
    object(
      {
        ...{ latitude: angle, longitude: angle, elevation: amount('m', 'ft'), ...satellites },
        effective_time_frame: { allOf: [timeFrame.omh, { required: ['date_time'] }] },
      },
      ...['latitude', 'longitude', 'effective_time_frame'],
    ),
  ),
};
