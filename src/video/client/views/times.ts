import type { VisitPage } from '../../pages/visit-page.ts';

type Language = VisitPage['language'];

const locales: Readonly<Record<Language, string>> = { en: 'en', fr: 'fr-CA' };

/** How far the clock of the server is ahead of that of this device, ms. */
let ahead = 0;

/** Clocks of phones are wrong at times; the server's is the one by which visits begin. */
export const setClock = (serverNow: string): void => {
  ahead = Date.parse(serverNow) - Date.now();
};

export const now = (): number => Date.now() + ahead;

/** `10:30` as it is where the device is. */
export const clock = (language: Language, at: string): string =>
  new Intl.DateTimeFormat(locales[language], { hour: 'numeric', minute: '2-digit' }).format(Date.parse(at));

/** `Tuesday, March 3 at 10:30`. */
export const dayAndClock = (language: Language, at: string): string =>
  new Intl.DateTimeFormat(locales[language], {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    hour: 'numeric',
    minute: '2-digit',
    timeZoneName: 'short',
  }).format(Date.parse(at));

/** A date without a time, YYYY-MM-DD, which is the same everywhere. */
export const dayOfBirth = (language: Language, date: string): string =>
  Number.isNaN(Date.parse(date))
    ? date
    : new Intl.DateTimeFormat(locales[language], { dateStyle: 'long', timeZone: 'UTC' }).format(Date.parse(date));

/** Whole years since a date. */
export function ageOf(date: string): number | null {
  const [year, month = 1, day = 1] = date.split('-').map(Number);
  if (year === undefined || Number.isNaN(year)) return null;
  const today = new Date(now());
  const had = today.getMonth() + 1 > month || (today.getMonth() + 1 === month && today.getDate() >= day);
  return today.getFullYear() - year - (had ? 0 : 1);
}

/** `in 12 minutes`, `3 hours ago`. @param ms from now */
export function fromNow(language: Language, ms: number): string {
  const format = new Intl.RelativeTimeFormat(locales[language], { numeric: 'always' });
  const minutes = Math.round(ms / 60_000);
  if (Math.abs(minutes) < 60) return format.format(minutes, 'minute');
  const hours = Math.round(ms / 3_600_000);
  return Math.abs(hours) < 48 ? format.format(hours, 'hour') : format.format(Math.round(ms / 86_400_000), 'day');
}

/** `4:05`, `1:04:05`. @param ms of a duration */
export function lasting(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes}:${two(seconds % 60)}`
    : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}
