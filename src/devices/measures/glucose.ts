import { loinc, type Measure, mdc } from './measure.ts';

const laboratory = { category: 'laboratory', kind: 'quantity', profile: null } as const;
const reading = { ...laboratory, molecularWeight: 180.156 } as const;
const summary = { ...laboratory, tier: 'observation', roll: null } as const;
const mass = { unit: { code: 'mg/dL', text: 'mg/dL' }, range: { low: 5, high: 1500 }, decimals: 0 } as const;
const molar = { unit: { code: 'mmol/L', text: 'mmol/L' }, range: { low: 0.3, high: 85 }, decimals: 1 } as const;
const source = 'International consensus on time in range (Diabetes Care 2019;42:1593)';

/** Glucose: of a meter and of a sensor under the skin, by mass and by amount of substance, each with its own code of LOINC. */
export const glucose: readonly Measure[] = [
  {
    ...{ ...reading, ...mass, id: 'blood-glucose-meter-mass', tier: 'observation', roll: 'mean' },
    title: { en: 'Blood glucose', fr: 'Glycémie' },
    codings: [
      loinc('41653-7', 'Glucose [Mass/volume] in Capillary blood by Glucometer'),
      mdc('160184', 'MDC_CONC_GLU_CAPILLARY_WHOLEBLOOD'),
    ],
    usual: { low: 70, high: 180, source },
  },
  {
    ...{ ...reading, ...molar, id: 'blood-glucose-meter-molar', tier: 'observation', roll: 'mean' },
    title: { en: 'Blood glucose', fr: 'Glycémie' },
    codings: [
      loinc('14743-9', 'Glucose [Moles/volume] in Capillary blood by Glucometer'),
      mdc('160184', 'MDC_CONC_GLU_CAPILLARY_WHOLEBLOOD'),
    ],
    usual: { low: 3.9, high: 10, source },
  },
  {
    ...{ ...reading, ...mass, id: 'cgm-sensor-reading-mass', tier: 'sample', roll: 'mean' },
    title: { en: 'Glucose by sensor', fr: 'Glucose par capteur' },
    codings: [loinc('99504-3', 'Glucose [Mass/volume] in Interstitial fluid')],
    usual: { low: 70, high: 180, source },
  },
  {
    ...{ ...reading, ...molar, id: 'cgm-sensor-reading-molar', tier: 'sample', roll: 'mean' },
    title: { en: 'Glucose by sensor', fr: 'Glucose par capteur' },
    codings: [loinc('105272-9', 'Glucose [Moles/volume] in Interstitial fluid')],
    usual: { low: 3.9, high: 10, source },
  },
  {
    ...{ ...summary, id: 'cgm-time-in-range', decimals: 0 },
    title: { en: 'Glucose: time in range', fr: 'Glucose : temps dans la cible' },
    codings: [
      loinc('97510-2', 'Glucose measurements in range out of Total glucose measurements during reporting period'),
    ],
    unit: { code: '%', text: '%' },
    range: { low: 0, high: 100 },
    usual: { low: 70, high: 100, source },
  },
  {
    ...{ ...summary, id: 'cgm-gmi', decimals: 1 },
    title: { en: 'Glucose management indicator', fr: 'Indicateur de gestion du glucose' },
    codings: [loinc('97506-0', 'Glucose management indicator')],
    unit: { code: '%', text: '%' },
    range: { low: 3, high: 20 },
  },
  {
    ...{ ...summary, ...mass, id: 'cgm-mean-glucose', molecularWeight: 180.156 },
    title: { en: 'Mean glucose by sensor', fr: 'Glucose moyen par capteur' },
    codings: [loinc('97507-8', 'Average glucose [Mass/volume] in Interstitial fluid during reporting period')],
  },
];
