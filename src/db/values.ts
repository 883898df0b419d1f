import type { Param } from './database.ts';

const plain = /^[\w.:+-]+$/;

/** An array as Postgres writes it: `{1,NULL,"a b"}`. */
export function arrayText(values: readonly (string | number | boolean | null)[]): string {
  let text = '{';
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (i > 0) text += ',';
    if (value === null || value === undefined) text += 'NULL';
    else if (typeof value === 'number') text += value;
    else if (typeof value === 'boolean') text += value ? 't' : 'f';
    else if (plain.test(value) && value.toUpperCase() !== 'NULL') text += value;
    else text += `"${value.replace(/[\\"]/g, '\\$&')}"`;
  }
  return `${text}}`;
}

/** A value in Postgres's text format, whose type the statement says. */
export function paramText(value: Param): string | null {
  if (value === null || typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? 't' : 'f';
  if (value instanceof Date) return value.toISOString();
  return arrayText(value);
}

/** The first and last instant a Date can hold stand for -infinity and infinity. */
const LIMIT = 8.64e15;

const two = (text: string, at: number): number => text.charCodeAt(at) * 10 + text.charCodeAt(at + 1) - 528;

/** `2024-02-29 10:30:00.123456+00`, as Postgres writes it in UTC; what is finer than a millisecond is cut off. */
export function parseTimestamp(text: string): Date {
  if (text === 'infinity') return new Date(LIMIT);
  if (text === '-infinity') return new Date(-LIMIT);
  // A year from 1000 to 9999: the common case, and ten times as fast as Date's own parser.
  if (
    text.charCodeAt(4) === 45 &&
    text.charCodeAt(0) !== 48 &&
    text.length >= 19 &&
    text.charCodeAt(text.length - 1) !== 67
  ) {
    const fraction = text.charCodeAt(19) === 46 ? text.slice(20, text.indexOf('+')) : '';
    const ms = fraction === '' ? 0 : Math.trunc(Number(`0.${fraction}`) * 1000 + 1e-6);
    return new Date(
      Date.UTC(
        two(text, 0) * 100 + two(text, 2),
        two(text, 5) - 1,
        two(text, 8),
        two(text, 11),
        two(text, 14),
        two(text, 17),
        ms,
      ),
    );
  }
  return new Date(text.replace(' ', 'T').replace(/\+00$/, 'Z'));
}

/** An array of one dimension, as Postgres writes it. */
export function parseArray(text: string): (string | null)[] {
  const values: (string | null)[] = [];
  for (let i = 1; i < text.length - 1; i++) {
    if (text[i] === '"') {
      let value = '';
      for (i++; text[i] !== '"'; i++) {
        if (text[i] === '\\') i++;
        value += text[i];
      }
      values.push(value);
      i++;
    } else {
      const comma = text.indexOf(',', i);
      const end = comma < 0 ? text.length - 1 : comma;
      const value = text.slice(i, end);
      values.push(value === 'NULL' ? null : value);
      i = end;
    }
  }
  return values;
}

const numbers = (text: string): (number | null)[] =>
  parseArray(text).map((value) => (value === null ? null : Number(value)));

const same = (value: unknown): unknown => value;

/**
 * How postgres.js reads and writes types, by their numbers in pg_type. Values arrive here as text already (paramText), so
 * writing changes nothing. bigint, numeric, json and date stay text.
 */
export const types = {
  string: { to: 25, from: [], serialize: same, parse: same },
  number: { to: 0, from: [21, 23, 26, 700, 701], serialize: same, parse: Number },
  json: { to: 114, from: [114, 3802], serialize: same, parse: same },
  boolean: { to: 16, from: [16], serialize: same, parse: (text: string) => text === 't' },
  date: { to: 1184, from: [1184], serialize: same, parse: parseTimestamp },
  day: { to: 1082, from: [1082, 1114], serialize: same, parse: same },
  bytea: { to: 17, from: [17], serialize: same, parse: same },
  texts: { to: 1009, from: [1009, 1015, 1016], serialize: same, parse: parseArray },
  numbers: { to: 1007, from: [1005, 1007, 1021, 1022], serialize: same, parse: numbers },
};
