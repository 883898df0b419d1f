import type { Language } from '../../pages/language.ts';

/** The heads of the columns of a file of readings. */
export const csvWords: Readonly<Record<Language, Record<'start' | 'end' | 'source' | 'status' | 'id', string>>> = {
  en: { start: 'Time', end: 'Until', source: 'Measured by', status: 'Status', id: 'Observation' },
  fr: { start: 'Heure', end: 'Jusqu’à', source: 'Mesuré par', status: 'Statut', id: 'Observation' },
};
