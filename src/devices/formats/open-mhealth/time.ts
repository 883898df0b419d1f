import type { Json } from '../../../fhir/context.ts';
import type { DeviceTime } from '../../reading.ts';
import { deviceDay, deviceTime } from '../device-time.ts';
import { isJson, numberOf } from '../json.ts';

export type When = { start: DeviceTime; duration: number };

const HOUR = 3_600_000;

/** ms; a month is a twelfth of a year of 365.25 days. */
const lengths: Readonly<Record<string, number>> = {
  ...{ ps: 1e-9, ns: 1e-6, us: 1e-3, ms: 1, sec: 1000, min: 60_000, h: HOUR, d: 24 * HOUR, wk: 168 * HOUR },
  ...{ Mo: 30.4375 * 24 * HOUR, yr: 365.25 * 24 * HOUR },
};

/** Hours of the day that a part of it begins with. */
const parts: Readonly<Record<string, number>> = { night: 0, morning: 6, afternoon: 12, evening: 18 };

function msOf(duration: unknown): number | null {
  if (!isJson(duration)) return null;
  const [value, unit] = [numberOf(duration.value), lengths[String(duration.unit)]];
  return value === null || unit === undefined || value < 0 ? null : Math.round(value * unit);
}

function ofInterval(interval: Json, zone: number): When | null {
  const [start, end] = [deviceTime(interval.start_date_time), deviceTime(interval.end_date_time)];
  if (start !== null && end !== null) return end.at < start.at ? null : { start, duration: end.at - start.at };
  const duration = msOf(interval.duration);
  if (start !== null) return duration === null ? null : { start, duration };
  if (end !== null) return duration === null ? null : { start: { ...end, at: end.at - duration }, duration };
  const day = deviceDay(interval.date, zone);
  const hour = parts[String(interval.part_of_day)];
  if (day === null || hour === undefined) return null;
  return { start: { ...day.start, at: day.start.at + hour * HOUR }, duration: 6 * HOUR };
}

/**
 * The time of `effective_time_frame`.
 *
 * @param zone minutes from UTC, of the wearer: a part of a day has no offset
 * @returns null where there is none, or its end is before its start
 */
export function whenOf(frame: unknown, zone: number): When | null {
  if (!isJson(frame)) return null;
  const at = deviceTime(frame.date_time);
  if (at !== null) return { start: at, duration: 0 };
  return isJson(frame.time_interval) ? ofInterval(frame.time_interval, zone) : null;
}
