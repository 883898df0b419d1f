/** A value, and when it was measured: ms since 1970. */
export type Point = { at: number; value: number };

/** What is computed of N values; `gradient` is in the unit an hour, `intercept` is the value that the line has at `from`. */
export type Statistics = {
  count: number;
  /** With those that have no value that can be computed with. */
  total: number;
  minimum: number | null;
  maximum: number | null;
  sum: number | null;
  average: number | null;
  /** Of a sample, by N - 1. */
  variance: number | null;
  skew: number | null;
  kurtosis: number | null;
  /** As `percentiles` says, between two values in proportion. */
  percentiles: readonly (number | null)[];
  gradient: number | null;
  intercept: number | null;
};

export const percentiles = [0.2, 0.25, 0.4, 0.5, 0.6, 0.75, 0.8] as const;

/** ms */
export const HOUR = 3_600_000;

/** What a code of observation-statistics is of; `unit` is that of the values, its square, or none. */
export type Statistic = {
  code: string;
  display: string;
  unit: 'same' | 'squared' | 'none' | 'count';
  of(statistics: Statistics): number | null;
};

const at =
  (p: (typeof percentiles)[number]) =>
  ({ percentiles: found }: Statistics): number | null =>
    found[percentiles.indexOf(p)] ?? null;

const half = (low: number | null, high: number | null): number | null =>
  low === null || high === null ? null : (high - low) / 2;

/**
 * Every code but `regression`, which is two values. Skewness and kurtosis are those of the values themselves (m3 / m2^1.5 and
 * m4 / m2², 3 for a normal distribution).
 *
 * @see http://terminology.hl7.org/CodeSystem/observation-statistics
 */
export const statistics: readonly Statistic[] = [
  { code: 'average', display: 'Average', unit: 'same', of: ({ average }) => average },
  { code: 'maximum', display: 'Maximum', unit: 'same', of: ({ maximum }) => maximum },
  { code: 'minimum', display: 'Minimum', unit: 'same', of: ({ minimum }) => minimum },
  { code: 'count', display: 'Count', unit: 'count', of: ({ count }) => count },
  { code: 'total-count', display: 'Total Count', unit: 'count', of: ({ total }) => total },
  { code: 'median', display: 'Median', unit: 'same', of: at(0.5) },
  {
    code: 'std-dev',
    display: 'Standard Deviation',
    unit: 'same',
    of: ({ variance }) => (variance === null ? null : Math.sqrt(variance)),
  },
  { code: 'sum', display: 'Sum', unit: 'same', of: ({ sum }) => sum },
  { code: 'variance', display: 'Variance', unit: 'squared', of: ({ variance }) => variance },
  { code: '20-percent', display: '20th Percentile', unit: 'same', of: at(0.2) },
  { code: '80-percent', display: '80th Percentile', unit: 'same', of: at(0.8) },
  { code: '4-lower', display: 'Lower Quartile', unit: 'same', of: at(0.25) },
  { code: '4-upper', display: 'Upper Quartile', unit: 'same', of: at(0.75) },
  { code: '4-dev', display: 'Quartile Deviation', unit: 'same', of: (all) => half(at(0.25)(all), at(0.75)(all)) },
  { code: '5-1', display: '1st Quintile', unit: 'same', of: at(0.2) },
  { code: '5-2', display: '2nd Quintile', unit: 'same', of: at(0.4) },
  { code: '5-3', display: '3rd Quintile', unit: 'same', of: at(0.6) },
  { code: '5-4', display: '4th Quintile', unit: 'same', of: at(0.8) },
  { code: 'skew', display: 'Skew', unit: 'none', of: ({ skew }) => skew },
  { code: 'kurtosis', display: 'Kurtosis', unit: 'none', of: ({ kurtosis }) => kurtosis },
];

export const REGRESSION = { code: 'regression', display: 'Regression' };

const total = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0);

function percentile(sorted: readonly number[], p: number): number | null {
  const place = (sorted.length - 1) * p;
  const low = sorted[Math.floor(place)];
  const high = sorted[Math.ceil(place)];
  return low === undefined || high === undefined ? null : low + (high - low) * (place - Math.floor(place));
}

/** Least squares of the values over hours since `from`; none where all were measured at one time. */
function line(points: readonly Point[], from: number): Pick<Statistics, 'gradient' | 'intercept'> {
  const n = points.length;
  const xs = points.map(({ at: when }) => (when - from) / HOUR);
  const [x, y] = [total(xs) / n, total(points.map(({ value }) => value)) / n];
  const square = total(xs.map((one) => (one - x) ** 2));
  if (n < 2 || square === 0) return { gradient: null, intercept: null };
  const gradient = total(points.map(({ value }, place) => ((xs[place] ?? 0) - x) * (value - y))) / square;
  return { gradient, intercept: y - gradient * x };
}

/**
 * The statistics of points that were read one by one: what stats-sql.ts has Postgres compute.
 *
 * @param ignored how many there were beside them without a value
 * @param from ms since 1970
 */
export function statisticsOf(points: readonly Point[], ignored: number, from: number): Statistics {
  const values = points.map(({ value }) => value);
  const sorted = values.toSorted((one, other) => one - other);
  const count = values.length;
  const sum = total(values);
  const average = count === 0 ? null : sum / count;
  const moment = (power: number): number => total(values.map((one) => (one - (average ?? 0)) ** power)) / count;
  const m2 = moment(2);
  const varies = count > 0 && m2 > 0;
  return {
    count,
    total: count + ignored,
    minimum: sorted[0] ?? null,
    maximum: sorted.at(-1) ?? null,
    sum: count === 0 ? null : sum,
    average,
    variance: count < 2 ? null : (m2 * count) / (count - 1),
    skew: varies ? moment(3) / m2 ** 1.5 : null,
    kurtosis: varies ? moment(4) / m2 ** 2 : null,
    percentiles: percentiles.map((p) => percentile(sorted, p)),
    ...line(points, from),
  };
}

const scaled = (value: number | null, by: (value: number) => number): number | null =>
  value === null ? null : by(value);

/** Statistics of base units as those of a unit: a value in the base unit is value * factor + shift. */
export function inUnit(all: Statistics, factor: number, shift: number): Statistics {
  const value = (one: number | null) => scaled(one, (it) => (it - shift) / factor);
  return {
    ...all,
    minimum: value(all.minimum),
    maximum: value(all.maximum),
    average: value(all.average),
    sum: scaled(all.sum, (it) => (it - all.count * shift) / factor),
    variance: scaled(all.variance, (it) => it / factor ** 2),
    percentiles: all.percentiles.map(value),
    gradient: scaled(all.gradient, (it) => it / factor),
    intercept: value(all.intercept),
  };
}
