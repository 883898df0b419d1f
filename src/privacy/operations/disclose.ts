import type { Operation } from '../../fhir/operations/operation.ts';
import { operationResponse } from '../../fhir/operations/operation-response.ts';
import { disclose } from '../disclosures/disclose.ts';

/** Tells what an order names, once, after two people have agreed. */
export const discloseOperation: Operation = {
  code: 'disclose',
  definition: 'https://portico.dev/fhir/OperationDefinition/Task-disclose',
  description: 'Tells what an order names, once, after two people have agreed',
  on: { instances: ['Task'] },
  affectsState: true,
  parameters: [{ name: 'return', use: 'out', min: 1, max: '1', type: 'Bundle' }],
  async run(context, request) {
    const result = await disclose(context, request);
    return result.ok ? operationResponse(result.value) : result;
  },
};
