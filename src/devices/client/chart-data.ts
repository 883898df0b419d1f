/** What the server says of a chart, in the attribute `data-chart`. */
export type ChartData = {
  kind: 'line' | 'bars';
  /** s since 1970 on the clock of the device, as all times here. */
  from: number;
  to: number;
  x: number[];
  values: (number | null)[][];
  lows: (number | null)[][] | null;
  highs: (number | null)[][] | null;
  /** Ends of what a value is usually. */
  usual: { low: number; high: number }[];
  /** What the axis shows at the least. */
  lowest: number;
  highest: number;
  ticks: { at: number; text: string }[];
  /** Of `toLocaleString`. */
  locale: string;
  decimals: number;
  /** What is said of each place of `x`; empty in a gap. */
  says: string[];
};
