import type { Appointment } from '@medplum/fhirtypes';

import type { FhirContext } from '../../fhir/context.ts';
import type { Operation } from '../../fhir/operations/operation.ts';
import { conflict, invalid, ok, type Result } from '../../fhir/outcome.ts';
import { type Parameters, requestParameters } from '../../fhir/parameters.ts';
import type { FhirRequest } from '../../fhir/request.ts';
import { appointments } from '../booking/answer.ts';
import { askedAppointment, idOf } from '../booking/asked.ts';
import { book, type Wish } from '../booking/book.ts';
import { mayChange } from '../booking/who.ts';

/** What was held before, as it is wished for now: the patient and the Slot stay. */
async function heldWish(context: FhirContext, { grant, base }: FhirRequest, id: string): Promise<Result<Wish>> {
  const found = await context.store.read(grant, 'Appointment', id);
  if (!found.ok) return found;
  // What is stored has been checked to be of its type.
  const resource = JSON.parse(found.value.content) as Appointment;
  const may = mayChange(grant, resource);
  if (!may.ok) return may;
  const slot = idOf('Slot', resource.slot?.[0]?.reference, base);
  const patient = resource.participant.map(({ actor }) => idOf('Patient', actor?.reference, base)).find((one) => one);
  if (resource.status !== 'pending' || slot === null || !patient)
    return conflict(`Appointment/${id} is ${resource.status}; one that is held, and so pending, can be booked`);
  return ok({ resource, slot, patient, held: found.value, status: 'booked' });
}

async function wishOf(context: FhirContext, request: FhirRequest, parameters: Parameters): Promise<Result<Wish>> {
  const named = parameters.text('appt-id');
  if (named !== null) {
    const id = named.includes('/') ? idOf('Appointment', named, request.base) : named;
    return id === null
      ? invalid('appt-id must be the id of an Appointment', 'appt-id')
      : heldWish(context, request, id);
  }
  const asked = askedAppointment(parameters, request.base);
  return asked.ok ? ok({ ...asked.value, held: null, status: 'booked' }) : asked;
}

/** Books a time that was held, or one that nobody has. */
export const bookOperation: Operation = {
  code: 'book',
  definition: 'https://portico.dev/fhir/OperationDefinition/Appointment-book',
  description: 'Books a time, which was held before or which nobody has',
  on: { types: ['Appointment'] },
  affectsState: true,
  parameters: [
    { name: 'appt-id', use: 'in', min: 0, max: '1', type: 'uri', documentation: 'The Appointment that $hold gave' },
    {
      name: 'appt-resource',
      use: 'in',
      min: 0,
      max: '1',
      type: 'Appointment',
      documentation: 'Else: as $find proposes it, with the patient among its participants',
    },
    { name: 'return', use: 'out', min: 1, max: '1', type: 'Bundle' },
  ],
  async run(context, request) {
    const parameters = requestParameters(request, 'appt-resource');
    if (!parameters.ok) return parameters;
    const wish = await wishOf(context, request, parameters.value);
    if (!wish.ok) return wish;
    const booked = await book(context, request.grant, wish.value);
    return booked.ok ? appointments([booked.value.text]) : booked;
  },
};
