import type { Media, Peer } from '../signalling/messages.ts';
import { createLink, type Link } from './link.ts';
import type { MediaOptions, MediaSession, PeerMessage, Tracks } from './media-session.ts';
import { type Counters, countersOf, type Sample, sampleOf } from './quality.ts';
import { createSafetyCheck, type SafetyCheck } from './safety.ts';

type P2p = Extract<Media, { provider: 'p2p' }>;

type Known = {
  link: Link;
  safety: SafetyCheck;
  counters: Counters | null;
  /** Since when nothing came that came before, or it is not connected; ms of Date.now(). Null: all is well. */
  quietSince: number | null;
  heardAt: number;
  tried: number;
  heardOnce: boolean;
  doubted: boolean;
  /** Nothing comes, though the browser says that it is connected. */
  isLost: boolean;
  hungUp: boolean;
  audible: boolean;
};

export type PeersOptions = MediaOptions & {
  media: P2p;
  makePeerConnection: (configuration: RTCConfiguration) => RTCPeerConnection;
};

/** How long who came after the others waits for their call, before calling by itself; ms. */
const waitForCall = 3000;
/** After how much silence another way is looked for, and how often; ms. */
const restartAfter = 1900;
const restartEvery = 2900;
/** How long a relay takes what was given for it, at the least; ms. */
const freshFor = 100_000;
/** How long somebody whose socket is closed is believed to be there although nothing comes of them; ms. */
const goneAfter = 4000;

const configurationOf = ({ iceServers, relayOnly }: P2p): RTCConfiguration => ({
  iceServers,
  iceTransportPolicy: relayOnly ? 'relay' : 'all',
  bundlePolicy: 'max-bundle',
});

