/**
 * Why no device could be opened. `denied`: the person or the browser forbids it; `absent`: there is none; `busy`: another app has
 * it; `insecure`: the page has no HTTPS or the browser no such function; `other`: the browser did not say.
 */
export type DeviceRefusal = 'denied' | 'absent' | 'busy' | 'insecure' | 'other';

export type Opened =
  /** `without`: what is missing of what was asked for; a camera that fails does not take the microphone with it. */
  | { ok: true; stream: MediaStream; without: { camera: DeviceRefusal | null; microphone: DeviceRefusal | null } }
  | { ok: false; why: DeviceRefusal };

/** What is asked for: an id, any (`true`), or none (`false`). */
export type Wanted = { camera: string | boolean; microphone: string | boolean };

export type Devices = Record<'cameras' | 'microphones' | 'speakers', { id: string; label: string }[]>;

const nameOf = (error: unknown): DeviceRefusal => {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'absent';
  if (name === 'NotReadableError' || name === 'AbortError') return 'busy';
  return 'other';
};

const chosen = (id: string | boolean): MediaTrackConstraints =>
  typeof id === 'string' ? { deviceId: { exact: id } } : {};

/** 640x360 is enough for a face and a wound, and leaves room on the line of a phone. */
const videoOf = (id: string | boolean): MediaTrackConstraints => ({
  width: { ideal: 640 },
  height: { ideal: 360 },
  frameRate: { ideal: 24, max: 30 },
  facingMode: typeof id === 'string' ? undefined : 'user',
  ...chosen(id),
});

const audioOf = (id: string | boolean): MediaTrackConstraints => ({
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
  ...chosen(id),
});

async function open(constraints: MediaStreamConstraints): Promise<MediaStream | DeviceRefusal> {
  try {
    return await navigator.mediaDevices.getUserMedia(constraints);
  } catch (error) {
    return nameOf(error);
  }
}

/** Opens camera and microphone, asking the person once; where both cannot be had, one of them. */
export async function openDevices({ camera, microphone }: Wanted): Promise<Opened> {
  if (navigator.mediaDevices?.getUserMedia === undefined) return { ok: false, why: 'insecure' };
  const video = camera === false ? false : videoOf(camera);
  const audio = microphone === false ? false : audioOf(microphone);
  if (!video && !audio) return { ok: true, stream: new MediaStream(), without: { camera: null, microphone: null } };
  const both = await open({ video, audio });
  if (typeof both !== 'string') return { ok: true, stream: both, without: { camera: null, microphone: null } };
  if (!video || !audio) return { ok: false, why: both };
  const sound = await open({ audio });
  if (typeof sound !== 'string') return { ok: true, stream: sound, without: { camera: both, microphone: null } };
  const picture = await open({ video });
  if (typeof picture !== 'string') return { ok: true, stream: picture, without: { camera: null, microphone: sound } };
  return { ok: false, why: sound };
}

/** What there is; labels are empty until one of them was opened. */
export async function listDevices(): Promise<Devices> {
  const all = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
  const of = (kind: MediaDeviceKind) =>
    all
      .filter((one) => one.kind === kind && one.deviceId !== '')
      .map(({ deviceId, label }) => ({ id: deviceId, label }));
  return { cameras: of('videoinput'), microphones: of('audioinput'), speakers: of('audiooutput') };
}

/** Devices were plugged in or out. @returns takes the listener off again */
export function onDevices(listener: (devices: Devices) => void): () => void {
  const tell = async (): Promise<void> => listener(await listDevices());
  navigator.mediaDevices?.addEventListener('devicechange', tell);
  return () => navigator.mediaDevices?.removeEventListener('devicechange', tell);
}

/** Turns a stream's devices off, lights included. */
export const closeStream = (stream: MediaStream | null): void => {
  for (const track of stream?.getTracks() ?? []) track.stop();
};
