import type { Queryable } from '../../db/database.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { publish } from '../relay.ts';
import type { RecordingState } from '../signalling/messages.ts';
import type { Visit } from '../visits/visit.ts';
import type { Missing, Standing } from './consents.ts';
import { openRecording, type Recording } from './recording.ts';

const shown = (recording: Recording | null, missing: readonly Missing[]): RecordingState => ({
  ...(recording === null || (recording.state !== 'recording' && recording.state !== 'paused')
    ? { state: 'off' }
    : {
        state: recording.state,
        id: recording.id,
        ...(recording.recorder === null ? {} : { recorder: recording.recorder }),
      }),
  ...(missing.length === 0 ? {} : { missing: missing.map(({ name }) => name) }),
});

/** Whether a visit is being recorded. Who waits is told no more than that. */
export async function recordingOf(on: Queryable, tenant: number, visit: string): Promise<RecordingState> {
  return shown(await openRecording(on, tenant, visit), []);
}

/** Tells everybody inside, and each whether they are asked. */
export async function tellRecording(
  context: FhirContext,
  on: Queryable,
  visit: Visit,
  recording: Recording | null,
  { present, missing }: Standing,
): Promise<void> {
  const { tenant, id } = visit;
  const common = shown(recording, missing);
  for (const { id: target } of present) {
    const asked = missing.some((one) => one.id === target);
    const body = { type: 'recording', recording: { ...common, asked } } as const;
    await publish(on, { tenant, visit: id, target, body }, context.now());
  }
}

/** Tells who is inside what is missing, where nothing is recorded: where something is, they know. */
export async function tellOff(context: FhirContext, visit: Visit, standing: Standing): Promise<void> {
  const on = context.database.byKey;
  if ((await openRecording(on, visit.tenant, visit.id)) === null)
    await tellRecording(context, on, visit, null, standing);
}
