import { expect, test } from 'vitest';

import { createFallback, qualityOf, type Sample, sampleOf, steady, worst } from './quality.ts';
import type { Quality } from './room-state.ts';

const fine: Sample = {
  roundTripMs: 40,
  lossIn: 0,
  lossOut: 0,
  jitterMs: 5,
  availableKbps: 900,
  heard: true,
  audioBytes: 4000,
};

test.each<[string, Partial<Sample>, Quality]>([
  ['is near', {}, 'good'],
  ['is far away', { roundTripMs: 350 }, 'fair'],
  ['is a satellite behind another', { roundTripMs: 900 }, 'poor'],
  ['loses one packet in thirty', { lossIn: 0.033 }, 'fair'],
  ['loses one in ten of what is sent', { lossOut: 0.1 }, 'poor'],
  ['carries sound and little more', { availableKbps: 60 }, 'poor'],
  ['is silent', { heard: false }, 'unknown'],
  ['says nothing of itself', { roundTripMs: null, lossIn: null, lossOut: null, jitterMs: null }, 'unknown'],
])('a line that %s', (_, patch, expected) => {
  expect(qualityOf({ ...fine, ...patch })).toBe(expected);
});

test('what was lost is counted between two looks, and not of a handful of packets', () => {
  const before = {
    received: 100,
    lost: 5,
    audioBytes: 10,
    roundTripMs: 1,
    lossOut: null,
    jitterMs: 1,
    availableKbps: null,
  };
  expect(sampleOf(before, { ...before, received: 190, lost: 15, audioBytes: 30 })).toMatchObject({
    lossIn: 0.1,
    audioBytes: 20,
    heard: true,
  });
  expect(sampleOf(before, { ...before, received: 103, lost: 6 }).lossIn).toBeNull();
  expect(sampleOf(before, before).heard).toBe(false);
});

test('one bad second changes nothing that is shown', () => {
  const show = steady();
  expect((['good', 'poor', 'good', 'poor', 'poor', 'poor'] as const).map(show)).toEqual([
    'good',
    'good',
    'good',
    'good',
    'good',
    'poor',
  ]);
  expect(worst(['good', 'unknown', 'fair'])).toBe('fair');
  expect(worst([])).toBe('unknown');
});

/** What is given up after so many seconds of a quality. */
const after = (fallback: ReturnType<typeof createFallback>, quality: Quality, seconds: number) => {
  let last = fallback('unknown', 0);
  for (let i = 0; i < seconds; i++) last = fallback(quality, 1);
  return last;
};

test('a poor line loses its pictures first, then a call is advised; a good one has both back, later each time', () => {
  const fallback = createFallback();
  expect(after(fallback, 'poor', 7)).toEqual({ pictures: true, call: false });
  expect(after(fallback, 'poor', 1)).toEqual({ pictures: false, call: false });
  expect(after(fallback, 'poor', 15)).toEqual({ pictures: false, call: true });
  expect(after(fallback, 'good', 10)).toEqual({ pictures: false, call: false });
  expect(after(fallback, 'good', 10)).toEqual({ pictures: true, call: false });
  expect(after(fallback, 'poor', 8)).toEqual({ pictures: false, call: false });
  expect(after(fallback, 'good', 39)).toEqual({ pictures: false, call: false });
  expect(after(fallback, 'good', 1)).toEqual({ pictures: true, call: false });
});

test('a connection that is being restored counts for nothing', () => {
  const fallback = createFallback();
  after(fallback, 'poor', 7);
  expect(after(fallback, 'unknown', 60)).toEqual({ pictures: true, call: false });
});
