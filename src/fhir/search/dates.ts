import type { Result } from '../outcome.ts';
import { invalid, ok } from '../outcome.ts';

/** Milliseconds since 1970-01-01T00:00Z; `end` is the first instant not covered. */
export type Interval = { start: number; end: number };

const minute = 60_000;
const hour = 3_600_000;
const day = 86_400_000;

const monthLengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

/** Days from 1970-01-01 to the first of a month of the proleptic Gregorian calendar; `month` 1 to 12. */
function daysBefore(year: number, month: number): number {
  // Years begin in March, so that the leap day is the last of its year.
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5);
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** Two digits at `at`, or -1. */
function two(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
}

/** Minutes east of UTC from `at` to the end of the text; NaN where that is no time zone. A space is a `+` decoded once too often. */
function offset(text: string, at: number): number {
  if (at === text.length) return 0;
  const sign = text[at];
  if (sign === 'Z' && at + 1 === text.length) return 0;
  if ((sign !== '+' && sign !== '-' && sign !== ' ') || at + 6 !== text.length || text[at + 3] !== ':')
    return Number.NaN;
  const hours = two(text, at + 1);
  const minutes = two(text, at + 4);
  if (hours < 0 || minutes < 0 || minutes > 59 || hours * 60 + minutes > 840) return Number.NaN;
  return (sign === '-' ? -1 : 1) * (hours * 60 + minutes);
}

/** The time of day from character 11 on, added to the day that starts at `midnight`. */
function timed(text: string, midnight: number): Interval | null {
  const hours = two(text, 11);
  const minutes = two(text, 14);
  if (hours < 0 || hours > 23 || text[13] !== ':' || minutes < 0 || minutes > 59) return null;
  let at = 16;
  let start = midnight + hours * hour + minutes * minute;
  let width = minute;
  if (text[at] === ':') {
    const seconds = two(text, 17);
    // 60 is a leap second, which clocks that count milliseconds do not have: it is the next minute's first.
    if (seconds < 0 || seconds > 60) return null;
    at = 19;
    start += seconds * 1000;
    width = 1000;
    if (text[at] === '.') {
      at += 1;
      let digit = text.charCodeAt(at) - 48;
      if (!(digit >= 0 && digit <= 9)) return null;
      for (; digit >= 0 && digit <= 9; digit = text.charCodeAt(at) - 48) {
        if (width > 1) {
          width /= 10;
          start += digit * width;
        }
        at += 1;
      }
    }
  }
  const east = offset(text, at);
  if (Number.isNaN(east)) return null;
  start -= east * minute;
  return { start, end: start + width };
}

/** As `interval`, without the words: null where the text is no date, dateTime or instant. */
export function parseInterval(text: string): Interval | null {
  const length = text.length;
  const century = two(text, 0);
  const rest = two(text, 2);
  if (century < 0 || rest < 0) return null;
  const year = century * 100 + rest;
  if (year === 0) return null;
  if (length === 4) return { start: daysBefore(year, 1) * day, end: daysBefore(year + 1, 1) * day };
  const month = two(text, 5);
  if (text[4] !== '-' || month < 1 || month > 12) return null;
  const days = (monthLengths[month - 1] ?? 0) + (month === 2 && isLeap(year) ? 1 : 0);
  const first = daysBefore(year, month);
  if (length === 7) return { start: first * day, end: (first + days) * day };
  const dayOfMonth = two(text, 8);
  if (text[7] !== '-' || dayOfMonth < 1 || dayOfMonth > days) return null;
  const midnight = (first + dayOfMonth - 1) * day;
  if (length === 10) return { start: midnight, end: midnight + day };
  return text[10] === 'T' ? timed(text, midnight) : null;
}

/**
 * Every instant a date stands for: 2024-02 is the whole of February, 10:30 the whole minute, 10:30:00.5 a tenth of a second.
 *
 * @param text date, dateTime or instant, or a dateTime without seconds; without a time zone it is read as UTC
 * @returns [start, end) in ms, at least 1 ms long, or a 400 when `text` is none of these
 * @see https://hl7.org/fhir/R4/search.html#date
 */
export function interval(text: string): Result<Interval> {
  const found = parseInterval(text);
  if (found) return ok(found);
  return invalid(`Not a date: ${JSON.stringify(text)}. Write 2024, 2024-02, 2024-02-29 or 2024-02-29T10:30:00Z.`);
}
