import type { Operation } from '../../fhir/operations/operation.ts';
import { ok } from '../../fhir/outcome.ts';
import { askForCorrection } from '../corrections/ask.ts';

/** Asks for a correction; what is a person's own to say is corrected at once. */
export const correct: Operation = {
  code: 'correct',
  definition: 'https://portico.dev/fhir/OperationDefinition/Patient-correct',
  description:
    'Asks for a correction of something in one’s record. How one is reached, addressed and called is corrected at once (200); of anything else somebody decides (202)',
  on: { instances: ['Patient'] },
  affectsState: true,
  parameters: [
    { name: 'focus', use: 'in', min: 0, max: '1', type: 'Reference', documentation: 'What is wrong; else the Patient' },
    { name: 'element', use: 'in', min: 0, max: '*', type: 'string', documentation: 'Which elements of it' },
    { name: 'should-be', use: 'in', min: 0, max: '1', type: 'string', documentation: 'What it should be, in words' },
    {
      name: 'value',
      use: 'in',
      min: 0,
      max: '1',
      type: 'Resource',
      documentation: 'A resource of the same type with the elements as they should be; an empty list takes one away',
    },
    { name: 'reason', use: 'in', min: 1, max: '1', type: 'string', documentation: 'Why it is wrong' },
    { name: 'return', use: 'out', min: 1, max: '1', type: 'Task' },
  ],
  async run(context, request) {
    const task = await askForCorrection(context, request);
    if (!task.ok) return task;
    const headers = {
      'Content-Type': 'application/fhir+json; charset=utf-8',
      'Content-Location': `${request.base}/Task/${task.value.id}`,
    };
    return ok({ status: task.value.status === 'completed' ? 200 : 202, headers, body: JSON.stringify(task.value) });
  },
};
