import type { Media } from '../signalling/messages.ts';
import type { MediaOptions, MediaSession, Tracks } from './media-session.ts';
import { type Counters, countersOf, noCounters, type Sample, sampleOf } from './quality.ts';

type Library = typeof import('livekit-client');
type LivekitMedia = Extract<Media, { provider: 'livekit' }>;
type RemoteParticipant = import('livekit-client').RemoteParticipant;
type RemoteTrack = import('livekit-client').RemoteTrack;

export type LivekitOptions = MediaOptions & {
  media: LivekitMedia;
  /** Where the library is served; loaded with the first visit that needs it. */
  library: string;
};

/** ms */
const askAgainAfter = 3000;

async function countersOfTracks(tracks: readonly RemoteTrack[], before: Counters): Promise<Counters> {
  const sum = { ...noCounters };
  for (const track of tracks) {
    const report = await track.getRTCStatsReport();
    if (report === undefined) continue;
    const counters = countersOf(report);
    sum.received += counters.received;
    sum.lost += counters.lost;
    sum.audioBytes += counters.audioBytes;
    sum.jitterMs ??= counters.jitterMs;
    sum.roundTripMs ??= counters.roundTripMs;
  }
  return sum.received === 0 ? before : sum;
}

/** Everybody through a media server, which decrypts what it hands on. Participants are known there by their ids here. */
export function createLivekit({ self, media, library, stale, changed }: LivekitOptions): MediaSession {
  const counters = new Map<string, Counters>();
  const streams = new Map<string, MediaStream>();
  const doubted = new Set<string>();
  let tracks: Tracks = { audio: null, video: null };
  let soundOnly = false;
  let closed = false;
  let { url, token } = media;
  let connecting = false;
  let room: InstanceType<Library['Room']> | null = null;

  const remote = (id: string): RemoteParticipant | undefined => room?.remoteParticipants.get(id);

  function streamOf(id: string, track: MediaStreamTrack): void {
    // Another object each time, so that what shows it sees that it is another.
    const others = (streams.get(id)?.getTracks() ?? []).filter((one) => one.kind !== track.kind);
    const stream = new MediaStream([...others, track]);
    streams.set(id, stream);
    changed(id, { stream, connection: 'connected', safety: { state: 'none' } });
  }

  /** What is sent, made the same as what should be; one after the other. */
  let publishing = Promise.resolve();
  function publish(): void {
    publishing = publishing.then(async () => {
      if (room === null || closed || room.state !== 'connected') return;
      const wanted = [tracks.audio, soundOnly ? null : tracks.video].filter((one) => one !== null);
      for (const { track } of [...room.localParticipant.trackPublications.values()]) {
        if (track && !wanted.includes(track.mediaStreamTrack)) await room.localParticipant.unpublishTrack(track, false);
      }
      const sent = [...room.localParticipant.trackPublications.values()].map(({ track }) => track?.mediaStreamTrack);
      for (const track of wanted.filter((one) => !sent.includes(one))) await room.localParticipant.publishTrack(track);
    });
    publishing = publishing.catch((error) => console.warn('livekit', error));
  }

  function subscribe(participant: RemoteParticipant): void {
    for (const publication of participant.videoTrackPublications.values()) publication.setSubscribed(!soundOnly);
  }

  async function connect(): Promise<void> {
    // The library, at an address of this server's own.
    const { Room, RoomEvent } = (await import(library)) as Library;
    if (closed) return;
    void room?.disconnect(false);
    const made = new Room({ dynacast: true, stopLocalTrackOnUnpublish: false });
    room = made;
    made.on(RoomEvent.TrackSubscribed, (track, _, { identity }) => streamOf(identity, track.mediaStreamTrack));
    made.on(RoomEvent.TrackPublished, (_, participant) => subscribe(participant));
    made.on(RoomEvent.ParticipantDisconnected, ({ identity }) => {
      streams.delete(identity);
      counters.delete(identity);
      if (doubted.has(identity)) changed(identity, 'gone');
      else changed(identity, { stream: null, connection: 'lost' });
    });
    // The library has given up by itself, or the token was too old.
    made.on(RoomEvent.Disconnected, () => made === room && again());
    const all = (connection: 'lost' | 'connected') => (): void => {
      for (const id of made.remoteParticipants.keys()) changed(id, { connection });
    };
    made.on(RoomEvent.Reconnecting, all('lost'));
    made.on(RoomEvent.Reconnected, all('connected'));
    await made.connect(url, token);
    for (const participant of made.remoteParticipants.values()) subscribe(participant);
    publish();
  }

  function begin(): void {
    if (closed || connecting || room?.state === 'connected') return;
    connecting = true;
    connect()
      .catch((error) => {
        console.warn('livekit', error);
        again();
      })
      .finally(() => {
        connecting = false;
      });
  }

  function again(): void {
    if (!closed) setTimeout(() => !closed && stale(), askAgainAfter);
  }

  begin();

  return {
    meet({ id }) {
      doubted.delete(id);
      changed(id, { safety: { state: 'none' } });
    },
    drop: (id) => void streams.delete(id),
    doubt(id) {
      doubted.add(id);
      if (remote(id) === undefined) changed(id, 'gone');
    },
    // Browsers say nothing to each other here.
    take() {},
    send(next) {
      tracks = next;
      publish();
    },
    soundOnly(on) {
      soundOnly = on;
      for (const participant of room?.remoteParticipants.values() ?? []) subscribe(participant);
      publish();
    },
    // Who is connected has a token that the library keeps fresh.
    renew(next) {
      if (next.provider !== 'livekit') return;
      ({ url, token } = next);
      begin();
    },
    restart() {},
    async sample() {
      const samples = new Map<string, Sample>();
      for (const [id, participant] of room?.remoteParticipants ?? []) {
        const before = counters.get(id) ?? noCounters;
        const subscribed = [...participant.trackPublications.values()].flatMap(({ track }) => track ?? []);
        const now = await countersOfTracks(subscribed, before);
        counters.set(id, now);
        if (before !== noCounters && now.received >= before.received) samples.set(id, sampleOf(before, now));
      }
      return samples;
    },
    levels() {
      const remotes = [...(room?.remoteParticipants ?? [])];
      return new Map(remotes.map(([id, { audioLevel }]) => [id, audioLevel] as const).filter(([id]) => id !== self));
    },
    close() {
      closed = true;
      void room?.disconnect(false);
    },
  };
}
