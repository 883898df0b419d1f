/** A category by which a type can be granted in part: a scope `…?category=system|code`. */
export type Category = { system: string; code: CategoryCode };

const observation = 'http://terminology.hl7.org/CodeSystem/observation-category';
const condition = 'http://terminology.hl7.org/CodeSystem/condition-category';
const usCondition = 'http://hl7.org/fhir/us/core/CodeSystem/condition-category';
const usCategory = 'http://hl7.org/fhir/us/core/CodeSystem/us-core-category';
const usDocument = 'http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category';

export const categoryCodes = [
  'vital-signs',
  'laboratory',
  'social-history',
  'survey',
  'sdoh',
  'activity',
  'imaging',
  'exam',
  'functional-status',
  'encounter-diagnosis',
  'problem-list-item',
  'health-concern',
  'clinical-note',
] as const;
export type CategoryCode = (typeof categoryCodes)[number];

const of = (system: string, ...codes: CategoryCode[]): Category[] => codes.map((code) => ({ system, code }));

/** https://hl7.org/fhir/us/core/scopes.html */
export const categories: ReadonlyMap<string, readonly Category[]> = new Map([
  [
    'Observation',
    [
      ...of(observation, 'vital-signs', 'laboratory', 'social-history', 'survey', 'activity', 'imaging', 'exam'),
      ...of(usCategory, 'sdoh', 'functional-status'),
    ],
  ],
  ['Condition', [...of(condition, 'encounter-diagnosis', 'problem-list-item'), ...of(usCondition, 'health-concern')]],
  ['DocumentReference', of(usDocument, 'clinical-note')],
  ['ServiceRequest', of(usCategory, 'sdoh', 'functional-status')],
]);

/** The types that a person knows as kinds of things in a record, most asked for first. */
export const plainTypes = [
  'Patient',
  'Observation',
  'Condition',
  'MedicationRequest',
  'AllergyIntolerance',
  'Immunization',
  'DiagnosticReport',
  'DocumentReference',
  'Procedure',
  'Encounter',
  'Appointment',
  'CarePlan',
  'CareTeam',
  'Goal',
  'ServiceRequest',
  'Device',
  'DeviceUseStatement',
  'MedicationStatement',
  'MedicationDispense',
  'MedicationAdministration',
  'FamilyMemberHistory',
  'QuestionnaireResponse',
  'Specimen',
  'ImagingStudy',
  'Media',
  'Communication',
  'Coverage',
  'Claim',
  'ExplanationOfBenefit',
  'RelatedPerson',
  'Consent',
  'Provenance',
  'AuditEvent',
] as const;
export type PlainType = (typeof plainTypes)[number];

/** Types about nobody, by which what stands in a record is understood. */
export const directoryPlainTypes = [
  'Practitioner',
  'PractitionerRole',
  'Organization',
  'Location',
  'Medication',
  'HealthcareService',
  'Schedule',
  'Slot',
  'Questionnaire',
  'Group',
  'Task',
] as const;
export type NamedType = PlainType | (typeof directoryPlainTypes)[number];
