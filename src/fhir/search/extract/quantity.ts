import type { Duration, Money, Quantity, Range, SampledData } from '@medplum/fhirtypes';

import type { NumberRow } from '../row.ts';
import { baseUnit, canonical } from '../ucum.ts';
import type { Draft, Slot } from './draft.ts';
import { addKey } from './draft.ts';
import { hashText, q } from './hashing.ts';

const ucumSystem = 'http://unitsofmeasure.org';

/** An amount in one unit: a point where low is high. */
export type Amount = {
  low: number;
  high: number;
  baseLow: number | null;
  baseHigh: number | null;
  /** The base unit, or the unit as written; null without a unit. */
  unit: string | null;
  /** Another name the same unit is written by, which UCUM does not know. */
  alias: string | null;
};

type Unit = Pick<Quantity, 'system' | 'code' | 'unit'>;

/** `code` is UCUM's unless another system is named; where there is no code, the unit for people may be UCUM's too. */
function ucumCode({ system, code, unit }: Unit): string | null {
  if (system !== undefined && system !== ucumSystem) return null;
  return code ?? unit ?? null;
}

function amount(low: number, high: number, written: Unit): Amount {
  const code = ucumCode(written);
  const first = code === null || !Number.isFinite(low) ? null : canonical(low, code);
  const second = code === null || !Number.isFinite(high) ? null : low === high ? first : canonical(high, code);
  const base = first?.base ?? second?.base ?? null;
  const { unit: alias } = written;
  const unit = base ?? written.code ?? alias ?? null;
  const named =
    alias !== undefined && alias !== written.code && alias !== unit && !sameUnit(alias, base) ? alias : null;
  return {
    low,
    high,
    baseLow: base === null ? null : (first?.value ?? low),
    baseHigh: base === null ? null : (second?.value ?? high),
    unit,
    alias: named,
  };
}

/** `mg` beside the code `mg` needs no key of its own; `beats/min` beside `/min` does. */
const sameUnit = (alias: string, base: string | null): boolean => base !== null && baseUnit(alias) === base;

/** `<` 5 is every number up to 5. */
function quantityAmount(quantity: Quantity | Duration): Amount | null {
  const { value, comparator } = quantity;
  if (value === undefined || !Number.isFinite(value)) return null;
  const low = comparator === '<' || comparator === '<=' ? Number.NEGATIVE_INFINITY : value;
  const high = comparator === '>' || comparator === '>=' ? Number.POSITIVE_INFINITY : value;
  return amount(low, high, quantity);
}

function moneyAmount({ value, currency }: Money): Amount | null {
  if (value === undefined || !Number.isFinite(value)) return null;
  return { low: value, high: value, baseLow: null, baseHigh: null, unit: currency ?? null, alias: null };
}

function rangeAmount({ low, high }: Range): Amount | null {
  if (low?.value === undefined && high?.value === undefined) return null;
  const unit = low?.value === undefined ? high : low;
  return amount(low?.value ?? Number.NEGATIVE_INFINITY, high?.value ?? Number.POSITIVE_INFINITY, unit ?? {});
}

/** From the least to the greatest of the samples; `L` and `U` stand for the limits, `E` for an error. */
function sampledAmount({ origin, factor = 1, lowerLimit, upperLimit, data }: SampledData): Amount | null {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  const limits: Record<string, number | undefined> = { L: lowerLimit, U: upperLimit };
  for (const sample of (data ?? '').split(' ')) {
    const measured = limits[sample] ?? Number(sample === '' ? Number.NaN : sample) * factor + (origin?.value ?? 0);
    if (!Number.isFinite(measured)) continue;
    low = Math.min(low, measured);
    high = Math.max(high, measured);
  }
  return low <= high ? amount(low, high, origin ?? {}) : null;
}

/**
 * The amount each FHIR type stands for; null where it has no number.
 *
 * @see https://hl7.org/fhir/R4/search.html#quantity
 */
export const amounts = {
  Quantity: quantityAmount,
  SimpleQuantity: quantityAmount,
  Age: quantityAmount,
  Count: quantityAmount,
  Distance: quantityAmount,
  Duration: quantityAmount,
  Money: moneyAmount,
  Range: rangeAmount,
  SampledData: sampledAmount,
};

/** The side rows of an amount: one under its base unit, and one under the name that only people write. */
export function numberRows({ id, seed }: Slot, companion: number, found: Amount): NumberRow[] {
  const { low, high, baseLow, baseHigh, unit, alias } = found;
  const row: NumberRow = {
    param: id,
    companion,
    low,
    high,
    baseLow,
    baseHigh,
    unit: unit === null ? 0 : hashText(seed, q, unit),
  };
  if (alias === null) return [row];
  return [row, { ...row, baseLow: null, baseHigh: null, unit: hashText(seed, q, alias) }];
}

function add(x: Draft, slot: Slot, found: Amount | null): void {
  if (found === null) return;
  x.found++;
  if (found.unit !== null) addKey(x, hashText(slot.seed, q, found.unit));
  if (found.alias !== null) addKey(x, hashText(slot.seed, q, found.alias));
  if (slot.column !== 'quantity') {
    for (const row of numberRows(slot, 0, found)) x.numbers.push(row);
    return;
  }
  const plain = found.low === found.high;
  if (plain) {
    const unit = found.unit === null ? 0 : hashText(slot.seed, q, found.unit);
    const { low, high, baseLow, baseHigh } = found;
    x.quantities.push({ row: { param: slot.id, companion: 0, low, high, baseLow, baseHigh, unit }, plain });
    return;
  }
  for (const row of numberRows(slot, 0, found)) x.quantities.push({ row, plain });
}

const plainQuantity = (x: Draft, slot: Slot, value: Quantity): void => add(x, slot, quantityAmount(value));

/** How each FHIR type is searched as a quantity. */
export const quantity = {
  Quantity: plainQuantity,
  SimpleQuantity: plainQuantity,
  Age: plainQuantity,
  Count: plainQuantity,
  Distance: plainQuantity,
  Duration: plainQuantity,
  Money: (x: Draft, slot: Slot, value: Money): void => add(x, slot, moneyAmount(value)),
  Range: (x: Draft, slot: Slot, value: Range): void => add(x, slot, rangeAmount(value)),
  SampledData: (x: Draft, slot: Slot, value: SampledData): void => add(x, slot, sampledAmount(value)),
};
