import type { Task } from '@medplum/fhirtypes';

import type { FhirContext } from '../../fhir/context.ts';
import type { Operation } from '../../fhir/operations/operation.ts';
import { operationResponse } from '../../fhir/operations/operation-response.ts';
import { conflict, forbidden, invalid, type Result } from '../../fhir/outcome.ts';
import { parametersText, requestParameters } from '../../fhir/parameters.ts';
import type { FhirRequest, FhirResponse } from '../../fhir/request.ts';
import { type Finding, reviewGlass } from '../gate/break-glass.ts';
import { changeRequest } from '../requests/requests.ts';

const findings: readonly Finding[] = ['justified', 'unjustified'];

async function run(context: FhirContext, request: FhirRequest): Promise<Result<FhirResponse>> {
  const { grant, path } = request;
  const { tenant, caller } = grant;
  const [, id = ''] = path;
  if (caller.actor !== 'privacy-officer') return forbidden('Emergency accesses are reviewed by the privacy officer');
  const known = await context.store.read(grant, 'Task', id);
  if (!known.ok) return known;
  const parameters = requestParameters(request, 'finding');
  if (!parameters.ok) return parameters;
  const finding = findings.find((one) => one === parameters.value.text('finding'));
  if (finding === undefined) return invalid('finding must be justified or unjustified', 'Parameters.parameter');
  const reviewed = await reviewGlass(context, { tenant, task: id, by: caller.subject, finding });
  if (reviewed === null) return conflict(`Task/${id} asks for no review of an emergency access, or it has been done`);
  const done: Partial<Task> = { status: 'completed', businessStatus: { text: finding } };
  const closed = await changeRequest(context, tenant, id, () => ({ ok: true, value: done }));
  if (!closed.ok) return closed;
  return operationResponse(parametersText([['finding', 'valueCode', JSON.stringify(finding)]]));
}

/** Ends the review of an emergency access; one that was not justified ends with it. */
export const reviewBreakGlass: Operation = {
  code: 'review-break-glass',
  definition: 'https://portico.dev/fhir/OperationDefinition/Task-review-break-glass',
  description: 'Says of an emergency access whether it was justified; one that was not ends at once',
  on: { instances: ['Task'] },
  affectsState: true,
  parameters: [
    { name: 'finding', use: 'in', min: 1, max: '1', type: 'code', documentation: 'justified or unjustified' },
    { name: 'finding', use: 'out', min: 1, max: '1', type: 'code' },
  ],
  run,
};
