import type { Quantity, Range } from '@medplum/fhirtypes';

import type { Draft, Slot } from './draft.ts';

export function addNumber(x: Draft, param: number, companion: number, low: number, high: number): void {
  x.numbers.push({ param, companion, low, high, baseLow: null, baseHigh: null, unit: 0 });
}

function plain(x: Draft, slot: Slot, value: number): void {
  if (!Number.isFinite(value)) return;
  x.found++;
  addNumber(x, slot.id, 0, value, value);
}

/**
 * How each FHIR type is searched as a number.
 *
 * @see https://hl7.org/fhir/R4/search.html#number
 */
export const number = {
  integer: plain,
  positiveInt: plain,
  unsignedInt: plain,
  decimal: plain,
  Quantity(x: Draft, slot: Slot, { value }: Quantity): void {
    if (value !== undefined) plain(x, slot, value);
  },
  Range(x: Draft, slot: Slot, { low, high }: Range): void {
    if (low?.value === undefined && high?.value === undefined) return;
    x.found++;
    addNumber(x, slot.id, 0, low?.value ?? Number.NEGATIVE_INFINITY, high?.value ?? Number.POSITIVE_INFINITY);
  },
};
