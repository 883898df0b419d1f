import type { Grant } from '../../fhir/access.ts';
import type { FhirContext, PrepareWrite, Write } from '../../fhir/context.ts';
import type { Parsed } from '../../fhir/json.ts';
import { ok, type Result } from '../../fhir/outcome.ts';
import { fileConsents } from '../consents/filing.ts';
import { refuseCards } from '../labels/card-numbers.ts';
import { labelled } from '../labels/labelled.ts';
import { ofMembersOnly } from '../parties/carrier-writes.ts';
import { ofEmployers } from '../parties/numbers.ts';
import { ofWhoActs } from './acting-rights.ts';
import { ofTheirWards } from './guardian-writes.ts';
import { minorsCheck } from './minors.ts';
import { ofTheirTasks } from './own-tasks.ts';

/**
 * Looks at what somebody is about to write: gives what is to be stored, or refuses. What the check before it gave is
 * `write.parsed`.
 */
export type WriteCheck = (context: FhirContext, grant: Grant, write: Write) => Result<Parsed> | Promise<Result<Parsed>>;

/** LIST: asked in this order before each write. */
const writeChecks: readonly WriteCheck[] = [
  ofMembersOnly,
  ofTheirTasks,
  ofTheirWards,
  ofWhoActs,
  ofEmployers,
  minorsCheck,
  refuseCards,
  labelled,
  fileConsents,
];

export const prepareWrite: PrepareWrite = async (context, grant, write) => {
  let { parsed } = write;
  for (const check of writeChecks) {
    const checked = check(context, grant, { ...write, parsed });
    // Most need not wait, and a create must not be slowed down by those that would.
    const result = checked instanceof Promise ? await checked : checked;
    if (!result.ok) return result;
    parsed = result.value;
  }
  return ok(parsed);
};
