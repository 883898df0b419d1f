import { longestString } from '../folding.ts';
import type { Draft, Slot } from './draft.ts';
import { addKey, addString, addText, remembered } from './draft.ts';
import { hashText, u } from './hashing.ts';

function uri(x: Draft, slot: Slot, written: string): void {
  x.found++;
  const kept = written.slice(0, longestString);
  const hash = () => hashText(slot.seed, u, written);
  // The profiles of resources are few, the urls of resources are not.
  const [key = 0] = slot.shared ? remembered(slot.memo.codes, written, () => [hash()]) : [hash()];
  if (slot.shared) {
    addText(x, slot.id, kept, key);
    return;
  }
  addKey(x, key);
  addString(x, slot.id, 0, kept);
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
