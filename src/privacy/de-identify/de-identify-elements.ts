/**
 * How an element is shown of which nothing must tell whose it is. An object is a list of elements that are shown in it; what is
 * not in a list is not shown. Lists are shown element by element.
 */
export type Shown =
  /** A code of a value set that the specification binds to it. */
  | 'code'
  /** Codes of systems that everybody uses; no text. */
  | 'concept'
  | 'coding'
  | 'boolean'
  /** A number of at most seven digits. */
  | 'number'
  /** Its value, of at most seven digits, and its unit; an age over 89 is 90 and more. */
  | 'quantity'
  /** The year. */
  | 'year'
  /** The years of its ends. */
  | 'period'
  /** The year of birth; of who is over 89 none. */
  | 'birth'
  /** The state, or the province, and the country. */
  | 'address'
  /** To what is shown under another id as well. */
  | 'reference'
  | { readonly [element: string]: Shown };

const range: Shown = { low: 'quantity', high: 'quantity' };
const ratio: Shown = { numerator: 'quantity', denominator: 'quantity' };

const value = {
  valueQuantity: 'quantity',
  valueCodeableConcept: 'concept',
  valueBoolean: 'boolean',
  valueInteger: 'number',
  valueRange: range,
  valueRatio: ratio,
  valueDateTime: 'year',
  dataAbsentReason: 'concept',
  interpretation: 'concept',
} as const satisfies Shown;

const onset = { onsetDateTime: 'year', onsetAge: 'quantity', onsetPeriod: 'period', onsetRange: range } as const;

const dosage: Shown = {
  asNeededBoolean: 'boolean',
  asNeededCodeableConcept: 'concept',
  site: 'concept',
  route: 'concept',
  method: 'concept',
  doseAndRate: {
    type: 'concept',
    doseQuantity: 'quantity',
    doseRange: range,
    rateQuantity: 'quantity',
    rateRatio: ratio,
  },
};

/**
 * What is shown of each type: no name, no address but the state, no date but the year, no number or address of communication, no
 * identifier, no picture, no text, no extension. What is measured and coded is left.
 *
 * @see https://www.ecfr.gov/current/title-45/section-164.514 (b)(2)
 */
