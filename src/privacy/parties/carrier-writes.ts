import { admitsChange, type Grant } from '../../fhir/access.ts';
import type { FhirContext, Write } from '../../fhir/context.ts';
import type { Parsed } from '../../fhir/json.ts';
import { ok, type Result } from '../../fhir/outcome.ts';
import { unknownId } from '../../fhir/store/read.ts';

/**
 * Whom a carrier does not insure it cannot write of; it is answered as if there were nobody of that name, and not that they
 * are somebody else's.
 */
export function ofMembersOnly(context: FhirContext, grant: Grant, { parsed }: Write): Result<Parsed> {
  if (grant.caller.actor !== 'carrier') return ok(parsed);
  const { resourceType, id } = parsed.resource;
  const { patient, patients, labels } = context.index(grant.tenant, parsed.resource);
  const row = { id: id ?? '', content: parsed.text, patient, patients, labels };
  const isAllowed = (['c', 'u'] as const).some((one) => admitsChange(grant, resourceType, row, one));
  if (isAllowed) return ok(parsed);
  return id === undefined ? unknownId('Patient', patient ?? '') : unknownId(resourceType, id);
}
