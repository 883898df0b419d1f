import type { Quality } from './room-state.ts';

/** What one connection did since the sample before; null: the browser does not say. */
export type Sample = {
  roundTripMs: number | null;
  /** 0 … 1: of what should have come, and of what was sent. */
  lossIn: number | null;
  lossOut: number | null;
  jitterMs: number | null;
  /** What the line would carry upwards, while pictures are sent. */
  availableKbps: number | null;
  /** Whether anything came at all. */
  heard: boolean;
  /** Bytes of sound that came. */
  audioBytes: number;
};

/** Counters of one connection as they stand; `sampleOf` makes a Sample of two. */
export type Counters = {
  received: number;
  lost: number;
  audioBytes: number;
  roundTripMs: number | null;
  lossOut: number | null;
  jitterMs: number | null;
  availableKbps: number | null;
};

/** The members of RTCStatsReport that are used; the types of browsers leave them open. */
type Entry = {
  type: string;
  kind?: string;
  state?: string;
  nominated?: boolean;
  packetsReceived?: number;
  packetsLost?: number;
  bytesReceived?: number;
  jitter?: number;
  fractionLost?: number;
  roundTripTime?: number;
  currentRoundTripTime?: number;
  availableOutgoingBitrate?: number;
};

/** Of a line that nothing has come by yet. */
export const noCounters: Counters = {
  received: 0,
  lost: 0,
  audioBytes: 0,
  roundTripMs: null,
  lossOut: null,
  jitterMs: null,
  availableKbps: null,
};

/** @see https://www.w3.org/TR/webrtc-stats/ */
export function countersOf(report: RTCStatsReport): Counters {
  const counters = { ...noCounters };
  report.forEach((entry: Entry) => {
    if (entry.type === 'inbound-rtp') {
      counters.received += entry.packetsReceived ?? 0;
      counters.lost += entry.packetsLost ?? 0;
      if (entry.kind !== 'audio') return;
      counters.audioBytes += entry.bytesReceived ?? 0;
      if (entry.jitter !== undefined) counters.jitterMs = entry.jitter * 1000;
    }
    if (entry.type === 'remote-inbound-rtp' && entry.fractionLost !== undefined) {
      counters.lossOut = Math.max(counters.lossOut ?? 0, entry.fractionLost);
      if (entry.roundTripTime !== undefined) counters.roundTripMs ??= entry.roundTripTime * 1000;
    }
    if (entry.type === 'candidate-pair' && entry.state === 'succeeded' && entry.nominated) {
      if (entry.currentRoundTripTime !== undefined) counters.roundTripMs = entry.currentRoundTripTime * 1000;
      if (entry.availableOutgoingBitrate !== undefined) counters.availableKbps = entry.availableOutgoingBitrate / 1000;
    }
  });
  return counters;
}

export function sampleOf(before: Counters, now: Counters): Sample {
  const received = Math.max(0, now.received - before.received);
  const lost = Math.max(0, now.lost - before.lost);
  return {
    roundTripMs: now.roundTripMs,
    lossIn: received + lost < 10 ? null : lost / (received + lost),
    lossOut: now.lossOut,
    jitterMs: now.jitterMs,
    availableKbps: now.availableKbps,
    heard: received > 0,
    audioBytes: Math.max(0, now.audioBytes - before.audioBytes),
  };
}

/** From where on it is fair, and from where on poor: speech suffers from 150 ms each way (ITU-T G.114), and from 2 % lost. */
const limits: Record<'roundTripMs' | 'lossIn' | 'lossOut' | 'jitterMs', { fair: number; poor: number }> = {
  roundTripMs: { fair: 300, poor: 700 },
  lossIn: { fair: 0.02, poor: 0.08 },
  lossOut: { fair: 0.02, poor: 0.08 },
  jitterMs: { fair: 50, poor: 150 },
};

const names = ['roundTripMs', 'lossIn', 'lossOut', 'jitterMs'] as const;

/** Of one sample; the worst of its measures counts. */
export function qualityOf(sample: Sample): Quality {
  const told = names.filter((name) => sample[name] !== null);
  if (!sample.heard || told.length === 0) return 'unknown';
  const reaches = (level: 'fair' | 'poor'): boolean => told.some((name) => (sample[name] ?? 0) >= limits[name][level]);
  if (reaches('poor') || (sample.availableKbps ?? 1000) < 80) return 'poor';
  return reaches('fair') || (sample.availableKbps ?? 1000) < 250 ? 'fair' : 'good';
}

const order: readonly Quality[] = ['poor', 'fair', 'good', 'unknown'];

/** `unknown` only if all are. */
export const worst = (all: Iterable<Quality>): Quality => order.find((one) => [...all].includes(one)) ?? 'unknown';

/** Shows another quality only when it was measured three times in a row, so that it does not flicker. */
export function steady(): (measured: Quality) => Quality {
  let shown: Quality = 'unknown';
  let last: Quality = 'unknown';
  let times = 0;
  return (measured) => {
    times = measured === last ? times + 1 : 1;
    last = measured;
    if (shown === 'unknown' || times >= 3) shown = measured;
    return shown;
  };
}

export type Fallback = { pictures: boolean; call: boolean };

/** Seconds. */
const dropAfter = 8;
const callAfter = 15;
const firstReturn = 20;

/**
 * What to give up on a poor line: pictures after 8 s of it; after 15 s more, sound is poor without them, and a call is advised.
 * Pictures come back after 20 s that are good, later each time that it was too early.
 */
export function createFallback(): (quality: Quality, seconds: number) => Fallback {
  let pictures = true;
  let call = false;
  let poor = 0;
  let good = 0;
  let returnAfter = firstReturn;
  return (quality, seconds) => {
    // While nothing is heard, the connection is being restored; that says nothing of how good it will be.
    if (quality === 'unknown') return { pictures, call };
    poor = quality === 'poor' ? poor + seconds : 0;
    good = quality === 'poor' ? 0 : good + (quality === 'good' ? seconds : seconds / 4);
    if (pictures && poor >= dropAfter) {
      pictures = false;
      poor = 0;
      good = 0;
    }
    if (!pictures && poor >= callAfter) call = true;
    if (call && good >= 10) call = false;
    if (!pictures && good >= returnAfter) {
      pictures = true;
      good = 0;
      returnAfter = Math.min(160, returnAfter * 2);
    }
    return { pictures, call };
  };
}
