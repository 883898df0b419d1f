import { closeStream, openDevices } from './devices.ts';
import type { Tracks } from './media-session.ts';
import { createMeter, type Meter } from './meter.ts';
import type { RoomState, Trouble } from './room-state.ts';

type Shown = Pick<RoomState, 'localStream' | 'muted' | 'camera' | 'sharing' | 'troubles'>;
type Kind = 'audio' | 'video';

export type LocalOptions = {
  stream: MediaStream | null;
  muted: boolean;
  camera: boolean;
  changed(shown: Shown, tracks: Tracks): void;
};

/** One's own microphone, camera and screen. */
export type Local = {
  readonly tracks: Tracks;
  readonly shown: Shown;
  mute(muted: boolean): void;
  setCamera(on: boolean): Promise<boolean>;
  useDevices(chosen: { camera?: string; microphone?: string }): Promise<boolean>;
  share(): Promise<boolean>;
  stopSharing(): void;
  /** Of the microphone, 0 … 1; finds out as well that it has gone silent. */
  level(): number;
  close(): void;
};

const lost: Record<Kind, Trouble> = { audio: 'microphone-lost', video: 'camera-lost' };

/** A microphone in the quietest room gives noise; nothing but zeros for so long is an interruption that was not told; ms. */
const silentAfter = 4000;
/** How often it is tried to open a device again that was lost; ms. */
const reopenEvery = 5000;
/** A device that another app takes for a moment comes back by itself within this; ms. */
const patience = 3000;

export function createLocal({ stream, muted, camera, changed }: LocalOptions): Local {
  const owned: Record<Kind, MediaStreamTrack | null> = { audio: null, video: null };
  const wanted: Record<Kind, string | true> = { audio: true, video: true };
  const troubles = new Set<Trouble>();
  const reopening = new Map<Kind, ReturnType<typeof setTimeout>>();
  let screen: MediaStreamTrack | null = null;
  let meter: Meter | null = null;
  let shownStream: MediaStream | null = null;
  let isMuted = muted;
  let reopenedAt = 0;
  let closed = false;

  const tracks = (): Tracks => ({ audio: owned.audio, video: screen ?? owned.video });
  const shown = (): Shown => ({
    localStream: shownStream,
    muted: isMuted,
    camera: owned.video !== null,
    sharing: screen !== null,
    troubles: [...troubles],
  });

  function tell(): void {
    const { audio, video } = tracks();
    const now = [audio, video].filter((one) => one !== null);
    const before = shownStream?.getTracks() ?? [];
    // Another object only where it is another stream: what shows it would begin anew.
    if (now.length !== before.length || now.some((one) => !before.includes(one))) {
      shownStream = now.length === 0 ? null : new MediaStream(now);
    }
    if (!closed) changed(shown(), tracks());
  }

  function put(kind: Kind, track: MediaStreamTrack | null): void {
    owned[kind]?.stop();
    owned[kind] = track;
    clearTimeout(reopening.get(kind));
    troubles.delete(lost[kind]);
    if (kind === 'audio') {
      meter?.close();
      meter = track === null ? null : createMeter(new MediaStream([track]));
      if (track !== null) track.enabled = !isMuted;
    }
    if (track === null) return;
    track.addEventListener('ended', () => lose(kind, track));
    track.addEventListener('mute', () => setTimeout(() => track.muted && lose(kind, track), patience));
  }

  async function open(kind: Kind): Promise<boolean> {
    const one = { camera: kind === 'video' && wanted.video, microphone: kind === 'audio' && wanted.audio };
    let opened = await openDevices(one);
    // What was chosen may be what was unplugged.
    if (!opened.ok && opened.why === 'absent' && wanted[kind] !== true) {
      opened = await openDevices({ camera: kind === 'video', microphone: kind === 'audio' });
    }
    const track = opened.ok ? opened.stream.getTracks().find((found) => found.kind === kind) : undefined;
    if (track === undefined) return false;
    if (closed) track.stop();
    else put(kind, track);
    return !closed;
  }

  /** iOS ends or empties a track when a call comes, and gives it back to nobody who does not ask again. */
  function lose(kind: Kind, track: MediaStreamTrack): void {
    if (closed || owned[kind] !== track) return;
    troubles.add(lost[kind]);
    tell();
    clearTimeout(reopening.get(kind));
    const again = async (): Promise<void> => {
      if (owned[kind] !== track || closed) return;
      if (await open(kind)) return tell();
      reopening.set(kind, setTimeout(again, reopenEvery));
    };
    void again();
  }

  function silent(): void {
    const track = owned.audio;
    if (track === null || isMuted) return;
    if (!troubles.has('no-sound')) {
      troubles.add('no-sound');
      tell();
    }
    if (performance.now() - reopenedAt < 3 * reopenEvery) return;
    reopenedAt = performance.now();
    void open('audio').then((opened) => opened && tell());
  }

  for (const track of stream?.getTracks() ?? []) {
    const kind: Kind = track.kind === 'audio' ? 'audio' : 'video';
    if (kind === 'video' && !camera) track.stop();
    else put(kind, track);
    const { deviceId } = track.getSettings();
    if (deviceId) wanted[kind] = deviceId;
  }
  tell();

  function stopSharing(): void {
    screen?.stop();
    screen = null;
    tell();
  }

  return {
    get tracks() {
      return tracks();
    },
    get shown() {
      return shown();
    },
    mute(on) {
      isMuted = on;
      troubles.delete('no-sound');
      if (owned.audio !== null) owned.audio.enabled = !on;
      // Who came without a microphone may want one now.
      else if (!on) void open('audio').then(tell);
      tell();
    },
    async setCamera(on) {
      if (on === (owned.video !== null)) return true;
      if (!on) put('video', null);
      else if (!(await open('video'))) {
        troubles.add('camera-lost');
        tell();
        return false;
      }
      tell();
      return true;
    },
    async useDevices({ camera: video, microphone: audio }) {
      let all = true;
      for (const [kind, id] of [['video', video] as const, ['audio', audio] as const]) {
        if (id === undefined || (kind === 'video' && owned.video === null)) {
          if (id !== undefined) wanted[kind] = id;
          continue;
        }
        const before = wanted[kind];
        wanted[kind] = id;
        if (await open(kind)) continue;
        wanted[kind] = before;
        all = false;
      }
      tell();
      return all;
    },
    async share() {
      if (navigator.mediaDevices?.getDisplayMedia === undefined) return false;
      const chosen = await navigator.mediaDevices
        .getDisplayMedia({ video: { frameRate: { max: 15 } } })
        .catch(() => null);
      const [track] = chosen?.getVideoTracks() ?? [];
      if (track === undefined) return false;
      if (closed) {
        closeStream(chosen);
        return false;
      }
      screen?.stop();
      // Text must stay sharp; that it moves little is no harm.
      track.contentHint = 'detail';
      track.addEventListener('ended', () => screen === track && stopSharing());
      screen = track;
      tell();
      return true;
    },
    stopSharing,
    level() {
      const read = meter?.read() ?? null;
      if (read === null || isMuted) return 0;
      if (read.silentMs > silentAfter) silent();
      else if (read.silentMs === 0 && troubles.delete('no-sound')) tell();
      return read.level;
    },
    close() {
      closed = true;
      for (const timer of reopening.values()) clearTimeout(timer);
      meter?.close();
      for (const track of [owned.audio, owned.video, screen]) track?.stop();
    },
  };
}
