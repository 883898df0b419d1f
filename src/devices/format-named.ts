import type { FhirContext } from '../fhir/context.ts';
import type { LaterFormat } from './formats/format.ts';
import { formats } from './formats/index.ts';
import { templateFormatNamed } from './templates/store.ts';

/** A format by the last segment of its address, `template:acme` among them; null: there is none of that name in the tenant. */
export async function formatNamed(context: FhirContext, tenant: number, name: string): Promise<LaterFormat | null> {
  return formats.find((one) => one.name === name) ?? templateFormatNamed(context, tenant, name);
}
