/** Official examples that R4 itself forbids, with the rule they break. */
// biome-ignore format: a table
export const wrongExamples: readonly [file: RegExp, rule: RegExp, why: string][] = [
  [/-questionnaire\.json$/, /linkId is required/, 'Questionnaire.item.linkId is 1..1; the generated questionnaires leave it out'],
  [/^immunizationevaluation-questionnaire/, /que-2/, 'two items have one linkId'],
  [/^(activitydefinition-(servicerequest|supplyrequest)-example|eventdefinition-example|questionnaire-zika)/, /txt-2/, 'the narrative has only white space'],
  [/^devicemetric-example\.json$/, /DeviceMetric\.parent/, 'DeviceMetric.parent is a Reference(Device)'],
  [/^deviceusestatement-example\.json$/, /reasonReference/, 'reasonReference may not be a Procedure'],
  [/^medicationrequest0301\.json$/, /dispenseRequest\.performer/, 'dispenseRequest.performer is a Reference(Organization)'],
  [/^observation-example-clinical-gender\.json$/, /performer/, 'Observation.performer may not be an Encounter'],
];

/** Official examples of Consents in force that no server can hold to, and what is not to be held to in them. */
// biome-ignore format: a table
export const vagueConsents: readonly [file: RegExp, rule: RegExp, why: string][] = [
  [/^consent-example-(Emergency|Out|grantor|notAuthor)\.json$/, /An actor receives/, 'an actor of a Consent is the custodian, who receives nothing'],
  [/^consent-example-notOrg\.json$/, /contradict each other/, 'a Consent says OPTIN, and deny without an exception'],
  [/^consent-example-pkb\.json$/, /must permit or deny/, 'an exception in a Consent says neither permit nor deny'],
  [/^consent-example-signature\.json$/, /An actor receives/, 'an actor of a Consent is an author, who receives nothing'],
];

/** Why the official examples of AuditEvent are answered 405. */
export const writtenByServer = 'AuditEvents are written by the server alone';

/** Resources of the US Core reference data that R4 forbids: an element that its type does not have. */
export const wrongMustSupport: readonly { id: string; file: string; rule: RegExp; element: string }[] = [
  {
    id: 'usqualitycore-r4-media',
    file: 'us_quality_core_bundle_patient.json',
    rule: /Attachment has no element "link"/,
    element: 'link',
  },
  {
    id: '3c766796-d8a0-480f-8215-f1e7e3afab21',
    file: 'uscore_bundle_patient_355.json',
    rule: /Period has no element "stop"/,
    element: 'stop',
  },
];

/** The packages of US Core, by the names of their files. */
export const usCorePackages: readonly string[] = [
  'hl7.fhir.us.core-6.1.0.tgz',
  'hl7.fhir.us.core-7.0.0.tgz',
  'hl7.fhir.us.core-8.0.0.tgz',
];
