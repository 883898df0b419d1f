import type { Appointment } from '@medplum/fhirtypes';

import type { Grant } from '../../fhir/access.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { checked } from '../../fhir/interactions/body.ts';
import { parseResource } from '../../fhir/json.ts';
import { ok, type Result } from '../../fhir/outcome.ts';
import { type Draft, draft } from '../../fhir/store/draft.ts';
import { referencesHold } from '../../fhir/store/referential.ts';
import type { Stored } from '../../fhir/store/release.ts';
import { storable } from '../../fhir/store/storable.ts';
import { mayWrite } from '../../fhir/store/write.ts';

/**
 * An Appointment as it is written when its caller writes it by themselves: checked, labelled, and within what they may.
 *
 * @param stored the version that it takes the place of; null: it is new
 */
export async function readyToWrite(
  context: FhirContext,
  grant: Grant,
  appointment: Appointment & { id: string },
  stored: Stored | null,
): Promise<Result<Draft>> {
  const parsed = parseResource(JSON.stringify(appointment));
  if (!parsed.ok) return parsed;
  const valid = checked(context, parsed.value);
  if (!valid.ok) return valid;
  const holds = await referencesHold(context, grant, [valid.value.resource]);
  if (!holds.ok) return holds;
  const kept = await storable(context, grant, { parsed: valid.value, stored, reason: null });
  if (!kept.ok) return kept;
  const made = draft(context, grant.tenant, kept.value, appointment.id, new Date(context.now()));
  const may = mayWrite(grant, made, stored === null ? 'c' : 'u');
  return may.ok ? ok(made) : may;
}
