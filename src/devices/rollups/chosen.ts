import { byRank, endOf, isPart, MINUTE, type Piece } from './piece.ts';

/** How a measure is summed up: amounts that add, or values whose mean is taken. */
export type Roll = 'sum' | 'mean';

/** A reading, and the minutes of it (since 1970) in which its source is the one that counts. */
export type Chosen = { piece: Piece; minutes: readonly number[] };

const firstMinute = ({ start }: Piece): number => Math.floor(start / MINUTE);
const lastMinute = (piece: Piece): number => Math.floor((endOf(piece) - 1) / MINUTE);

/**
 * Amounts of one source that do not overlap: of two that do the shorter one is in the longer, or in part, and both must not be
 * added. The shortest are taken first.
 */
function apart(pieces: readonly Piece[]): Piece[] {
  const sorted = pieces.toSorted((one, other) => one.duration - other.duration || one.start - other.start);
  const taken: Piece[] = [];
  // By the minute, so that what may overlap is found at once.
  const byMinute = new Map<number, Piece[]>();
  for (const piece of sorted) {
    const minutes: number[] = [];
    for (let minute = firstMinute(piece); minute <= lastMinute(piece); minute++) minutes.push(minute);
    const overlaps = (other: Piece): boolean => other.start < endOf(piece) && piece.start < endOf(other);
    if (minutes.some((minute) => byMinute.get(minute)?.some(overlaps))) continue;
    taken.push(piece);
    for (const minute of minutes) {
      const there = byMinute.get(minute);
      if (there) there.push(piece);
      else byMinute.set(minute, [piece]);
    }
  }
  return taken;
}

function bySource(pieces: readonly Piece[]): Piece[][] {
  const groups = new Map<string, Piece[]>();
  for (const piece of pieces) {
    const group = groups.get(piece.source);
    if (group) group.push(piece);
    else groups.set(piece.source, [piece]);
  }
  return [...groups.values()].toSorted(([one], [other]) => (one && other ? byRank(one, other) : 0));
}

/**
 * Minutes of readings that are looked at together: days of a reading in each second are less. Who sends hundreds of thousands that
 * last half a day each has measured nothing.
 */
const MOST_MINUTES = 2_000_000;

const minutesOf = (piece: Piece): number => lastMinute(piece) - firstMinute(piece) + 1;

/** As many as can be summed up: of more than that the longest do not count. */
function bounded(pieces: readonly Piece[]): readonly Piece[] {
  const all = pieces.reduce((sum, one) => sum + minutesOf(one), 0);
  if (all <= MOST_MINUTES) return pieces;
  let left = MOST_MINUTES;
  return pieces
    .toSorted((one, other) => one.duration - other.duration || one.start - other.start)
    .filter((one) => {
      left -= minutesOf(one);
      return left >= 0;
    });
}

/**
 * The readings that a summary is made of: in each minute those of the source with the lowest priority that has any. What stands
 * for a whole day is none of them.
 */
export function chosen(pieces: readonly Piece[], roll: Roll): Chosen[] {
  const taken = new Set<number>();
  return bySource(bounded(pieces.filter(isPart))).flatMap((all) => {
    const own = roll === 'sum' ? apart(all) : all;
    const found = own.map((piece): Chosen => {
      const minutes: number[] = [];
      for (let minute = firstMinute(piece); minute <= lastMinute(piece); minute++)
        if (!taken.has(minute)) minutes.push(minute);
      return { piece, minutes };
    });
    for (const { minutes } of found) for (const minute of minutes) taken.add(minute);
    return found.filter(({ minutes }) => minutes.length > 0);
  });
}

/** How much of a piece falls into a minute, of its value. */
export function portion({ start, duration, value }: Piece, minute: number): number {
  if (duration === 0) return value;
  const from = Math.max(start, minute * MINUTE);
  const to = Math.min(start + duration, (minute + 1) * MINUTE);
  return (value * (to - from)) / duration;
}
