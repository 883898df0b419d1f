import { longestString } from '../folding.ts';
import type { Draft, Slot } from './draft.ts';
import { addKey, addString, addText, remembered } from './draft.ts';
import { hashText, u } from './hashing.ts';

function uri(x: Draft, slot: Slot, written: string): void {
  x.found++;
  const kept = written.slice(0, longestString);
  const hash = () => hashText(slot.seed, u, written);
  if (slot.shared) {
    addText(x, slot.id, kept, remembered(slot.memo.uris, written, hash));
    return;
  }
  addKey(x, hash());
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
