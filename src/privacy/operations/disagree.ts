import type { Operation } from '../../fhir/operations/operation.ts';
import { ok } from '../../fhir/outcome.ts';
import { disagree } from '../corrections/disagreement.ts';

/** Puts a statement beside what was not corrected. */
export const disagreeOperation: Operation = {
  code: 'disagree',
  definition: 'https://portico.dev/fhir/OperationDefinition/Task-disagree',
  description: 'Puts down, beside what was not corrected, that the person disagrees and why',
  on: { instances: ['Task'] },
  affectsState: true,
  parameters: [
    { name: 'statement', use: 'in', min: 1, max: '1', type: 'string', documentation: 'Why the person disagrees' },
    { name: 'return', use: 'out', min: 1, max: '1', type: 'DocumentReference' },
  ],
  async run(context, request) {
    const document = await disagree(context, request);
    if (!document.ok) return document;
    const headers = {
      'Content-Type': 'application/fhir+json; charset=utf-8',
      Location: `${request.base}/DocumentReference/${document.value.id}/_history/1`,
    };
    return ok({ status: 201, headers, body: JSON.stringify(document.value) });
  },
};
