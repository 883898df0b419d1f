import type { CodeableConcept, Coding, Observation, Quantity } from '@medplum/fhirtypes';

import { parseInterval } from '../search/dates.ts';
import { canonical } from '../search/ucum.ts';
import type { Point } from './statistics.ts';

/** Values of one code in one base unit. */
export type Values = {
  code: CodeableConcept;
  /** That of the latest: what the statistics are said in. */
  quantity: Quantity | null;
  /** In base units. */
  points: Point[];
  /** How many have no value that can be computed with, or one of another kind. */
  ignored: number;
};

type Found = { code: CodeableConcept; quantity: Quantity | null; at: number; whole: boolean };

const is = ({ coding = [] }: CodeableConcept, { system, code }: Coding): boolean =>
  coding.some((one) => one.code === code && (system === undefined || one.system === system));

const HALF_A_DAY = 43_200_000;

/** When it began, and whether it stands for most of a day. */
function begun({ effectiveDateTime, effectivePeriod, effectiveInstant }: Observation): { at: number; whole: boolean } {
  const start = parseInterval(effectiveDateTime ?? effectiveInstant ?? effectivePeriod?.start ?? '')?.start;
  const end = parseInterval(effectivePeriod?.end ?? '')?.start;
  return { at: start ?? 0, whole: start !== undefined && end !== undefined && end - start > HALF_A_DAY };
}

type Valued = { code: CodeableConcept; valueQuantity?: Quantity };

/** What an Observation says of a code: its own value, that of a component, or of a panel the values of all components. */
function valuesIn(observation: Observation, asked: Coding): Found[] {
  const { component = [] } = observation;
  const when = begun(observation);
  const found = ({ code, valueQuantity }: Valued): Found => ({ code, quantity: valueQuantity ?? null, ...when });
  const own = is(observation.code, asked);
  if (own && (observation.valueQuantity || component.length === 0)) return [found(observation)];
  return component.filter(({ code }) => own || is(code, asked)).map(found);
}

const nameOf = ({ coding: [first] = [], text }: CodeableConcept): string => `${first?.system}|${first?.code}|${text}`;

/** A value in the base unit, and what that is; null: there is none, or only a bound of one. */
export function baseOf(quantity: Quantity | null): { value: number; base: string | null } | null {
  if (quantity?.value === undefined || quantity.comparator !== undefined) return null;
  const { value, code, unit, system } = quantity;
  const ucum = system === undefined || system === 'http://unitsofmeasure.org' ? (code ?? unit) : undefined;
  const inBase = ucum === undefined ? null : canonical(value, ucum);
  return inBase ?? { value, base: code ?? unit ?? null };
}

function collected(found: readonly Found[]): Values {
  const parts = found.filter(({ whole }) => !whole);
  const kept = parts.length > 0 ? parts : found;
  const latest = kept.toSorted((one, other) => other.at - one.at).find(({ quantity }) => baseOf(quantity) !== null);
  const unit = baseOf(latest?.quantity ?? null)?.base ?? null;
  const points: Point[] = [];
  for (const { quantity, at } of kept) {
    const amount = baseOf(quantity);
    if (amount !== null && amount.base === unit) points.push({ at, value: amount.value });
  }
  const [first] = kept;
  return {
    code: latest?.code ?? first?.code ?? {},
    quantity: latest?.quantity ?? null,
    points,
    ignored: kept.length - points.length,
  };
}

/** The values of a code in Observations, one list for each code that they are of. */
export function valuesOf(observations: readonly Observation[], asked: Coding): Values[] {
  const groups = new Map<string, Found[]>();
  for (const one of observations.flatMap((observation) => valuesIn(observation, asked))) {
    const name = is(one.code, asked) ? 'asked' : nameOf(one.code);
    const group = groups.get(name);
    if (group) group.push(one);
    else groups.set(name, [one]);
  }
  return [...groups.values()].map(collected);
}
