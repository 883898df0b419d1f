/** What samples have in common. Two of one patient with equal source and measure are one series. */
export type SeriesOf = {
  patient: string;
  /** Who sent it and by which device: `vendor:withings/abc`. */
  source: string;
  measure: string;
};

/** final, amended, entered-in-error; `moved`: it has become a resource of its own, which its sender does not change any more. */
export const sampleStatus = { final: 0, amended: 1, error: 2, moved: 9 } as const;

/** One value of a series, in the unit of the series. */
export type Sample = {
  /** The number of its series. */
  series: number;
  /** A UUID, which follows from what it is of (src/devices/identity.ts). */
  id: string;
  /** ms since 1970. */
  start: number;
  /** ms; 0: an instant. */
  duration: number;
  /** Minutes from UTC. */
  zone: number;
  value: number;
  /** Its sender has taken it back before it came. */
  error?: true;
};

/** What became of a sample: written, known already, written over an older value, or left because it was changed here. */
export type Stored = 'created' | 'known' | 'amended' | 'moved';
