import type { Code } from '../shapes.ts';
import type { ConditionKey } from './families.ts';

export type Prescription = {
  /** RxNorm. */
  drug: Code;
  /** How to take it, in words. */
  directions: string;
  timesPerDay: number;
  /** How much at a time, in UCUM. */
  dose: readonly [value: number, code: string, unit: string];
  asNeeded?: boolean;
};

export type DemoCondition = {
  /** SNOMED CT. */
  code: Code;
  /** ICD-10-CM. */
  icd10: Code;
  /** Who looks after it, beside the family doctor. */
  specialist?: string;
  prescriptions: readonly Prescription[];
  goal: string;
  /** LOINC of what the goal is measured by, and the figure to stay below. */
  target?: { measure: Code; below: number; code: string; unit: string };
  activity: string;
  /** Only seen by those whose purpose needs it. */
  sensitive?: boolean;
};

const tablet: Prescription['dose'] = [1, '{tbl}', 'tablet'];
const puffs: Prescription['dose'] = [2, '{puff}', 'puffs'];

const daily = (drug: Code): Prescription => ({
  drug,
  directions: 'Take one tablet by mouth once a day',
  timesPerDay: 1,
  dose: tablet,
});

const systolic: Code = ['8480-6', 'Systolic blood pressure'];
const hba1c: Code = ['4548-4', 'Hemoglobin A1c/Hemoglobin.total in Blood'];

