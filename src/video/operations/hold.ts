import type { Operation } from '../../fhir/operations/operation.ts';
import { requestParameters } from '../../fhir/parameters.ts';
import { appointments } from '../booking/answer.ts';
import { askedAppointment } from '../booking/asked.ts';
import { book } from '../booking/book.ts';

/** Keeps a time for ten minutes, in which it can be booked. */
export const holdTimeOperation: Operation = {
  code: 'hold',
  definition: 'https://portico.dev/fhir/OperationDefinition/Appointment-hold',
  description: 'Keeps a time for ten minutes, in which the same patient can book it and nobody else',
  on: { types: ['Appointment'] },
  affectsState: true,
  parameters: [
    {
      name: 'appt-resource',
      use: 'in',
      min: 1,
      max: '1',
      type: 'Appointment',
      documentation: 'As $find proposes it, with the patient among its participants',
    },
    { name: 'return', use: 'out', min: 1, max: '1', type: 'Bundle' },
  ],
  async run(context, request) {
    const parameters = requestParameters(request, 'appt-resource');
    if (!parameters.ok) return parameters;
    const asked = askedAppointment(parameters.value, request.base);
    if (!asked.ok) return asked;
    const held = await book(context, request.grant, { ...asked.value, held: null, status: 'pending' });
    if (!held.ok) return held;
    return appointments([held.value.text], `Held until ${new Date(held.value.until).toISOString()}`);
  },
};
