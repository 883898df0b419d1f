import type { Operation } from '../../fhir/operations/operation.ts';
import { ok } from '../../fhir/outcome.ts';
import { askForCopy } from '../copy/ask.ts';

/** A whole copy of one's own record, made later and fetched once. */
export const myData: Operation = {
  code: 'my-data',
  definition: 'https://portico.dev/fhir/OperationDefinition/Patient-my-data',
  description:
    'Asks for a copy of all that is kept about a person: record, documents, account, and who used it. Answered with 202; the Task of Content-Location tells when and where it can be fetched',
  on: { instances: ['Patient'] },
  affectsState: true,
  parameters: [{ name: 'return', use: 'out', min: 1, max: '1', type: 'Task' }],
  async run(context, { grant, path, base }) {
    const [, patient = ''] = path;
    const task = await askForCopy(context, grant, patient);
    if (!task.ok) return task;
    const headers = {
      'Content-Type': 'application/fhir+json; charset=utf-8',
      'Content-Location': `${base}/Task/${task.value.id}`,
    };
    return ok({ status: 202, headers, body: JSON.stringify(task.value) });
  },
};
