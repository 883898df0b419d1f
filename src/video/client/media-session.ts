import type { FromClient, FromServer, Media, Peer } from '../signalling/messages.ts';
import type { Sample } from './quality.ts';
import type { RoomPeer } from './room-state.ts';

/** What one sends; null: nothing of the kind. */
export type Tracks = { audio: MediaStreamTrack | null; video: MediaStreamTrack | null };

/** What browsers say to each other by way of the server. */
export type PeerMessage = Extract<FromServer, { type: 'desc' | 'ice' | 'commit' | 'reveal' }>;

/** What carries sound and pictures to and from the others, as long as one is let in and not on hold. */
export type MediaSession = {
  /**
   * Somebody is there. Told again whenever they or oneself came back.
   *
   * @param offering whether they came after oneself, so that it is oneself who calls
   */
  meet(peer: Peer, offering: boolean): void;
  /** They are sent away or on hold: their media ends now. */
  drop(id: string): void;
  /** Their socket is closed: their media goes on if it is only that. */
  doubt(id: string): void;
  take(message: PeerMessage): void;
  send(tracks: Tracks): void;
  /** Neither sends nor asks for pictures. */
  soundOnly(on: boolean): void;
  renew(media: Media): void;
  /** The network is another. */
  restart(): void;
  /** By participant; of the time since it was last asked, a second or so. */
  sample(): Promise<ReadonlyMap<string, Sample>>;
  /** 0 … 1, by participant. */
  levels(): ReadonlyMap<string, number>;
  close(): void;
};

export type MediaOptions = {
  self: string;
  say(message: FromClient): void;
  /** `gone`: nothing comes of who was doubted. */
  /** What was given for the media has become too old to connect with: it is wanted anew. */
  stale(): void;
  changed(id: string, what: Partial<Pick<RoomPeer, 'stream' | 'connection' | 'safety'>> | 'gone'): void;
};
