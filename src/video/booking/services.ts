import type { CodeableConcept } from '@medplum/fhirtypes';

const snomed = 'http://snomed.info/sct';
const VIDEO = '448337001';
const CHECK_UP = '185349003';

/** A visit by video. */
export const videoVisit: CodeableConcept = {
  coding: [{ system: snomed, code: VIDEO, display: 'Telemedicine consultation with patient' }],
};

const has = ({ coding = [] }: CodeableConcept, system: string, code: string): boolean =>
  coding.some((one) => one.system === system && one.code === code);

export const isVideo = (services: readonly CodeableConcept[]): boolean =>
  services.some((one) => has(one, snomed, VIDEO));

/** Visits of which people know where they are, and need not be told what they are coded as. */
export const isAtClinic = (services: readonly CodeableConcept[]): boolean =>
  services.some((one) => has(one, snomed, CHECK_UP));

/** Whether two say the same by a code; without any code, by the text. */
export function isSame(one: CodeableConcept, other: CodeableConcept): boolean {
  const codes = one.coding ?? [];
  if (codes.length === 0 || (other.coding ?? []).length === 0) return one.text !== undefined && one.text === other.text;
  return codes.some(({ system, code }) => code !== undefined && has(other, system ?? '', code));
}
