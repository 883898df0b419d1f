import type { ProviderId } from '../visits/visit.ts';
import { createLiveKit, type LiveKitSettings } from './livekit.ts';
import type { RecordingBucket } from './livekit-egress.ts';
import { createP2p, type TurnSettings } from './p2p.ts';
import type { Providers, VideoProvider } from './provider.ts';

export type VideoSettings = {
  /** null: browsers that do not reach each other have no visit. */
  turn: TurnSettings | null;
  livekit: LiveKitSettings | null;
  /** Where a media server may put recordings: the bucket that files are kept in; null: it makes none. */
  recordings: RecordingBucket | null;
  now: () => number;
};

/** LIST: what a visit can be held with. */
export const providersOf = ({ turn, livekit, recordings, now }: VideoSettings): Providers =>
  new Map<ProviderId, VideoProvider>([
    ['p2p', createP2p(turn, now)],
    ...(livekit === null ? [] : ([['livekit', createLiveKit(livekit, recordings)]] as const)),
  ]);
