import type { CodeableConcept, Coding, Identifier, Reference } from '@medplum/fhirtypes';

import { foldedValue } from '../folding.ts';
import type { Span } from './date.ts';
import { spans } from './date.ts';
import type { Draft, Slot } from './draft.ts';
import { addKey, addString } from './draft.ts';
import { c, dollar, hashPair, hashText, p, s } from './hashing.ts';
import { addNumber } from './number.ts';
import type { Amount } from './quantity.ts';
import { amounts, numberRows } from './quantity.ts';
import { unversioned } from './reference.ts';

/**
 * How one half of a composite can be written in a query: a token as `code` and as `system|code`, a reference as `Type/id`.
 * `bare` tells which of the two kinds, c or s, the other half's side rows carry it under.
 */
export type Form = { text: string; bare: boolean };

/** Two halves with a thousand codes each would make a million keys; nobody writes a value in so many ways. */
const mostForms = 64;

function addForms(forms: Form[], system: string | undefined, code: string | undefined): void {
  if (code === undefined || forms.length >= mostForms) return;
  forms.push({ text: code, bare: true });
  if (system !== undefined) forms.push({ text: `${system}|${code}`, bare: false });
}

const plain = (forms: Form[], value: string | boolean, system?: string): void => addForms(forms, system, String(value));

const tokenForms = {
  Coding: (forms: Form[], { system, code }: Coding): void => addForms(forms, system, code),
  CodeableConcept(forms: Form[], { coding }: CodeableConcept): void {
    for (const { system, code } of coding ?? []) addForms(forms, system, code);
  },
  Identifier: (forms: Form[], { system, value }: Identifier): void => addForms(forms, system, value),
  code: plain,
  string: plain,
  boolean: plain,
  uri: plain,
};

const referenceForms = {
  Reference(forms: Form[], { reference }: Reference): void {
    if (reference !== undefined && !reference.startsWith('#')) forms.push({ text: unversioned(reference), bare: true });
  },
};

/** The halves that are joined into keys, and that side rows have as their companion. */
export const forms = { token: tokenForms, reference: referenceForms };

/** Both halves are tokens or references: one key for each way to write the pair. */
export function pairs(x: Draft, { seed }: Slot, first: readonly Form[], second: readonly Form[]): void {
  for (const { text } of first) {
    for (const other of second) addKey(x, hashPair(seed, p, text, dollar, other.text));
  }
  if (first.length > 0 && second.length > 0) x.found++;
}

const companion = ({ seed }: Slot, { text, bare }: Form): number => hashText(seed, bare ? c : s, text);

function dateRows(x: Draft, slot: Slot, first: readonly Form[], span: Span | null): void {
  if (span === null) return;
  for (const form of first) x.dates.push({ param: slot.id, companion: companion(slot, form), ...span });
  if (first.length > 0) x.found++;
}

function amountRows(x: Draft, slot: Slot, first: readonly Form[], found: Amount | null): void {
  if (found === null) return;
  for (const form of first) for (const row of numberRows(slot, companion(slot, form), found)) x.numbers.push(row);
  if (first.length > 0) x.found++;
}

function stringRows(x: Draft, slot: Slot, first: readonly Form[], text: string | undefined): void {
  if (text === undefined) return;
  for (const form of first) addString(x, slot.id, companion(slot, form), foldedValue(text));
  if (first.length > 0) x.found++;
}

type Rows<T> = { [K in keyof T]: (x: Draft, slot: Slot, first: readonly Form[], value: unknown) => void };

/** An extractor for each type of a table that turns a value of that type into what `add` takes. */
function rows<V, T extends Record<string, (value: never) => V>>(
  table: T,
  add: (x: Draft, slot: Slot, first: readonly Form[], found: V) => void,
): Rows<T> {
  const entries = Object.entries(table).map(([type, convert]) => [
    type,
    // The compiled code calls the entry of a type with values of that type.
    (x: Draft, slot: Slot, first: readonly Form[], value: unknown) => add(x, slot, first, convert(value as never)),
  ]);
  return Object.fromEntries(entries) as Rows<T>; // the entries are those of the table
}

/** The second half as side rows, with each form of the first as their companion. */
export const companions = {
  date: rows(spans, dateRows),
  quantity: rows(amounts, amountRows),
  string: rows({ string: (text: string) => text, CodeableConcept: ({ text }: CodeableConcept) => text }, stringRows),
};

/**
 * Three parts, as MolecularSequence has them: a token and two numbers. One row for each form of the token, from the first number
 * to the second.
 */
export function coordinates(x: Draft, slot: Slot, first: readonly Form[], low: number[], high: number[]): void {
  const [from] = low;
  const [to] = high;
  if (from === undefined && to === undefined) return;
  for (const form of first) {
    addNumber(x, slot.id, companion(slot, form), from ?? Number.NEGATIVE_INFINITY, to ?? Number.POSITIVE_INFINITY);
  }
  if (first.length > 0) x.found++;
}
