import type {
  Address,
  CodeableConcept,
  Coding,
  HumanName,
  Identifier,
  Period,
  Quantity,
  Range,
  Reference,
  Timing,
} from '@medplum/fhirtypes';

import {
  type Amount,
  compareAmounts,
  compareSpans,
  conversion,
  plainText,
  type Span,
  spanOf,
  splitPrefix,
} from './naive-compare.ts';
import type { Value } from './naive-values.ts';

// Every `as` in this file takes a value for the FHIR type that the engine has just given it.

export const split = (text: string, separator: string): string[] => {
  const parts = [''];
  for (const [piece] of text.matchAll(/\\.|[^\\]|\\$/gs)) {
    if (piece === separator) parts.push('');
    else parts[parts.length - 1] += piece;
  }
  return parts;
};
export const unescaped = (text: string): string => text.replace(/\\([,|$\\])/g, '$1');

type Token = { system?: string; code?: string };

const present = <T>(values: readonly (T | null | undefined)[]): T[] =>
  values.filter((one): one is T => one !== null && one !== undefined);

/** A value as the tokens it is searched by. */
export function tokensOf({ type, value }: Value): Token[] {
  switch (type) {
    case 'Coding':
      return [value as Coding];
    case 'CodeableConcept':
      return (value as CodeableConcept).coding ?? [];
    case 'Identifier':
      return [{ system: (value as Identifier).system, code: (value as Identifier).value }];
    case 'ContactPoint':
      return [{ code: (value as { value?: string }).value }];
    default:
      return [{ code: String(value) }];
  }
}

export function matchesToken(tokens: readonly Token[], wanted: string): boolean {
  const [first = '', second] = split(wanted, '|').map(unescaped);
  if (second === undefined) return tokens.some(({ code }) => code === first);
  if (first === '') return tokens.some(({ system, code }) => system === undefined && code === second);
  if (second === '') return tokens.some(({ system }) => system === first);
  return tokens.some(({ system, code }) => system === first && code === second);
}

/** The texts of a code, for :text. */
export function textsOf({ type, value }: Value): string[] {
  switch (type) {
    case 'Coding':
      return present([(value as Coding).display]);
    case 'CodeableConcept': {
      const { text, coding } = value as CodeableConcept;
      return present([text, ...(coding ?? []).map(({ display }) => display)]);
    }
    case 'Identifier':
      return present([(value as Identifier).type?.text]);
    default:
      return [];
  }
}

export function matchesOfType({ type, value }: Value, wanted: string): boolean {
  if (type !== 'Identifier') return false;
  const [system, code, written] = split(wanted, '|').map(unescaped);
  const identifier = value as Identifier;
  const codings = identifier.type?.coding ?? [];
  return identifier.value === written && codings.some((one) => one.system === system && one.code === code);
}

/** A value as the strings it is searched by. */
export function stringsOf({ type, value }: Value): string[] {
  if (type === 'HumanName') {
    const { text, family, given = [], prefix = [], suffix = [] } = value as HumanName;
    return present([text, family, ...given, ...prefix, ...suffix]);
  }
  if (type === 'Address') {
    const { text, line = [], city, district, state, postalCode, country } = value as Address;
    return present([text, ...line, city, district, state, postalCode, country]);
  }
  if (type === 'CodeableConcept') return present([(value as CodeableConcept).text]);
  return [String(value)];
}

export const matchesString = (value: Value, wanted: string): boolean =>
  stringsOf(value).some((one) => plainText(one).startsWith(plainText(unescaped(wanted))));

/** A value as the time it covers; null where it has none. */
export function spanOfValue({ type, value }: Value): Span | null {
  switch (type) {
    case 'date':
    case 'dateTime':
    case 'instant':
      return spanOf(String(value));
    case 'Period': {
      const { start, end } = value as Period;
      if (start === undefined && end === undefined) return null;
      const from = start === undefined ? Number.NEGATIVE_INFINITY : spanOf(start).start;
      return { start: from, end: end === undefined ? Number.POSITIVE_INFINITY : spanOf(end).end };
    }
    case 'Timing': {
      const { event = [], repeat } = value as Timing;
      const bounds = repeat?.boundsPeriod ? [spanOfValue({ type: 'Period', value: repeat.boundsPeriod })] : [];
      const spans = present([...event.map(spanOf), ...bounds]);
      if (spans.length === 0) return null;
      return { start: Math.min(...spans.map(({ start }) => start)), end: Math.max(...spans.map(({ end }) => end)) };
    }
    default:
      return null;
  }
}

export function matchesDate(value: Value, wanted: string, now: number): boolean {
  const span = spanOfValue(value);
  const [prefix, text] = splitPrefix(wanted);
  return span !== null && compareSpans(prefix, span, spanOf(text), now);
}

/** A value as an amount and what its unit is called: UCUM's code, and the words it is written in. */
export type Measure = Amount & { ucum: string | null; written: string[] };

const ucumSystem = 'http://unitsofmeasure.org';

