import type { Task } from '@medplum/fhirtypes';

import type { FhirContext } from '../../fhir/context.ts';
import { conflict, forbidden, ok, type Result } from '../../fhir/outcome.ts';
import type { FhirRequest } from '../../fhir/request.ts';
import { unknownId } from '../../fhir/store/read.ts';
import { whoOf } from '../corrections/who.ts';
import { changeRequest, parameterType } from '../requests/requests.ts';
import { type Approver, approveOrder, findOrder } from './orders.ts';
import { personOf } from './person.ts';

export const approverOf = ({ actor }: { actor: string }): Approver | null =>
  actor === 'legal' || actor === 'privacy-officer' ? actor : null;

const notTheirs = forbidden(
  'A disclosure to an authority is agreed to by who answers authorities and by a privacy officer',
);

/**
 * Gives one of the two approvals that a disclosure needs: of who answers authorities, and of who answers for privacy; two people.
 *
 * @returns the Task; 403 where the other approval is the same person's, 409 where this one was given before
 */
export async function approveDisclosure(context: FhirContext, request: FhirRequest): Promise<Result<Task>> {
  const { grant, path } = request;
  const { tenant, caller } = grant;
  const [, id = ''] = path;
  const actor = approverOf(caller);
  if (actor === null) return notTheirs;
  const order = await findOrder(context.database, tenant, id);
  if (order === null) return unknownId('Task', id);
  const who = personOf(caller);
  const other = actor === 'legal' ? order.officerBy : order.legalBy;
  if (other === who) return forbidden('The other approval is yours: two people have to agree');
  const now = new Date(context.now());
  const approved = await approveOrder(context.database, order, actor, who, now);
  if (!approved) return conflict(`Task/${id} has this approval, or was disclosed before`);
  // The table decides; the Task tells people.
  return changeRequest(context, tenant, id, (task) => {
    const output = { type: parameterType(`approved-by-${actor}`), valueReference: whoOf(context, caller) };
    const both = other !== null;
    return ok({ status: both ? 'ready' : 'received', output: [...(task.output ?? []), output] });
  });
}
