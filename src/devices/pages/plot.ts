import type { Point } from './point.ts';

/** What a chart draws, the oldest first. Times are those of a device's clock, in ms as if it were in UTC. */
export type Plot = {
  kind: 'line' | 'bars';
  /** Where it stands; null in all of the others: a gap begins here. */
  x: number[];
  /** What a value is of: [start, end). */
  spans: (readonly [number, number])[];
  /** One list for each line. */
  values: (number | null)[][];
  /** The lowest and the highest of what a value is the average of; null where each value is one reading. */
  lows: (number | null)[][] | null;
  highs: (number | null)[][] | null;
  /** Readings behind each value. */
  counts: number[];
};

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export const rangeNames = ['day', 'week', 'month', 'year'] as const;

export type RangeName = (typeof rangeNames)[number];

/** Days that a range covers, and how long a step is where there are more readings than fit (`mean`) or where they add up (`sum`). */
export const ranges: Readonly<Record<RangeName, { days: number; mean: number; sum: number }>> = {
  day: { days: 1, mean: HOUR / 4, sum: HOUR },
  week: { days: 7, mean: 2 * HOUR, sum: DAY },
  month: { days: 30, mean: DAY, sum: DAY },
  year: { days: 364, mean: DAY, sum: 7 * DAY },
};

/** Readings that are drawn one by one. */
const FEW = 200;
/** Values are joined while the next comes within so many times the usual distance. */
const APART = 2.5;

export const isNumber = (value: number | null | undefined): value is number => typeof value === 'number';

/** Where a reading counts: with what it ended in, so that a night belongs to the day of waking. */
export const placeOf = ({ start, end }: Point): number => (end > start ? end - 1 : start);

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

type Step = { span: readonly [number, number]; points: readonly Point[] };

function stepsOf(points: readonly Point[], from: number, length: number): Step[] {
  const steps = new Map<number, Point[]>();
  for (const point of points) {
    const at = Math.floor((placeOf(point) - from) / length);
    const known = steps.get(at);
    if (known === undefined) steps.set(at, [point]);
    else known.push(point);
  }
  return [...steps]
    .sort(([a], [b]) => a - b)
    .map(([at, found]) => ({ span: [from + at * length, from + (at + 1) * length], points: found }));
}

/** What a step has of each reading: its value, or an end of what that is the average of. */
type Part = 'value' | 'low' | 'high';

const partOf = ({ values, spread }: Point, line: number, part: Part): number | null =>
  part === 'value' || spread === null ? (values[line] ?? null) : spread[part];

const overStep =
  (combine: (values: readonly number[]) => number, part: Part) =>
  (step: Step, line: number): number | null => {
    const values = step.points.map((point) => partOf(point, line, part)).filter(isNumber);
    return values.length === 0 ? null : combine(values);
  };

/** What adds up, as so much a day: days on which nothing was measured are not counted. */
function daily({ points }: Step, line: number): number | null {
  const days = new Map<number, number>();
  for (const point of points) {
    const value = point.values[line];
    const day = Math.floor(placeOf(point) / DAY);
    if (isNumber(value)) days.set(day, (days.get(day) ?? 0) + value);
  }
  return days.size === 0 ? null : average([...days.values()]);
}

const countOf = (points: readonly Point[]): number => points.reduce((all, { spread }) => all + (spread?.count ?? 1), 0);

const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0);
const average = (values: readonly number[]): number => sum(values) / values.length;
export const lowest = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b));
export const highest = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b));

/** Puts an empty place wherever the next value is too far away to be joined. */
export function withGaps(plot: Plot): Plot {
  const { x } = plot;
  const distances = x.slice(1).map((one, at) => one - (x[at] ?? one));
  const far = Math.max(APART * median(distances), 60_000);
  const places: (number | null)[] = [];
  for (const [at, one] of x.entries()) {
    if (at > 0 && one - (x[at - 1] ?? one) > far) places.push(null);
    places.push(at);
  }
  const spread = <T>(list: readonly T[], empty: T): T[] =>
    places.map((at) => (at === null ? empty : (list[at] ?? empty)));
  const middle = (place: number): number => ((x[places[place - 1] ?? 0] ?? 0) + (x[places[place + 1] ?? 0] ?? 0)) / 2;
  const none = (lists: (number | null)[][] | null) => lists?.map((list) => spread(list, null)) ?? null;
  return {
    ...plot,
    x: places.map((at, place) => (at === null ? middle(place) : (x[at] ?? 0))),
    spans: places.map((at, place) => (at === null ? [middle(place), middle(place)] : (plot.spans[at] ?? [0, 0]))),
    values: plot.values.map((list) => spread(list, null)),
    lows: none(plot.lows),
    highs: none(plot.highs),
    counts: spread(plot.counts, 0),
  };
}

/** How the values of one step become one: `sum` of parts of a day, `day` of values that are of a whole day already. */
export type Adding = 'sum' | 'day' | 'mean';

/** The length of a step; no shorter than what its readings cover. */
function lengthOf(points: readonly Point[], range: RangeName, adding: Adding): number {
  const { mean, sum: total } = ranges[range];
  const isRolled = points.some(({ start, end, spread }) => spread !== null && end - start > mean);
  if (adding === 'mean') return isRolled ? DAY : mean;
  const longest = points.some(({ start, end }) => end - start > total);
  return adding === 'day' || longest ? Math.max(total, DAY) : total;
}

/**
 * What to draw of readings: each of them while they are few, else the average of each step with the lowest and the highest; of
 * what adds up the total of each step, or of each day where a step is longer.
 *
 * @param points within [from, to), of one source where they add up
 * @param lines how many values each point has
 */
export function plotOf(
  points: readonly Point[],
  { from, range, adding, lines }: { from: number; range: RangeName; adding: Adding; lines: number },
): Plot {
  const each = <T>(make: (line: number) => T): T[] => Array.from({ length: lines }, (_, line) => make(line));
  const length = lengthOf(points, range, adding);
  const steps = stepsOf(points, from, length);
  const spans = steps.map(({ span }) => span);
  const counts = steps.map((one) => countOf(one.points));
  const over = (combine: (values: readonly number[]) => number, part: Part = 'value') =>
    each((line) => steps.map((step) => overStep(combine, part)(step, line)));
  const middles = spans.map(([start, end]) => (start + end) / 2);
  if (adding !== 'mean') {
    const isLong = length > DAY && adding === 'sum';
    const values = isLong
      ? each((line) => steps.map((step) => daily(step, line)))
      : over(adding === 'sum' ? sum : average);
    return { kind: 'bars', x: middles, spans, values, lows: null, highs: null, counts };
  }
  const areSpread = points.some(({ spread }) => spread !== null);
  if (areSpread || (points.length > FEW && points.length >= 2 * steps.length)) {
    const drawn = {
      x: middles,
      spans,
      values: over(average),
      lows: over(lowest, 'low'),
      highs: over(highest, 'high'),
      counts,
    };
    return withGaps({ kind: 'line', ...drawn });
  }
  const sorted = [...points].sort((a, b) => a.start + a.end - b.start - b.end);
  return withGaps({
    kind: 'line',
    x: sorted.map(({ start, end }) => (start + end) / 2),
    spans: sorted.map(({ start, end }) => [start, end]),
    values: each((line) => sorted.map(({ values }) => values[line] ?? null)),
    lows: null,
    highs: null,
    counts: sorted.map(() => 1),
  });
}
