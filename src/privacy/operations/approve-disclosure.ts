import type { Operation } from '../../fhir/operations/operation.ts';
import { operationResponse } from '../../fhir/operations/operation-response.ts';
import { approveDisclosure } from '../disclosures/approve.ts';

/** Gives one of the two approvals that a disclosure to an authority needs. */
export const approveDisclosureOperation: Operation = {
  code: 'approve-disclosure',
  definition: 'https://portico.dev/fhir/OperationDefinition/Task-approve-disclosure',
  description: 'Gives one of the two approvals that a disclosure to an authority needs',
  on: { instances: ['Task'] },
  affectsState: true,
  parameters: [{ name: 'return', use: 'out', min: 1, max: '1', type: 'Task' }],
  async run(context, request) {
    const result = await approveDisclosure(context, request);
    return result.ok ? operationResponse(JSON.stringify(result.value)) : result;
  },
};
