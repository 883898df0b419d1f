import type { Language } from '../../pages/language.ts';

const locales: Readonly<Record<Language, string>> = { en: 'en', fr: 'fr-CA' };

const format = (language: Language, zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat(locales[language], { timeZone: zone, ...options });

/** `Tuesday, November 24, 2026`, as it is in a zone. */
export const dayIn = (language: Language, at: number, zone: string): string =>
  format(language, zone, { dateStyle: 'full' }).format(at);

/** `9:00 AM`, as it is in a zone. */
export const clockIn = (language: Language, at: number, zone: string): string =>
  format(language, zone, { hour: 'numeric', minute: '2-digit' }).format(at);

/** What people call the zone at an instant: `Eastern Standard Time`. */
export const zoneName = (language: Language, at: number, zone: string): string =>
  format(language, zone, { timeZoneName: 'long' })
    .formatToParts(at)
    .find(({ type }) => type === 'timeZoneName')?.value ?? zone;

/** When something is, with the zone named. */
export const momentIn = (language: Language, [start, end]: readonly [number, number], zone: string): string =>
  `${clockIn(language, start, zone)} – ${clockIn(language, end, zone)} (${zoneName(language, start, zone)})`;
