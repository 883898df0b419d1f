import type { FromClient } from '../signalling/messages.ts';
import type { Tracks } from './media-session.ts';
import { fingerprintOf } from './safety.ts';

type Description = Extract<FromClient, { type: 'desc' }>['description'];
type Candidate = Extract<FromClient, { type: 'ice' }>['candidate'];

export type LinkOptions = {
  /** Gives way where both call at once; the other side does not. */
  polite: boolean;
  make(): RTCPeerConnection;
  say(message: { description: Description } | { candidate: Candidate }): void;
  /** A connection began anew, its stream with it. */
  stream(stream: MediaStream): void;
  state(state: RTCPeerConnectionState): void;
  /** The other side has closed: said by DTLS, so that it is known at once. */
  hungUp(): void;
  /** Both descriptions are in place. */
  described(mine: string | null, theirs: string | null): Promise<void>;
};

/** The connection with one other. What comes is done in the order in which it came. */
export type Link = {
  readonly connection: RTCPeerConnection;
  /** @param restart with other ICE credentials, so that another way is looked for */
  offer(restart: boolean): void;
  takeDescription(description: Description): void;
  takeCandidate(candidate: Candidate): void;
  /** After all of what came before. */
  then(task: () => Promise<void>): void;
  send(tracks: Tracks): void;
  soundOnly(on: boolean): void;
  close(): void;
};

/** Enough for a face at 640x360; the browser goes below it by itself. */
const mostVideo = 800_000;

/**
 * Perfect negotiation, with sound and picture in both directions from the first description on: what is sent is exchanged by
 * `replaceTrack`, and nothing has to be described again.
 *
 * @see https://www.w3.org/TR/webrtc/#perfect-negotiation-example
 */
export function createLink(options: LinkOptions): Link {
  let tracks: Tracks = { audio: null, video: null };
  let pictures = true;
  let closed = false;
  let early: Candidate[] = [];
  let ignoring = false;
  let connection = build();
  let chain = Promise.resolve();

  function build(): RTCPeerConnection {
    const made = options.make();
    const stream = new MediaStream();
    const current = (): boolean => made === connection && !closed;
    made.addEventListener('icecandidate', ({ candidate }) => {
      if (!current()) return;
      const { candidate: text = '', ...place } = candidate?.toJSON() ?? {};
      options.say({ candidate: candidate === null ? null : { candidate: text, ...place } });
    });
    made.addEventListener('track', ({ track, receiver }) => {
      if (!current()) return;
      stream.addTrack(track);
      options.stream(stream);
      receiver.transport?.addEventListener('statechange', () => {
        if (current() && receiver.transport?.state === 'closed') options.hungUp();
      });
    });
    made.addEventListener('connectionstatechange', () => {
      if (current()) options.state(made.connectionState);
    });
    return made;
  }

  function rebuild(): void {
    connection.close();
    early = [];
    connection = build();
    options.state('new');
  }

  /** A description that a browser will not have ends nothing: who calls tries again when nothing comes of it. */
  function then(task: () => Promise<void>): void {
    chain = chain.then(() => (closed ? undefined : task())).catch((error) => console.warn('webrtc', error));
  }

  async function fill(): Promise<void> {
    for (const transceiver of connection.getTransceivers()) {
      const kind = transceiver.receiver.track.kind === 'audio' ? 'audio' : 'video';
      transceiver.direction = kind === 'video' && !pictures ? 'inactive' : 'sendrecv';
      await transceiver.sender.replaceTrack(tracks[kind]);
    }
  }

  /** Best effort: Firefox has no encodings before a description is in place. */
  async function cap(): Promise<void> {
    for (const { sender, receiver } of connection.getTransceivers()) {
      if (receiver.track.kind !== 'video') continue;
      const parameters = sender.getParameters();
      const [encoding] = parameters.encodings ?? [];
      if (encoding === undefined || encoding.maxBitrate === mostVideo) continue;
      encoding.maxBitrate = mostVideo;
      await sender.setParameters(parameters).catch(() => {});
    }
  }

  async function describe(): Promise<void> {
    await connection.setLocalDescription();
    const { type, sdp } = connection.localDescription ?? {};
    if (type !== undefined && sdp !== undefined) options.say({ description: { type, sdp } });
  }

  async function offer(restart: boolean): Promise<void> {
    if (connection.signalingState === 'closed') rebuild();
    if (connection.getTransceivers().length === 0) {
      for (const kind of ['audio', 'video'] as const) connection.addTransceiver(kind, { direction: 'sendrecv' });
    }
    await fill();
    if (restart) connection.restartIce();
    await describe();
  }

  /** Another certificate is another page of theirs, whatever became of the one before. */
  const another = (sdp: string): boolean => {
    const before = connection.currentRemoteDescription;
    return before !== null && fingerprintOf(before.sdp) !== fingerprintOf(sdp);
  };

  async function settle(): Promise<void> {
    for (const candidate of early) await connection.addIceCandidate(candidate ?? undefined).catch(() => {});
    early = [];
    await cap();
    const { localDescription: mine, remoteDescription: theirs } = connection;
    if (mine && theirs) await options.described(fingerprintOf(mine.sdp), fingerprintOf(theirs.sdp));
  }

  async function takeOffer(description: Description): Promise<void> {
    const collision = connection.signalingState !== 'stable';
    ignoring = collision && !options.polite;
    if (ignoring) return;
    // What an unanswered first offer described is not taken over by rolling it back.
    if (another(description.sdp) || (collision && connection.currentRemoteDescription === null)) rebuild();
    await connection.setRemoteDescription(description);
    await fill();
    await describe();
    await settle();
  }

  async function takeAnswer(description: Description): Promise<void> {
    if (connection.signalingState !== 'have-local-offer') return;
    if (another(description.sdp)) {
      rebuild();
      return offer(false);
    }
    await connection.setRemoteDescription(description);
    await settle();
  }

  return {
    get connection() {
      return connection;
    },
    offer: (restart) => then(() => offer(restart)),
    takeDescription: (description) =>
      then(() => (description.type === 'offer' ? takeOffer(description) : takeAnswer(description))),
    takeCandidate: (candidate) =>
      then(async () => {
        if (ignoring) return;
        if (connection.remoteDescription === null) early.push(candidate);
        // One that belongs to a description which is no more is refused, and not missed.
        else await connection.addIceCandidate(candidate ?? undefined).catch(() => {});
      }),
    then,
    send(next) {
      tracks = next;
      then(async () => {
        for (const { receiver, sender } of connection.getTransceivers()) {
          await sender.replaceTrack(tracks[receiver.track.kind === 'audio' ? 'audio' : 'video']);
        }
      });
    },
    soundOnly(on) {
      if (pictures === !on) return;
      pictures = !on;
      if (connection.currentRemoteDescription !== null) then(() => offer(false));
    },
    close() {
      closed = true;
      connection.close();
    },
  };
}
