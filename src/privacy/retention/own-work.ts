import type { Json } from '../../fhir/context.ts';

/** Types of which people write some themselves. */
const written: ReadonlySet<string> = new Set([
  'AllergyIntolerance',
  'Condition',
  'Device',
  'DeviceUseStatement',
  'DocumentReference',
  'FamilyMemberHistory',
  'MedicationStatement',
  'Observation',
  'RiskAssessment',
]);

const people = /^(Patient|RelatedPerson|Device)\//;

const references = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).flatMap((one) =>
    typeof one === 'object' && one !== null && typeof one.reference === 'string' ? [one.reference] : [],
  );

/** Whether nobody but the patient, who helps them, or a device of theirs has made it: then it is theirs to delete. */
export function isOwnWork(resource: Json & { resourceType?: unknown }): boolean {
  if (!written.has(String(resource.resourceType))) return false;
  const { performer, author, recorder, asserter, informationSource } = resource;
  return [performer, author, recorder, asserter, informationSource]
    .flatMap(references)
    .every((reference) => people.test(reference));
}
