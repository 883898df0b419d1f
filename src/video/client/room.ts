import type { FromServer, Peer, VisitShown } from '../signalling/messages.ts';
import { openDevices } from './devices.ts';
import { createEvents } from './events.ts';
import { createLine } from './line.ts';
import { createLocal, type Local } from './local.ts';
import { onNetwork } from './network.ts';
import { endOf, phaseOf } from './phase.ts';
import { createRoomMedia } from './room-media.ts';
import { createRoomRecording } from './room-recording.ts';
import { type End, firstState, type RoomState } from './room-state.ts';
import { type Came, nobody, type Roster, withAll, withPeer } from './roster.ts';

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

type Of<T extends FromServer['type']> = Extract<FromServer, { type: T }>;

const maxChat = 2000;

/** A visit as one browser has it; nothing happens before `start`. */
export function createRoom(options: RoomOptions): Room {
  const events = createEvents<RoomEvents>();
  let state: RoomState = firstState;
  let local: Local | null = null;
  let unheard = (): void => {};
  let { stream } = options;
  let roster: Roster = nobody;

  function set(patch: Partial<RoomState>): void {
    const next = { ...state, ...patch };
    state = { ...next, phase: phaseOf(next) };
    events.tell('change', state);
  }

  function turn(next: Roster, came: readonly Came[] = []): void {
    roster = next;
    set(next);
    recording.cast();
    for (const { id, name, what } of came) events.tell(what, { id, name });
  }

  const line = createLine({
    ask: options.ask,
    makeSocket: options.makeSocket ?? ((url, protocols) => new WebSocket(url, protocols)),
    take,
    changed: (now) => now !== state.line && set({ line: now }),
    ended: (why) =>
      finish(why === 'over' ? endOf(state) : why === 'replaced' ? { why } : { why: 'refused', ...words(why) }),
  });
  const words = ({ refused, from }: { refused: string; from?: string }) => ({ text: refused, from });

  const media = createRoomMedia({
    library: options.livekit,
    makePeerConnection: options.makePeerConnection ?? ((configuration) => new RTCPeerConnection(configuration)),
    say: line.send,
    stale: line.renew,
    store: { get: () => state, set, roster: () => roster, turn },
    local: () => local,
    levels: (levels) => events.tell('levels', levels),
  });

  const recording = createRoomRecording({ upload: options.upload, get: () => state, set });

  function listen(): void {
    local = createLocal({
      stream,
      muted: options.muted ?? false,
      camera: options.camera ?? true,
      changed(shown, tracks) {
        set(shown);
        media.send(tracks);
        status();
        recording.cast();
      },
    });
  }

  function status(): void {
    if (state.phase !== 'live') return;
    const { muted, camera, sharing, audioOnly, troubles } = state;
    const audio = !muted && local?.tracks.audio !== null && !troubles.includes('microphone-lost');
    const video = audioOnly === null && (camera || sharing);
    line.send({ type: 'status', audio, video, sharing: sharing && audioOnly === null });
  }

  function finish(end: End): void {
    line.close();
    media.close();
    recording.close();
    local?.close();
    local = null;
    roster = nobody;
    unheard();
    set({ end, ...nobody, localStream: null, camera: false, sharing: false, recording: { state: 'off' } });
  }

  function place(self: Peer, peers: readonly Peer[], given: Parameters<typeof media.give>[0]): void {
    set({ self });
    // First, for without media nobody is believed to be there but who is told.
    media.give(given, self.id);
    const told = peers.filter(({ id }) => id !== self.id);
    for (const peer of roster.peers) {
      if (!told.some(({ id }) => id === peer.id)) media.tellOf({ ...peer, state: 'removed', present: false });
    }
    const next = withAll(roster, told, media.knows);
    turn(next.roster, next.came);
    media.meetAll(false);
    status();
  }

  function takePeer(peer: Peer): void {
    if (peer.id === state.self?.id) {
      set({ self: peer });
      return;
    }
    media.tellOf(peer);
    const next = withPeer(roster, peer, media.knows(peer.id));
    turn(next.roster, next.came);
  }

  function showVisit(visit: VisitShown): void {
    set({ visit, callback: visit.callback ?? null });
  }

  function takeChat({ id, from, text, sent }: Of<'chat'>): void {
    if (state.chat.some((line) => line.id === id)) return;
    const mine = from === state.self?.id;
    const name = (mine ? state.self : state.peers.find((peer) => peer.id === from))?.name ?? '';
    set({ chat: [...state.chat, { id, from, name, text, sent, mine }] });
    events.tell('chat', { id, name, text, mine });
  }

  const takers: { [T in FromServer['type']]: (message: Of<T>) => void } = {
    hello(message) {
      showVisit(message.visit);
      place(message.self, message.peers, message.media);
      recording.take(message.recording, true);
    },
    self: (message) => place(message.self, message.peers, message.media),
    visit(message) {
      showVisit(message.visit);
      media.give(undefined, state.self?.id ?? '');
      media.meetAll(true);
      status();
    },
    peer: ({ peer }) => takePeer(peer),
    chat: takeChat,
    recording: (message) => recording.take(message.recording, false),
    refused: ({ about, why }) => set({ notice: { about, why } }),
    media: (message) => media.give(message.media, state.self?.id ?? ''),
    pong() {},
    desc: (message) => media.take(message),
    ice: (message) => media.take(message),
    commit: (message) => media.take(message),
    reveal: (message) => media.take(message),
  };

  function take(message: FromServer): void {
    // The taker of its own type; a type that a later server has and this page has not is passed over.
    (takers[message.type] as ((message: FromServer) => void) | undefined)?.(message);
  }

  /** What was refused before is not the answer to what is done now. */
  const act = (): void => {
    if (state.notice !== null) set({ notice: null });
  };

  async function reopen(): Promise<void> {
    const opened = await openDevices({ camera: options.camera ?? true, microphone: true });
    stream = opened.ok ? opened.stream : null;
    begin();
  }

  function begin(): void {
    listen();
    unheard = onNetwork({
      seen: line.hurry,
      another() {
        line.hurry();
        media.restart();
      },
    });
    line.open();
  }

  let started = false;
  return {
    get state() {
      return state;
    },
    on: events.on,
    start() {
      if (started && state.end?.why !== 'replaced') return;
      set({ end: null, self: null, phase: 'connecting' });
      if (started) void reopen();
      else begin();
      started = true;
    },
    mute(muted) {
      act();
      local?.mute(muted);
    },
    async setCamera(on) {
      act();
      return (await local?.setCamera(on)) ?? false;
    },
    useDevices: async (chosen) => (await local?.useDevices(chosen)) ?? false,
    async share() {
      act();
      return (await local?.share()) ?? false;
    },
    stopSharing: () => local?.stopSharing(),
    setAudioOnly(on) {
      media.askSoundOnly(on);
      status();
    },
    say(text) {
      act();
      const said = text.trim().slice(0, maxChat);
      return said !== '' && line.send({ type: 'chat', text: said });
    },
    leave() {
      line.send({ type: 'leave' });
      finish({ why: 'left' });
    },
    close: () => finish({ why: 'left' }),
  };
}
