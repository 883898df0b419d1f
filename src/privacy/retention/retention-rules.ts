/** From when the years of a rule count. */
export type Trigger =
  /** The last entry in the record of the patient, of whatever type. */
  | 'last-activity'
  /** The end of the row's own period. */
  | 'period-end'
  /** The patient's death; says nothing of the living. */
  | 'death'
  /** The patient's 18th birthday; says nothing where that is not known. */
  | 'majority'
  /** The bill is settled: as long as it is not, it is kept, and for no years after. */
  | 'adjudication';

/** How long resources of some types are kept. Where several rules are about one, it is kept as long as any of them says. */
export type RetentionRule = {
  name: string;
  types: readonly string[];
  class: 'clinical' | 'financial' | 'personal';
  /** Where the patient lives, of ISO 3166: `CA-ON`, `CA`, `US`; `*` is everywhere. Who lives nowhere lives everywhere. */
  jurisdiction: string;
  years: number;
  trigger: Trigger;
  /** What it withstands: a deletion that the patient asks for, or the erasure of the whole record as well. */
  withstands: 'nothing' | 'deletion' | 'erasure';
  /** The law or the policy that says so. */
  source: string;
};

const clinical = [
  'AllergyIntolerance',
  'CarePlan',
  'CareTeam',
  'ClinicalImpression',
  'Composition',
  'Condition',
  'DetectedIssue',
  'Device',
  'DeviceMetric',
  'DeviceRequest',
  'DeviceUseStatement',
  'DiagnosticReport',
  'DocumentReference',
  'Encounter',
  'EpisodeOfCare',
  'FamilyMemberHistory',
  'ImagingStudy',
  'Immunization',
  'MedicationAdministration',
  'MedicationDispense',
  'MedicationRequest',
  'MedicationStatement',
  'NutritionOrder',
  'Observation',
  'Procedure',
  'RiskAssessment',
  'ServiceRequest',
  'Specimen',
  'VisionPrescription',
];

const financial = [
  'Account',
  'ChargeItem',
  'Claim',
  'ClaimResponse',
  'ExplanationOfBenefit',
  'Invoice',
  'PaymentNotice',
];

const personal = [
  'Appointment',
  'AppointmentResponse',
  'Communication',
  'CommunicationRequest',
  'Flag',
  'Goal',
  'Media',
  'Patient',
  'QuestionnaireResponse',
  'RelatedPerson',
  'Task',
];

/**
 * What is kept, and for how long, where the operator says nothing else ($set-retention-rule). What no rule names is kept until
 * the record is erased.
 */
export const retentionRules: readonly RetentionRule[] = [
  {
    name: 'clinical record',
    types: clinical,
    class: 'clinical',
    jurisdiction: '*',
    years: 10,
    trigger: 'last-activity',
    withstands: 'deletion',
    // Section 19: ten years after the last entry. For the United States, where states ask for 5 to 10, it is the longest.
    source: 'https://www.ontario.ca/laws/regulation/940114',
  },
  {
    name: 'clinical record of a minor',
    types: clinical,
    class: 'clinical',
    jurisdiction: '*',
    years: 10,
    trigger: 'majority',
    withstands: 'deletion',
    source: 'https://www.ontario.ca/laws/regulation/940114',
  },
  {
    name: 'bills and payments in Canada',
    types: financial,
    class: 'financial',
    jurisdiction: 'CA',
    years: 7,
    trigger: 'last-activity',
    withstands: 'deletion',
    // Six years from the end of the tax year they are about.
    source: 'https://laws-lois.justice.gc.ca/eng/acts/I-3.3/section-230.html',
  },
  {
    name: 'bills and payments in the United States',
    types: financial,
    class: 'financial',
    jurisdiction: 'US',
    years: 10,
    trigger: 'last-activity',
    withstands: 'deletion',
    source: 'https://www.ecfr.gov/current/title-42/section-422.504',
  },
  {
    name: 'bills that are not settled',
    types: ['Claim'],
    class: 'financial',
    jurisdiction: '*',
    years: 0,
    trigger: 'adjudication',
    withstands: 'deletion',
    source: 'https://hl7.org/fhir/R4/claim.html',
  },
  {
    name: 'insurance and consents',
    types: ['Consent', 'Coverage'],
    class: 'financial',
    jurisdiction: '*',
    years: 10,
    trigger: 'period-end',
    withstands: 'nothing',
    // Consents are documentation, which is kept for six years; coverage is part of the bills.
    source: 'https://www.ecfr.gov/current/title-45/section-164.316',
  },
  {
    name: 'personal',
    types: personal,
    class: 'personal',
    jurisdiction: '*',
    years: 10,
    trigger: 'last-activity',
    withstands: 'nothing',
    // Schedule 1, 4.5: no longer than it serves a purpose; as long as the record that it goes with.
    source: 'https://laws-lois.justice.gc.ca/eng/acts/P-8.6/',
  },
];
