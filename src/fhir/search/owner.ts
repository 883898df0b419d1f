import type { Json, Resource } from '../context.ts';

/** Says in whose record a DeviceMetric is: R4 puts it in that of nobody, and its Device may be nobody's as well. */
export const inRecordOf = 'https://portico.dev/fhir/StructureDefinition/in-record-of';

const patientReference = /^Patient\/([A-Za-z0-9.-]{1,64})$/;

/** The patient whose a resource is that is in no compartment: bytes say whose access is needed, and what a device measures whose it is. */
export function ownerOf({ resourceType, securityContext, extension }: Resource): string | null {
  // Checked resources have a list of objects here.
  const extensions = (extension ?? []) as Json[];
  const owner =
    resourceType === 'Binary' ? securityContext : extensions.find(({ url }) => url === inRecordOf)?.valueReference;
  // Checked resources have a Reference here.
  const { reference } = (owner ?? {}) as { reference?: unknown };
  return typeof reference === 'string' ? (patientReference.exec(reference)?.[1] ?? null) : null;
}
