/** JSON Schema draft-07. */
export type Schema = Readonly<Record<string, unknown>>;

/** By version: `1.0`. */
export type Versions = Readonly<Record<string, Schema>>;

export const text: Schema = { type: 'string' };
export const number: Schema = { type: 'number' };
export const integer: Schema = { type: 'integer' };
export const boolean: Schema = { type: 'boolean' };
export const oneOfTexts = (...values: string[]): Schema => ({ type: 'string', enum: values });
export const dateTime: Schema = { type: 'string', format: 'date-time' };

export const object = (properties: Readonly<Record<string, Schema>>, ...required: string[]): Schema => ({
  type: 'object',
  properties,
  required,
});

/** A value with one of these units; of any unit where none is named. */
export const amount = (...units: string[]): Schema =>
  object({ value: number, unit: units.length === 0 ? text : oneOfTexts(...units) }, 'value', 'unit');

export const units = {
  duration: ['ps', 'ns', 'us', 'ms', 'sec', 'min', 'h', 'd', 'wk', 'Mo', 'yr'],
  length: ['fm', 'pm', 'nm', 'um', 'mm', 'cm', 'm', 'km', 'in', 'ft', 'yd', 'mi'],
  mass: ['fg', 'pg', 'ng', 'ug', 'mg', 'g', 'kg', 'Metric Ton', 'gr', 'oz', 'lb', 'Ton'],
  temperature: ['K', 'F', 'C'],
  speed: ['m/s', 'km/h'],
} as const;

export const duration = amount(...units.duration);
export const length = amount(...units.length);
export const kcal = amount('kcal');
export const percent = amount('%');

export const partOfDay = oneOfTexts('morning', 'afternoon', 'evening', 'night');

const interval = (...more: Schema[]): Schema => ({
  type: 'object',
  oneOf: [
    object({ start_date_time: dateTime, duration }, 'start_date_time', 'duration'),
    object({ end_date_time: dateTime, duration }, 'end_date_time', 'duration'),
    object({ start_date_time: dateTime, end_date_time: dateTime }, 'start_date_time', 'end_date_time'),
    ...more,
  ],
});

/** The second edition of the standard has no parts of days. */
export const timeInterval = {
  omh: interval(
    object(
      { date: { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$' }, part_of_day: partOfDay },
      'date',
      'part_of_day',
    ),
  ),
  ieee: interval(),
} as const;

const frame = (time_interval: Schema): Schema => ({
  type: 'object',
  oneOf: [object({ date_time: dateTime }, 'date_time'), object({ time_interval }, 'time_interval')],
});

/** A time, or a span of time. */
export const timeFrame = { omh: frame(timeInterval.omh), ieee: frame(timeInterval.ieee) } as const;

/** A span of time and no less. */
export const span = {
  omh: { allOf: [timeFrame.omh, { required: ['time_interval'] }] },
  ieee: { allOf: [timeFrame.ieee, { required: ['time_interval'] }] },
} as const;

const basic = ['average', 'maximum', 'minimum', 'standard deviation', 'variance', 'sum', 'median'];
const quintiles = ['1st quintile', '2nd quintile', '3rd quintile', '4th quintile'];
const further = ['count', 'quartile deviation', '80th percentile', 'lower quartile', 'upper quartile', ...quintiles];

export const statistics = {
  '1.0': oneOfTexts(...basic),
  '1.1': oneOfTexts(...basic, ...further),
  '1.2': oneOfTexts(...basic, ...further, '20th percentile'),
} as const;

export const denominators = {
  '1.0': oneOfTexts('d', 'episode', 'meal', 'session'),
  '1.1': oneOfTexts('d', 'wk', 'Mo', 'episode', 'meal', 'session'),
} as const;

export const location = oneOfTexts(
  ...['ankle', 'hip', 'thigh', 'upper arm', 'wrist'].flatMap((part) => [`left ${part}`, `right ${part}`]),
  ...['left thorax', 'middle left thorax'],
);

export const activity = oneOfTexts('at rest', 'active', 'before exercise', 'after exercise', 'during exercise');
export const sleeping = oneOfTexts('before sleeping', 'during sleep', 'on waking');

const meals = ['before', 'after'].flatMap((when) =>
  ['meal', 'breakfast', 'lunch', 'dinner'].map((meal) => `${when} ${meal}`),
);
const fed = ['fasting', 'not fasting', ...meals, '2 hours postprandial'];
export const meal = {
  '1.0': oneOfTexts(...fed),
  '1.1': oneOfTexts(...fed, 'with meal', 'with food', 'not related to meals'),
  '1.2': oneOfTexts(...fed, 'with meal', 'with food'),
} as const;

export const posture = oneOfTexts('sitting', 'lying down', 'standing', 'semi-recumbent');

const bodyFluids = ['interstitial fluid', 'capillary blood'];
export const specimen = {
  '1.0': oneOfTexts(...bodyFluids, 'plasma', 'serum', 'tears', 'whole blood'),
  '2.0': oneOfTexts(...bodyFluids, 'breath', 'lacrimal fluid', 'saliva', 'sweat', 'urine'),
  '2.1': oneOfTexts(...bodyFluids, 'breath', 'saliva', 'sweat', 'tears', 'urine'),
} as const;

export const bloodSpecimen = oneOfTexts('whole blood', 'plasma', 'serum');
