import type { FromClient, Media, Peer } from '../signalling/messages.ts';
import { createLivekit } from './livekit.ts';
import type { Local } from './local.ts';
import type { MediaSession, PeerMessage, Tracks } from './media-session.ts';
import { createPeers } from './peers.ts';
import { createFallback, qualityOf, type Sample, steady, worst } from './quality.ts';
import type { Quality, RoomPeer, RoomState } from './room-state.ts';
import { type Came, patched, type Roster, withoutPeer } from './roster.ts';

/** What the room and its media share. */
export type Store = {
  get(): RoomState;
  set(patch: Partial<RoomState>): void;
  roster(): Roster;
  turn(next: Roster, came?: readonly Came[]): void;
};

export type RoomMediaOptions = {
  library: string | undefined;
  makePeerConnection: (configuration: RTCConfiguration) => RTCPeerConnection;
  say: (message: FromClient) => boolean;
  stale: () => void;
  store: Store;
  local: () => Local | null;
  levels: (levels: ReadonlyMap<string, number>) => void;
};

export type RoomMedia = {
  /** @param media what the server gave; null: it takes it away; undefined: the same, but oneself or the visit is in another state */
  give(media: Media | null | undefined, self: string): void;
  /** @param back all come back in the same instant, and none of them was there before the others */
  meetAll(back: boolean): void;
  tellOf(peer: Peer): void;
  knows(id: string): boolean;
  take(message: PeerMessage): void;
  send(tracks: Tracks): void;
  askSoundOnly(on: boolean): void;
  restart(): void;
  close(): void;
};

const tickMs = 1000;
const levelMs = 100;
const mostEarly = 100;
/** Seconds in which nothing of their sound came, before it is said. */
const silentAfter = 5;

type Watched = { steady: (measured: Quality) => Quality; quiet: number };

/** What somebody is with whom one is not connected, whether or not the media goes on: it is ended. `expected`: of the visit no more. */
const hungUp: ReadonlySet<Peer['state']> = new Set(['held', 'denied', 'removed', 'expected']);

