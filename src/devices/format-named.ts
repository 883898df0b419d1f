import type { FhirContext } from '../fhir/context.ts';
import type { Format } from './formats/format.ts';
import { formats } from './formats/index.ts';

/** A format by the last segment of its address; null: there is none of that name in the tenant. */
export async function formatNamed(_context: FhirContext, _tenant: number, name: string): Promise<Format | null> {
  return formats.find((one) => one.name === name) ?? null;
}
