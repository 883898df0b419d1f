import type {
  AllergyIntolerance,
  Condition,
  Immunization,
  MedicationRequest,
  Meta,
  Practitioner,
  Resource,
} from '@medplum/fhirtypes';

import { dayAfter } from './calendar.ts';
import type { DemoCondition, Prescription } from './data/conditions.ts';
import { conditions } from './data/conditions.ts';
import { allergies, vaccines } from './data/records.ts';
import { coding, concept, hl7, quantity, snomed, systems, to } from './shapes.ts';
import type { Person, World } from './world.ts';
import { people, toPatient } from './world.ts';

/** Marks what needs a consent of its own. */
export const restricted: Meta = {
  security: [{ system: `${systems.hl7}v3-Confidentiality`, code: 'R', display: 'restricted' }],
};

/** A long table's key as an id: `heartFailure` becomes `heart-failure`. */
export const kebab = (key: string): string => key.replace(/[A-Z0-9]+/g, (found) => `-${found.toLowerCase()}`);

export const conditionId = (one: Person, key: string): string => `${one.id}-${kebab(key)}`;

function condition(one: Person, key: string, about: DemoCondition, world: World): Condition {
  const years = world.randomFor(conditionId(one, key)).whole(1, Math.max(1, Math.min(9, Math.floor(one.age / 4))));
  const onset = dayAfter(world.today, -365 * years);
  return {
    resourceType: 'Condition',
    id: conditionId(one, key),
    ...(about.sensitive ? { meta: restricted } : {}),
    clinicalStatus: hl7('condition-clinical', 'active'),
    verificationStatus: hl7('condition-ver-status', 'confirmed'),
    category: [hl7('condition-category', 'problem-list-item', 'Problem List Item')],
    code: {
      coding: [coding(systems.snomed, about.code), coding('http://hl7.org/fhir/sid/icd-10-cm', about.icd10)],
      text: about.code[1],
    },
    subject: toPatient(one),
    onsetDateTime: onset,
    recordedDate: onset,
    recorder: to<Practitioner>('Practitioner', about.specialist ?? one.doctorId),
  };
}

function prescription(one: Person, key: string, given: Prescription, index: number, world: World): MedicationRequest {
  const { specialist, sensitive } = conditions[key as keyof typeof conditions];
  const [value, code, unit] = given.dose;
  return {
    resourceType: 'MedicationRequest',
    id: `${conditionId(one, key)}-rx${index + 1}`,
    ...(sensitive ? { meta: restricted } : {}),
    status: 'active',
    intent: 'order',
    category: [hl7('medicationrequest-category', 'outpatient', 'Outpatient')],
    medicationCodeableConcept: concept(systems.rxnorm, given.drug),
    subject: toPatient(one),
    authoredOn: dayAfter(world.today, -20 - index),
    requester: to<Practitioner>('Practitioner', specialist ?? one.doctorId),
    reasonReference: [to<Condition>('Condition', conditionId(one, key))],
    dosageInstruction: [
      {
        text: given.directions,
        timing: { repeat: { frequency: given.timesPerDay, period: 1, periodUnit: 'd' } },
        asNeededBoolean: given.asNeeded ?? false,
        doseAndRate: [{ doseQuantity: quantity(value, code, unit) }],
      },
    ],
    dispenseRequest: {
      numberOfRepeatsAllowed: 3,
      expectedSupplyDuration: quantity(30, 'd', 'days'),
    },
  };
}

function allergy(one: Person, key: keyof typeof allergies, world: World): AllergyIntolerance {
  const about = allergies[key];
  return {
    resourceType: 'AllergyIntolerance',
    id: `${one.id}-${key}`,
    clinicalStatus: hl7('allergyintolerance-clinical', 'active'),
    verificationStatus: hl7('allergyintolerance-verification', 'confirmed'),
    type: 'allergy',
    category: [about.category],
    criticality: about.criticality,
    code: snomed(about.code),
    patient: toPatient(one),
    recordedDate: dayAfter(world.today, -700),
    recorder: to<Practitioner>('Practitioner', one.doctorId),
    reaction: [{ manifestation: [snomed(about.reaction)], severity: about.severity }],
  };
}

function immunizations(one: Person, world: World): Immunization[] {
  const due = vaccines.filter(({ ages: [from, to] }) => one.age >= from && one.age <= to);
  return due.map((vaccine) => ({
    resourceType: 'Immunization',
    id: `${one.id}-${vaccine.key}`,
    status: 'completed',
    vaccineCode: concept(systems.cvx, vaccine.code),
    patient: toPatient(one),
    occurrenceDateTime: dayAfter(world.today, -vaccine.daysAgo),
    primarySource: true,
    performer: [{ actor: to<Practitioner>('Practitioner', one.doctorId) }],
  }));
}

/** What each person lives with, takes, must avoid, and has been vaccinated against. */
export const clinicalResources = (world: World): Resource[] =>
  people.flatMap((one) => [
    ...one.conditions.map((key) => condition(one, key, conditions[key], world)),
    ...one.conditions.flatMap((key) =>
      conditions[key].prescriptions.map((given, index) => prescription(one, key, given, index, world)),
    ),
    ...(one.allergy ? [allergy(one, one.allergy, world)] : []),
    ...immunizations(one, world),
  ]);
