import type { Appointment } from '@medplum/fhirtypes';

import type { Operation } from '../../fhir/operations/operation.ts';
import { operationResponse } from '../../fhir/operations/operation-response.ts';
import { forbidden } from '../../fhir/outcome.ts';
import { parametersText } from '../../fhir/parameters.ts';
import { helpedBy, personOf } from '../people/who.ts';
import type { Providers } from '../providers/provider.ts';
import { actorsOf, openVisit } from '../visits/open.ts';
import { byOf, mayAct, readsOnly } from './parts.ts';

/** Opens the visit of an Appointment: whoever takes part in it may, as often as they like. */
export const videoOpen = (providers: Providers): Operation => ({
  code: 'video-open',
  definition: 'https://portico.dev/fhir/OperationDefinition/Appointment-video-open',
  description:
    'Opens the visit by video of an Appointment, with an Encounter of its own; there is one however often it is asked',
  on: { instances: ['Appointment'] },
  affectsState: true,
  parameters: [
    { name: 'encounter', use: 'out', min: 1, max: '1', type: 'Reference' },
    { name: 'state', use: 'out', min: 1, max: '1', type: 'code', documentation: 'How far the visit is' },
    { name: 'provider', use: 'out', min: 1, max: '1', type: 'code', documentation: 'What carries the media' },
  ],
  async run(context, { grant, path }) {
    const { tenant, caller } = grant;
    const [, id = ''] = path;
    const found = await context.store.read(grant, 'Appointment', id);
    if (!found.ok) return found;
    if (!mayAct(caller, 'Appointment')) return readsOnly;
    // What is stored has been checked to be of its type.
    const appointment = { ...(JSON.parse(found.value.content) as Appointment), id };
    const base = context.settings.baseOf(tenant);
    const taking = ['Patient', 'Practitioner'].flatMap((type) => actorsOf(appointment, type, base));
    const person = personOf(caller);
    const helped = person === null ? null : await helpedBy(context, tenant, person);
    const takesPart = [person, helped].some((one) => one !== null && taking.includes(one));
    const may = takesPart || caller.actor === 'operator';
    if (!may) return forbidden('A visit is opened by who takes part in its Appointment, or helps the patient');
    const opened = await openVisit(context, tenant, appointment, byOf(grant), providers);
    if (!opened.ok) return opened;
    const { encounter, state, provider } = opened.value;
    return operationResponse(
      parametersText([
        ['encounter', 'valueReference', JSON.stringify({ reference: `Encounter/${encounter}` })],
        ['state', 'valueCode', JSON.stringify(state)],
        ['provider', 'valueCode', JSON.stringify(provider)],
      ]),
    );
  },
});
