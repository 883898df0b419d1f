import type { Grant } from '../../fhir/access.ts';
import type { FhirContext, PrepareRemoval } from '../../fhir/context.ts';
import { ok, type Result } from '../../fhir/outcome.ts';
import { keepConsents } from '../consents/filing.ts';
import { willForget } from '../erase/derived.ts';
import { notHeld } from '../hold/hold-check.ts';
import { notRetained } from '../retention/delete-check.ts';
import { keepWards } from './guardian-writes.ts';

/** Looks at what somebody is about to delete, and refuses. It must not tell of what the caller cannot see. */
export type RemovalCheck = (context: FhirContext, grant: Grant, type: string, id: string) => Promise<Result<null>>;

/** LIST: asked in this order before each delete. */
const removalChecks: readonly RemovalCheck[] = [keepWards, notHeld, notRetained, keepConsents, willForget];

export const prepareRemoval: PrepareRemoval = async (context, grant, type, id) => {
  for (const check of removalChecks) {
    const may = await check(context, grant, type, id);
    if (!may.ok) return may;
  }
  return ok(null);
};
