import { DAY, endOf, HOUR, isPart, LONGEST_PART, type Piece } from './piece.ts';
import { dayAt } from './summary.ts';

/** ms around hours that are due, within which everything lies that has a part in what is rolled up anew. */
export const AROUND = 3 * DAY;

const hourOf = (at: number): number => Math.floor(at / HOUR) * HOUR;

/**
 * The hours that are to be rolled up anew where some are due. A long amount that a shorter one has taken the place of is missed in
 * all of its hours, and then another may count in its stead.
 */
export function hoursTouched(due: readonly number[], pieces: readonly Piece[]): number[] {
  const hours = new Set(due);
  const long = pieces.filter((one) => isPart(one) && hourOf(one.start) !== hourOf(endOf(one) - 1));
  const least = due.reduce((low, one) => Math.min(low, one), Number.POSITIVE_INFINITY) - LONGEST_PART;
  const most = due.reduce((high, one) => Math.max(high, one), Number.NEGATIVE_INFINITY) + LONGEST_PART;
  let left = long;
  for (;;) {
    const [near, far]: [Piece[], Piece[]] = [[], []];
    for (const one of left) (spanned(one).some((hour) => hours.has(hour)) ? near : far).push(one);
    for (const hour of near.flatMap(spanned)) if (hour >= least && hour <= most) hours.add(hour);
    // What is shorter than an hour only touches the next one; nothing longer begins there because of it.
    if (!near.some(({ duration }) => duration > HOUR)) break;
    left = far.filter(({ duration }) => duration > HOUR);
  }
  return [...hours].toSorted((one, other) => one - other);
}

function spanned(piece: Piece): number[] {
  const hours: number[] = [];
  for (let hour = hourOf(piece.start); hour < endOf(piece); hour += HOUR) hours.push(hour);
  return hours;
}

/** Minutes from UTC: the least and the most that clocks show. */
const [WEST, EAST] = [-12 * 60, 14 * 60];

/** The days that hours may be of, on whichever clock. */
export function daysTouched(hours: readonly number[]): number[] {
  const days = new Set<number>();
  for (const hour of hours)
    for (let day = dayAt(hour, WEST); day <= dayAt(hour + HOUR - 1, EAST); day += DAY) days.add(day);
  return [...days].toSorted((one, other) => one - other);
}
