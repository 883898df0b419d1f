import type { FhirContext } from '../../fhir/context.ts';
import type { Operation } from '../../fhir/operations/operation.ts';
import { operationResponse } from '../../fhir/operations/operation-response.ts';
import { conflict, invalid, ok, type Result } from '../../fhir/outcome.ts';
import { parametersText } from '../../fhir/parameters.ts';
import type { Providers } from '../providers/provider.ts';
import { standingOf } from '../recording/consents.ts';
import { pauseRecording, startRecording, stopRecording } from '../recording/control.ts';
import { lookAgain } from '../recording/presence.ts';
import { recordingOf } from '../recording/state.ts';
import { watchOver } from '../recording/watch.ts';
import type { Asked } from './parts.ts';
import { hostAskedOf } from './parts.ts';

const actions = ['start', 'pause', 'resume', 'stop'];

async function done(context: FhirContext, { visit, self, by }: Asked, action: string, providers: Providers) {
  if (action === 'start' || action === 'resume') {
    const begun = await startRecording(context, visit, { by, participant: self }, providers);
    if (!begun.ok) return begun;
    watchOver(context, visit, providers);
    // Somebody may have come in while it began.
    await lookAgain(context, visit.tenant, visit.id, providers);
    return ok(null);
  }
  const told = { reason: 'asked' as const, by, standing: await standingOf(context, visit) };
  const ended =
    action === 'pause'
      ? await pauseRecording(context, visit, told, providers)
      : await stopRecording(context, visit, told, providers);
  const { state } = await recordingOf(context.database.byKey, visit.tenant, visit.id);
  // Who asks again for what is so already, or was first to, has it.
  const isSo = ended !== null || state === (action === 'pause' ? 'paused' : 'off');
  const answer: Result<null> = isSo ? ok(null) : conflict('Nothing is recorded now');
  return answer;
}

/** Who treats has a visit recorded, once everybody in it agrees. */
export const videoRecord = (providers: Providers): Operation => ({
  code: 'video-record',
  definition: 'https://portico.dev/fhir/OperationDefinition/Encounter-video-record',
  description:
    'Records a visit by video while everybody who is in it agrees: starts, pauses, resumes or stops; all who have not agreed are asked',
  on: { instances: ['Encounter'] },
  affectsState: true,
  parameters: [
    { name: 'action', use: 'in', min: 1, max: '1', type: 'code', documentation: actions.join(', ') },
    { name: 'state', use: 'out', min: 1, max: '1', type: 'code', documentation: 'off, recording or paused' },
    { name: 'recording', use: 'out', min: 0, max: '1', type: 'string', documentation: 'The id of the recording' },
    {
      name: 'recorder',
      use: 'out',
      min: 0,
      max: '1',
      type: 'string',
      documentation: 'The participant whose browser records; absent where the media server does',
    },
  ],
  async run(context, request) {
    const asked = await hostAskedOf(context, request);
    if (!asked.ok) return asked;
    const { visit, parameters } = asked.value;
    const action = parameters.text('action') ?? '';
    if (!actions.includes(action)) return invalid(`action must be one of ${actions.join(', ')}`, 'action');
    const end = await done(context, asked.value, action, providers);
    if (!end.ok) return end;
    const { state, id, recorder } = await recordingOf(context.database.byKey, visit.tenant, visit.id);
    return operationResponse(
      parametersText([
        ['state', 'valueCode', JSON.stringify(state)],
        ...(id === undefined ? [] : [['recording', 'valueString', JSON.stringify(id)] as const]),
        ...(recorder === undefined ? [] : [['recorder', 'valueString', JSON.stringify(recorder)] as const]),
      ]),
    );
  },
});
