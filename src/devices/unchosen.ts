import type { Canonical } from './canonical.ts';
import { measureOfCode } from './formats/fhir-value.ts';
import { measureOf } from './measures.ts';
import type { Item, Reading, Whole } from './reading.ts';

/** Whether it says how much of something there was: a word for how it was measured does not. */
const isMeasured = (component: object): boolean =>
  Object.keys(component).some((name) => name.startsWith('value') && name !== 'valueCodeableConcept');

/** Whether something stands beside a reading that is another one, which was not chosen. */
function carriesOther(measures: readonly string[], { more }: Pick<Reading, 'more'>): boolean {
  return (more?.component ?? []).some((one) => {
    const measure = measureOfCode(one.code);
    return isMeasured(one) && (measure === null || !measures.includes(measure.id));
  });
}

/**
 * What is said of a reading that its patient has not chosen to have brought; null: they have.
 *
 * @param measures what a connection may bring; null: whichever
 */
export function unchosen(measures: readonly string[] | null, one: Canonical | Whole | Item): string | null {
  if (measures === null) return null;
  if (one.kind === 'whole') return 'The patient has chosen what is brought from here, and this is nothing of it';
  if (one.kind !== 'reading') return null;
  if (!measures.includes(one.measure)) return `The patient has not chosen ${one.measure} to be brought from here`;
  return carriesOther(measures, one)
    ? 'The patient has not chosen all of its components to be brought from here'
    : null;
}

/** A reading without what its device measured along with it, where that was not chosen. What it is made of is part of it. */
export function withoutUnchosen(measures: readonly string[] | null, reading: Reading): Reading {
  const { components, measure } = reading;
  if (measures === null || components === undefined) return reading;
  const parts = measureOf(measure)?.components ?? [];
  const kept = Object.entries(components).filter(([id]) => parts.includes(id) || measures.includes(id));
  const { components: _, ...rest } = reading;
  return kept.length === 0 ? rest : { ...rest, components: Object.fromEntries(kept) };
}
