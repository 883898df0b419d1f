import type { Operation } from '../../fhir/operations/operation.ts';
import { invalid } from '../../fhir/outcome.ts';
import { requestParameters } from '../../fhir/parameters.ts';
import { appointments } from '../booking/answer.ts';
import { cancel, reasonSystem } from '../booking/cancel.ts';

/** Characters. */
const LONGEST = 500;

/** Calls an Appointment off. */
export const cancelOperation: Operation = {
  code: 'cancel',
  definition: 'https://portico.dev/fhir/OperationDefinition/Appointment-cancel',
  description: 'Calls an Appointment off: its time is free again, and a visit that was opened of it is over',
  on: { instances: ['Appointment'] },
  affectsState: true,
  parameters: [
    {
      name: 'reason',
      use: 'in',
      min: 0,
      max: '1',
      type: 'code',
      documentation: `Of ${reasonSystem}; else pat or prov, by who cancels`,
    },
    {
      name: 'comment',
      use: 'in',
      min: 0,
      max: '1',
      type: 'string',
      documentation: `Why, at most ${LONGEST} characters`,
    },
    { name: 'return', use: 'out', min: 1, max: '1', type: 'Bundle' },
  ],
  async run(context, request) {
    const [, id = ''] = request.path;
    const parameters = requestParameters(request, 'resource');
    if (!parameters.ok) return parameters;
    const code = parameters.value.text('reason');
    if (code !== null && !/^[a-z][a-z-]{1,39}$/.test(code))
      return invalid(`reason must be a code of ${reasonSystem}`, 'reason');
    const text = parameters.value.text('comment')?.trim() || null;
    if (text !== null && text.length > LONGEST)
      return invalid(`comment must have at most ${LONGEST} characters`, 'comment');
    const cancelled = await cancel(context, request.grant, id, { code, text });
    return cancelled.ok ? appointments([cancelled.value]) : cancelled;
  },
};
