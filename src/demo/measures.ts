import type { CodeableConcept, Device, Encounter, Observation, Practitioner } from '@medplum/fhirtypes';

import type { Code } from './shapes.ts';
import { coding, loinc, quantity, systems, to } from './shapes.ts';
import type { Person } from './world.ts';
import { toPatient } from './world.ts';

export type Measure = {
  /** LOINC; the first is what the profile asks for. */
  codes: readonly [Code, ...Code[]];
  category: 'vital-signs' | 'activity' | 'laboratory';
  /** The profile of R4 that it keeps to, by its last part. */
  profile?: string;
  /** UCUM; empty where only components carry a value. */
  code: string;
  unit: string;
};

export type MeasureKey = keyof typeof measures;

/** https://hl7.org/fhir/R4/observation-vitalsigns.html */
export const measures = {
  heartRate: {
    codes: [['8867-4', 'Heart rate']],
    category: 'vital-signs',
    profile: 'heartrate',
    code: '/min',
    unit: 'beats/minute',
  },
  restingHeartRate: {
    codes: [
      ['8867-4', 'Heart rate'],
      ['40443-4', 'Heart rate --resting'],
    ],
    category: 'vital-signs',
    profile: 'heartrate',
    code: '/min',
    unit: 'beats/minute',
  },
  oxygen: {
    codes: [
      ['2708-6', 'Oxygen saturation in Arterial blood'],
      ['59408-5', 'Oxygen saturation in Arterial blood by Pulse oximetry'],
    ],
    category: 'vital-signs',
    profile: 'oxygensat',
    code: '%',
    unit: '%',
  },
  bloodPressure: {
    codes: [['85354-9', 'Blood pressure panel with all children optional']],
    category: 'vital-signs',
    profile: 'bp',
    code: '',
    unit: '',
  },
  weight: {
    codes: [['29463-7', 'Body weight']],
    category: 'vital-signs',
    profile: 'bodyweight',
    code: 'kg',
    unit: 'kg',
  },
  height: {
    codes: [['8302-2', 'Body height']],
    category: 'vital-signs',
    profile: 'bodyheight',
    code: 'cm',
    unit: 'cm',
  },
  temperature: {
    codes: [['8310-5', 'Body temperature']],
    category: 'vital-signs',
    profile: 'bodytemp',
    code: 'Cel',
    unit: '°C',
  },
  glucose: {
    codes: [['41653-7', 'Glucose [Mass/volume] in Capillary blood by Glucometer']],
    category: 'laboratory',
    code: 'mg/dL',
    unit: 'mg/dL',
  },
  steps: {
    codes: [['41950-7', 'Number of steps in 24 hour Measured']],
    category: 'activity',
    code: '/d',
    unit: 'steps/day',
  },
  sleep: {
    codes: [['93832-4', 'Sleep duration']],
    category: 'activity',
    code: 'h',
    unit: 'hours',
  },
} as const satisfies Record<string, Measure>;

const categories: Readonly<Record<Measure['category'], CodeableConcept>> = {
  'vital-signs': category('vital-signs', 'Vital Signs'),
  activity: category('activity', 'Activity'),
  laboratory: category('laboratory', 'Laboratory'),
};

function category(code: string, display: string): CodeableConcept {
  return { coding: [{ system: `${systems.hl7}observation-category`, code, display }] };
}

export type When = { effectiveDateTime: string } | { effectivePeriod: { start: string; end: string } };

/** Who measured: a device at home, or a practitioner in a visit. */
export type Source = { deviceId: string } | { encounterId: string; practitionerId: string };

/** One reading without its value. */
export function reading(id: string, key: MeasureKey, one: Person, when: When, source: Source): Observation {
  const measure: Measure = measures[key];
  return {
    resourceType: 'Observation',
    id,
    ...(measure.profile ? { meta: { profile: [`http://hl7.org/fhir/StructureDefinition/${measure.profile}`] } } : {}),
    status: 'final',
    category: [categories[measure.category]],
    code: {
      coding: measure.codes.map((code) => coding(systems.loinc, code)),
      text: measure.codes[measure.codes.length - 1]?.[1],
    },
    subject: toPatient(one),
    ...('encounterId' in source ? { encounter: to<Encounter>('Encounter', source.encounterId) } : {}),
    ...when,
    ...('deviceId' in source
      ? { device: to<Device>('Device', source.deviceId) }
      : { performer: [to<Practitioner>('Practitioner', source.practitionerId)] }),
  };
}

export const valued = (key: MeasureKey, value: number) => ({
  valueQuantity: quantity(value, measures[key].code, measures[key].unit),
});

const mercury = (value: number) => quantity(value, 'mm[Hg]', 'mmHg');

/** The two components of a blood pressure. */
export const pressures = (systolic: number, diastolic: number): Pick<Observation, 'component'> => ({
  component: [
    { code: loinc(['8480-6', 'Systolic blood pressure']), valueQuantity: mercury(systolic) },
    { code: loinc(['8462-4', 'Diastolic blood pressure']), valueQuantity: mercury(diastolic) },
  ],
});

/** How a night was spent, in minutes. */
export const sleepStages = (light: number, deep: number, rem: number): Pick<Observation, 'component'> => ({
  component: [
    { code: loinc(['93830-8', 'Light sleep duration']), valueQuantity: quantity(light, 'min', 'minutes') },
    { code: loinc(['93831-6', 'Deep sleep duration']), valueQuantity: quantity(deep, 'min', 'minutes') },
    { code: loinc(['93829-0', 'REM sleep duration']), valueQuantity: quantity(rem, 'min', 'minutes') },
  ],
});
