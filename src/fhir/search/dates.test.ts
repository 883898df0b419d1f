import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { interval, parseInterval } from './dates.ts';

const iso = (ms: number): string => new Date(ms).toISOString();

describe('a date stands for every instant its precision covers', () => {
  test.each([
    ['2024', '2024-01-01T00:00:00.000Z', '2025-01-01T00:00:00.000Z'],
    ['2024-02', '2024-02-01T00:00:00.000Z', '2024-03-01T00:00:00.000Z'],
    ['2023-12', '2023-12-01T00:00:00.000Z', '2024-01-01T00:00:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z', '2024-03-01T00:00:00.000Z'],
    ['2024-02-29T10:30', '2024-02-29T10:30:00.000Z', '2024-02-29T10:31:00.000Z'],
    ['2024-02-29T10:30-05:00', '2024-02-29T15:30:00.000Z', '2024-02-29T15:31:00.000Z'],
    ['2024-02-29T10:30:15Z', '2024-02-29T10:30:15.000Z', '2024-02-29T10:30:16.000Z'],
    ['2024-02-29T23:30:15+14:00', '2024-02-29T09:30:15.000Z', '2024-02-29T09:30:16.000Z'],
    ['2024-02-29T10:30:15+01:00', '2024-02-29T09:30:15.000Z', '2024-02-29T09:30:16.000Z'],
    ['2024-02-29T10:30:15 01:00', '2024-02-29T09:30:15.000Z', '2024-02-29T09:30:16.000Z'],
    ['2024-02-29T10:30:15.5Z', '2024-02-29T10:30:15.500Z', '2024-02-29T10:30:15.600Z'],
    ['2024-02-29T10:30:15.123456Z', '2024-02-29T10:30:15.123Z', '2024-02-29T10:30:15.124Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z', '2017-01-01T00:00:01.000Z'],
    ['0001', '0001-01-01T00:00:00.000Z', '0002-01-01T00:00:00.000Z'],
    ['1900-02', '1900-02-01T00:00:00.000Z', '1900-03-01T00:00:00.000Z'],
  ])('%s runs from %s to %s', (text, start, end) => {
    const found = interval(text);
    expect(found.ok && [iso(found.value.start), iso(found.value.end)]).toEqual([start, end]);
  });
});

describe('what is no date is refused with a sentence that shows how to write one', () => {
  test.each([
    '',
    '24',
    '0000',
    '2024-13',
    '2024-00',
    '2023-02-29',
    '1900-02-29',
    '2024-2-9',
    '2024-02-30',
    '2024-02-29T',
    '2024-02-29T10',
    '2024-02-29T24:00',
    '2024-02-29T10:60',
    '2024-02-29T10:30:61Z',
    '2024-02-29T10:30:15.Z',
    '2024-02-29T10:30:15z',
    '2024-02-29T10:30:15+15:00',
    '2024-02-29T10:30:15+01',
    '2024-02-29 10:30',
    '2024-02-29T10:30:15Zx',
    'yesterday',
    '２０２４',
  ])('%j', (text) => {
    expect(interval(text)).toMatchObject({ ok: false, status: 400 });
  });
});

test('any instant that JavaScript can write is read back as itself', () => {
  const dates = fc.date({
    min: new Date('0001-01-01T00:00:00Z'),
    max: new Date('9999-12-31T23:59:59Z'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(dates, (date) => {
      expect(parseInterval(date.toISOString())).toEqual({ start: date.getTime(), end: date.getTime() + 1 });
    }),
  );
});

test('a time zone moves a time and nothing else', () => {
  const dates = fc.date({
    min: new Date('1900-01-01T00:00:00Z'),
    max: new Date('2100-01-01T00:00:00Z'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(dates, fc.integer({ min: -840, max: 840 }), (date, east) => {
      const local = new Date(date.getTime() + east * 60_000).toISOString().slice(0, -1);
      const at = Math.abs(east);
      const zone = `${east < 0 ? '-' : '+'}${String(Math.floor(at / 60)).padStart(2, '0')}:${String(at % 60).padStart(2, '0')}`;
      expect(parseInterval(local + zone)?.start).toBe(date.getTime());
    }),
  );
});

test('the parts of a date lie within it, one after the other', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9998 }), (number) => {
      const year = String(number).padStart(4, '0');
      const months = Array.from({ length: 12 }, (_, at) => parseInterval(`${year}-${String(at + 1).padStart(2, '0')}`));
      const whole = parseInterval(year);
      expect(months[0]?.start).toBe(whole?.start);
      expect(months[11]?.end).toBe(whole?.end);
      for (let at = 1; at < 12; at++) expect(months[at]?.start).toBe(months[at - 1]?.end);
    }),
  );
});
