import type { Consent, ConsentProvision, ConsentProvisionActor } from '@medplum/fhirtypes';

export const hl7 = (system: string, code: string) => ({
  coding: [{ system: `http://terminology.hl7.org/CodeSystem/${system}`, code }],
});

/** A Consent of the patient about privacy, in force. */
export const consentOf = (patient: string, provision: ConsentProvision, more: Partial<Consent> = {}): Consent => ({
  resourceType: 'Consent',
  status: 'active',
  scope: hl7('consentscope', 'patient-privacy'),
  category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
  patient: { reference: `Patient/${patient}` },
  dateTime: '2026-01-01',
  performer: [{ reference: `Patient/${patient}` }],
  policy: [{ uri: 'http://example.org/policies/basePrivacyConsentPolicy.txt' }],
  provision,
  ...more,
});

/** Somebody who receives. */
export const to = (reference: string): ConsentProvisionActor => ({
  role: hl7('v3-ParticipationType', 'IRCP'),
  reference: { reference },
});

export const purposes = (...codes: string[]) =>
  codes.map((code) => ({ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code }));

export const types = (...codes: string[]) =>
  codes.map((code) => ({ system: 'http://hl7.org/fhir/resource-types', code }));

const confidentiality = ['N', 'R', 'V'];

export const labels = (...codes: string[]) =>
  codes.map((code) => ({
    system: `http://terminology.hl7.org/CodeSystem/${confidentiality.includes(code) ? 'v3-Confidentiality' : 'v3-ActCode'}`,
    code,
  }));