export const deIdentifiedElements: { readonly [type: string]: { readonly [element: string]: Shown } } = {
  Patient: {
    active: 'boolean',
    gender: 'code',
    birthDate: 'birth',
    deceasedBoolean: 'boolean',
    deceasedDateTime: 'year',
    address: 'address',
    maritalStatus: 'concept',
  },
  AllergyIntolerance: {
    clinicalStatus: 'concept',
    verificationStatus: 'concept',
    type: 'code',
    category: 'code',
    criticality: 'code',
    code: 'concept',
    patient: 'reference',
    encounter: 'reference',
    ...onset,
    recordedDate: 'year',
    reaction: {
      substance: 'concept',
      manifestation: 'concept',
      onset: 'year',
      severity: 'code',
      exposureRoute: 'concept',
    },
  },
  CarePlan: {
    status: 'code',
    intent: 'code',
    category: 'concept',
    subject: 'reference',
    encounter: 'reference',
    period: 'period',
    created: 'year',
    addresses: 'reference',
    activity: {
      detail: { kind: 'code', code: 'concept', reasonCode: 'concept', status: 'code', doNotPerform: 'boolean' },
    },
  },
  Condition: {
    clinicalStatus: 'concept',
    verificationStatus: 'concept',
    category: 'concept',
    severity: 'concept',
    code: 'concept',
    bodySite: 'concept',
    subject: 'reference',
    encounter: 'reference',
    ...onset,
    abatementDateTime: 'year',
    abatementAge: 'quantity',
    abatementPeriod: 'period',
    recordedDate: 'year',
    stage: { summary: 'concept', type: 'concept' },
  },
  DiagnosticReport: {
    status: 'code',
    category: 'concept',
    code: 'concept',
    subject: 'reference',
    encounter: 'reference',
    effectiveDateTime: 'year',
    effectivePeriod: 'period',
    result: 'reference',
    conclusionCode: 'concept',
  },
  Encounter: {
    status: 'code',
    class: 'coding',
    type: 'concept',
    serviceType: 'concept',
    priority: 'concept',
    subject: 'reference',
    period: 'period',
    length: 'quantity',
    reasonCode: 'concept',
    diagnosis: { condition: 'reference', use: 'concept', rank: 'number' },
    hospitalization: { admitSource: 'concept', dischargeDisposition: 'concept' },
  },
  Goal: {
    lifecycleStatus: 'code',
    achievementStatus: 'concept',
    category: 'concept',
    priority: 'concept',
    description: 'concept',
    subject: 'reference',
    startDate: 'year',
    target: {
      measure: 'concept',
      detailQuantity: 'quantity',
      detailRange: range,
      detailCodeableConcept: 'concept',
      dueDate: 'year',
    },
    addresses: 'reference',
  },
  Immunization: {
    status: 'code',
    statusReason: 'concept',
    vaccineCode: 'concept',
    patient: 'reference',
    encounter: 'reference',
    occurrenceDateTime: 'year',
    primarySource: 'boolean',
    site: 'concept',
    route: 'concept',
    doseQuantity: 'quantity',
    reasonCode: 'concept',
  },
  MedicationRequest: {
    status: 'code',
    statusReason: 'concept',
    intent: 'code',
    category: 'concept',
    priority: 'code',
    doNotPerform: 'boolean',
    medicationCodeableConcept: 'concept',
    subject: 'reference',
    encounter: 'reference',
    authoredOn: 'year',
    reasonCode: 'concept',
    reasonReference: 'reference',
    dosageInstruction: dosage,
  },
  MedicationStatement: {
    status: 'code',
    category: 'concept',
    medicationCodeableConcept: 'concept',
    subject: 'reference',
    effectiveDateTime: 'year',
    effectivePeriod: 'period',
    reasonCode: 'concept',
    dosage,
  },
  Observation: {
    status: 'code',
    category: 'concept',
    code: 'concept',
    subject: 'reference',
    encounter: 'reference',
    effectiveDateTime: 'year',
    effectivePeriod: 'period',
    ...value,
    bodySite: 'concept',
    method: 'concept',
    referenceRange: { low: 'quantity', high: 'quantity', type: 'concept', appliesTo: 'concept' },
    hasMember: 'reference',
    derivedFrom: 'reference',
    component: { code: 'concept', ...value },
  },
  Procedure: {
    status: 'code',
    statusReason: 'concept',
    category: 'concept',
    code: 'concept',
    subject: 'reference',
    encounter: 'reference',
    performedDateTime: 'year',
    performedPeriod: 'period',
    performedAge: 'quantity',
    reasonCode: 'concept',
    reasonReference: 'reference',
    bodySite: 'concept',
    outcome: 'concept',
    complication: 'concept',
  },
  ServiceRequest: {
    status: 'code',
    intent: 'code',
    category: 'concept',
    priority: 'code',
    code: 'concept',
    subject: 'reference',
    encounter: 'reference',
    occurrenceDateTime: 'year',
    occurrencePeriod: 'period',
    authoredOn: 'year',
    reasonCode: 'concept',
    bodySite: 'concept',
  },
};

/** Whose codes tell nothing of a person, each with the form that they have: another may be a name or a number in disguise. */
export const commonSystems: readonly (readonly [uri: string, form: RegExp])[] = [
  ['http://snomed.info/sct', /^\d{6,18}$/],
  ['http://loinc.org', /^(?:L[ALP])?\d{1,6}-\d$/],
  ['http://hl7.org/fhir/sid/icd-10-cm', /^[A-Z]\d[\dA-Z](?:\.[\dA-Z]{1,4})?$/],
  ['http://hl7.org/fhir/sid/icd-10', /^[A-Z]\d\d(?:\.\d{1,2})?$/],
  ['http://www.nlm.nih.gov/research/umls/rxnorm', /^\d{1,7}$/],
  ['http://hl7.org/fhir/sid/cvx', /^\d{1,3}$/],
  ['http://www.whocc.no/atc', /^[A-Z](?:\d\d(?:[A-Z](?:[A-Z](?:\d\d)?)?)?)?$/],
  ['http://www.ama-assn.org/go/cpt', /^\d{4}[\dA-Z]$/],
];

/** HL7's own code systems begin so; their codes are words. */
export const hl7Systems = /^http:\/\/(?:terminology\.hl7\.org\/CodeSystem|hl7\.org\/fhir)\/[a-z0-9-]{1,60}$/i;
export const hl7Codes = /^[A-Za-z][A-Za-z-]{0,30}\d{0,2}$/;
