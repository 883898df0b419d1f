import { type Chosen, portion, type Roll } from './chosen.ts';
import { byRank, DAY, HOUR, isTotal, MINUTE, type Piece } from './piece.ts';

/** What readings of a span come to. */
export type Summary = {
  /** A value for each part of the span: a sum or a mean; null: none was measured. */
  values: readonly (number | null)[];
  minimum: number;
  maximum: number;
  average: number;
  sum: number;
  /** The readings it is made of. */
  count: number;
  /** Them. */
  pieces: readonly Piece[];
};

/** In which part of the span a minute (since 1970) is, on a clock so many minutes from UTC; null: outside. */
type PartOf = (minute: number, zone: number) => number | null;

type Part = { sum: number; count: number };

/** How much of a span's readings there is in each part of it. */
function parts(all: readonly Chosen[], roll: Roll, size: number, partOf: PartOf) {
  const made: Part[] = Array.from({ length: size }, () => ({ sum: 0, count: 0 }));
  const pieces: Piece[] = [];
  for (const { piece, minutes } of all) {
    let last: number | null = null;
    for (const minute of minutes) {
      const at = partOf(minute, piece.zone);
      const part = at === null ? undefined : made[at];
      if (at === null || part === undefined) continue;
      if (last === null) pieces.push(piece);
      // A mean is of readings: one that lasts counts once in each part.
      if (roll === 'mean' && at === last) continue;
      part.sum += roll === 'sum' ? portion(piece, minute) : piece.value;
      part.count++;
      last = at;
    }
  }
  return { made, pieces };
}

const total = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0);

function ofReadings(pieces: readonly Piece[]): Omit<Summary, 'values' | 'pieces' | 'sum'> {
  const values = pieces.map(({ value }) => value);
  const least = values.reduce((low, one) => Math.min(low, one), Number.POSITIVE_INFINITY);
  const most = values.reduce((high, one) => Math.max(high, one), Number.NEGATIVE_INFINITY);
  return { minimum: least, maximum: most, average: total(values) / values.length, count: values.length };
}

function summary(all: readonly Chosen[], roll: Roll, size: number, partOf: PartOf): Summary | null {
  const { made, pieces } = parts(all, roll, size, partOf);
  if (pieces.length === 0) return null;
  const values = made.map(({ sum, count }) => (count === 0 ? null : roll === 'sum' ? sum : sum / count));
  return { values, ...ofReadings(pieces), sum: total(made.map(({ sum }) => sum)), pieces };
}

/** An hour by the minute. @param hour ms since 1970 at which it begins @returns null where nothing was measured */
export const hourSummary = (all: readonly Chosen[], roll: Roll, hour: number): Summary | null =>
  summary(all, roll, 60, (minute) => {
    const at = minute - hour / MINUTE;
    return at >= 0 && at < 60 ? at : null;
  });

/** The start of the day that it is at an instant, on a clock so many minutes from UTC, as if that were UTC. */
export const dayAt = (at: number, zone: number): number => Math.floor((at + zone * MINUTE) / DAY) * DAY;

/** Of the totals of a day the longest, for a part of it is none. */
const wholest = (one: Piece, other: Piece): number =>
  byRank(one, other) || other.duration - one.duration || other.start - one.start;

/**
 * A day by the hour, as the clock of the device showed it. Where the first of the sources has nothing but a total for the day, it
 * is that, and nothing by the hour; else totals do not count.
 *
 * @param pieces all that may be of the day
 * @param all what was chosen of them
 * @param day ms since 1970 of its first instant, as if it were a day of UTC
 */
export function daySummary(pieces: readonly Piece[], all: readonly Chosen[], roll: Roll, day: number): Summary | null {
  const isOfDay = ({ start, zone }: Piece): boolean => dayAt(start, zone) === day;
  const [whole] = pieces.filter((one) => isTotal(one) && isOfDay(one)).toSorted(wholest);
  const byHour = summary(all, roll, 24, (minute, zone) => {
    const at = Math.floor((minute * MINUTE + zone * MINUTE - day) / HOUR);
    return at >= 0 && at < 24 ? at : null;
  });
  const [first] = (byHour?.pieces ?? []).toSorted(byRank);
  const isBetter = whole !== undefined && (first === undefined || byRank(whole, first) < 0);
  if (!isBetter) return byHour;
  return { values: Array.from({ length: 24 }, () => null), ...ofReadings([whole]), sum: whole.value, pieces: [whole] };
}
