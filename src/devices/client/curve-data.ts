/** What the server says of a curve, in the attribute `data-curve`. */
export type CurveData = {
  /** s since the recording began: of the first value. */
  from: number;
  /** s between two values. */
  step: number;
  values: (number | null)[];
  /** What the axis shows at the least. */
  lowest: number;
  highest: number;
  /** Squares as paper for such curves has them: s wide, and so much high. */
  square: { wide: number; high: number };
  /** Of `toLocaleString`. */
  locale: string;
  /** Behind the numbers of each axis. */
  units: { time: string; value: string };
  /** What is said from which value on, in the order of the values. */
  says: { at: number; text: string }[];
};
