import type { Operation } from '../../fhir/operations/operation.ts';
import { operationResponse } from '../../fhir/operations/operation-response.ts';
import { decideCorrection } from '../corrections/decision.ts';

/** Accepts or refuses a request for a correction. */
export const decideCorrectionOperation: Operation = {
  code: 'decide-correction',
  definition: 'https://portico.dev/fhir/OperationDefinition/Task-decide-correction',
  description:
    'Accepts a request for a correction, which is then written, signed and told to whoever has seen what was wrong; or refuses it',
  on: { instances: ['Task'] },
  affectsState: true,
  parameters: [
    { name: 'decision', use: 'in', min: 1, max: '1', type: 'code', documentation: 'accept or refuse' },
    { name: 'reason', use: 'in', min: 0, max: '1', type: 'string', documentation: 'Why; needed to refuse' },
    {
      name: 'value',
      use: 'in',
      min: 0,
      max: '1',
      type: 'Resource',
      documentation: 'The elements as they should be; else as they were asked for',
    },
    { name: 'patch', use: 'in', min: 0, max: '1', type: 'Parameters', documentation: 'The change as a FHIRPath Patch' },
    {
      name: 'notify-months',
      use: 'in',
      min: 0,
      max: '1',
      type: 'integer',
      documentation: 'Whoever has seen it within so many months is told; 12 where nothing is said',
    },
    { name: 'return', use: 'out', min: 1, max: '1', type: 'Task' },
  ],
  async run(context, request) {
    const task = await decideCorrection(context, request);
    return task.ok ? operationResponse(JSON.stringify(task.value)) : task;
  },
};
