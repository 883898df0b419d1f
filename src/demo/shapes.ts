import type { CodeableConcept, Coding, Identifier, Money, Quantity, Reference, Resource } from '@medplum/fhirtypes';

/** Code systems by the short names the tables use. */
export const systems = {
  snomed: 'http://snomed.info/sct',
  loinc: 'http://loinc.org',
  rxnorm: 'http://www.nlm.nih.gov/research/umls/rxnorm',
  cvx: 'http://hl7.org/fhir/sid/cvx',
  ucum: 'http://unitsofmeasure.org',
  act: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
  hl7: 'http://terminology.hl7.org/CodeSystem/',
  mdc: 'urn:iso:std:iso:11073:10101',
  demo: 'https://portico.example/demo/',
} as const;

/** `[code, display]` as the tables write it. */
export type Code = readonly [code: string, display: string];

export const coding = (system: string, [code, display]: Code): Coding => ({ system, code, display });

export const concept = (system: string, code: Code, text?: string): CodeableConcept => ({
  coding: [coding(system, code)],
  text: text ?? code[1],
});

export const snomed = (code: Code, text?: string): CodeableConcept => concept(systems.snomed, code, text);
export const loinc = (code: Code, text?: string): CodeableConcept => concept(systems.loinc, code, text);

/** What can be booked. */
export const services = {
  video: snomed(['448337001', 'Telemedicine consultation with patient'], 'Visit by video'),
  clinic: snomed(['185349003', 'Encounter for check up'], 'Visit at the clinic'),
} as const;

/** A concept of one of HL7's own code systems, by the last part of its address. */
export const hl7 = (name: string, code: string, display?: string): CodeableConcept => ({
  coding: [{ system: `${systems.hl7}${name}`, code, ...(display ? { display } : {}) }],
});

/** A literal reference. The display helps people who read the JSON. */
export const to = <T extends Resource>(type: T['resourceType'], id: string, display?: string): Reference<T> => ({
  reference: `${type}/${id}`,
  ...(display ? { display } : {}),
});

/** A quantity in UCUM; `unit` is for people, `code` for machines. */
export const quantity = (value: number, code: string, unit = code): Quantity => ({
  value,
  unit,
  system: systems.ucum,
  code,
});

/** Money from minor units, so that sums are exact. */
export const dollars = (cents: number): Money => ({ value: cents / 100, currency: 'USD' });

/** An identifier in a namespace that is ours and resolves nowhere. */
export const identifier = (namespace: string, value: string): Identifier => ({
  system: `${systems.demo}${namespace}`,
  value,
});

/** Letters and digits with single hyphens: a FHIR id that can be read. `Étienne Roy` becomes `etienne-roy`. */
export function slug(text: string): string {
  const plain = text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  return plain.replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');
}
