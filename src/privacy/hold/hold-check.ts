import type { Grant } from '../../fhir/access.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { ok, type Result } from '../../fhir/outcome.ts';
import { heldBack, holdsOn } from './hold.ts';

/** Nothing goes of a record that is held, whoever deletes it. Of what the caller may not delete nothing is told. */
export async function notHeld(context: FhirContext, grant: Grant, type: string, id: string): Promise<Result<null>> {
  const found = await context.store.read(grant, type, id, 'd');
  if (!found.ok) return ok(null);
  const { patient, patients } = found.value;
  const whose = [...(patient === null ? [] : [patient]), ...(patients ?? [])];
  const holds = await holdsOn(context.database, grant.tenant, whose, context.now());
  return holds.length === 0 ? ok(null) : heldBack(holds);
}
