import type { Address, CodeableConcept, HumanName } from '@medplum/fhirtypes';

import { beginning, fold, laterParts } from '../folding.ts';
import { later } from '../row.ts';
import type { Draft, Slot } from './draft.ts';
import { addKey, addString } from './draft.ts';
import { e, hashText } from './hashing.ts';

function text(x: Draft, slot: Slot, written: string | undefined | null): void {
  // A given name may be null beside its extensions.
  if (written === undefined || written === null) return;
  x.found++;
  addKey(x, hashText(slot.seed, e, written));
  const folded = fold(written);
  addString(x, slot.id, 0, beginning(folded));
  for (const part of laterParts(folded)) addString(x, slot.id, later, part);
}

function texts(x: Draft, slot: Slot, written: readonly string[] | undefined): void {
  if (written !== undefined) for (const one of written) text(x, slot, one);
}

/**
 * How each FHIR type is searched as a string: a name or an address by each of its parts, and by its text.
 *
 * @see https://hl7.org/fhir/R4/search.html#string
 */
export const string = {
  string: text,
  markdown: text,
  code: text,
  id: text,
  uri: text,
  CodeableConcept(x: Draft, slot: Slot, { text: written }: CodeableConcept): void {
    text(x, slot, written);
  },
  HumanName(x: Draft, slot: Slot, name: HumanName): void {
    text(x, slot, name.text);
    text(x, slot, name.family);
    texts(x, slot, name.given);
    texts(x, slot, name.prefix);
    texts(x, slot, name.suffix);
  },
  Address(x: Draft, slot: Slot, address: Address): void {
    text(x, slot, address.text);
    texts(x, slot, address.line);
    text(x, slot, address.city);
    text(x, slot, address.district);
    text(x, slot, address.state);
    text(x, slot, address.postalCode);
    text(x, slot, address.country);
  },
};
