import type { Task } from '@medplum/fhirtypes';

import type { FhirContext } from '../../fhir/context.ts';
import { ok } from '../../fhir/outcome.ts';
import { typeNumber } from '../../fhir/resources.ts';
import { changeRequest, isOpen } from '../requests/requests.ts';
import type { Erasure } from './erasure.ts';
import { ERASED } from './scrub.ts';

/** Where the request stands, in words: `grace`, `deferred`, `erasing`, `erased`, `cancelled`. */
export const businessStatus = (text: string): Task['businessStatus'] => ({ text });

/** Tells by the request how far it is; one that is not there any more, or has ended, stays as it is. */
export async function tellTask(
  context: FhirContext,
  { tenant, taskId }: Erasure,
  status: Task['status'],
  text: string,
): Promise<void> {
  await changeRequest(context, tenant, taskId, (task) =>
    ok(isOpen(task) ? { status, businessStatus: businessStatus(text) } : {}),
  );
}

/** Ends the request of what is erased. Nothing of it tells any more whose it was, its earlier versions least of all. */
export async function endTask(context: FhirContext, { tenant, id, taskId }: Erasure): Promise<void> {
  const changed = await changeRequest(context, tenant, taskId, (task) => {
    const gone = { display: ERASED };
    const requester = task.requester?.reference?.startsWith('Practitioner') ? task.requester : gone;
    return ok({
      status: 'completed',
      businessStatus: businessStatus('erased'),
      for: { identifier: { system: 'https://portico.dev/fhir/erasure', value: id } },
      requester,
      groupIdentifier: undefined,
      description: undefined,
      statusReason: undefined,
      input: undefined,
      focus: undefined,
      note: undefined,
      executionPeriod: { ...task.executionPeriod, end: new Date(context.now()).toISOString() },
    });
  });
  if (!changed.ok && changed.status !== 404 && changed.status !== 410) throw new Error(changed.issues[0]?.diagnostics);
  await context.database.query('delete from resource_history where tenant = $1 and type = $2 and id = $3', [
    tenant,
    typeNumber('Task'),
    taskId,
  ]);
}