/** Everybody with everybody, without a media server. */
export function createPeers(options: PeersOptions): MediaSession {
  const { self, say, changed, makePeerConnection } = options;
  const all = new Map<string, Known>();
  let configuration = configurationOf(options.media);
  let givenAt = Date.now();
  let tracks: Tracks = { audio: null, video: null };
  let soundOnly = false;

  function forget(id: string): void {
    all.get(id)?.link.close();
    all.delete(id);
  }

  function lose(id: string): void {
    forget(id);
    changed(id, 'gone');
  }

  function stateOf(id: string, state: RTCPeerConnectionState): void {
    const known = all.get(id);
    if (known === undefined) return;
    if (state === 'connected') {
      known.quietSince = null;
      changed(id, { connection: 'connected' });
      return;
    }
    known.quietSince ??= Date.now();
    const broken = state === 'disconnected' || state === 'failed' || state === 'closed';
    changed(id, { connection: broken ? 'lost' : 'connecting' });
    if (broken && known.doubted) lose(id);
  }

  function know(id: string): Known {
    const before = all.get(id);
    if (before !== undefined) return before;
    const safety = createSafetyCheck(
      self,
      id,
      (message) => say({ ...message, to: id }),
      (safe) => changed(id, { safety: safe }),
    );
    const link = createLink({
      // Both sides must think the same of it, whoever came first and however often they came back.
      polite: self > id,
      make: () => makePeerConnection(configuration),
      say: (message) =>
        say('description' in message ? { type: 'desc', to: id, ...message } : { type: 'ice', to: id, ...message }),
      stream: (stream) => changed(id, { stream }),
      state: (state) => stateOf(id, state),
      hungUp() {
        const hung = all.get(id);
        if (hung === undefined) return;
        // Told over another way than that they left, and so before it or after.
        hung.hungUp = true;
        if (hung.doubted) lose(id);
      },
      described: (mine, theirs) => safety.ready(mine, theirs),
    });
    const known: Known = {
      link,
      safety,
      counters: null,
      quietSince: Date.now(),
      heardAt: 0,
      tried: Date.now(),
      heardOnce: false,
      doubted: false,
      isLost: false,
      hungUp: false,
      audible: false,
    };
    all.set(id, known);
    link.send(tracks);
    if (soundOnly) link.soundOnly(true);
    return known;
  }

  function call(id: string, known: Known, restart: boolean): void {
    if (all.get(id) !== known) return;
    known.tried = Date.now();
    const { iceServers = [] } = configuration;
    if (restart && Date.now() - givenAt > freshFor && iceServers.some(({ credential }) => credential)) options.stale();
    else known.link.offer(restart);
  }

  const connected = ({ link }: Known): boolean => link.connection.connectionState === 'connected';

  function meet(peer: Peer, offering: boolean): void {
    const before = all.has(peer.id);
    const known = know(peer.id);
    const came = known.doubted || !before;
    known.doubted = false;
    known.hungUp = false;
    known.audible = peer.audio === true;
    if (!came) return;
    if (before) known.link.then(() => known.safety.again());
    if (offering) {
      call(peer.id, known, before);
      return;
    }
    setTimeout(() => {
      const untouched = known.link.connection.remoteDescription === null;
      if (untouched || (before && !connected(known))) call(peer.id, known, before);
    }, waitForCall);
  }

  /** Looks for another way where nothing comes. The browser would notice after five seconds, and give up after thirty. */
  function watch(id: string, known: Known, sample: Sample | null, now: number): void {
    if (sample?.heard) {
      known.heardOnce = true;
      known.heardAt = now;
      known.quietSince = null;
      // Another way was found without the browser having said that the one before was none.
      if (known.isLost) changed(id, { connection: 'connected' });
      known.isLost = false;
    } else if (sample !== null && known.heardOnce && known.audible) known.quietSince ??= known.heardAt;
    if (known.quietSince === null) return;
    const quiet = now - known.quietSince;
    if (known.doubted && quiet > goneAfter) {
      lose(id);
      return;
    }
    const stuck = known.heardOnce ? quiet > restartAfter : quiet > restartEvery;
    if (!stuck || known.doubted || now - known.tried < restartEvery) return;
    if (known.heardOnce && !known.isLost) changed(id, { connection: 'lost' });
    known.isLost = known.heardOnce;
    // Both calling in the same instant costs a round; who gives way waits a little longer.
    if (self > id && quiet < restartAfter + 1500) return;
    call(id, known, true);
  }

  async function measure(id: string, known: Known): Promise<Sample | null> {
    if (!connected(known) && known.counters === null) return null;
    const { connection } = known.link;
    const counters = countersOf(await connection.getStats());
    const before = known.counters;
    known.counters = counters;
    // A connection that began anew counts from nothing.
    if (before === null || counters.received < before.received || all.get(id) !== known) return null;
    return sampleOf(before, counters);
  }

  return {
    meet,
    drop: forget,
    doubt(id) {
      const known = all.get(id);
      if (known === undefined) {
        changed(id, 'gone');
        return;
      }
      known.doubted = true;
      // Without sound nothing may come of them for long; from here on that counts.
      known.audible = true;
      if (known.hungUp || !connected(known)) lose(id);
    },
    take(message: PeerMessage) {
      const { link, safety } = know(message.from);
      if (message.type === 'desc') return link.takeDescription(message.description);
      if (message.type === 'ice') return link.takeCandidate(message.candidate);
      link.then(() => safety.take(message));
    },
    send(next) {
      tracks = next;
      for (const { link } of all.values()) link.send(next);
    },
    soundOnly(on) {
      soundOnly = on;
      for (const { link } of all.values()) link.soundOnly(on);
    },
    renew(media) {
      if (media.provider !== 'p2p') return;
      configuration = configurationOf(media);
      givenAt = Date.now();
      for (const [id, known] of all) {
        known.link.connection.setConfiguration(configuration);
        if (known.quietSince !== null && known.heardOnce) call(id, known, true);
      }
    },
    restart() {
      for (const [id, known] of all) call(id, known, true);
    },
    async sample() {
      const samples = new Map<string, Sample>();
      for (const [id, known] of [...all]) {
        const sample = await measure(id, known);
        if (sample !== null) samples.set(id, sample);
        watch(id, known, sample, Date.now());
      }
      return samples;
    },
    levels() {
      const levels = new Map<string, number>();
      for (const [id, { link }] of all) {
        const [source] = link.connection
          .getReceivers()
          .filter(({ track }) => track.kind === 'audio')
          .flatMap((receiver) => receiver.getSynchronizationSources());
        levels.set(id, source?.audioLevel ?? 0);
      }
      return levels;
    },
    close() {
      for (const id of [...all.keys()]) forget(id);
    },
  };
}
