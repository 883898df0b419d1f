import { local, loinc, type Measure, mdc, vitalSign } from './measure.ts';

const vital = { category: 'vital-signs', tier: 'observation', kind: 'quantity', roll: null } as const;
const pressure = { ...vital, unit: { code: 'mm[Hg]', text: 'mmHg' }, profile: null, decimals: 0 } as const;
const kg = { code: 'kg', text: 'kg' };
const cm = { code: 'cm', text: 'cm' };

/** Of temperature, blood pressure and the body's measures. */
export const body: readonly Measure[] = [
  {
    ...{ ...vital, id: 'body-temperature', profile: vitalSign('bodytemp'), decimals: 1 },
    title: { en: 'Body temperature', fr: 'Température corporelle' },
    codings: [loinc('8310-5', 'Body temperature'), mdc('150364', 'MDC_TEMP_BODY')],
    unit: { code: 'Cel', text: '°C' },
    range: { low: 20, high: 47 },
    usual: { low: 36.1, high: 37.2, source: 'MedlinePlus: body temperature norms' },
  },
  {
    ...{ ...vital, id: 'wrist-skin-temperature', profile: null, decimals: 1 },
    title: { en: 'Wrist temperature in sleep', fr: 'Température du poignet pendant le sommeil' },
    codings: [local('wrist-skin-temperature', 'Skin temperature at the wrist during sleep')],
    unit: { code: 'Cel', text: '°C' },
    range: { low: 10, high: 47 },
  },
  {
    ...{ ...vital, id: 'blood-pressure', kind: 'components', profile: vitalSign('bp'), decimals: 0 },
    title: { en: 'Blood pressure', fr: 'Pression artérielle' },
    codings: [
      loinc('85354-9', 'Blood pressure panel with all children optional'),
      mdc('150020', 'MDC_PRESS_BLD_NONINV'),
    ],
    also: [loinc('55284-4', 'Blood pressure systolic and diastolic')],
    unit: { code: 'mm[Hg]', text: 'mmHg' },
    range: null,
    components: ['systolic-blood-pressure', 'diastolic-blood-pressure'],
    further: ['mean-blood-pressure', 'heart-rate'],
  },
  {
    ...{ ...pressure, id: 'systolic-blood-pressure', range: { low: 30, high: 350 } },
    title: { en: 'Systolic blood pressure', fr: 'Pression artérielle systolique' },
    codings: [loinc('8480-6', 'Systolic blood pressure'), mdc('150021', 'MDC_PRESS_BLD_NONINV_SYS')],
    usual: { low: 90, high: 120, source: 'American Heart Association: blood pressure categories' },
  },
  {
    ...{ ...pressure, id: 'diastolic-blood-pressure', range: { low: 10, high: 250 } },
    title: { en: 'Diastolic blood pressure', fr: 'Pression artérielle diastolique' },
    codings: [loinc('8462-4', 'Diastolic blood pressure'), mdc('150022', 'MDC_PRESS_BLD_NONINV_DIA')],
    usual: { low: 60, high: 80, source: 'American Heart Association: blood pressure categories' },
  },
  {
    ...{ ...pressure, id: 'mean-blood-pressure', range: { low: 15, high: 300 } },
    title: { en: 'Mean blood pressure', fr: 'Pression artérielle moyenne' },
    codings: [loinc('8478-0', 'Mean blood pressure'), mdc('150023', 'MDC_PRESS_BLD_NONINV_MEAN')],
  },
  {
    ...{ ...vital, id: 'body-weight', profile: vitalSign('bodyweight'), decimals: 1 },
    title: { en: 'Weight', fr: 'Poids' },
    codings: [loinc('29463-7', 'Body weight'), mdc('188736', 'MDC_MASS_BODY_ACTUAL')],
    unit: kg,
    range: { low: 0.2, high: 700 },
  },
  {
    ...{ ...vital, id: 'body-height', profile: vitalSign('bodyheight'), decimals: 0 },
    title: { en: 'Height', fr: 'Taille' },
    codings: [loinc('8302-2', 'Body height'), mdc('188740', 'MDC_LEN_BODY_ACTUAL')],
    unit: cm,
    range: { low: 20, high: 280 },
  },
  {
    ...{ ...vital, id: 'bmi', profile: vitalSign('bmi'), decimals: 1 },
    title: { en: 'Body mass index', fr: 'Indice de masse corporelle' },
    codings: [loinc('39156-5', 'Body mass index (BMI) [Ratio]'), mdc('188752', 'MDC_RATIO_MASS_BODY_LEN_SQ')],
    unit: { code: 'kg/m2', text: 'kg/m2' },
    range: { low: 5, high: 200 },
    usual: { low: 18.5, high: 24.9, source: 'World Health Organization: BMI classification of adults' },
  },
  {
    ...{ ...vital, id: 'body-fat', profile: null, decimals: 1 },
    title: { en: 'Body fat', fr: 'Masse grasse' },
    codings: [loinc('41982-0', 'Percentage of body fat Measured'), mdc('188748', 'MDC_BODY_FAT')],
    unit: { code: '%', text: '%' },
    range: { low: 1, high: 80 },
  },
  {
    ...{ ...vital, id: 'lean-body-mass', profile: null, decimals: 1 },
    title: { en: 'Lean body mass', fr: 'Masse maigre' },
    codings: [loinc('91557-9', 'Lean body weight')],
    unit: kg,
    range: { low: 0.2, high: 300 },
  },
  {
    ...{ ...vital, id: 'waist-circumference', profile: null, decimals: 0 },
    title: { en: 'Waist circumference', fr: 'Tour de taille' },
    codings: [loinc('8280-0', 'Waist Circumference at umbilicus by Tape measure')],
    unit: cm,
    range: { low: 20, high: 350 },
  },
];
