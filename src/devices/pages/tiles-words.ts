import type { Language } from '../../pages/language.ts';
import type { Measure } from '../measures.ts';

type TilesWords = { none: string; groups: Readonly<Record<Measure['category'], string>> };

/** What stands above the latest readings. */
export const tilesWords: Readonly<Record<Language, TilesWords>> = {
  en: {
    none: 'There are no readings yet.',
    groups: {
      'vital-signs': 'Vital signs',
      activity: 'Activity and sleep',
      laboratory: 'Glucose and other values',
      procedure: 'Examinations',
      'social-history': 'Habits',
    },
  },
  fr: {
    none: 'Il n’y a pas encore de mesure.',
    groups: {
      'vital-signs': 'Signes vitaux',
      activity: 'Activité et sommeil',
      laboratory: 'Glycémie et autres valeurs',
      procedure: 'Examens',
      'social-history': 'Habitudes',
    },
  },
};
