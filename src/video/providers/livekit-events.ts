import type { WebhookEvent } from 'livekit-server-sdk';

import { invalid, ok, type Result, unauthenticated } from '../../fhir/outcome.ts';
import type { LiveKitSettings } from './livekit.ts';
import { loadSdk, type Sdk } from './livekit-sdk.ts';
import type { VideoEvent } from './provider.ts';

/** ms: what happened longer ago than LiveKit tries again for was recorded by somebody and is sent again. */
const OLDEST = 300_000;
/** ms that its clock may be ahead of ours. */
const AHEAD = 60_000;

/** ParticipantInfo.Kind of people; what records is another. The SDK has no name for it. */
const PERSON = 0;

type Told = { raw: string; authorization: string | undefined; now: number };

/** What LiveKit says, when it is LiveKit that says it: signed with its key, over the very bytes that came, and said just now. */
export async function eventsOf(
  { key, secret, folder }: Pick<LiveKitSettings, 'key' | 'secret'> & { folder: string | null },
  { raw, authorization, now }: Told,
): Promise<Result<VideoEvent[]>> {
  const sdk = await loadSdk();
  const event = await received(sdk, { key, secret }, raw, authorization);
  if (event === null) return unauthenticated('This was not signed by the media server');
  const at = Number(event.createdAt) * 1000;
  if (event.id === '') return invalid('The event has no id', 'id');
  if (at < now - OLDEST || at > now + AHEAD) return invalid('The event is not of now', 'createdAt');
  return ok(await meaning(sdk, event, at, folder));
}

async function received(
  { WebhookReceiver }: Sdk,
  { key, secret }: Pick<LiveKitSettings, 'key' | 'secret'>,
  raw: string,
  authorization: string | undefined,
): Promise<WebhookEvent | null> {
  try {
    return await new WebhookReceiver(key, secret).receive(raw, authorization);
  } catch {
    // It throws for a signature or a hash that is wrong, and for a body that is no event.
    return null;
  }
}

/** Of what concerns no visit nothing is made. */
async function meaning(sdk: Sdk, event: WebhookEvent, at: number, folder: string | null): Promise<VideoEvent[]> {
  const { id, room, participant } = event;
  switch (event.event) {
    case 'participant_joined':
    case 'participant_left':
    case 'participant_connection_aborted': {
      if (!room || !participant || participant.kind !== PERSON) return [];
      const kind = event.event === 'participant_joined' ? 'joined' : 'left';
      return [{ id, at, room: room.name, kind, participant: participant.identity, connection: participant.sid }];
    }
    case 'room_finished':
      return room ? [{ id, at, room: room.name, kind: 'ended' }] : [];
    case 'egress_ended':
      return recorded(sdk, event, at, folder);
    default:
      return [];
  }
}

/** As it was named when it began. */
const isRecording = (filename: string, folder: string): boolean =>
  filename.startsWith(folder) && /^[\w-]+\.mp4$/.test(filename.slice(folder.length));

function recorded(
  { EgressStatus }: Sdk,
  { id, egressInfo }: WebhookEvent,
  at: number,
  folder: string | null,
): VideoEvent[] {
  if (!egressInfo) return [];
  const { roomName: room, egressId: recording, status, fileResults } = egressInfo;
  const [file] = fileResults;
  const isWhole = status === EgressStatus.EGRESS_COMPLETE || status === EgressStatus.EGRESS_LIMIT_REACHED;
  // It is read later with our rights: nothing else in the bucket is.
  const isOurs = file !== undefined && folder !== null && isRecording(file.filename, folder);
  if (!isWhole || !isOurs) return [{ id, at, room, kind: 'recording-failed', recording }];
  return [{ id, at, room, kind: 'recording-stored', recording, location: file.filename, size: Number(file.size) }];
}
