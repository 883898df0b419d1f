import { ok, unavailable } from '../../fhir/outcome.ts';
import { createEgress, egressFolder, type RecordingBucket } from './livekit-egress.ts';
import { eventsOf } from './livekit-events.ts';
import { loadSdk, type Sdk, unlessGone } from './livekit-sdk.ts';
import { mediaLifetime, type VideoProvider } from './provider.ts';

export type LiveKitSettings = { url: string; key: string; secret: string };

/** s that a room waits for the first, and that it is kept after the last. */
const EMPTY = 600;
const DEPARTED = 300;

/** s that a request to the media server may take. */
const DEADLINE = 5;

/**
 * A LiveKit server carries the media. It learns of a visit its random room name, and of people their random ids: no name, no role.
 * It must make no rooms by itself (`room.auto_create: false`): then nobody comes back into one that was ended.
 *
 * @param bucket where it may put recordings; null: it makes none
 */
export function createLiveKit({ url, key, secret }: LiveKitSettings, bucket: RecordingBucket | null): VideoProvider {
  const socketUrl = url.replace(/^http/, 'ws');
  const options = { requestTimeout: DEADLINE };
  const maxParticipants = 20;
  const folder = bucket === null ? null : egressFolder(bucket);
  const rooms = async (sdk: Sdk) => new sdk.RoomServiceClient(url, key, secret, options);

  const ensureRoom: VideoProvider['ensureRoom'] = async ({ room }) => {
    const sdk = await loadSdk();
    try {
      const client = await rooms(sdk);
      await client.createRoom({ name: room, emptyTimeout: EMPTY, departureTimeout: DEPARTED, maxParticipants });
      return ok(null);
    } catch {
      // The SDK throws what fetch throws, and what the media server answers.
      return unavailable('The media server cannot be reached at the moment');
    }
  };

  return {
    id: 'livekit',
    caps: { maxParticipants, serverRecording: bucket !== null, e2ee: false, kick: true },
    connects: [new URL(socketUrl).origin, new URL(url).origin],
    ensureRoom,
    async issueJoin(visit, { id }) {
      const { AccessToken, TrackSource } = await loadSdk();
      // It may have been empty for so long that it is gone; who finds none asks again.
      await ensureRoom(visit);
      const token = new AccessToken(key, secret, { identity: id, ttl: mediaLifetime });
      token.addGrant({
        roomJoin: true,
        room: visit.room,
        canSubscribe: true,
        canPublish: true,
        canPublishSources: [
          TrackSource.CAMERA,
          TrackSource.MICROPHONE,
          TrackSource.SCREEN_SHARE,
          TrackSource.SCREEN_SHARE_AUDIO,
        ],
        // What is written goes by this server, which sets who it is from.
        canPublishData: false,
        canUpdateOwnMetadata: false,
      });
      return { provider: 'livekit', url: socketUrl, token: await token.toJwt() };
    },
    async remove({ room }, participant) {
      const sdk = await loadSdk();
      // It also takes no token any more that they got before.
      await unlessGone(sdk, (await rooms(sdk)).removeParticipant(room, participant));
    },
    async end({ room }) {
      const sdk = await loadSdk();
      await unlessGone(sdk, (await rooms(sdk)).deleteRoom(room));
    },
    ...(bucket === null ? {} : createEgress({ url, key, secret }, bucket, options)),
    parseWebhook: (raw, authorization, now) => eventsOf({ key, secret, folder }, { raw, authorization, now }),
    async health() {
      const sdk = await loadSdk();
      try {
        await (await rooms(sdk)).listRooms(['-']);
        return { ok: true, why: 'The media server answers' };
      } catch {
        return { ok: false, why: 'The media server does not answer, or not to this key' };
      }
    },
  };
}
