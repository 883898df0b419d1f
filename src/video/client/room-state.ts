import type { Peer, RecordingState, VisitShown } from '../signalling/messages.ts';

/**
 * `connecting`: not told yet where one stands; `waiting`: to be let in; `live`: in it; `held`: let in, but put on hold (no media);
 * `over`: there is nothing to come back to; `refused`: the server gives no way in, `end` has its words.
 */
export type Phase = 'connecting' | 'waiting' | 'live' | 'held' | 'over' | 'refused';

/**
 * Why it is over: the visit's own end (`finished`, `missed`, `cancelled`), what was done to oneself (`denied`, `removed`), what
 * one did oneself (`left`; `replaced`: the visit was opened in another window), or what `ask` answered (`refused`).
 */
export type End = {
  why: 'finished' | 'missed' | 'cancelled' | 'denied' | 'removed' | 'left' | 'replaced' | 'closed' | 'refused';
  /** Of `refused`: what the server said, and from when it lets in (an instant), where it is too early. */
  text?: string;
  from?: string;
};

/** `unknown`: not measured yet, or nothing arrives that could be measured. */
export type Quality = 'good' | 'fair' | 'poor' | 'unknown';

/**
 * The code that both read aloud: six digits in two groups (`123 456`). `checking`: being made; `mismatch`: what the other side
 * committed to is not what came: somebody is in between; `none`: media is not end to end (livekit).
 */
export type Safety = { state: 'checking' | 'mismatch' | 'none' } | { state: 'ready'; code: string };

/** Somebody else who was let in. */
export type RoomPeer = Peer & {
  /** What they send: one sound and one picture at most (the picture is their screen while `sharing`); null: nothing has come yet. */
  stream: MediaStream | null;
  /** Of the media, not of their socket (that is `present`). `lost`: being restored. */
  connection: 'connecting' | 'connected' | 'lost';
  quality: Quality;
  safety: Safety;
  /** Sound is said to be on, but nothing has come of it for 5 s. */
  silent: boolean;
};

/** A line of chat, oldest first; `name` is what they were called when they wrote it. Show as text only. */
export type ChatLine = { id: string; from: string; name: string; text: string; sent: string; mine: boolean };

/**
 * What is wrong with one's own devices: `microphone-lost`, `camera-lost`: unplugged, taken by a call or by another app, being
 * reopened; `no-sound`: the microphone is open and gives silence to the bit, or nothing of it is sent.
 */
export type Trouble = 'microphone-lost' | 'camera-lost' | 'no-sound';

export type RoomState = {
  phase: Phase;
  /** Of `over` and `refused`; null else. */
  end: End | null;
  self: Peer | null;
  visit: VisitShown | null;
  /** Who was let in beside oneself and has not left, in the order in which they came. */
  peers: readonly RoomPeer[];
  /** Who waits; hosts alone are told. */
  waiting: readonly Peer[];
  chat: readonly ChatLine[];
  recording: RecordingState;
  /** Set while this browser is who records. `behind`: pieces not yet stored; `failed`: one could not be stored, and recording ended. */
  recorder: { behind: number; failed: boolean } | null;
  /** For the small picture of oneself; the screen while `sharing`. */
  localStream: MediaStream | null;
  muted: boolean;
  /** Whether one's own camera is on and sent. */
  camera: boolean;
  sharing: boolean;
  troubles: readonly Trouble[];
  /** Pictures are not sent or asked for: `asked`: oneself wanted it; `network`: the line is poor. */
  audioOnly: null | 'asked' | 'network';
  /** The line is poor even without pictures: call instead, at `callback` where it is told (hosts). */
  callInstead: boolean;
  callback: string | null;
  /** Of the worst peer. */
  quality: Quality;
  /** Of the socket: `recovering`: being opened again, media goes on; `lost`: for more than 20 s, and still tried. */
  line: 'ok' | 'recovering' | 'lost';
  /** The last thing the server could not do (`refused` message), until the next action; null: none. */
  notice: { about: string; why: string } | null;
};

export const firstState: RoomState = {
  phase: 'connecting',
  end: null,
  self: null,
  visit: null,
  peers: [],
  waiting: [],
  chat: [],
  recording: { state: 'off' },
  recorder: null,
  localStream: null,
  muted: false,
  camera: false,
  sharing: false,
  troubles: [],
  audioOnly: null,
  callInstead: false,
  callback: null,
  quality: 'unknown',
  line: 'ok',
  notice: null,
};
