import type { DeviceTime } from '../reading.ts';

const WRITTEN = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(:\d{2}(?:\.\d{1,9})?)?\s?(Z|[+-]\d{2}:?\d{2}|[+-]\d{2})?$/i;

const DAY = 86_400_000;

/** Minutes from UTC of `+02:00`, `+0200`, `+02` and `Z`. */
function minutes(offset: string): number {
  if (offset.toUpperCase() === 'Z') return 0;
  const digits = offset.slice(1).replace(':', '').padEnd(4, '0');
  const size = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return offset.startsWith('-') ? -size : size;
}

/** ms of a local date and time as if it were of UTC; null: there is no such time. */
function asUtc(day: string, time: string): number | null {
  const at = Date.parse(`${day}T${time}Z`);
  // Date.parse turns 30 February into 1 March.
  const exists = !Number.isNaN(at) && new Date(Date.parse(`${day}T00:00:00Z`)).toISOString().startsWith(day);
  return exists ? at : null;
}

/**
 * The instant of an ISO 8601 date and time, with the offset that it was written with.
 *
 * @param zone minutes from UTC where none is written; null: then it is no instant
 * @returns null for what is no date and time
 */
export function deviceTime(text: unknown, zone: number | null = null): DeviceTime | null {
  if (typeof text !== 'string') return null;
  const found = WRITTEN.exec(text.trim());
  if (found === null) return null;
  const [, day = '', clock = '', seconds = ':00', offset] = found;
  const from = offset === undefined ? zone : minutes(offset);
  if (from === null || Math.abs(from) > 14 * 60) return null;
  // JavaScript's clock has milliseconds.
  const local = asUtc(day, `${clock}${seconds.slice(0, 7)}`);
  return local === null ? null : { at: local - from * 60_000, zone: from };
}

/** A whole day in a zone: its first instant, and how long it is in ms. */
export function deviceDay(text: unknown, zone: number): { start: DeviceTime; duration: number } | null {
  if (typeof text !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  const local = asUtc(text, '00:00:00');
  return local === null ? null : { start: { at: local - zone * 60_000, zone }, duration: DAY };
}
