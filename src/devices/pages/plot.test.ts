import { expect, test } from 'vitest';

import { type Adding, plotOf, type RangeName } from './plot.ts';
import type { Point } from './point.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const from = Date.UTC(2026, 2, 2);

const point = (start: number, value: number, more: Partial<Point> = {}): Point => ({
  start,
  end: start,
  zone: 0,
  values: [value],
  spread: null,
  said: null,
  device: 'Device/1',
  observation: { resourceType: 'Observation', id: '1', status: 'final', code: {} },
  ...more,
});

const plot = (points: readonly Point[], range: RangeName, adding: Adding = 'mean') =>
  plotOf(points, { from, range, adding, lines: 1 });

test('few readings are drawn one by one, in the order of their time', () => {
  const { kind, values, lows, counts } = plot([point(from + HOUR, 70), point(from, 60)], 'day');
  expect({ kind, values, lows, counts }).toEqual({ kind: 'line', values: [[60, 70]], lows: null, counts: [1, 1] });
});

test('a line breaks where there were no readings for much longer than usual', () => {
  const times = [0, 1, 2, 3, 10, 11].map((hour) => point(from + hour * HOUR, 60 + hour));
  const { x, values, counts } = plot(times, 'day');
  expect(values).toEqual([[60, 61, 62, 63, null, 70, 71]]);
  expect(counts).toEqual([1, 1, 1, 1, 0, 1, 1]);
  expect(x[4]).toBe(from + 6.5 * HOUR);
});

test('many readings are drawn as averages with the lowest and the highest', () => {
  const many = Array.from({ length: 1440 }, (_, minute) => point(from + minute * 60_000, minute % 15));
  const { x, values, lows, highs, counts } = plot(many, 'day');
  expect(x).toHaveLength(96);
  expect([values[0]?.[0], lows?.[0]?.[0], highs?.[0]?.[0], counts[0]]).toEqual([7, 0, 14, 15]);
});

test('what adds up is drawn as totals of days, and a night belongs to the day of waking', () => {
  const night = point(from - 2 * HOUR, 8, { end: from + 6 * HOUR });
  const nap = point(from + 14 * HOUR, 1, { end: from + 15 * HOUR });
  const next = point(from + 22 * HOUR, 7, { end: from + 29 * HOUR });
  const { kind, values, spans } = plot([night, nap, next], 'week', 'sum');
  expect(kind).toBe('bars');
  expect(values).toEqual([[9, 7]]);
  expect(spans[1]).toEqual([from + DAY, from + 2 * DAY]);
});

test('what is of a whole day is never added up', () => {
  const days = Array.from({ length: 14 }, (_, day) =>
    point(from + day * DAY, 1000 + day, { end: from + (day + 1) * DAY }),
  );
  expect(plot(days, 'year', 'day').values).toEqual([[1003, 1010]]);
});

test('what the server has summed up keeps its lowest, its highest and its count', () => {
  const rolled = point(from, 70, { end: from + DAY, spread: { low: 48, high: 141, count: 1440 } });
  const { values, lows, highs, counts, spans } = plot([rolled], 'month');
  expect({ values, lows, highs, counts }).toEqual({ values: [[70]], lows: [[48]], highs: [[141]], counts: [1440] });
  expect(spans).toEqual([[from, from + DAY]]);
});
