import type { Canonical } from './canonical.ts';
import type { Item, Whole } from './reading.ts';

/**
 * What is said of a reading that its patient has not chosen to have brought; null: they have.
 *
 * @param measures what a connection may bring; null: whichever
 */
export function unchosen(measures: readonly string[] | null, one: Canonical | Whole | Item): string | null {
  if (measures === null) return null;
  if (one.kind === 'whole') return 'The patient has chosen what is brought from here, and this is nothing of it';
  if (one.kind !== 'reading' || measures.includes(one.measure)) return null;
  return `The patient has not chosen ${one.measure} to be brought from here`;
}
