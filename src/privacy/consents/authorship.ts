/**
 * Who made a resource: the elements that say so, and the search parameters that are about these elements and no others. Of a
 * type that is not here nobody is known to be the author.
 */
const table: readonly (readonly [type: string, elements: string, codes: string])[] = [
  ['AdverseEvent', 'recorder', 'recorder'],
  ['AllergyIntolerance', 'recorder asserter', 'recorder asserter'],
  ['Basic', 'author', 'author'],
  ['CarePlan', 'author contributor', ''],
  ['ChargeItem', 'enterer', 'enterer'],
  ['Claim', 'enterer provider', 'enterer provider'],
  ['ClaimResponse', 'insurer', 'insurer'],
  ['ClinicalImpression', 'assessor', 'assessor'],
  ['Communication', 'sender', 'sender'],
  ['CommunicationRequest', 'requester sender', 'requester sender'],
  ['Composition', 'author', 'author'],
  ['Condition', 'recorder asserter', 'asserter'],
  ['Consent', 'performer', 'consentor'],
  ['CoverageEligibilityRequest', 'enterer provider', 'enterer provider'],
  ['CoverageEligibilityResponse', 'insurer', 'insurer'],
  ['DetectedIssue', 'author', 'author'],
  ['DeviceRequest', 'requester', 'requester'],
  ['DeviceUseStatement', 'source', ''],
  ['DiagnosticReport', 'performer resultsInterpreter', 'performer results-interpreter'],
  ['DocumentManifest', 'author', 'author'],
  ['DocumentReference', 'author', 'author'],
  ['Encounter', 'participant', 'participant'],
  ['EpisodeOfCare', 'careManager', 'care-manager'],
  ['ExplanationOfBenefit', 'enterer provider insurer', 'enterer provider'],
  ['Flag', 'author', 'author'],
  ['Goal', 'expressedBy', ''],
  ['ImagingStudy', 'interpreter', 'interpreter'],
  ['Immunization', 'performer', 'performer'],
  ['List', 'source', 'source'],
  ['MeasureReport', 'reporter', 'reporter'],
  ['Media', 'operator', 'operator'],
  ['MedicationAdministration', 'performer', 'performer'],
  ['MedicationDispense', 'performer', 'performer'],
  ['MedicationRequest', 'requester recorder', 'requester'],
  ['MedicationStatement', 'informationSource', 'source'],
  ['NutritionOrder', 'orderer', 'provider'],
  ['Observation', 'performer', 'performer'],
  ['Procedure', 'performer recorder asserter', 'performer'],
  ['QuestionnaireResponse', 'author', 'author'],
  ['RequestGroup', 'author', 'author'],
  ['RiskAssessment', 'performer', 'performer'],
  ['ServiceRequest', 'requester', 'requester'],
  ['Specimen', 'collection', 'collector'],
  ['SupplyRequest', 'requester', 'requester'],
  ['VisionPrescription', 'prescriber', 'prescriber'],
];

const words = (text: string): readonly string[] => text.split(' ').filter((word) => word !== '');

export type Authorship = { elements: readonly string[]; codes: readonly string[] };

export const authorship: ReadonlyMap<string, Authorship> = new Map(
  table.map(([type, elements, codes]) => [type, { elements: words(elements), codes: words(codes) }]),
);
