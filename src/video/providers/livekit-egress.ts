import type { S3Objects, S3Settings } from '../../db/s3-objects.ts';
import { ok, unavailable } from '../../fhir/outcome.ts';
import type { LiveKitSettings } from './livekit.ts';
import { loadSdk, unlessGone } from './livekit-sdk.ts';
import type { VideoProvider } from './provider.ts';

/** The bucket that files are kept in, and what is in front of every name there. */
export type RecordingBucket = S3Settings;

/** Below this are recordings of a media server. */
export const egressFolder = ({ prefix }: RecordingBucket): string => `${prefix}egress/`;

type Recording = Required<Pick<VideoProvider, 'startRecording' | 'stopRecording' | 'openRecording' | 'dropRecording'>>;

/**
 * Recordings by LiveKit's egress: one picture of all who are in the room, as MP4. It gets no keys to the bucket from us: those it
 * has by its own role or configuration. Without a manifest, which would have the name of the room in it.
 *
 * @param options of the SDK
 */
export function createEgress(
  { url, key, secret }: LiveKitSettings,
  bucket: RecordingBucket,
  options: { requestTimeout: number },
): Recording {
  let objects: Promise<S3Objects> | null = null;
  // The SDK takes longer to load than all of the rest.
  const opened = (): Promise<S3Objects> => {
    objects ??= import('../../db/s3-objects.ts').then(({ s3Objects }) => s3Objects(bucket));
    return objects;
  };

  return {
    async startRecording({ room }, recording) {
      const { EgressClient, EncodedFileOutput, EncodedFileType, S3Upload } = await loadSdk();
      const { bucket: name, region, endpoint } = bucket;
      const place = { bucket: name, region, ...(endpoint ? { endpoint, forcePathStyle: true } : {}) };
      const file = new EncodedFileOutput({
        fileType: EncodedFileType.MP4,
        filepath: `${egressFolder(bucket)}${recording}.mp4`,
        disableManifest: true,
        output: { case: 's3', value: new S3Upload(place) },
      });
      try {
        const client = new EgressClient(url, key, secret, options);
        const { egressId } = await client.startRoomCompositeEgress(room, { file }, { layout: 'grid' });
        return ok(egressId);
      } catch {
        // The SDK throws what fetch throws, and what the media server answers.
        return unavailable('The media server does not record at the moment');
      }
    },
    async stopRecording(_visit, reference) {
      const sdk = await loadSdk();
      await unlessGone(sdk, new sdk.EgressClient(url, key, secret, options).stopEgress(reference));
    },
    async openRecording(location) {
      return (await opened()).open(location);
    },
    async dropRecording(location) {
      await (await opened()).remove(location);
    },
  };
}
