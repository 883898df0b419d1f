import type { Json } from '../../fhir/context.ts';
import { type Measure, measureOfCoding } from '../measures.ts';
import type { Amount, Reading, Sampled } from '../reading.ts';
import { isJson, numberOf, objectsOf, textOf } from './json.ts';

const UCUM = 'http://unitsofmeasure.org';

/** The values of an Observation that a reading holds; `null`: it has one that no reading holds. */
export type Values = Pick<Reading, 'value' | 'components'> & { rest: Json[] };

/** An amount of a Quantity; null where it is none, or one that is only known to be more or less. */
export function amountOf(value: unknown): Amount | null {
  if (!isJson(value) || value.comparator !== undefined) return null;
  const number = numberOf(value.value);
  if (number === null) return null;
  const coded = value.system === undefined || value.system === UCUM ? textOf(value.code) : null;
  return { value: number, unit: coded ?? textOf(value.unit) ?? textOf(value.code) };
}

/** Samples of SampledData in one dimension: each is origin + factor * what stands in `data`; E is a gap. */
export function sampledOf(value: unknown): Sampled | null {
  if (!isJson(value) || !isJson(value.origin) || (value.dimensions ?? 1) !== 1) return null;
  const origin = amountOf(value.origin);
  const period = numberOf(value.period);
  const factor = value.factor === undefined ? 1 : numberOf(value.factor);
  const data = textOf(value.data);
  if (origin === null || period === null || period <= 0 || factor === null || data === null) return null;
  const words = data.trim().split(/\s+/);
  // U and L are values beyond what the device could tell: a gap would say less.
  if (!words.every((word) => word === 'E' || /^[+-]?\d+(\.\d+)?$/.test(word))) return null;
  const values = words.map((word) =>
    // 15 digits are what a double has: 0.1 * 3 is 0.3.
    word === 'E' ? null : Number((origin.value + Number(word) * factor).toPrecision(15)),
  );
  return { values, period, unit: origin.unit };
}

/** Codings of a CodeableConcept. */
export const codingsOf = (concept: unknown): Json[] => (isJson(concept) ? objectsOf(concept.coding) : []);

const ofCoding = ({ system, code }: Json): Measure | undefined =>
  measureOfCoding(textOf(system) ?? undefined, textOf(code) ?? undefined);

/** The measure of a code: of those that its codings name, the one with the most of them, for a general one often stands beside. */
export function measureOfCode(concept: unknown): Measure | null {
  const codings = codingsOf(concept);
  const found = [...new Set(codings.flatMap((coding) => ofCoding(coding) ?? []))];
  const said = ({ codings: own }: Measure): number =>
    own.filter(({ system, code }) => codings.some((one) => one.system === system && one.code === code)).length;
  return found.sort((one, other) => said(other) - said(one))[0] ?? null;
}

/** The components that are components of the measure, and the rest as they came. */
function componentsOf(measure: Measure, list: readonly Json[]): { components: Record<string, Amount>; rest: Json[] } {
  const components: Record<string, Amount> = {};
  const rest: Json[] = [];
  const parts = [...(measure.components ?? []), ...(measure.further ?? [])];
  for (const component of list) {
    const id = measureOfCode(component.code)?.id;
    const amount = amountOf(component.valueQuantity);
    if (id !== undefined && amount !== null && parts.includes(id) && components[id] === undefined)
      components[id] = amount;
    else rest.push(component);
  }
  return { components, rest };
}

function singleOf(measure: Measure, observation: Json): Reading['value'] {
  if (observation.valueQuantity !== undefined) return amountOf(observation.valueQuantity);
  const integer = numberOf(observation.valueInteger);
  if (integer !== null) return { value: integer, unit: measure.unit?.code ?? null };
  if (observation.valueSampledData !== undefined) {
    const sampled = sampledOf(observation.valueSampledData);
    return sampled === null ? null : { sampled };
  }
  if (measure.kind !== 'code') return null;
  const [coding] = codingsOf(observation.valueCodeableConcept);
  const code = textOf(coding?.code);
  const display = textOf(coding?.display);
  return code === null ? null : { code, ...(display === null ? {} : { display }) };
}

/** The values of an Observation of a measure; null where a reading has no room for them. */
export function valuesOf(measure: Measure, observation: Json): Values | null {
  const list = objectsOf(observation.component);
  const value = singleOf(measure, observation);
  const { components, rest } = componentsOf(measure, list);
  const isWhole = measure.kind === 'components' ? Object.keys(components).length > 0 : value !== null;
  return isWhole ? { value, ...(Object.keys(components).length === 0 ? {} : { components }), rest } : null;
}
