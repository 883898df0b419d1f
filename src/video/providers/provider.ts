import type { Readable } from 'node:stream';

import type { Result } from '../../fhir/outcome.ts';
import type { Media, Role } from '../signalling/messages.ts';
import type { ProviderId, Visit } from '../visits/visit.ts';

/** s that what somebody gets for the media counts; in a visit that goes on they get it anew before. */
export const mediaLifetime = 120;

/** Somebody whom a host has let in. */
export type Admitted = { id: string; role: Role; name: string };

/** Something that a media server tells us, checked to come from it. */
export type VideoEvent = {
  /** Names it: what came twice is done once. */
  id: string;
  /** ms since 1970. */
  at: number;
  room: string;
} /** `connection`: what the media server calls this one of theirs. */ & (
  | { kind: 'joined' | 'left'; participant: string; connection: string }
  | { kind: 'ended' }
  /** `location`: where the file is, in the bucket that both use. */
  | { kind: 'recording-stored'; recording: string; location: string; size: number }
  | { kind: 'recording-failed'; recording: string }
);

/** What carries sound and pictures. Who may see whom, and what is kept, is not its matter. */
export type VideoProvider = {
  readonly id: ProviderId;
  readonly caps: {
    maxParticipants: number;
    /** Whether it can record by itself; where not, the browser of a host does. */
    serverRecording: boolean;
    e2ee: boolean;
    kick: boolean;
  };
  /** Where browsers connect to beside this server, as sources of a Content-Security-Policy: `wss://media.example`. */
  readonly connects?: readonly string[];
  /** May be asked again. */
  ensureRoom(visit: Visit): Promise<Result<null>>;
  /** What somebody needs for the media; counts for at most 120 s, until which they must have connected. */
  issueJoin(visit: Visit, who: Admitted): Promise<Media>;
  /** Ends the media of one. */
  remove(visit: Visit, participant: string): Promise<void>;
  /** Ends the media of all; may be asked again. */
  end(visit: Visit): Promise<void>;
  /** @returns what it calls the recording */
  startRecording?(visit: Visit, recording: string): Promise<Result<string>>;
  stopRecording?(visit: Visit, reference: string): Promise<void>;
  /** What was recorded, as it is at the location that an event told; null: it is not there (any more). */
  openRecording?(location: string): Promise<Readable | null>;
  dropRecording?(location: string): Promise<void>;
  /** @param authorization the header of that name; raw: the body as it came */
  parseWebhook?(raw: string, authorization: string | undefined, now: number): Promise<Result<VideoEvent[]>>;
  health(): Promise<{ ok: boolean; why: string }>;
};

/** Those that this server is set up for; p2p always is. */
export type Providers = ReadonlyMap<ProviderId, VideoProvider>;
