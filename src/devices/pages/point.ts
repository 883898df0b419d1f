import type { Coding, Observation, Quantity, Reference, SampledData } from '@medplum/fhirtypes';

import { type Measure, measureOf, measureOfCoding, measures } from '../measures.ts';
import { inUnitOf } from '../units.ts';

/** What a chart draws of one reading. Clock times are those that the device showed, in ms since 1970 as if it were in UTC. */
export type Point = {
  start: number;
  /** The same as `start` for an instant. */
  end: number;
  /** Minutes from UTC on the clock of the device; null: a day without a time. */
  zone: number | null;
  /** One for each line of the chart, in the unit of the measure. */
  values: readonly (number | null)[];
  /** The lowest and the highest of what the value is the average or the sum of, and how many; null: it is one reading. */
  spread: { low: number; high: number; count: number } | null;
  /** A value that is a code, as text. */
  said: string | null;
  /** `Device/1`; null: no device measured it. */
  device: string | null;
  observation: Observation & { id: string };
};

/** The lines of a chart: the components of a measure that has some, else itself. */
export const linesOf = (measure: Measure): readonly Measure[] =>
  measure.components === undefined ? [measure] : measure.components.flatMap((id) => measureOf(id) ?? []);

const sameCode = (one: Coding, other: Coding): boolean => one.system === other.system && one.code === other.code;

const matches = (measure: Measure, codings: readonly Coding[]): number =>
  codings.filter((one) => [...measure.codings, ...(measure.also ?? [])].some((other) => sameCode(one, other))).length;

/** The measure that an Observation is of: of several the one that fits best, for a resting heart rate is a heart rate as well. */
export function measureOfObservation({ code }: Observation): Measure | null {
  const codings = code?.coding ?? [];
  if (!codings.some(({ system, code: value }) => measureOfCoding(system, value) !== undefined)) return null;
  const fitting = measures.filter((one) => matches(one, codings) > 0);
  const primary = (one: Measure): number =>
    codings.findLastIndex((coding) => one.codings[0] !== undefined && sameCode(coding, one.codings[0]));
  return fitting.sort((a, b) => matches(b, codings) - matches(a, codings) || primary(b) - primary(a))[0] ?? null;
}

type Clock = { at: number; zone: number | null; day: boolean };

/** A dateTime of FHIR on the clock that it was said by. */
export function clockOf(text: string): Clock | null {
  const [, local, offset] = /^(\d{4}-\d{2}-\d{2}(?:T[\d:.]+)?)(Z|[+-]\d{2}:\d{2})?$/.exec(text) ?? [];
  if (local === undefined) return null;
  const day = !local.includes('T');
  const at = Date.parse(day ? `${local}T00:00:00Z` : `${local}Z`);
  if (Number.isNaN(at)) return null;
  if (offset === undefined || day) return { at, zone: null, day };
  const [hours = 0, minutes = 0] = offset.slice(1).split(':').map(Number);
  const sign = offset.startsWith('-') ? -1 : 1;
  return { at, zone: offset === 'Z' ? 0 : sign * (hours * 60 + minutes), day };
}

const DAY = 86_400_000;

function timeOf({ effectiveDateTime, effectiveInstant, effectivePeriod }: Observation) {
  const start = clockOf(effectiveDateTime ?? effectiveInstant ?? effectivePeriod?.start ?? '');
  if (start === null) return null;
  const end = clockOf(effectivePeriod?.end ?? '');
  if (end === null) return { start: start.at, end: start.day ? start.at + DAY : start.at, zone: start.zone };
  return { start: start.at, end: Math.max(start.at, end.at + (end.day ? DAY : 0)), zone: start.zone };
}

function amountOf(measure: Measure, quantity: Quantity | undefined): number | null {
  if (quantity?.value === undefined) return null;
  const { code, unit } = quantity;
  if (measure.unit === null || code === measure.unit.code) return quantity.value;
  const converted = inUnitOf(measure, { value: quantity.value, unit: code ?? unit ?? null });
  return converted.ok ? converted.value : null;
}

/** Each value of a SampledData with its time since the first, in ms; gaps and what is out of range are left out. */
export function samplesOf({
  origin,
  period,
  factor = 1,
  dimensions,
  data = '',
}: SampledData): { at: number; value: number }[] {
  return data
    .trim()
    .split(/\s+/)
    .flatMap((text, index) => {
      const value = Number(text) * factor + (origin.value ?? 0);
      const at = Math.floor(index / (dimensions || 1)) * period;
      return Number.isFinite(value) && index % (dimensions || 1) === 0 ? [{ at, value }] : [];
    });
}

const referenceOf = (reference: Reference | undefined): string | null => reference?.reference ?? null;

/** What there is to draw of an Observation of this measure; nothing where it has no time, was entered in error, or is of another. */
export function pointsOf(measure: Measure, observation: Observation & { id: string }): Point[] {
  const time = timeOf(observation);
  if (time === null || observation.status === 'entered-in-error') return [];
  if (measureOfObservation(observation)?.id !== measure.id) return [];
  const common = { zone: time.zone, spread: null, device: referenceOf(observation.device), observation };
  const sampled = observation.valueSampledData;
  if (sampled !== undefined && measure.kind !== 'sampled') {
    const unit = sampled.origin.code ?? sampled.origin.unit;
    return samplesOf(sampled).map(({ at, value }) => {
      const amount = amountOf(measure, { value, code: unit });
      return { ...common, start: time.start + at, end: time.start + at, values: [amount], said: null };
    });
  }
  const { component = [], valueQuantity, valueCodeableConcept } = observation;
  const values =
    measure.components === undefined
      ? [amountOf(measure, valueQuantity)]
      : linesOf(measure).map((line) =>
          amountOf(line, component.find(({ code }) => matches(line, code.coding ?? []) > 0)?.valueQuantity),
        );
  const said = valueCodeableConcept?.text ?? valueCodeableConcept?.coding?.[0]?.display ?? null;
  return [{ ...common, start: time.start, end: time.end, values, said }];
}
