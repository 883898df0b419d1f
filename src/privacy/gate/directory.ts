/**
 * Types that are about nobody: who works where, what can be had, what forms and words are used. Whoever may see one
 * patient may read and search these; nobody may change them by a patient/ scope.
 */
export const directoryTypes: ReadonlySet<string> = new Set([
  'ActivityDefinition',
  'CapabilityStatement',
  'CodeSystem',
  'CompartmentDefinition',
  'ConceptMap',
  'DeviceDefinition',
  'Endpoint',
  'HealthcareService',
  'ImplementationGuide',
  'InsurancePlan',
  'Library',
  'Location',
  'Measure',
  'Medication',
  'MedicationKnowledge',
  'NamingSystem',
  'ObservationDefinition',
  'OperationDefinition',
  'Organization',
  'OrganizationAffiliation',
  'PlanDefinition',
  'Practitioner',
  'PractitionerRole',
  'Questionnaire',
  'Schedule',
  'SearchParameter',
  'Slot',
  'SpecimenDefinition',
  'StructureDefinition',
  'StructureMap',
  'Substance',
  'ValueSet',
]);

/**
 * Types that CompartmentDefinition puts in a patient's compartment and that are about others in it too: a Group says who
 * else is in it. They need a user/ or system/ scope.
 */
export const sharedTypes: ReadonlySet<string> = new Set(['Group']);

/** Types that CompartmentDefinition has in nobody's record, and that say themselves in whose they are (fhir/search/owner.ts). */
export const ownedTypes: ReadonlySet<string> = new Set(['Binary', 'DeviceMetric']);

/** Types in which the server says who did what: no person and no app writes or deletes one. */
export const writtenByServer: ReadonlySet<string> = new Set(['AuditEvent']);
