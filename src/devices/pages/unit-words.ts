import type { Language } from '../../pages/language.ts';
import type { Measure } from '../measures.ts';

type Words = Readonly<Record<Language, string>>;

/** By the id of a measure: the same unit is of a heart and of a breath. */
const byMeasure: Readonly<Record<string, Words>> = {
  'heart-rate': { en: 'beats per minute', fr: 'battements par minute' },
  'resting-heart-rate': { en: 'beats per minute', fr: 'battements par minute' },
  'walking-heart-rate-average': { en: 'beats per minute', fr: 'battements par minute' },
  'exercise-hr-mean': { en: 'beats per minute', fr: 'battements par minute' },
  'exercise-hr-max': { en: 'beats per minute', fr: 'battements par minute' },
  'hr-max-in-24-h': { en: 'beats per minute', fr: 'battements par minute' },
  'respiratory-rate': { en: 'breaths per minute', fr: 'respirations par minute' },
  'steps-per-24-h': { en: 'steps a day', fr: 'pas par jour' },
};

/** By UCUM code; what people would not know otherwise. */
const byCode: Readonly<Record<string, Words>> = {
  '%': { en: '%', fr: '%' },
  Cel: { en: '°C', fr: '°C' },
  'mm[Hg]': { en: 'mmHg', fr: 'mmHg' },
  'kg/m2': { en: 'kg/m²', fr: 'kg/m²' },
  '{steps}': { en: 'steps', fr: 'pas' },
  '{flights}': { en: 'flights of stairs', fr: 'étages' },
  '{pushes}': { en: 'pushes', fr: 'poussées' },
  '/min': { en: 'per minute', fr: 'par minute' },
  '/d': { en: 'a day', fr: 'par jour' },
  h: { en: 'hours', fr: 'heures' },
  min: { en: 'minutes', fr: 'minutes' },
  'kcal/d': { en: 'kcal a day', fr: 'kcal par jour' },
  'min/d': { en: 'minutes a day', fr: 'minutes par jour' },
  'min/wk': { en: 'minutes a week', fr: 'minutes par semaine' },
  'd/wk': { en: 'days a week', fr: 'jours par semaine' },
  'mL/kg/min': { en: 'mL/kg/min', fr: 'mL/kg/min' },
};

/** The unit of a measure in words; empty where it has none. */
export function unitInWords(language: Language, { id, unit }: Measure): string {
  const known = byMeasure[id] ?? (unit === null ? undefined : byCode[unit.code]);
  return known?.[language] ?? unit?.text ?? '';
}
