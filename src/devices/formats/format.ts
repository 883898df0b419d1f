import type { Item } from '../reading.ts';

/** What a format is told beside the payload. */
export type FormatContext = {
  /** ms since 1970: when the payload came. */
  received: number;
  /** Minutes from UTC of who wears the device, where a payload has local times without an offset; 0: not known. */
  zone: number;
};

/**
 * A shape in which devices, apps and vendors send readings: one file each. It knows nothing of patients, consents or databases.
 * It never throws: what it cannot read is an item that says so.
 */
export type Format = {
  /** The last segment of its address: `/devices/open-mhealth`. */
  name: string;
  /** What it is, in one sentence for people, with the version that is read. */
  description: string;
  /**
   * Where the elements are that a long payload is read by, one after the other: `['entry']` for a Bundle, `[]` for an array at the
   * top; absent: the payload is one value, and read whole.
   */
  elements?: readonly (readonly string[])[];
  /**
   * One payload, or one of its elements, as parsed JSON. Of a payload that comes in elements the same function is called for each
   * of them.
   *
   * @param path what stands before the path of each item
   */
  read(payload: unknown, path: string, context: FormatContext): Iterable<Item>;
};

/** A format whose payloads are read elsewhere, and not at once. */
export type LaterFormat = Omit<Format, 'read'> & {
  read(payload: unknown, path: string, context: FormatContext): Iterable<Item> | AsyncIterable<Item>;
};
