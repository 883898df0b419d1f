import type { CodeableConcept, Observation, SampledData } from '@medplum/fhirtypes';

import type { Measure } from '../measures.ts';
import { inUnitOf } from '../units.ts';
import { isNumber } from './plot.ts';

/** A recording of values at equal distances, in the unit of its measure. */
export type Curve = {
  /** Which of several it is, a lead of an ECG; null: the only one. */
  name: string | null;
  values: readonly (number | null)[];
  /** ms between two values. */
  period: number;
};

const nameOf = ({ text, coding = [] }: CodeableConcept): string | null =>
  text ?? coding[0]?.display ?? coding[0]?.code ?? null;

/** What a number of a SampledData is in the unit of the measure; null: it is in a unit of another kind. */
function scaleOf(measure: Measure, { origin }: SampledData): ((value: number) => number) | null {
  const unit = origin.code ?? origin.unit ?? null;
  if (measure.unit === null || unit === measure.unit.code) return (value) => value;
  const [zero, one] = [0, 1].map((value) => inUnitOf(measure, { value, unit }));
  if (!zero?.ok || !one?.ok) return null;
  const [shift, factor] = [zero.value, one.value - zero.value];
  return (value) => value * factor + shift;
}

/** E: none; U and L: beyond what could be measured. https://hl7.org/fhir/R4/datatypes.html#SampledData */
function curveOf(measure: Measure, name: string | null, sampled: SampledData): Curve[] {
  const { origin, period, factor = 1, dimensions = 1, data = '' } = sampled;
  const scale = scaleOf(measure, sampled);
  if (scale === null || !(period > 0)) return [];
  const values = data
    .trim()
    .split(/\s+/)
    .filter((_, index) => index % (dimensions || 1) === 0)
    .map((text) => {
      const value = text === '' ? Number.NaN : Number(text);
      return Number.isFinite(value) ? scale(value * factor + (origin.value ?? 0)) : null;
    });
  return values.some(isNumber) ? [{ name, values, period }] : [];
}

/** Curves of one recording that are drawn: an ECG has twelve leads. */
const MOST = 12;

/** The curves of a recording: its own, or one for each of its components. */
export function curvesOf(measure: Measure, { valueSampledData, component = [] }: Observation): Curve[] {
  if (valueSampledData !== undefined) return curveOf(measure, null, valueSampledData);
  return component
    .flatMap(({ code, valueSampledData: sampled }) =>
      sampled === undefined ? [] : curveOf(measure, nameOf(code), sampled),
    )
    .slice(0, MOST);
}

export const secondsOf = ({ values, period }: Curve): number => (values.length * period) / 1000;

/** s that are drawn at once, and values of all curves together. */
const AT_ONCE = 30;
const VALUES = 60_000;

/** How many values of each of some curves are drawn at once. */
export const partLength = (curves: readonly Curve[]): number => {
  const shortest = curves.reduce((least, { period }) => Math.min(least, period), Number.POSITIVE_INFINITY);
  return Math.max(2, Math.min(Math.round((AT_ONCE * 1000) / shortest), Math.floor(VALUES / curves.length)));
};

/** A part of a curve. */
export type Part = { curve: Curve; from: number /** The index behind its last value. */; to: number };

/** What one second of a part has; of values further apart than a second, one of them. */
export type Second = { at: number; start: number; low: number | null; high: number | null };

export function secondsIn({ curve, from, to }: Part): Second[] {
  const { values, period } = curve;
  const found: Second[] = [];
  for (let at = from; at < to; ) {
    const second = Math.floor((at * period) / 1000);
    const next = Math.max(at + 1, Math.min(to, Math.ceil(((second + 1) * 1000) / period)));
    const some = values.slice(at, next).filter(isNumber);
    const ends = some.length === 0 ? null : { low: Math.min(...some), high: Math.max(...some) };
    found.push({ at: at - from, start: second, low: ends?.low ?? null, high: ends?.high ?? null });
    at = next;
  }
  return found;
}
