import { loinc, type Measure } from './measure.ts';

const sleeping = { category: 'activity', tier: 'observation', kind: 'quantity', profile: null, roll: null } as const;
const stage = { ...sleeping, unit: { code: 'min', text: 'min' }, range: { low: 0, high: 2880 }, decimals: 0 } as const;

/** Of sleep and of its stages. */
export const sleep: readonly Measure[] = [
  {
    ...{ ...sleeping, id: 'sleep-duration', unit: { code: 'h', text: 'h' }, range: { low: 0, high: 48 }, decimals: 1 },
    title: { en: 'Sleep', fr: 'Sommeil' },
    codings: [loinc('93832-4', 'Sleep duration')],
    usual: { low: 7, high: 9, source: 'National Sleep Foundation: sleep duration of adults' },
    further: ['rem-sleep', 'deep-sleep', 'light-sleep'],
  },
  {
    ...{ ...stage, id: 'rem-sleep' },
    title: { en: 'REM sleep', fr: 'Sommeil paradoxal' },
    codings: [loinc('93829-0', 'REM sleep duration')],
  },
  {
    ...{ ...stage, id: 'deep-sleep' },
    title: { en: 'Deep sleep', fr: 'Sommeil profond' },
    codings: [loinc('93831-6', 'Deep sleep duration')],
  },
  {
    ...{ ...stage, id: 'light-sleep' },
    title: { en: 'Light sleep', fr: 'Sommeil léger' },
    codings: [loinc('93830-8', 'Light sleep duration')],
  },
];
