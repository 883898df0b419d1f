/** What people ask for by right, as codes of a Task. */
export const requestSystem = 'https://portico.dev/fhir/CodeSystem/request';

export const displays = {
  copy: 'Copy of the record',
  correct: 'Correction of the record',
  erase: 'Erasure of the record',
  complaint: 'Complaint',
  disclose: 'Disclosure by order of an authority',
  restriction: 'Restriction of uses or disclosures',
} as const;

export type RequestCode = keyof typeof displays;

/** The system of Task.groupIdentifier: the requests about a patient that they may know of have the patient's id there. */
export const requestOwner = 'https://portico.dev/fhir/requests-of';

/** The requests of a patient as a token: what `group-identifier` is searched by. */
export const requestsName = (patient: string): string => `${requestOwner}|${patient}`;
