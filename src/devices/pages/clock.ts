import type { Language } from '../../pages/language.ts';
import type { RangeName } from './plot.ts';

const locales: Readonly<Record<Language, string>> = { en: 'en', fr: 'fr-CA' };

/** Times on the clock of a device are in ms as if it were in UTC, and so they are said. */
const said =
  (options: Intl.DateTimeFormatOptions) =>
  (language: Language, at: number): string =>
    new Intl.DateTimeFormat(locales[language], { ...options, timeZone: 'UTC' }).format(at);

/** `Tue 3 Mar` */
export const dayOf = said({ weekday: 'short', day: 'numeric', month: 'short' });
/** `3 March 2026` */
export const longDayOf = said({ dateStyle: 'long' });
const clockTime = said({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const weekdayOf = said({ weekday: 'short', day: 'numeric' });
const dayAndMonth = said({ day: 'numeric', month: 'short' });
const monthOf = said({ month: 'short' });

const DAY = 86_400_000;
const HOUR = 3_600_000;

/** When a value was: an instant, a part of a day, a day or several. */
export function spanOf(language: Language, [start, end]: readonly [number, number]): string {
  if (end - start >= DAY && start % DAY === 0) {
    const last = end - 1;
    return end - start <= DAY ? dayOf(language, start) : `${dayOf(language, start)} – ${dayOf(language, last)}`;
  }
  const first = `${dayOf(language, start)}, ${clockTime(language, start)}`;
  if (end <= start) return first;
  const sameDay = Math.floor(start / DAY) === Math.floor((end - 1) / DAY);
  return `${first} – ${sameDay ? clockTime(language, end) : `${dayOf(language, end)}, ${clockTime(language, end)}`}`;
}

/** A moment: `Tue 3 Mar, 10:30`. */
export const momentOf = (language: Language, at: number): string => spanOf(language, [at, at]);

/** From one day to another, the last included. */
export const daysOf = (language: Language, from: number, to: number): string => {
  const last = to - DAY;
  return from >= last
    ? longDayOf(language, from)
    : new Intl.DateTimeFormat(locales[language], { dateStyle: 'long', timeZone: 'UTC' }).formatRange(from, last);
};

export type Tick = { at: number; text: string };

function monthsIn(language: Language, from: number, to: number): Tick[] {
  const first = new Date(from);
  const starts = Array.from({ length: 14 }, (_, ahead) =>
    Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + ahead, 1),
  );
  return starts.filter((at) => at >= from && at <= to).map((at) => ({ at, text: monthOf(language, at) }));
}

const every = (from: number, to: number, length: number, text: (at: number) => string): Tick[] =>
  Array.from({ length: Math.floor((to - from) / length) + 1 }, (_, at) => from + at * length).map((at) => ({
    at,
    text: text(at),
  }));

/** What stands under a chart. */
export function ticksOf(language: Language, range: RangeName, from: number, to: number): Tick[] {
  if (range === 'year') return monthsIn(language, from, to);
  if (range === 'month') return every(from, to - DAY, 5 * DAY, (at) => dayAndMonth(language, at));
  if (range === 'week') return every(from, to - DAY, DAY, (at) => weekdayOf(language, at));
  return every(from, to, 4 * HOUR, (at) => clockTime(language, at));
}

/** `UTC−05:00` */
export function zoneInWords(zone: number): string {
  const [hours, minutes] = [Math.floor(Math.abs(zone) / 60), Math.abs(zone) % 60];
  const two = (number: number): string => String(number).padStart(2, '0');
  return zone === 0 ? 'UTC' : `UTC${zone < 0 ? '−' : '+'}${two(hours)}:${two(minutes)}`;
}

/** A number as people read it, with so many decimals at the most. */
export const numberOf = (language: Language, value: number, decimals: number): string =>
  value.toLocaleString(locales[language], { maximumFractionDigits: decimals });
