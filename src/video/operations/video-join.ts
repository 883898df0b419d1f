import type { Operation } from '../../fhir/operations/operation.ts';
import { operationResponse } from '../../fhir/operations/operation-response.ts';
import { invalid } from '../../fhir/outcome.ts';
import { join, joinedText } from '../people/join.ts';
import type { Providers } from '../providers/provider.ts';
import { advance } from '../visits/advance.ts';
import { askedOf } from './parts.ts';

/** Somebody of a visit comes: into the waiting room, or in. */
export const videoJoin = (providers: Providers): Operation => ({
  code: 'video-join',
  definition: 'https://portico.dev/fhir/OperationDefinition/Encounter-video-join',
  description:
    'Takes somebody of a visit by video into its waiting room, or in, by a token that opens one socket within a minute',
  on: { instances: ['Encounter'] },
  affectsState: true,
  parameters: [
    {
      name: 'prepared',
      use: 'in',
      min: 0,
      max: '1',
      type: 'boolean',
      documentation: 'The patient has answered what is asked before a visit',
    },
    {
      name: 'callback',
      use: 'in',
      min: 0,
      max: '1',
      type: 'string',
      documentation: 'The number at which the patient is called if the line fails; told to who treats alone',
    },
    { name: 'participant', use: 'out', min: 1, max: '1', type: 'string' },
    { name: 'role', use: 'out', min: 1, max: '1', type: 'code' },
    { name: 'state', use: 'out', min: 1, max: '1', type: 'code', documentation: 'waiting, or admitted' },
    { name: 'socket', use: 'out', min: 1, max: '1', type: 'url' },
    { name: 'token', use: 'out', min: 1, max: '1', type: 'string', documentation: 'Good once, within a minute' },
    { name: 'provider', use: 'out', min: 1, max: '1', type: 'code' },
  ],
  async run(context, request) {
    const asked = await askedOf(context, request);
    if (!asked.ok) return asked;
    const { visit, self, by, parameters } = asked.value;
    const callback = parameters.text('callback');
    if (callback !== null && !/^\+?[0-9 ()./-]{3,30}$/.test(callback))
      return invalid('callback must be a telephone number', 'callback');
    const joined = await join(context, visit, self, by, providers);
    if (!joined.ok) return joined;
    const isTheirs = self.role === 'patient' || self.role === 'companion';
    if (isTheirs && callback !== null) {
      await context.database.query('update video_visit set callback = $3 where tenant = $1 and id = $2', [
        visit.tenant,
        visit.id,
        callback,
      ]);
    }
    if (isTheirs && parameters.text('prepared') === 'true')
      await advance(context, visit.tenant, visit.id, 'prepare', by);
    return operationResponse(joinedText(joined.value));
  },
});
