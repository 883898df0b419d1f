import type { Json } from '../../fhir/context.ts';
import { measureOf } from '../measures.ts';
import type { Amount, DeviceHint, DeviceTime, Item, Reading } from '../reading.ts';
import { below, numberOf } from './json.ts';

/** One figure of a record: where it stands, what it is of, in which unit, and how many of what is sent are one of those. */
export type Field = { field: string; measure: string; unit: string; per?: number };

/** What the readings of one record have in common. */
export type Common = {
  start: DeviceTime;
  duration: number;
  device: DeviceHint;
  /** The sender's id of the record and its version. */
  record?: { id: string; version: string | null };
  selfReported?: true;
};

export const nothing = (path: string, why: string): Item => ({ kind: 'nothing', path, why });

/** A number, or the text of one; null: it is none. */
export function figure(value: unknown): number | null {
  if (typeof value === 'string' && /^-?\d{1,15}(\.\d{1,15})?$/.test(value)) return Number(value);
  return numberOf(value);
}

/** @param part where a record has several readings of a measure: which of them it is */
export function readingOf(
  { record, ...common }: Common,
  path: string,
  measure: string,
  value: Reading['value'],
  components?: Readonly<Record<string, Amount>>,
): Reading {
  const hasComponents = components !== undefined && Object.keys(components).length > 0;
  return {
    ...{ kind: 'reading', path, measure, ...common, value },
    ...(hasComponents ? { components } : {}),
    // Readings of one record are told apart by what they are of, and when.
    ...(record === undefined ? {} : { record: { ...record, part: `${measure} ${common.start.at}` } }),
  };
}

export function amountOf(record: Json, { field, unit, per = 1 }: Omit<Field, 'measure'>): Amount | null {
  const value = figure(record[field]);
  if (value === null) return null;
  // What is beyond is the doing of binary fractions: 1.1 km are 1100 m.
  return { value: per === 1 ? value : Number((value / per).toPrecision(12)), unit };
}

/** The readings that the figures of a record are; of what it does not have, none. */
export function* readingsOf(record: Json, path: string, fields: readonly Field[], common: Common): Iterable<Item> {
  for (const one of fields) {
    const amount = amountOf(record, one);
    if (amount !== null) yield readingOf(common, below(path, one.field), one.measure, amount);
  }
}

/** Figures as parts of a reading of something else. */
export function componentsOf(record: Json, fields: readonly Field[]): Record<string, Amount> {
  const components: Record<string, Amount> = {};
  for (const one of fields) {
    const amount = amountOf(record, one);
    if (amount !== null) components[one.measure] = amount;
  }
  return components;
}

const EXERCISES: readonly (readonly [RegExp, string])[] = [
  [/walk|hik|march/i, 'Walking'],
  [/jog/i, 'Jogging'],
  [/run|treadmill/i, 'Running'],
  [/bik|cycl|spinning/i, 'Biking'],
  [/swim/i, 'Swimming'],
  [/weight|strength|barbell|dumbbell/i, 'Weights'],
  [/mixed|cross|circuit|interval|hiit/i, 'Mixed'],
];

/** The code of an exercise by what its sender calls it; one that LOINC has no word for is another. */
export function exerciseCalled(name: string): { code: string } {
  const word = EXERCISES.find(([pattern]) => pattern.test(name))?.[1] ?? 'Other';
  return { code: measureOf('exercise-session-type')?.codes?.find(({ display }) => display === word)?.code ?? 'LA46-8' };
}

/** The measure that a distance of an exercise is of; null: of one that has none. */
export function distanceOf({ code }: { code: string }): string | null {
  if (code === 'LA11837-4') return 'cycling-distance';
  if (code === 'LA11838-2') return 'swimming-distance';
  return ['LA11834-1', 'LA11835-8', 'LA11836-6'].includes(code) ? 'walking-running-distance' : null;
}
