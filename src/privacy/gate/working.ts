import type { Practitioner } from '@medplum/fhirtypes';

import type { FhirContext } from '../../fhir/context.ts';
import { readOwn } from '../made.ts';

/**
 * Whether a user is not a Practitioner who is here no more: nothing is theirs to do then, no emergency, and no Consent gives
 * them anything.
 */
export async function isWorking(context: FhirContext, tenant: number, fhirUser: string | null): Promise<boolean> {
  const [, id] = /^Practitioner\/([A-Za-z0-9.-]{1,64})$/.exec(fhirUser ?? '') ?? [];
  if (id === undefined) return true;
  const found = await readOwn<Practitioner>(context, tenant, 'Practitioner', id);
  return found.ok && found.value.resource.active !== false;
}
