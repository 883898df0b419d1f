import { local, loinc, type Measure, mdc, vitalSign } from './measure.ts';

const perMinute = { code: '/min', text: 'beats/minute' };
const beats = { unit: perMinute, range: { low: 20, high: 300 }, kind: 'quantity', decimals: 0 } as const;
const vital = { category: 'vital-signs', kind: 'quantity' } as const;
const activity = { category: 'activity', tier: 'observation', profile: null, roll: null } as const;
const ms = { code: 'ms', text: 'ms' };
const adultRate = { low: 60, high: 100, source: 'American Heart Association: resting heart rate of adults' };

/** Of heart, breath and lungs. */
export const heartAndBreath: readonly Measure[] = [
  {
    ...{ ...vital, ...beats, id: 'heart-rate', tier: 'sample', profile: vitalSign('heartrate'), roll: 'mean' },
    title: { en: 'Heart rate', fr: 'Fréquence cardiaque' },
    codings: [loinc('8867-4', 'Heart rate')],
    also: [
      mdc('149530', 'MDC_PULS_OXIM_PULS_RATE'),
      mdc('147842', 'MDC_ECG_HEART_RATE'),
      mdc('149546', 'MDC_PULS_RATE_NON_INV'),
    ],
    usual: adultRate,
  },
  {
    ...{
      ...vital,
      ...beats,
      id: 'resting-heart-rate',
      tier: 'observation',
      profile: vitalSign('heartrate'),
      roll: null,
    },
    title: { en: 'Resting heart rate', fr: 'Fréquence cardiaque au repos' },
    // The profile asks for the general code beside the special one.
    codings: [loinc('40443-4', 'Heart rate --resting'), loinc('8867-4', 'Heart rate')],
    usual: adultRate,
  },
  {
    ...{ ...activity, ...beats, id: 'walking-heart-rate-average' },
    title: { en: 'Heart rate while walking, average', fr: 'Fréquence cardiaque moyenne à la marche' },
    codings: [local('walking-heart-rate-average', 'Walking heart rate average'), loinc('8867-4', 'Heart rate')],
  },
  {
    ...{ ...activity, ...beats, id: 'exercise-hr-mean' },
    title: { en: 'Heart rate in exercise, average', fr: 'Fréquence cardiaque moyenne à l’effort' },
    codings: [loinc('55425-3', 'Heart rate unspecified time mean by Pedometer')],
  },
  {
    ...{ ...activity, ...beats, id: 'exercise-hr-max' },
    title: { en: 'Heart rate in exercise, highest', fr: 'Fréquence cardiaque maximale à l’effort' },
    codings: [loinc('55426-1', 'Heart rate unspecified time maximum by Pedometer')],
  },
  {
    ...{ ...activity, ...beats, id: 'hr-max-in-24-h' },
    title: { en: 'Highest heart rate of the day', fr: 'Fréquence cardiaque maximale du jour' },
    codings: [loinc('8873-2', 'Heart rate 24 hour maximum')],
  },
  {
    ...{ ...vital, id: 'hrv-sdnn', tier: 'sample', profile: null, roll: 'mean', decimals: 0 },
    title: { en: 'Heart rate variability (SDNN)', fr: 'Variabilité de la fréquence cardiaque (SDNN)' },
    codings: [loinc('80404-7', 'R-R interval.standard deviation (Heart rate variability)')],
    unit: ms,
    range: { low: 0, high: 1000 },
  },
  {
    ...{ ...vital, id: 'hrv-rmssd', tier: 'sample', profile: null, roll: 'mean', decimals: 0 },
    title: { en: 'Heart rate variability (RMSSD)', fr: 'Variabilité de la fréquence cardiaque (RMSSD)' },
    // LOINC has a code for the standard deviation alone, which is another number.
    codings: [local('hrv-rmssd', 'Heart rate variability, root mean square of successive differences')],
    unit: ms,
    range: { low: 0, high: 1000 },
  },
  {
    ...{ ...vital, id: 'spo2', tier: 'sample', profile: vitalSign('oxygensat'), roll: 'mean', decimals: 0 },
    title: { en: 'Oxygen saturation', fr: 'Saturation en oxygène' },
    codings: [
      loinc('59408-5', 'Oxygen saturation in Arterial blood by Pulse oximetry'),
      loinc('2708-6', 'Oxygen saturation in Arterial blood'),
      mdc('150456', 'MDC_PULS_OXIM_SAT_O2'),
    ],
    unit: { code: '%', text: '%' },
    range: { low: 30, high: 100 },
    usual: { low: 95, high: 100, source: 'World Health Organization: Pulse oximetry training manual' },
  },
  {
    ...{ ...vital, id: 'respiratory-rate', tier: 'sample', profile: vitalSign('resprate'), roll: 'mean', decimals: 0 },
    title: { en: 'Respiratory rate', fr: 'Fréquence respiratoire' },
    codings: [loinc('9279-1', 'Respiratory rate')],
    unit: { code: '/min', text: 'breaths/minute' },
    range: { low: 2, high: 120 },
    usual: { low: 12, high: 20, source: 'Royal College of Physicians: National Early Warning Score 2' },
  },
  {
    ...{ ...vital, id: 'perfusion-index', tier: 'observation', profile: null, roll: null, decimals: 1 },
    title: { en: 'Perfusion index', fr: 'Indice de perfusion' },
    codings: [loinc('61006-3', 'Perfusion index Tissue by Pulse oximetry')],
    unit: { code: '%', text: '%' },
    range: { low: 0, high: 30 },
  },
  {
    ...{ ...vital, id: 'fev1', tier: 'observation', profile: null, roll: null, decimals: 2 },
    title: { en: 'Forced expiratory volume in 1 second (FEV1)', fr: 'Volume expiratoire maximal par seconde (VEMS)' },
    codings: [loinc('20150-9', 'FEV1')],
    unit: { code: 'L', text: 'L' },
    range: { low: 0, high: 10 },
  },
  {
    ...{ ...vital, id: 'fvc', tier: 'observation', profile: null, roll: null, decimals: 2 },
    title: { en: 'Forced vital capacity (FVC)', fr: 'Capacité vitale forcée (CVF)' },
    codings: [loinc('19870-5', 'Forced vital capacity [Volume] Respiratory system')],
    unit: { code: 'L', text: 'L' },
    range: { low: 0, high: 12 },
  },
  {
    ...{ ...vital, id: 'pef', tier: 'observation', profile: null, roll: null, decimals: 0 },
    title: { en: 'Peak expiratory flow', fr: 'Débit expiratoire de pointe' },
    codings: [loinc('19935-6', 'Maximum expiratory gas flow Respiratory system airway by Peak flow meter')],
    unit: { code: 'L/min', text: 'L/min' },
    range: { low: 0, high: 1200 },
  },
  {
    ...{ id: 'ecg-waveform', category: 'procedure', tier: 'observation', kind: 'sampled', profile: null, roll: null },
    title: { en: 'ECG', fr: 'Électrocardiogramme' },
    codings: [mdc('131328', 'MDC_ECG_ELEC_POTL')],
    also: [mdc('131329', 'MDC_ECG_ELEC_POTL_I'), mdc('131330', 'MDC_ECG_ELEC_POTL_II')],
    unit: { code: 'mV', text: 'mV' },
    range: { low: -50, high: 50 },
    decimals: 3,
  },
];
