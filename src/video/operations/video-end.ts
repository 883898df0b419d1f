import type { Operation } from '../../fhir/operations/operation.ts';
import { operationResponse } from '../../fhir/operations/operation-response.ts';
import { parametersText } from '../../fhir/parameters.ts';
import type { Providers } from '../providers/provider.ts';
import { advance } from '../visits/advance.ts';
import { hostAskedOf } from './parts.ts';

/** Who treats ends the visit for all. */
export const videoEnd = (providers: Providers): Operation => ({
  code: 'video-end',
  definition: 'https://portico.dev/fhir/OperationDefinition/Encounter-video-end',
  description: 'Ends a visit by video for everybody: its Encounter is finished, its Appointment fulfilled',
  on: { instances: ['Encounter'] },
  affectsState: true,
  parameters: [{ name: 'state', use: 'out', min: 1, max: '1', type: 'code' }],
  async run(context, request) {
    const asked = await hostAskedOf(context, request);
    if (!asked.ok) return asked;
    const { visit, by } = asked.value;
    const ended = await advance(context, visit.tenant, visit.id, 'end', by);
    if (!ended.ok) return ended;
    await providers.get(visit.provider)?.end(visit);
    return operationResponse(parametersText([['state', 'valueCode', JSON.stringify(ended.value.state)]]));
  },
});