function measureOfQuantity({ value, comparator, system, code, unit }: Quantity): Measure | null {
  if (value === undefined) return null;
  const low = comparator?.startsWith('<') ? Number.NEGATIVE_INFINITY : value;
  const high = comparator?.startsWith('>') ? Number.POSITIVE_INFINITY : value;
  const isUcum = system === undefined || system === ucumSystem;
  return { low, high, ucum: isUcum ? (code ?? unit ?? null) : null, written: present([code, unit]) };
}

export function measureOf({ type, value }: Value): Measure | null {
  switch (type) {
    case 'integer':
    case 'positiveInt':
    case 'unsignedInt':
    case 'decimal':
      return { low: Number(value), high: Number(value), ucum: null, written: [] };
    case 'Money': {
      const { value: amount, currency } = value as { value?: number; currency?: string };
      return amount === undefined ? null : { low: amount, high: amount, ucum: null, written: present([currency]) };
    }
    case 'Range': {
      const { low, high } = value as Range;
      const one = measureOfQuantity({ ...(low ?? high), comparator: undefined });
      const [from, to] = [low?.value ?? Number.NEGATIVE_INFINITY, high?.value ?? Number.POSITIVE_INFINITY];
      return one && { ...one, low: from, high: to };
    }
    case 'SampledData':
      throw new Error('samples are not evaluated naively');
    default:
      return measureOfQuantity(value as Quantity);
  }
}

export function matchesNumber(value: Value, wanted: string): boolean {
  const measure = measureOf(value);
  const [prefix, text] = splitPrefix(wanted);
  return measure !== null && compareAmounts(prefix, measure, text);
}

export function matchesQuantity(value: Value, wanted: string): boolean {
  const measure = measureOf(value);
  if (measure === null) return false;
  const [amount = '', system = '', unit = ''] = split(wanted, '|').map(unescaped);
  const [prefix, text] = splitPrefix(amount);
  if (unit === '') return compareAmounts(prefix, measure, text);
  const isUcum = system === '' || system === ucumSystem;
  const convert = isUcum && measure.ucum !== null ? conversion(unit, measure.ucum) : null;
  if (convert) return compareAmounts(prefix, measure, text, convert);
  return measure.written.includes(unit) && compareAmounts(prefix, measure, text);
}

/** The texts a reference is found by, without versions. */
export function referencesOf({ type, value }: Value): string[] {
  if (type === 'Reference') {
    const { reference } = value as Reference;
    return reference === undefined || reference.startsWith('#') ? [] : [reference.split('/_history/')[0] ?? ''];
  }
  if (typeof value === 'string') return present([value, value.split('|')[0]]);
  const { resourceType, id } = value as { resourceType: string; id?: string };
  return id === undefined ? [] : [`${resourceType}/${id}`];
}

/** @param only the type that a bare id is of, where the query says so */
export function matchesReference(
  value: Value,
  wanted: string,
  targets: readonly string[],
  only: string | null,
): boolean {
  const text = unescaped(wanted).split('/_history/')[0] ?? '';
  const bare = !text.includes('/') && !text.includes(':');
  return referencesOf(value).some((reference) => {
    if (!bare) return reference === text && (only === null || reference.startsWith(`${only}/`));
    const [type = '', id, ...more] = reference.split('/');
    const allowed = only === null ? targets.length === 0 || targets.includes(type) : type === only;
    return more.length === 0 && id === text && allowed;
  });
}

/** The identifier inside a reference, for :identifier. */
export function referenceIdentifiers({ type, value }: Value): Token[] {
  const identifier = type === 'Reference' ? (value as Reference).identifier : undefined;
  return identifier === undefined ? [] : [{ system: identifier.system, code: identifier.value }];
}

/** A canonical is found with its version and without. */
export const matchesUri = ({ type, value }: Value, wanted: string): boolean =>
  value === unescaped(wanted) || (type === 'canonical' && String(value).split('|')[0] === unescaped(wanted));

/** Without the version, which a canonical may have. */
export const uriText = ({ type, value }: Value): string =>
  type === 'canonical' ? (String(value).split('|')[0] ?? '') : String(value);

/** The same uri, or one that lies under it. */
export const isUnder = (uri: string, above: string): boolean =>
  uri === above || uri.startsWith(`${above.replace(/\/$/, '')}/`);

/** Within a distance along a great circle of a sphere with the radius of the earth. */
export function matchesNear({ value }: Value, wanted: string): boolean {
  const { latitude, longitude } = value as { latitude?: number; longitude?: number };
  if (latitude === undefined || longitude === undefined) return false;
  const [lat = '0', lon = '0', distance = '50', unit = 'km'] = split(wanted, '|');
  const km = Number(distance) * ({ km: 1, m: 0.001, mi: 1.609344, '[mi_us]': 1.609347 }[unit] ?? Number.NaN);
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const [a, b] = [radians(latitude), radians(Number(lat))];
  const half =
    Math.sin((a - b) / 2) ** 2 + Math.cos(a) * Math.cos(b) * Math.sin(radians(longitude - Number(lon)) / 2) ** 2;
  return 2 * 6371.0088 * Math.asin(Math.sqrt(half)) <= km + 1e-6;
}
