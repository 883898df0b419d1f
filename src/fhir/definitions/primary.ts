/**
 * The search parameters, by code, that a type's row answers from columns of its own. Both sides of search read this: a value
 * in a column is not stored a second time where the column can say all of it.
 */
export type Primary = {
  /** Its local Patient reference is column `patient`; always a parameter of the Patient compartment (compartments.ts). */
  patient: string | null;
  /**
   * Whether `patient` can have one value only. Then a reference to a local Patient is in the column and has no key, and any
   * other value (another server's Patient, a Group) has keys. Where it can have several, each has its key as well.
   */
  patientIsOne: boolean;
  code: string | null;
  date: string | null;
  quantity: string | null;
};

/** [type, code parameter, date parameter]: what is asked for and sorted by most. */
const codesAndDates: readonly (readonly [type: string, code: string | null, date: string | null])[] = [
  ['Account', 'type', 'period'],
  ['ActivityDefinition', null, 'date'],
  ['AdverseEvent', 'event', 'date'],
  ['AllergyIntolerance', 'code', 'date'],
  ['Appointment', 'service-type', 'date'],
  ['AuditEvent', 'type', 'date'],
  ['Basic', 'code', 'created'],
  ['Bundle', 'type', 'timestamp'],
  ['CarePlan', 'category', 'date'],
  ['CareTeam', 'category', 'date'],
  ['ChargeItem', 'code', 'occurrence'],
  ['Claim', 'use', 'created'],
  ['ClaimResponse', 'use', 'created'],
  ['ClinicalImpression', null, 'date'],
  ['Communication', 'category', 'sent'],
  ['CommunicationRequest', 'category', 'authored'],
  ['Composition', 'type', 'date'],
  ['Condition', 'code', 'onset-date'],
  ['Consent', 'category', 'date'],
  ['Coverage', 'type', null],
  ['CoverageEligibilityRequest', null, 'created'],
  ['CoverageEligibilityResponse', null, 'created'],
  ['DetectedIssue', 'code', 'identified'],
  ['Device', 'type', null],
  ['DeviceRequest', 'code', 'authored-on'],
  ['DiagnosticReport', 'code', 'date'],
  ['DocumentManifest', 'type', 'created'],
  ['DocumentReference', 'type', 'date'],
  ['Encounter', 'class', 'date'],
  ['EpisodeOfCare', 'type', 'date'],
  ['ExplanationOfBenefit', null, 'created'],
  ['FamilyMemberHistory', 'code', 'date'],
  ['Flag', null, 'date'],
  ['Goal', 'category', 'start-date'],
  ['Group', 'code', null],
  ['HealthcareService', 'service-type', null],
  ['ImagingStudy', 'modality', 'started'],
  ['Immunization', 'vaccine-code', 'date'],
  ['ImmunizationEvaluation', null, 'date'],
  ['ImmunizationRecommendation', null, 'date'],
  ['Invoice', 'type', 'date'],
  ['List', 'code', 'date'],
  ['Location', 'type', null],
  ['Measure', null, 'date'],
  ['MeasureReport', null, 'date'],
  ['Media', 'type', 'created'],
  ['Medication', 'code', null],
  ['MedicationAdministration', 'code', 'effective-time'],
  ['MedicationDispense', 'code', 'whenhandedover'],
  ['MedicationKnowledge', 'code', null],
  ['MedicationRequest', 'code', 'authoredon'],
  ['MedicationStatement', 'code', 'effective'],
  ['NutritionOrder', null, 'datetime'],
  ['Observation', 'code', 'date'],
  ['Organization', 'type', null],
  ['Patient', 'gender', 'birthdate'],
  ['PaymentNotice', null, 'created'],
  ['PaymentReconciliation', null, 'created'],
  ['Person', 'gender', 'birthdate'],
  ['Practitioner', 'gender', null],
  ['PractitionerRole', 'specialty', 'date'],
  ['Procedure', 'code', 'date'],
  ['Provenance', null, 'recorded'],
  ['Questionnaire', null, 'date'],
  ['QuestionnaireResponse', null, 'authored'],
  ['RelatedPerson', 'relationship', 'birthdate'],
  ['RequestGroup', 'code', 'authored'],
  ['ResearchStudy', null, 'date'],
  ['ResearchSubject', 'status', 'date'],
  ['RiskAssessment', 'method', 'date'],
  ['Schedule', 'service-type', 'date'],
  ['ServiceRequest', 'code', 'authored'],
  ['Slot', 'status', 'start'],
  ['Specimen', 'type', 'collected'],
  ['StructureDefinition', null, 'date'],
  ['Subscription', 'status', null],
  ['Substance', 'code', 'expiry'],
  ['SupplyDelivery', null, null],
  ['SupplyRequest', 'category', 'date'],
  ['Task', 'code', 'authored-on'],
  ['ValueSet', null, 'date'],
  ['VisionPrescription', null, 'datewritten'],
];

