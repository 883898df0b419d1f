import { activities } from './measures/activity.ts';
import { body } from './measures/body.ts';
import { glucose } from './measures/glucose.ts';
import { heartAndBreath } from './measures/heart-and-breath.ts';
import type { Measure } from './measures/measure.ts';
import { sleep } from './measures/sleep.ts';

export type { Measure } from './measures/measure.ts';

/** LIST: what is measured. */
export const measures: readonly Measure[] = [...heartAndBreath, ...body, ...glucose, ...activities, ...sleep];

const byId = new Map(measures.map((one) => [one.id, one]));

export const measureOf = (id: string): Measure | undefined => byId.get(id);

const byCoding = new Map<string, Measure>();
const key = (system: string | undefined, code: string | undefined): string => `${system}|${code}`;
// A code that several write is of the one that it comes first in: a heart rate before a resting one.
for (const at of [0, 1, 2, 3]) {
  for (const measure of measures) {
    const coding = measure.codings[at];
    if (coding === undefined) continue;
    const name = key(coding.system, coding.code);
    if (!byCoding.has(name)) byCoding.set(name, measure);
  }
}
for (const measure of measures) {
  for (const { system, code } of measure.also ?? []) byCoding.set(key(system, code), measure);
}

/** The measure that a code is of; of a code that says less than others beside it, the most general one. */
export const measureOfCoding = (system: string | undefined, code: string | undefined): Measure | undefined =>
  byCoding.get(key(system, code));
