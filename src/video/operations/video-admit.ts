import type { Operation } from '../../fhir/operations/operation.ts';
import { operationResponse } from '../../fhir/operations/operation-response.ts';
import { invalid } from '../../fhir/outcome.ts';
import { parametersText } from '../../fhir/parameters.ts';
import { type Action, actions, decideOn } from '../people/admission.ts';
import type { Providers } from '../providers/provider.ts';
import { advance } from '../visits/advance.ts';
import { hostAskedOf } from './parts.ts';

/** Characters of what was shown of somebody. */
const LONGEST = 500;

const isAction = (text: string): text is Action => actions.some((one) => one === text);

/** Who may be in a visit, as those who treat in it decide. */
export const videoAdmit = (providers: Providers): Operation => ({
  code: 'video-admit',
  definition: 'https://portico.dev/fhir/OperationDefinition/Encounter-video-admit',
  description:
    'Lets somebody into a visit by video, keeps them out, puts them or all of it on hold, or sends them away',
  on: { instances: ['Encounter'] },
  affectsState: true,
  parameters: [
    { name: 'action', use: 'in', min: 0, max: '1', type: 'code', documentation: `${actions.join(', ')}; else admit` },
    {
      name: 'participant',
      use: 'in',
      min: 0,
      max: '1',
      type: 'string',
      documentation: 'Of whom it is said; without one, hold and resume are of the whole visit',
    },
    {
      name: 'confirmed',
      use: 'in',
      min: 0,
      max: '1',
      type: 'string',
      documentation: 'What was shown of who is let in: name, birth date, role. It is kept',
    },
    { name: 'state', use: 'out', min: 1, max: '1', type: 'code' },
  ],
  async run(context, request) {
    const asked = await hostAskedOf(context, request);
    if (!asked.ok) return asked;
    const { visit, by, parameters } = asked.value;
    const action = parameters.text('action') ?? 'admit';
    if (!isAction(action)) return invalid(`action must be one of ${actions.join(', ')}`, 'action');
    const participant = parameters.text('participant');
    if (participant === null) {
      if (action !== 'hold' && action !== 'resume')
        return invalid('participant is missing: the id of somebody of the visit', 'participant');
      const moved = await advance(context, visit.tenant, visit.id, action, by);
      return moved.ok
        ? operationResponse(parametersText([['state', 'valueCode', JSON.stringify(moved.value.state)]]))
        : moved;
    }
    const confirmed = parameters.text('confirmed')?.trim() ?? '';
    if (action === 'admit' && (confirmed === '' || confirmed.length > LONGEST))
      return invalid(`confirmed must say whom you let in, in at most ${LONGEST} characters`, 'confirmed');
    const decided = await decideOn(context, visit, { participant, action, confirmed, by }, providers);
    if (!decided.ok) return decided;
    return operationResponse(parametersText([['state', 'valueCode', JSON.stringify(decided.value.state)]]));
  },
});