/**
 * Types of the Patient compartment with a parameter `patient`. The others that have one (Contract, GuidanceResponse, Task) are
 * outside every compartment, so that their row says nothing of a patient; Device is inside by our own rule
 * (compartments.ts).
 */
const withPatient: readonly string[] = [
  'Account',
  'AllergyIntolerance',
  'Appointment',
  'AppointmentResponse',
  'AuditEvent',
  'Basic',
  'BodyStructure',
  'CarePlan',
  'CareTeam',
  'ChargeItem',
  'Claim',
  'ClaimResponse',
  'ClinicalImpression',
  'Communication',
  'CommunicationRequest',
  'Composition',
  'Condition',
  'Consent',
  'Coverage',
  'CoverageEligibilityRequest',
  'CoverageEligibilityResponse',
  'DetectedIssue',
  'Device',
  'DeviceRequest',
  'DeviceUseStatement',
  'DiagnosticReport',
  'DocumentManifest',
  'DocumentReference',
  'Encounter',
  'EnrollmentRequest',
  'EpisodeOfCare',
  'ExplanationOfBenefit',
  'FamilyMemberHistory',
  'Flag',
  'Goal',
  'ImagingStudy',
  'Immunization',
  'ImmunizationEvaluation',
  'ImmunizationRecommendation',
  'Invoice',
  'List',
  'MeasureReport',
  'Media',
  'MedicationAdministration',
  'MedicationDispense',
  'MedicationRequest',
  'MedicationStatement',
  'MolecularSequence',
  'NutritionOrder',
  'Observation',
  'Person',
  'Procedure',
  'Provenance',
  'QuestionnaireResponse',
  'RelatedPerson',
  'RequestGroup',
  'ResearchSubject',
  'RiskAssessment',
  'ServiceRequest',
  'Specimen',
  'SupplyDelivery',
  'VisionPrescription',
];

/** Types whose `patient` can have several values. A row of the ledger is about one patient. */
const manyPatients: ReadonlySet<string> = new Set(['Account', 'Appointment', 'Person', 'Provenance']);

const none: Primary = { patient: null, patientIsOne: true, code: null, date: null, quantity: null };

const byType = new Map<string, Primary>();
for (const [type, code, date] of codesAndDates) byType.set(type, { ...none, code, date });
for (const type of withPatient) {
  byType.set(type, { ...(byType.get(type) ?? none), patient: 'patient', patientIsOne: !manyPatients.has(type) });
}
byType.set('Observation', { ...(byType.get('Observation') ?? none), quantity: 'value-quantity' });

/** What a type answers from its columns; every field null for a type without any. */
export const primary = (type: string): Primary => byType.get(type) ?? none;

/** Observation's `combo-…` parameters mean either of two others and are not stored: the value of any of these answers them. */
const combos = new Map<string, readonly string[]>([
  ['combo-code', ['code', 'component-code']],
  ['combo-data-absent-reason', ['data-absent-reason', 'component-data-absent-reason']],
  ['combo-value-concept', ['value-concept', 'component-value-concept']],
  ['combo-value-quantity', ['value-quantity', 'component-value-quantity']],
  ['combo-code-value-concept', ['code-value-concept', 'component-code-value-concept']],
  ['combo-code-value-quantity', ['code-value-quantity', 'component-code-value-quantity']],
]);

/** The codes of the parameters that stand for this one, or null where it is stored itself. */
export const standIns = (type: string, code: string): readonly string[] | null =>
  type === 'Observation' ? (combos.get(code) ?? null) : null;
