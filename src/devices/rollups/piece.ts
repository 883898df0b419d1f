/** A reading as it is summed up. */
export type Piece = {
  /** ms since 1970. */
  start: number;
  /** ms; 0: an instant. */
  duration: number;
  /** Minutes from UTC on the clock of the device. */
  zone: number;
  /** In the unit of the measure. */
  value: number;
  /** Who sent it and by which device. */
  source: string;
  /** Of its source; the lowest counts where sources overlap. */
  priority: number;
  /** The id of its Device; null: it has none. */
  device: string | null;
  /** The labels of its Observation, as JSON texts of Codings. */
  security: readonly string[];
};

/** ms */
export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const DAY = 86_400_000;

/** ms: what is longer stands for a whole day, and is no part of one. */
export const LONGEST_PART = DAY / 2;
/** ms: a day on which clocks are put back has 25 hours; what is longer than that is summed up nowhere. */
export const LONGEST = 26 * HOUR;

export const isPart = ({ duration }: Piece): boolean => duration <= LONGEST_PART;
export const isTotal = ({ duration }: Piece): boolean => duration > LONGEST_PART && duration <= LONGEST;

/** The first instant behind a piece: an instant takes one millisecond. */
export const endOf = ({ start, duration }: Pick<Piece, 'start' | 'duration'>): number => start + Math.max(duration, 1);

/** Sources in the order in which they count: by priority, and of equal ones always the same first. */
export const byRank = (one: Piece, other: Piece): number =>
  one.priority - other.priority || (one.source < other.source ? -1 : one.source > other.source ? 1 : 0);
