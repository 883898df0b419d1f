import type { CodeableConcept, Coding, ContactPoint, Identifier } from '@medplum/fhirtypes';

import { foldedValue } from '../folding.ts';
import type { Draft, Slot } from './draft.ts';
import { addCode, addKey, addText, remembered } from './draft.ts';
import type { Begun } from './hashing.ts';
import { bar, beginHash, c, endHash, hashLong, hashText, n, o, s, t, y } from './hashing.ts';

/** @see https://hl7.org/fhir/R4/search.html#token */
function value(x: Draft, slot: Slot, system: string | undefined, code: string | undefined): void {
  if (code === undefined && system === undefined) return;
  x.found++;
  const known = system === undefined ? undefined : systemOf(slot, system);
  if (code !== undefined) {
    const bare = hashText(slot.seed, c, code);
    addKey(x, bare);
    if (slot.column === 'code') addCode(x, bare);
    addKey(x, known === undefined ? hashText(slot.seed, n, code) : endHash(known.begun, code));
  }
  if (known !== undefined) addKey(x, known.key);
}

const systemOf = ({ memo, seed }: Slot, system: string): { key: number; begun: Begun } =>
  remembered(memo.systems, system, () => ({ key: hashText(seed, y, system), begun: beginHash(seed, s, system, bar) }));

function text(x: Draft, slot: Slot, written: string | undefined): void {
  if (written === undefined) return;
  const { value, key } = remembered(slot.memo.texts, written, () => {
    const folded = foldedValue(written);
    return { value: folded, key: hashText(slot.seed, t, folded) };
  });
  if (value === '') return;
  addText(x, slot.id, value, key);
  x.found++;
}

function coding(x: Draft, slot: Slot, { system, code, display }: Coding): void {
  value(x, slot, system, code);
  text(x, slot, display);
}

function identifier(x: Draft, slot: Slot, { system, value: written, type }: Identifier): void {
  value(x, slot, system, written);
  if (type === undefined) return;
  text(x, slot, type.text);
  if (type.coding === undefined) return;
  for (const { system: typeSystem, code } of type.coding) {
    if (code === undefined || written === undefined) continue;
    addKey(x, hashText(slot.seed, o, `${typeSystem ?? ''}|${code}|${written}`));
  }
}

/**
 * A code is in the system of its value set where that is one system, so that `gender=http://hl7.org/fhir/administrative-gender|male`
 * finds what `gender=male` finds.
 */
function code(x: Draft, slot: Slot, written: string, system?: string): void {
  const bare = hashText(slot.seed, c, written);
  addKey(x, bare);
  if (slot.column === 'code') addCode(x, bare);
  addKey(x, system === undefined ? hashText(slot.seed, n, written) : endHash(systemOf(slot, system).begun, written));
  x.found++;
}

const plain = (x: Draft, slot: Slot, written: string | boolean | number): void => code(x, slot, String(written));

/** How each FHIR type is searched as a token. */
export const token = {
  Coding: coding,
  CodeableConcept(x: Draft, slot: Slot, concept: CodeableConcept): void {
    if (concept.coding !== undefined) for (const one of concept.coding) coding(x, slot, one);
    text(x, slot, concept.text);
  },
  Identifier: identifier,
  ContactPoint(x: Draft, slot: Slot, { value: written }: ContactPoint): void {
    if (written !== undefined) plain(x, slot, written);
  },
  code,
  boolean: plain,
  string: plain,
  id: plain,
  uri: plain,
  canonical: plain,
  oid: plain,
  uuid: plain,
  url: plain,
  integer: plain,
};

/** The keys of `subject:identifier=…`: those of a token, under kinds of their own. */
export function referenceIdentifier(x: Draft, { seed }: Slot, { system, value: written }: Identifier): void {
  if (written !== undefined) {
    addKey(x, hashLong(seed, 'ic', written));
    addKey(x, system === undefined ? hashLong(seed, 'in', written) : hashLong(seed, 'is', `${system}|${written}`));
  }
  if (system !== undefined) addKey(x, hashLong(seed, 'iy', system));
  if (written !== undefined || system !== undefined) x.found++;
}
