import type { Code } from '../shapes.ts';

type Allergy = {
  /** SNOMED CT. */
  code: Code;
  category: 'food' | 'medication' | 'environment' | 'biologic';
  criticality: 'low' | 'high' | 'unable-to-assess';
  reaction: Code;
  severity: 'mild' | 'moderate' | 'severe';
};

export const allergies: Readonly<Record<'penicillin' | 'peanut' | 'latex' | 'shellfish' | 'bee', Allergy>> = {
  penicillin: {
    code: ['91936005', 'Allergy to penicillin'],
    category: 'medication',
    criticality: 'high',
    reaction: ['126485001', 'Urticaria'],
    severity: 'moderate',
  },
  peanut: {
    code: ['91935009', 'Allergy to peanuts'],
    category: 'food',
    criticality: 'high',
    reaction: ['39579001', 'Anaphylaxis'],
    severity: 'severe',
  },
  latex: {
    code: ['300916003', 'Latex allergy'],
    category: 'environment',
    criticality: 'low',
    reaction: ['40275004', 'Contact dermatitis'],
    severity: 'mild',
  },
  shellfish: {
    code: ['300913006', 'Shellfish allergy'],
    category: 'food',
    criticality: 'high',
    reaction: ['126485001', 'Urticaria'],
    severity: 'moderate',
  },
  bee: {
    code: ['424213003', 'Allergy to bee venom'],
    category: 'environment',
    criticality: 'high',
    reaction: ['267036007', 'Dyspnea'],
    severity: 'severe',
  },
};

type Vaccine = {
  key: string;
  /** CVX. */
  code: Code;
  /** Years old: from, to. */
  ages: readonly [number, number];
  /** How long ago it was given, in days. */
  daysAgo: number;
};

export const vaccines: readonly Vaccine[] = [
  {
    key: 'influenza',
    code: ['140', 'Influenza, seasonal, injectable, preservative free'],
    ages: [1, 120],
    daysAgo: 75,
  },
  { key: 'dtap', code: ['20', 'DTaP'], ages: [1, 10], daysAgo: 210 },
  { key: 'mmr', code: ['03', 'MMR'], ages: [1, 17], daysAgo: 150 },
  { key: 'varicella', code: ['21', 'varicella'], ages: [1, 17], daysAgo: 150 },
  { key: 'tdap', code: ['115', 'Tdap'], ages: [11, 64], daysAgo: 900 },
  { key: 'zoster', code: ['121', 'zoster'], ages: [50, 120], daysAgo: 400 },
  { key: 'pcv13', code: ['133', 'Pneumococcal conjugate PCV 13'], ages: [65, 120], daysAgo: 700 },
];

export type Analyte = {
  /** LOINC. */
  code: Code;
  unit: string;
  usual: readonly [low: number, high: number];
  /** Around what the demo's values lie, and how far from it. */
  mean: number;
  spread: number;
  decimals: 0 | 1 | 2;
};

export type Panel = {
  key: string;
  code: Code;
  /** Measured in those who have one of these; everybody over 40 when empty. */
  conditions: readonly string[];
  analytes: readonly Analyte[];
};

export const panels: readonly Panel[] = [
  {
    key: 'lipids',
    code: ['57698-3', 'Lipid panel with direct LDL - Serum or Plasma'],
    conditions: [],
    analytes: [
      {
        code: ['2093-3', 'Cholesterol [Mass/volume] in Serum or Plasma'],
        unit: 'mg/dL',
        usual: [0, 200],
        mean: 192,
        spread: 22,
        decimals: 0,
      },
      {
        code: ['2571-8', 'Triglyceride [Mass/volume] in Serum or Plasma'],
        unit: 'mg/dL',
        usual: [0, 150],
        mean: 138,
        spread: 30,
        decimals: 0,
      },
      {
        code: ['18262-6', 'Cholesterol in LDL [Mass/volume] in Serum or Plasma by Direct assay'],
        unit: 'mg/dL',
        usual: [0, 130],
        mean: 112,
        spread: 18,
        decimals: 0,
      },
      {
        code: ['2085-9', 'Cholesterol in HDL [Mass/volume] in Serum or Plasma'],
        unit: 'mg/dL',
        usual: [40, 90],
        mean: 52,
        spread: 8,
        decimals: 0,
      },
    ],
  },
  {
    key: 'hba1c',
    code: ['4548-4', 'Hemoglobin A1c/Hemoglobin.total in Blood'],
    conditions: ['type1', 'type2'],
    analytes: [
      {
        code: ['4548-4', 'Hemoglobin A1c/Hemoglobin.total in Blood'],
        unit: '%',
        usual: [4, 5.6],
        mean: 7.3,
        spread: 0.5,
        decimals: 1,
      },
    ],
  },
  {
    key: 'thyroid',
    code: ['3016-3', 'Thyrotropin [Units/volume] in Serum or Plasma'],
    conditions: ['hypothyroidism'],
    analytes: [
      {
        code: ['3016-3', 'Thyrotropin [Units/volume] in Serum or Plasma'],
        unit: 'm[IU]/L',
        usual: [0.4, 4],
        mean: 3.1,
        spread: 0.8,
        decimals: 2,
      },
    ],
  },
  {
    key: 'kidney',
    code: ['2160-0', 'Creatinine [Mass/volume] in Serum or Plasma'],
    conditions: ['hypertension', 'heartFailure', 'type1', 'type2'],
    analytes: [
      {
        code: ['2160-0', 'Creatinine [Mass/volume] in Serum or Plasma'],
        unit: 'mg/dL',
        usual: [0.6, 1.3],
        mean: 0.95,
        spread: 0.15,
        decimals: 2,
      },
    ],
  },
];
