import type { DeviceTime } from '../reading.ts';

const known = new Map<string, Intl.DateTimeFormat | null>();

function formatOf(zone: string): Intl.DateTimeFormat | null {
  const found = known.get(zone);
  if (found !== undefined) return found;
  let made: Intl.DateTimeFormat | null = null;
  try {
    made = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  } catch {
    // There is no such zone.
  }
  // There are about 600 zones, and whoever invents more fills no memory.
  if (known.size < 1000) known.set(zone, made);
  return made;
}

/** Minutes from UTC in a zone of IANA (`Europe/Paris`) at an instant; null: there is no such zone. @param at ms since 1970 */
export function offsetIn(zone: unknown, at: number): number | null {
  if (typeof zone !== 'string' || zone === '' || zone.length > 64) return null;
  const format = formatOf(zone);
  if (format === null || Math.abs(at) > 8.64e15) return null;
  const name = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, sign = '+', hours = '0', minutes = '0'] = /^GMT(?:([+-])(\d{2}):(\d{2}))?/.exec(name) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

/** The instant of so many seconds since 1970; null: that is none. @param otherwise minutes from UTC where the zone is not known */
export function secondsIn(seconds: unknown, zone: unknown, otherwise: number): DeviceTime | null {
  const at = typeof seconds === 'number' ? seconds * 1000 : Number.NaN;
  if (!Number.isSafeInteger(Math.round(at)) || Math.abs(at) > 8.64e15) return null;
  return { at: Math.round(at), zone: offsetIn(zone, at) ?? otherwise };
}

/** The first instant of a day of a zone, and how long it is: 23 or 25 hours where clocks are changed. */
export function dayIn(day: unknown, zone: unknown, otherwise: number): { start: DeviceTime; duration: number } | null {
  if (typeof day !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(day)) return null;
  const utc = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(utc) || !new Date(utc).toISOString().startsWith(day)) return null;
  const startOf = (local: number): DeviceTime => {
    const first = offsetIn(zone, local) ?? otherwise;
    const exact = offsetIn(zone, local - first * 60_000) ?? otherwise;
    return { at: local - exact * 60_000, zone: exact };
  };
  const start = startOf(utc);
  return { start, duration: startOf(utc + 86_400_000).at - start.at };
}
