import { longestString } from '../folding.ts';
import type { Draft, Slot } from './draft.ts';
import { addKey, addString, addText } from './draft.ts';
import { hashText, u } from './hashing.ts';

function uri(x: Draft, slot: Slot, written: string): void {
  x.found++;
  const key = hashText(slot.seed, u, written);
  addKey(x, key);
  const kept = written.slice(0, longestString);
  if (slot.shared) addText(x, slot.id, kept, key);
  else addString(x, slot.id, 0, kept);
}

/** A canonical is found with its version and without. */
function canonical(x: Draft, slot: Slot, written: string): void {
  uri(x, slot, written);
  const version = written.indexOf('|');
  if (version > 0) uri(x, slot, written.slice(0, version));
}

/**
 * How each FHIR type is searched as a uri: as it is written, every character counts.
 *
 * @see https://hl7.org/fhir/R4/search.html#uri
 */
export const uriExtractors = { uri, url: uri, oid: uri, uuid: uri, canonical };
