import type { Caller, Grant, Seen } from '../../fhir/access.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { ok } from '../../fhir/outcome.ts';
import type { FhirRequest } from '../../fhir/request.ts';

/**
 * Tells the ledger that something went to another party than who asked for it: to whom, what, for what purpose and why.
 *
 * @param basis `Task/1 Patient/2`
 */
export async function delivered(
  context: FhirContext,
  request: FhirRequest,
  to: Pick<Caller, 'actor' | 'purpose'> & { organization: string },
  seen: readonly Seen[],
  basis: readonly string[],
): Promise<void> {
  const { caller } = request.grant;
  const recipient: Caller = {
    ...caller,
    ...to,
    subject: `Organization/${to.organization}`,
    clientId: null,
    fhirUser: null,
  };
  const grant: Grant = { ...request.grant, caller: recipient, basis: [to.actor, ...basis] };
  await context.record?.({ ...request, grant }, ok({ status: 200, headers: {}, body: null }), seen);
}
