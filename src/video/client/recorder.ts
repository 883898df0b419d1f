import type { Chunk } from './room.ts';
import type { RoomState } from './room-state.ts';

/** Who is recorded: oneself and who was let in, by participant. */
export type Shot = { id: string; stream: MediaStream };

export type RecorderOptions = {
  recording: string;
  upload: (chunk: Chunk) => Promise<boolean>;
  changed: (recorder: RoomState['recorder']) => void;
};

export type Recorder = {
  /** Who is in it from now on. */
  cast(shots: readonly Shot[]): void;
  pause(): void;
  resume(): void;
  /** What is not stored yet is stored still. */
  stop(): void;
};

const width = 1280;
const height = 720;
const framesPerSecond = 15;
const pieceMs = 2000;
/** Of a recording that cannot be stored no more is kept in memory than this; bytes. */
const mostBehind = 200_000_000;

const types = ['video/webm;codecs=vp8,opus', 'video/mp4;codecs=avc1.42E01E,mp4a.40.2', 'video/webm', 'video/mp4'];

type Places = (count: number) => { x: number; y: number; w: number; h: number }[];

/** One beside the other, then in two rows. */
const places: Places = (count) => {
  const columns = count <= 1 ? 1 : 2;
  const rows = Math.ceil(count / columns);
  return Array.from({ length: count }, (_, i) => ({
    x: ((i % columns) * width) / columns,
    y: (Math.floor(i / columns) * height) / rows,
    w: width / columns,
    h: height / rows,
  }));
};

/** Pieces one after the other, each until it is stored. */
function createQueue({ recording, upload, changed }: RecorderOptions, contentType: string) {
  const waiting: Chunk[] = [];
  let n = 0;
  let sending = false;
  let failed = false;
  let tries = 0;

  async function send(): Promise<void> {
    const [chunk] = waiting;
    if (sending || failed || chunk === undefined) return;
    sending = true;
    // Rejected: the server was not reached.
    const stored = await upload(chunk).catch(() => null);
    sending = false;
    if (stored === false) failed = true;
    if (stored === true) {
      waiting.shift();
      tries = 0;
    }
    changed(chunk.last && stored === true ? null : { behind: waiting.length, failed });
    if (stored === null) setTimeout(send, Math.min(15_000, 1000 * 2 ** tries++));
    else void send();
  }

  return {
    add(bytes: Blob, last: boolean): void {
      if (failed) return;
      waiting.push({ recording, n: n++, bytes, contentType, last });
      if (waiting.reduce((sum, one) => sum + one.bytes.size, 0) > mostBehind) failed = true;
      changed({ behind: waiting.length, failed });
      void send();
    },
  };
}

function createMixer() {
  const context = new AudioContext();
  const mixed = context.createMediaStreamDestination();
  const sources = new Map<MediaStreamTrack, MediaStreamAudioSourceNode>();
  return {
    track: mixed.stream.getAudioTracks()[0],
    hear(tracks: readonly MediaStreamTrack[]): void {
      void context.resume().catch(() => {});
      for (const [track, source] of sources) {
        if (tracks.includes(track)) continue;
        source.disconnect();
        sources.delete(track);
      }
      for (const track of tracks.filter((one) => !sources.has(one))) {
        const source = context.createMediaStreamSource(new MediaStream([track]));
        source.connect(mixed);
        sources.set(track, source);
      }
    },
    close: () => void context.close().catch(() => {}),
  };
}

function createPainter() {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const pen = canvas.getContext('2d');
  const videos = new Map<string, HTMLVideoElement>();
  const paint = (): void => {
    if (pen === null) return;
    pen.fillStyle = '#111';
    pen.fillRect(0, 0, width, height);
    const all = [...videos.values()];
    places(all.length).forEach(({ x, y, w, h }, i) => {
      const video = all[i];
      if (video === undefined || video.videoWidth === 0) return;
      const scale = Math.min(w / video.videoWidth, h / video.videoHeight);
      const [vw, vh] = [video.videoWidth * scale, video.videoHeight * scale];
      pen.drawImage(video, x + (w - vw) / 2, y + (h - vh) / 2, vw, vh);
    });
  };
  // Not by animation frames: those end when another window is in front.
  const timer = setInterval(paint, 1000 / framesPerSecond);
  return {
    stream: canvas.captureStream(framesPerSecond),
    show(shots: readonly Shot[]): void {
      for (const id of [...videos.keys()].filter((one) => !shots.some((shot) => shot.id === one))) videos.delete(id);
      for (const { id, stream } of shots) {
        const video = videos.get(id) ?? document.createElement('video');
        videos.set(id, video);
        if (video.srcObject === stream) continue;
        video.muted = true;
        video.playsInline = true;
        video.srcObject = stream;
        void video.play().catch(() => {});
      }
    },
    close: () => clearInterval(timer),
  };
}

/** Everybody's pictures in one, with all their sound. @returns null: this browser records nothing */
export function createRecorder(options: RecorderOptions): Recorder | null {
  const contentType = typeof MediaRecorder === 'undefined' ? undefined : types.find(MediaRecorder.isTypeSupported);
  if (contentType === undefined) return null;
  const mixer = createMixer();
  const painter = createPainter();
  const queue = createQueue(options, contentType.split(';')[0] ?? contentType);
  const tracks = [...painter.stream.getTracks(), ...(mixer.track ? [mixer.track] : [])];
  const recorder = new MediaRecorder(new MediaStream(tracks), {
    mimeType: contentType,
    videoBitsPerSecond: 1_000_000,
    audioBitsPerSecond: 64_000,
  });
  recorder.addEventListener('dataavailable', ({ data }) => {
    // The last one comes before `stop` is told, and is known by the state.
    if (data.size > 0 || recorder.state === 'inactive') queue.add(data, recorder.state === 'inactive');
  });
  recorder.addEventListener('stop', () => {
    mixer.close();
    painter.close();
  });
  recorder.start(pieceMs);
  return {
    cast(shots) {
      painter.show(shots);
      mixer.hear(shots.flatMap(({ stream }) => stream.getAudioTracks()));
    },
    pause: () => recorder.state === 'recording' && recorder.pause(),
    resume: () => recorder.state === 'paused' && recorder.resume(),
    stop: () => recorder.state !== 'inactive' && recorder.stop(),
  };
}
