import type { vitalsWords } from './vitals-words.ts';

export type VitalName = keyof (typeof vitalsWords)['en']['names'];

type Code = { system: string; code: string; display: string };
type Vital = { codes: readonly Code[]; unit: string; ucum: string; low: number; high: number };

const loinc = (code: string, display: string): Code => ({ system: 'http://loinc.org', code, display });

/** https://hl7.org/fhir/R4/observation-vitalsigns.html; beyond `low` and `high` it is no measurement of somebody alive. */
export const vitals: Readonly<Record<VitalName, Vital>> = {
  heartRate: { codes: [loinc('8867-4', 'Heart rate')], unit: 'beats/minute', ucum: '/min', low: 20, high: 300 },
  systolic: { codes: [loinc('8480-6', 'Systolic blood pressure')], unit: 'mmHg', ucum: 'mm[Hg]', low: 40, high: 300 },
  diastolic: { codes: [loinc('8462-4', 'Diastolic blood pressure')], unit: 'mmHg', ucum: 'mm[Hg]', low: 20, high: 200 },
  oxygen: {
    codes: [
      loinc('2708-6', 'Oxygen saturation in Arterial blood'),
      loinc('59408-5', 'Oxygen saturation in Arterial blood by Pulse oximetry'),
    ],
    unit: '%',
    ucum: '%',
    low: 30,
    high: 100,
  },
  temperature: { codes: [loinc('8310-5', 'Body temperature')], unit: '°C', ucum: 'Cel', low: 25, high: 45 },
  weight: { codes: [loinc('29463-7', 'Body weight')], unit: 'kg', ucum: 'kg', low: 0.3, high: 500 },
};

const pressure = loinc('85354-9', 'Blood pressure panel with all children optional');

export type Measured = Partial<Record<VitalName, number>>;

/** Of whom, in which visit, by whom and with what: references as FHIR has them. */
export type Measuring = {
  patient: string;
  encounter: string;
  performer: string;
  /** An instant. */
  at: string;
  /** Of a Device here, or only what it is called; null: not said. */
  device: { reference?: string; display?: string } | null;
};

const quantity = ({ unit, ucum }: Vital, value: number) => ({
  value,
  unit,
  system: 'http://unitsofmeasure.org',
  code: ucum,
});

/** What was measured as Observations of the Encounter; both blood pressures are one. */
export function observationsOf(measured: Measured, { patient, encounter, performer, at, device }: Measuring) {
  const common = (codes: readonly Code[]) => ({
    resourceType: 'Observation' as const,
    status: 'final' as const,
    category: [
      { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' }] },
    ],
    code: { coding: [...codes] },
    subject: { reference: patient },
    encounter: { reference: encounter },
    effectiveDateTime: at,
    performer: [{ reference: performer }],
    ...(device === null ? {} : { device }),
  });
  const { systolic, diastolic } = measured;
  const singles = (['heartRate', 'oxygen', 'temperature', 'weight'] as const).flatMap((name) => {
    const value = measured[name];
    return value === undefined ? [] : [{ ...common(vitals[name].codes), valueQuantity: quantity(vitals[name], value) }];
  });
  if (systolic === undefined || diastolic === undefined) return singles;
  const component = [
    { code: { coding: [...vitals.systolic.codes] }, valueQuantity: quantity(vitals.systolic, systolic) },
    { code: { coding: [...vitals.diastolic.codes] }, valueQuantity: quantity(vitals.diastolic, diastolic) },
  ];
  return [...singles, { ...common([pressure]), component }];
}
