import type { Language } from '../../pages/language.ts';

const locales: Readonly<Record<Language, string>> = { en: 'en', fr: 'fr-CA' };

/** A day as people read it: `3 March 2026`. Days are those of UTC, as all times here. */
export const dayInWords = (language: Language, at: number | Date): string =>
  new Intl.DateTimeFormat(locales[language], { dateStyle: 'long', timeZone: 'UTC' }).format(at);

export const weekdayInWords = (language: Language, at: number | Date): string =>
  new Intl.DateTimeFormat(locales[language], { dateStyle: 'full', timeZone: 'UTC' }).format(at);

export const shortDay = (language: Language, at: number | Date): string =>
  new Intl.DateTimeFormat(locales[language], { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(at);

export const timeOfDay = (language: Language, at: number | Date): string =>
  new Intl.DateTimeFormat(locales[language], { hour: '2-digit', minute: '2-digit', timeZone: 'UTC' }).format(at);

export const momentInWords = (language: Language, at: number | Date): string =>
  `${dayInWords(language, at)}, ${timeOfDay(language, at)} UTC`;

/** A date of FHIR, which may be a year or a month alone; as it is where it cannot be read. */
export const dateInWords = (language: Language, date: string): string =>
  /^\d{4}-\d{2}-\d{2}/.test(date) && !Number.isNaN(Date.parse(date)) ? dayInWords(language, Date.parse(date)) : date;

export const numberInWords = (language: Language, count: number): string => count.toLocaleString(locales[language]);

/** A list as a sentence has it: `one, two and three`. */
export const listInWords = (language: Language, items: readonly string[]): string =>
  new Intl.ListFormat(locales[language], { type: 'conjunction' }).format(items);

/** As a line begins, with a capital letter. */
export const begun = (line: string): string => line.charAt(0).toUpperCase() + line.slice(1);
