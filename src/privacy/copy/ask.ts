import type { Task } from '@medplum/fhirtypes';

import { addJob } from '../../db/jobs.ts';
import type { Grant } from '../../fhir/access.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { forbidden, ok, type Result } from '../../fhir/outcome.ts';
import { underCriteria } from '../../fhir/store/criteria.ts';
import { uuid7 } from '../../fhir/store/uuid.ts';
import { readOwn, storeMadeIn } from '../made.ts';
import { requestOf } from '../requests/requests.ts';
import { addCopy, openCopies } from './copies.ts';
import { principalOf } from './principal.ts';

/** The kind of job that makes a copy; its payload is `{ copy: id }`. */
export const COPY_JOB = 'make-copy';

const notTheirs = forbidden(
  'A copy of a record is given to the person whose it is, or to who acts for them, and to no app: they ask for it themselves',
);

/**
 * Asks for a copy of a record. While one that the same person asked for is being made, it is that one.
 *
 * @returns the request; 403 for who is neither the person nor acts for them, 404 where they may not see the record
 */
export async function askForCopy(
  context: FhirContext,
  grant: Grant,
  patient: string,
): Promise<Result<Task & { id: string }>> {
  const principal = principalOf(grant.caller);
  if (principal === null) return notTheirs;
  const { tenant } = grant;
  const found = await context.store.read(grant, 'Patient', patient);
  if (!found.ok) return found;
  const now = context.now();
  const { subject, fhirUser } = principal;
  const requester = { reference: fhirUser };
  const task = { ...requestOf({ tenant, code: 'copy', patient, requester }, now), id: uuid7(now) };
  const one = { tenant, type: 'Task', query: new URLSearchParams({ copy: patient, by: subject }).toString() };
  const known = await underCriteria(context.database, [one], async (tx) => {
    const open = await openCopies(tx, tenant, subject, patient);
    const pending = open.find(({ sha256 }) => sha256 === null);
    if (pending) return pending.taskId;
    const id = uuid7(now);
    await storeMadeIn(context, tx, tenant, [task]);
    await addCopy(tx, { tenant, id, taskId: task.id, patient, principal, requestedAt: new Date(now) });
    await addJob(tx, { tenant, kind: COPY_JOB, payload: { copy: id }, key: id });
    return null;
  });
  if (known === null) return ok(task);
  const pending = await readOwn<Task>(context, tenant, 'Task', known);
  return pending.ok ? ok(pending.value.resource) : pending;
}