/** The media of a visit while one may have it, how good it is, and what is given up when it is poor. */
export function createRoomMedia({
  library,
  makePeerConnection,
  say,
  stale,
  store,
  local,
  levels,
}: RoomMediaOptions): RoomMedia {
  let session: MediaSession | null = null;
  let given: Media | null = null;
  let fallback = createFallback();
  let asked = false;
  let ticking: ReturnType<typeof setInterval> | undefined;
  let metering: ReturnType<typeof setInterval> | undefined;
  let sampling = false;
  /** Others may hear that one was let in, and call, before oneself hears it. */
  let early: PeerMessage[] = [];
  const known = new Set<string>();
  const watched = new Map<string, Watched>();

  const nameOf = (id: string): string => store.roster().peers.find((peer) => peer.id === id)?.name ?? '';

  function changed(id: string, what: Partial<RoomPeer> | 'gone'): void {
    if (what !== 'gone') {
      store.turn(patched(store.roster(), id, what));
      return;
    }
    forget(id);
    const name = nameOf(id);
    const present = store.roster().peers.find((peer) => peer.id === id)?.present;
    // Who is there still has lost their media only.
    if (present !== false) return;
    store.turn(withoutPeer(store.roster(), id), [{ id, name, what: 'left' }]);
  }

  function forget(id: string): void {
    known.delete(id);
    watched.delete(id);
  }

  function open(media: Media, self: string): MediaSession | null {
    const options = { self, say, changed, stale };
    if (media.provider === 'p2p') return createPeers({ ...options, media, makePeerConnection });
    return library === undefined ? null : createLivekit({ ...options, media, library });
  }

  function stop(): void {
    clearInterval(ticking);
    clearInterval(metering);
    session?.close();
    session = null;
    known.clear();
    watched.clear();
    early = [];
  }

  function pictures(): void {
    const { pictures: shown, call } = fallback('unknown', 0);
    apply(shown, call);
  }

  function apply(shown: boolean, callInstead: boolean): void {
    const audioOnly = asked ? 'asked' : shown ? null : 'network';
    const before = store.get();
    if (before.audioOnly === audioOnly && before.callInstead === callInstead) return;
    session?.soundOnly(audioOnly !== null);
    store.set({ audioOnly, callInstead });
    // So that the others know why no picture comes.
    const { muted, camera, sharing } = store.get();
    const video = audioOnly === null && (camera || sharing);
    say({ type: 'status', audio: !muted && local()?.tracks.audio !== null, video, sharing: sharing && video });
  }

  function judge(peer: RoomPeer, sample: Sample | undefined): Partial<RoomPeer> {
    const one = watched.get(peer.id) ?? { steady: steady(), quiet: 0 };
    watched.set(peer.id, one);
    const quality = one.steady(sample === undefined ? 'unknown' : qualityOf(sample));
    const expected = peer.audio === true && peer.connection === 'connected' && sample !== undefined;
    one.quiet = expected && sample.audioBytes === 0 ? one.quiet + 1 : 0;
    return { quality, silent: one.quiet >= silentAfter };
  }

  async function tick(): Promise<void> {
    if (session === null || sampling) return;
    sampling = true;
    const samples = await session.sample();
    sampling = false;
    if (session === null) return;
    let next = store.roster();
    for (const peer of next.peers) {
      const { quality, silent } = judge(peer, samples.get(peer.id));
      if (quality !== peer.quality || silent !== peer.silent) next = patched(next, peer.id, { quality, silent });
    }
    if (next !== store.roster()) store.turn(next);
    const quality = worst(next.peers.map((peer) => peer.quality));
    if (quality !== store.get().quality) store.set({ quality });
    const { pictures: shown, call } = fallback(quality, tickMs / 1000);
    apply(shown, call);
  }

  function meter(): void {
    const { self } = store.get();
    const all = new Map(session?.levels() ?? []);
    if (self !== null) all.set(self.id, local()?.level() ?? 0);
    levels(all);
  }

  function meet(peer: Peer, offering: boolean): void {
    if (session === null || peer.state !== 'admitted' || !peer.present) return;
    known.add(peer.id);
    session.meet(peer, offering);
  }

  function take(message: PeerMessage): void {
    if (session === null) {
      if (early.length < mostEarly) early.push(message);
      return;
    }
    // From who was let in before one was told of them.
    known.add(message.from);
    session.take(message);
  }

  return {
    give(media, self) {
      if (media !== undefined) given = media;
      const { phase } = store.get();
      if (given === null || phase !== 'live') {
        if (session !== null) stop();
        return;
      }
      if (session !== null) {
        session.renew(given);
        return;
      }
      session = open(given, self);
      if (session === null) return;
      session.send(local()?.tracks ?? { audio: null, video: null });
      if (store.get().audioOnly !== null) session.soundOnly(true);
      ticking = setInterval(() => void tick(), tickMs);
      metering = setInterval(meter, levelMs);
      for (const message of early.splice(0)) take(message);
    },
    meetAll(back) {
      const self = store.get().self?.id ?? '';
      for (const peer of store.roster().peers) meet(peer, back && self < peer.id);
    },
    tellOf(peer) {
      if (hungUp.has(peer.state)) {
        session?.drop(peer.id);
        forget(peer.id);
      } else if (!peer.present || peer.state === 'left') {
        if (known.has(peer.id)) session?.doubt(peer.id);
      } else meet(peer, true);
    },
    knows: (id) => known.has(id),
    take,
    send: (tracks) => session?.send(tracks),
    askSoundOnly(on) {
      asked = on;
      if (!on) fallback = createFallback();
      pictures();
    },
    restart: () => session?.restart(),
    close: stop,
  };
}
