import { firstState, type RoomState } from './room-state.ts';

/** What asking for a way in gives. Rejects: the server was not reached, which is tried again. */
export type Asked = { socket: string; token: string } | { refused: string; from?: string };

/** A piece of a recording, in order from 0; `last`: nothing comes after it (its bytes may be none). */
export type Chunk = { recording: string; n: number; bytes: Blob; contentType: string; last: boolean };

export type RoomOptions = {
  /** $video-join (or what stands for it for guests), asked anew each time a socket opens: a token opens one. */
  ask: () => Promise<Asked>;
  /** What the device check opened (`openDevices`); null: one listens and looks only. Its tracks are the room's from here on. */
  stream: MediaStream | null;
  /** Whether one comes in without sound, without picture. */
  muted?: boolean;
  camera?: boolean;
  /** Stores a piece of a recording; true: it is kept; false: it never will be (no more is sent). Rejects: tried again, in order. */
  upload?: (chunk: Chunk) => Promise<boolean>;
  /** Where livekit-client is served: `clientPath('livekit-client')`. Without it a visit at a media server has no media. */
  livekit?: string;
  /** For tests. */
  makePeerConnection?: (configuration: RTCConfiguration) => RTCPeerConnection;
  makeSocket?: (url: string, protocols: string[]) => WebSocket;
};

/** What a room tells beside its state. Each is told after the `change` that it is part of. */
export type RoomEvents = {
  /** The whole state; a new object each time, so that parts can be compared by identity. */
  change: RoomState;
  /** Somebody came in, or left; for announcements. */
  joined: { id: string; name: string };
  left: { id: string; name: string };
  /** Somebody began to wait; to hosts. */
  knocked: { id: string; name: string };
  chat: { id: string; name: string; text: string; mine: boolean };
  /** Ten times a second while live: 0 … 1 by participant id, oneself included. */
  levels: ReadonlyMap<string, number>;
};

export type Room = {
  readonly state: RoomState;
  /** @returns takes the listener off again */
  on<K extends keyof RoomEvents>(event: K, listener: (value: RoomEvents[K]) => void): () => void;
  /** Opens the socket; again after `over` by `replaced`, to take the visit back to this window. */
  start(): void;
  mute(muted: boolean): void;
  /** Turns the camera off (its light too) or on. @returns false: it cannot be opened (`troubles` says so) */
  setCamera(on: boolean): Promise<boolean>;
  /** Takes other devices, by the ids of `listDevices`; what is left out stays. @returns false: none could be opened; the old ones stay */
  useDevices(chosen: { camera?: string; microphone?: string }): Promise<boolean>;
  /** Asks the browser which screen, and shows it in place of the camera. Needs a click. @returns false: none was chosen, or it cannot */
  share(): Promise<boolean>;
  stopSharing(): void;
  /** No pictures either way (`asked`), or pictures again. */
  setAudioOnly(on: boolean): void;
  /** At most 2,000 characters; more is cut. @returns false: no socket is open, nothing was sent */
  say(text: string): boolean;
  /** Goes for good: `over`, `left`. Devices are closed. */
  leave(): void;
  /** Closes everything without saying goodbye: the page goes away, and may come back. */
  close(): void;
};

/** A visit as one browser has it; nothing happens before `start`. */
export function createRoom(_options: RoomOptions): Room {
  const state = firstState;
  return {
    state,
    on: () => () => {},
    start: () => {},
    mute: () => {},
    setCamera: async () => false,
    useDevices: async () => false,
    share: async () => false,
    stopSharing: () => {},
    setAudioOnly: () => {},
    say: () => false,
    leave: () => {},
    close: () => {},
  };
}
