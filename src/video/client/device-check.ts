import { createMeter } from './meter.ts';

/**
 * `heard`: the highest level so far; above 0.02 somebody speaks. `silent`: nothing but digital silence came for 3 s, which a
 * microphone in a quiet room does not do: it is muted by a switch, or by the system.
 */
export type Level = { level: number; heard: number; silent: boolean };

/** Ten times a second how loud a stream is, 0 … 1. @returns ends it */
export function watchLevel(stream: MediaStream, tell: (level: Level) => void): () => void {
  const meter = createMeter(stream);
  let heard = 0;
  const timer = setInterval(() => {
    const read = meter.read();
    if (read === null) return;
    heard = Math.max(heard, read.level);
    tell({ level: read.level, heard, silent: read.silentMs > 3000 });
  }, 100);
  return () => {
    clearInterval(timer);
    meter.close();
  };
}

/**
 * Two soft notes, for a second: did you hear that? Needs a click first.
 *
 * @param speaker an id of `listDevices`; browsers that cannot choose take the usual one
 * @returns false: the browser lets nothing sound
 */
export async function playTone(speaker?: string): Promise<boolean> {
  const context = new AudioContext();
  // In the types of no browser yet.
  const chooser = context as AudioContext & { setSinkId?: (id: string) => Promise<void> };
  if (speaker !== undefined) await chooser.setSinkId?.(speaker).catch(() => {});
  await context.resume();
  if (context.state !== 'running') return false;
  [523.25, 659.25].forEach((pitch, i) => {
    const note = new OscillatorNode(context, { frequency: pitch });
    const volume = new GainNode(context, { gain: 0 });
    const from = context.currentTime + i * 0.5;
    volume.gain.setValueAtTime(0, from);
    volume.gain.linearRampToValueAtTime(0.2, from + 0.05);
    volume.gain.linearRampToValueAtTime(0, from + 0.45);
    note.connect(volume).connect(context.destination);
    note.start(from);
    note.stop(from + 0.5);
  });
  await new Promise((resolve) => setTimeout(resolve, 1100));
  await context.close();
  return true;
}

/** `roundTripMs`: the median of five; `webrtc`: this browser can connect, tried with itself. */
export type Network = { quality: 'good' | 'fair' | 'poor' | 'none'; roundTripMs: number | null; webrtc: boolean };

async function roundTrip(url: string): Promise<number | null> {
  const began = performance.now();
  try {
    await (await fetch(url, { cache: 'no-store', signal: AbortSignal.timeout(5000) })).arrayBuffer();
    return performance.now() - began;
  } catch {
    return null;
  }
}

/** Whether two connections of this page find each other: false where an add-on or a policy forbids WebRTC. */
async function connectsToItself(): Promise<boolean> {
  if (typeof RTCPeerConnection === 'undefined') return false;
  const [a, b] = [new RTCPeerConnection(), new RTCPeerConnection()];
  try {
    const opened = new Promise<boolean>((resolve) => {
      b.addEventListener('datachannel', () => resolve(true));
      setTimeout(() => resolve(false), 5000);
    });
    a.addEventListener('icecandidate', ({ candidate }) => void b.addIceCandidate(candidate ?? undefined));
    b.addEventListener('icecandidate', ({ candidate }) => void a.addIceCandidate(candidate ?? undefined));
    a.createDataChannel('check');
    await a.setLocalDescription();
    await b.setRemoteDescription(a.localDescription ?? { type: 'offer', sdp: '' });
    await b.setLocalDescription();
    await a.setRemoteDescription(b.localDescription ?? { type: 'answer', sdp: '' });
    return await opened;
  } catch {
    return false;
  } finally {
    a.close();
    b.close();
  }
}

/** @param url something small of this server, which any cache may be told not to answer */
export async function checkNetwork(url: string): Promise<Network> {
  const webrtc = connectsToItself();
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    const time = await roundTrip(url);
    if (time !== null) times.push(time);
  }
  const roundTripMs = times.sort((a, b) => a - b)[times.length >> 1] ?? null;
  if (roundTripMs === null) return { quality: 'none', roundTripMs, webrtc: await webrtc };
  // Beside the way there and back a request costs the server something too.
  const quality = roundTripMs < 200 && times.length === 5 ? 'good' : roundTripMs < 500 ? 'fair' : 'poor';
  return { quality, roundTripMs, webrtc: await webrtc };
}