export const conditions: Readonly<Record<ConditionKey, DemoCondition>> = {
  hypertension: {
    code: ['59621000', 'Essential hypertension'],
    icd10: ['I10', 'Essential (primary) hypertension'],
    specialist: 'dr-colette-vaudreuil',
    prescriptions: [daily(['314076', 'lisinopril 10 MG Oral Tablet'])],
    goal: 'Home blood pressure below 130/80',
    target: { measure: systolic, below: 130, code: 'mm[Hg]', unit: 'mmHg' },
    activity: 'Measure blood pressure at home, morning and evening',
  },
  type2: {
    code: ['44054006', 'Diabetes mellitus type 2'],
    icd10: ['E11.9', 'Type 2 diabetes mellitus without complications'],
    specialist: 'dr-anand-velayu',
    prescriptions: [daily(['860975', '24 HR Metformin hydrochloride 500 MG Extended Release Oral Tablet'])],
    goal: 'HbA1c below 7 %',
    target: { measure: hba1c, below: 7, code: '%', unit: '%' },
    activity: 'Measure glucose before breakfast and after dinner',
  },
  type1: {
    code: ['46635009', 'Diabetes mellitus type 1'],
    icd10: ['E10.9', 'Type 1 diabetes mellitus without complications'],
    specialist: 'dr-anand-velayu',
    prescriptions: [
      {
        drug: [
          '106892',
          'insulin human, isophane 70 UNT/ML / Regular Insulin, Human 30 UNT/ML Injectable Suspension [Humulin]',
        ],
        directions: 'Inject 12 units under the skin before breakfast and before dinner',
        timesPerDay: 2,
        dose: [12, '[iU]', 'units'],
      },
    ],
    goal: 'HbA1c below 7 %',
    target: { measure: hba1c, below: 7, code: '%', unit: '%' },
    activity: 'Measure glucose before each meal and at bedtime',
  },
  asthma: {
    code: ['195967001', 'Asthma'],
    icd10: ['J45.909', 'Unspecified asthma, uncomplicated'],
    prescriptions: [
      {
        drug: ['2123111', 'NDA020503 200 ACTUAT Albuterol 0.09 MG/ACTUAT Metered Dose Inhaler'],
        directions: 'Inhale two puffs when short of breath',
        timesPerDay: 4,
        dose: puffs,
        asNeeded: true,
      },
    ],
    goal: 'No more than two days a week with symptoms',
    activity: 'Keep an asthma action plan at home and at school or work',
  },
  hyperlipidemia: {
    code: ['55822004', 'Hyperlipidemia'],
    icd10: ['E78.5', 'Hyperlipidemia, unspecified'],
    prescriptions: [daily(['312961', 'Simvastatin 20 MG Oral Tablet'])],
    goal: 'LDL cholesterol below 100 mg/dL',
    target: {
      measure: ['18262-6', 'Cholesterol in LDL [Mass/volume] in Serum or Plasma by Direct assay'],
      below: 100,
      code: 'mg/dL',
      unit: 'mg/dL',
    },
    activity: 'Walk briskly for 30 minutes on five days a week',
  },
  hypothyroidism: {
    code: ['40930008', 'Hypothyroidism'],
    icd10: ['E03.9', 'Hypothyroidism, unspecified'],
    specialist: 'dr-anand-velayu',
    prescriptions: [daily(['892246', 'levothyroxine sodium 0.1 MG Oral Tablet'])],
    goal: 'Thyroid hormone in the usual range',
    activity: 'Blood test every six months',
  },
  anxiety: {
    code: ['21897009', 'Generalized anxiety disorder'],
    icd10: ['F41.1', 'Generalized anxiety disorder'],
    specialist: 'dr-oskar-wintle',
    prescriptions: [],
    goal: 'Sleeps through on most nights',
    activity: 'Talking therapy every two weeks, by video',
    sensitive: true,
  },
  depression: {
    code: ['35489007', 'Depressive disorder'],
    icd10: ['F32.A', 'Depression, unspecified'],
    specialist: 'dr-oskar-wintle',
    prescriptions: [daily(['312940', 'sertraline 25 MG Oral Tablet'])],
    goal: 'Back at work for four days a week',
    activity: 'Talking therapy every two weeks, by video',
    sensitive: true,
  },
  migraine: {
    code: ['37796009', 'Migraine'],
    icd10: ['G43.909', 'Migraine, unspecified, not intractable, without status migrainosus'],
    prescriptions: [
      {
        drug: ['310965', 'Ibuprofen 200 MG Oral Tablet'],
        directions: 'Take two tablets with food at the first sign of a headache',
        timesPerDay: 3,
        dose: [2, '{tbl}', 'tablets'],
        asNeeded: true,
      },
    ],
    goal: 'Fewer than four headache days a month',
    activity: 'Keep a headache diary',
  },
  copd: {
    code: ['13645005', 'Chronic obstructive lung disease'],
    icd10: ['J44.9', 'Chronic obstructive pulmonary disease, unspecified'],
    prescriptions: [
      {
        drug: [
          '896209',
          '60 ACTUAT Fluticasone propionate 0.25 MG/ACTUAT / salmeterol 0.05 MG/ACTUAT Dry Powder Inhaler',
        ],
        directions: 'Inhale one puff in the morning and in the evening',
        timesPerDay: 2,
        dose: [1, '{puff}', 'puff'],
      },
    ],
    goal: 'Walks to the market and back without a rest',
    activity: 'Breathing exercises every day',
  },
  osteoarthritis: {
    code: ['239873007', 'Osteoarthritis of knee'],
    icd10: ['M17.9', 'Osteoarthritis of knee, unspecified'],
    prescriptions: [
      {
        drug: ['313782', 'Acetaminophen 325 MG Oral Tablet'],
        directions: 'Take two tablets by mouth when the knee hurts',
        timesPerDay: 3,
        dose: [2, '{tbl}', 'tablets'],
        asNeeded: true,
      },
    ],
    goal: 'Climbs the stairs at home without pain',
    activity: 'Physiotherapy once a week',
  },
  atrialFibrillation: {
    code: ['49436004', 'Atrial fibrillation'],
    icd10: ['I48.91', 'Unspecified atrial fibrillation'],
    specialist: 'dr-colette-vaudreuil',
    prescriptions: [daily(['855332', 'Warfarin Sodium 5 MG Oral Tablet'])],
    goal: 'Resting heart rate below 100 a minute',
    target: { measure: ['8867-4', 'Heart rate'], below: 100, code: '/min', unit: '/min' },
    activity: 'Wear the watch day and night',
  },
  heartFailure: {
    code: ['84114007', 'Heart failure'],
    icd10: ['I50.9', 'Heart failure, unspecified'],
    specialist: 'dr-colette-vaudreuil',
    prescriptions: [
      daily(['313988', 'Furosemide 40 MG Oral Tablet']),
      {
        drug: ['200033', 'carvedilol 25 MG Oral Tablet'],
        directions: 'Take one tablet by mouth in the morning and in the evening',
        timesPerDay: 2,
        dose: tablet,
      },
    ],
    goal: 'No weight gain of more than 2 kg in three days',
    activity: 'Step on the scale every morning',
  },
  sleepApnea: {
    code: ['73430006', 'Sleep apnea'],
    icd10: ['G47.30', 'Sleep apnea, unspecified'],
    prescriptions: [],
    goal: 'Seven hours of sleep a night',
    activity: 'Use the mask every night',
  },
  obesity: {
    code: ['414916001', 'Obesity'],
    icd10: ['E66.9', 'Obesity, unspecified'],
    prescriptions: [],
    goal: 'Lose 5 kg in six months',
    target: { measure: ['29463-7', 'Body weight'], below: 98, code: 'kg', unit: 'kg' },
    activity: 'Step on the scale twice a week',
  },
};
