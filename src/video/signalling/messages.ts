import type { VisitState } from '../session.ts';
import type { ProviderId } from '../visits/visit.ts';

/** The WebSocket sub-protocol; the token comes as a second one, `join.<jwt>`, and is never echoed. */
export const protocol = 'sig.v1';

export type Role = 'host' | 'patient' | 'companion' | 'colleague' | 'interpreter' | 'guest';

/** `expected`: never came; `left`: was in it and is gone, and may come back without being let in again. */
export type ParticipantState = 'expected' | 'waiting' | 'admitted' | 'held' | 'denied' | 'removed' | 'left';

/** What participants know of each other. */
export type Peer = {
  id: string;
  role: Role;
  name: string;
  state: ParticipantState;
  /** Whether a socket of theirs is open. */
  present: boolean;
  /** Told to hosts alone, of who waits. YYYY-MM-DD. */
  birthDate?: string;
  audio?: boolean;
  video?: boolean;
  sharing?: boolean;
};

export type IceServer = { urls: string[]; username?: string; credential?: string };

/** What somebody who was let in needs for the media, and nobody before. */
export type Media =
  | {
      provider: 'p2p';
      iceServers: IceServer[] /** Relay only: others do not learn their address. */;
      relayOnly: boolean;
    }
  | { provider: 'livekit'; url: string; token: string };

export type RecordingState = {
  state: 'off' | 'recording' | 'paused';
  /** The id of the recording; told while there is one. */
  id?: string;
  /** The participant whose browser records; absent: the media server does. */
  recorder?: string;
  /** Why it is paused: whose consent is missing, as names of participants. */
  missing?: string[];
  /** Whether one's own consent is asked for; absent where it is not told to anybody in particular. */
  asked?: boolean;
};

export type VisitShown = {
  state: VisitState;
  provider: ProviderId;
  /** Instants. */
  startsAt: string;
  endsAt: string;
  hardStop: string;
  /** What to call if all else fails; told to hosts alone. */
  callback?: string;
  /** Whether chat is kept in the record. */
  chatKept: boolean;
};

/** What the server says. */
export type FromServer =
  /** First after the socket is open. `media` and `peers` (beside oneself) only for who was let in; hosts also see who waits. */
  | { type: 'hello'; self: Peer; visit: VisitShown; peers: Peer[]; recording: RecordingState; media: Media | null }
  /** The visit is in another state. */
  | { type: 'visit'; visit: VisitShown }
  /** Oneself was let in, put on hold, sent away. */
  | { type: 'self'; self: Peer; media: Media | null; peers: Peer[] }
  /** Somebody came, changed, or left (`present: false`). To who was let in; of who waits, to hosts alone. */
  | { type: 'peer'; peer: Peer }
  | { type: 'desc'; from: string; description: { type: 'offer' | 'answer' | 'pranswer' | 'rollback'; sdp: string } }
  | {
      type: 'ice';
      from: string;
      candidate: {
        candidate: string;
        sdpMid?: string | null;
        sdpMLineIndex?: number | null;
        usernameFragment?: string | null;
      } | null;
    }
  /** What the safety code is made of; the server only hands it on. Base64url of 32 bytes. */
  | { type: 'commit'; from: string; digest: string }
  | { type: 'reveal'; from: string; nonce: string }
  | { type: 'chat'; from: string; id: string; text: string; sent: string }
  | { type: 'recording'; recording: RecordingState }
  /** What was asked cannot be done; the socket stays open. */
  | { type: 'refused'; about: string; why: string }
  /** Fresh credentials, before the old ones end. */
  | { type: 'media'; media: Media }
  | { type: 'pong' };

/** What a browser says. `to` is the id of a participant who was let in. */
export type FromClient =
  | { type: 'desc'; to: string; description: { type: 'offer' | 'answer' | 'pranswer' | 'rollback'; sdp: string } }
  | {
      type: 'ice';
      to: string;
      candidate: {
        candidate: string;
        sdpMid?: string | null;
        sdpMLineIndex?: number | null;
        usernameFragment?: string | null;
      } | null;
    }
  | { type: 'commit'; to: string; digest: string }
  | { type: 'reveal'; to: string; nonce: string }
  /** At most 2,000 characters. */
  | { type: 'chat'; text: string }
  | { type: 'status'; audio: boolean; video: boolean; sharing: boolean }
  /** Goes for good, not by a network that fails. */
  | { type: 'leave' }
  | { type: 'ping' };

/** Why the server closed a socket: RFC 6455, and our own from 4400. */
export const closes = {
  /** Another socket of the same participant took its place. */
  replaced: 4409,
  /** The visit is over, or oneself was sent away: there is nothing to come back to. */
  over: 4403,
  /** Too much at once. */
  flooded: 4429,
  /** Nothing was heard for too long. */
  silent: 4408,
  /** This process ends: come back, another has the room. */
  restarting: 1012,
} as const;
