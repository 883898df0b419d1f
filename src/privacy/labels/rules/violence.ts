import type { LabelRule } from '../rule.ts';

/** Violence at home and by sex: who did it may be somebody who can see the record. */
export const violence: readonly LabelRule[] = [
  {
    labels: ['SDV', 'DV'],
    codes: {
      icd10: [
        'T74*',
        'T76*',
        'Y07*',
        'Z69*',
        'Z6281*',
        'Z630',
        'Z9141*',
        'Z044*',
        'Z0471',
        'Z0472',
        'O9A3*',
        'O9A4*',
        'O9A5*',
      ],
      icd9: ['9955*', '9958*', 'E967*', 'V7181', 'V611*', 'V612*', 'V154*'],
      snomed: [
        '706893006',
        '371772001',
        '397940009',
        '418138009',
        '225826000',
        '95922009',
        '95921002',
        '248110007',
        '713575004',
        '442026006',
        '386702006',
      ],
      loinc: [
        '76499-3',
        '76500-8',
        '76501-6',
        '76502-4',
        '76503-2',
        '76504-0',
        '95614-4',
        '95615-1',
        '95616-9',
        '95617-7',
        '95618-5',
      ],
      cpt: ['99170'],
    },
    questionnaires: ['http://loinc.org/q/76499-3', 'http://loinc.org/q/95618-5'],
  },
];
