import type { Operation } from '../../fhir/operations/operation.ts';
import { invalid } from '../../fhir/outcome.ts';
import { requestParameters } from '../../fhir/parameters.ts';
import { appointments } from '../booking/answer.ts';
import { idOf } from '../booking/asked.ts';
import { reschedule } from '../booking/reschedule.ts';
import { referenceOf } from './find.ts';

/** Puts an Appointment off. */
export const rescheduleOperation: Operation = {
  code: 'reschedule',
  definition: 'https://portico.dev/fhir/OperationDefinition/Appointment-reschedule',
  description:
    'Puts an Appointment off to another Slot: that one is taken and the one before is free, or nothing changes',
  on: { instances: ['Appointment'] },
  affectsState: true,
  parameters: [
    { name: 'slot', use: 'in', min: 1, max: '1', type: 'Reference', documentation: 'The Slot that it is to be in' },
    { name: 'return', use: 'out', min: 1, max: '1', type: 'Bundle' },
  ],
  async run(context, request) {
    const [, id = ''] = request.path;
    const parameters = requestParameters(request, 'resource');
    if (!parameters.ok) return parameters;
    const slot = idOf('Slot', referenceOf(parameters.value, 'slot'), request.base);
    if (slot === null) return invalid('slot must be a reference to a Slot', 'slot');
    const moved = await reschedule(context, request.grant, id, slot);
    return moved.ok ? appointments([moved.value]) : moved;
  },
};
