import type { DateRow, NumberRow, PositionRow, ResourceRow, StringRow, TextRow } from '../row.ts';
import type { Begun } from './hashing.ts';

/** One search parameter of one type in one tenant, as the extractors need it. */
export type Slot = {
  /** parameterId of its code. */
  id: number;
  /** Seeds its keys. */
  seed: number;
  /** Fills column `code`, `date_start` and `date_end`, or `quantity`. */
  column: 'code' | 'date' | 'quantity' | null;
  /** It is the type's patient parameter: local Patients go to column `patient` alone (`one`), or have keys too (`many`). */
  patient: 'one' | 'many' | null;
  /** It puts the resource into the compartments of the Patients it names. */
  compartment: boolean;
  /** What an absolute reference to this server begins with, up to the type; null where that is not known. */
  base: string | null;
  /** Its uris are found through concept_text instead of side rows. */
  shared: boolean;
  /** What was worked out before, of texts that come again and again. */
  memo: Memo;
};

/** Of one slot; each is emptied when it has grown to `mostRemembered`. */
export type Memo = {
  /** System → its own key, and the hash of `system|code` as far as the system goes. */
  systems: Map<string, { key: number; begun: Begun }>;
  /** Text of a code as it is written → folded, and its key. */
  texts: Map<string, { value: string; key: number }>;
  /** Shared uri as it is written → its key. */
  uris: Map<string, number>;
};

export const memo = (): Memo => ({ systems: new Map(), texts: new Map(), uris: new Map() });

const mostRemembered = 500;

/** What `make` makes of a text, made once for each. */
export function remembered<T>(known: Map<string, T>, text: string, make: (text: string) => T): T {
  let found = known.get(text);
  if (found === undefined) {
    if (known.size >= mostRemembered) known.clear();
    found = make(text);
    known.set(text, found);
  }
  return found;
}

/** A row while it is made. */
export type Draft = {
  /** Values found so far: a parameter that raised it is present. */
  found: number;
  present: number[];
  keys: number[];
  /** The same, once there are too many to look through. */
  known: Set<number> | null;
  /** undefined: no code yet; null: several different ones. */
  code: number | null | undefined;
  periods: { low: number; high: number; slot: Slot }[];
  quantities: { row: NumberRow; plain: boolean }[];
  /** Whom the type's own patient parameter names, and in whose compartments it is: of a Group very many. */
  patients: string[];
  compartments: string[];
  /** The compartments, once there are too many to look through. */
  knownCompartments: Set<string> | null;
  strings: StringRow[];
  dates: DateRow[];
  numbers: NumberRow[];
  positions: PositionRow[];
  texts: TextRow[];
};

export const draft = (): Draft => ({
  found: 0,
  present: [],
  keys: [],
  known: null,
  code: undefined,
  periods: [],
  quantities: [],
  patients: [],
  compartments: [],
  knownCompartments: null,
  strings: [],
  dates: [],
  numbers: [],
  positions: [],
  texts: [],
});

const fewKeys = 48;

/** Whether the key is new. */
export function addKey(x: Draft, key: number): boolean {
  const { keys, known } = x;
  if (known !== null) {
    if (known.has(key)) return false;
    known.add(key);
    keys.push(key);
    return true;
  }
  // A loop, for a call of includes costs more than looking at the dozen keys there are.
  for (let at = 0; at < keys.length; at++) if (keys[at] === key) return false;
  keys.push(key);
  if (keys.length === fewKeys) x.known = new Set(keys);
  return true;
}

/** Column `code` holds a code only where the resource has no other. */
export function addCode(x: Draft, key: number): void {
  if (x.code === undefined) x.code = key;
  else if (x.code !== key) x.code = null;
}

export function addString(x: Draft, param: number, companion: number, value: string): void {
  const known = (row: StringRow): boolean => row.value === value && row.param === param && row.companion === companion;
  if (x.strings.length < fewKeys && x.strings.some(known)) return;
  x.strings.push({ param, companion, value });
}

/** A text and the key it leads to, which is new where the text is. */
export function addText(x: Draft, param: number, value: string, key: number): void {
  if (addKey(x, key)) x.texts.push({ param, value, key });
}

export function addCompartment(x: Draft, id: string): void {
  const { compartments, knownCompartments: known } = x;
  if (known === null ? compartments.includes(id) : known.has(id)) return;
  compartments.push(id);
  if (known !== null) known.add(id);
  else if (compartments.length === fewKeys) x.knownCompartments = new Set(compartments);
}

/** A Patient that is named by a parameter of the compartment, and by the type's own patient parameter or not. */
export function addPatient(x: Draft, slot: Slot, id: string): void {
  // Two are as good as many: column `patient` holds one or none.
  if (slot.patient !== null && x.patients.length < 2 && !x.patients.includes(id)) x.patients.push(id);
  if (slot.compartment) addCompartment(x, id);
}

/** The columns of the primary date, and side rows where its values are several. */
function spanOf(x: Draft): { dateStart: number | null; dateEnd: number | null } {
  const [first] = x.periods;
  if (first === undefined) return { dateStart: null, dateEnd: null };
  if (x.periods.length === 1) return { dateStart: first.low, dateEnd: first.high };
  let { low: dateStart, high: dateEnd } = first;
  for (const { low, high, slot } of x.periods) {
    dateStart = Math.min(dateStart, low);
    dateEnd = Math.max(dateEnd, high);
    x.dates.push({ param: slot.id, companion: 0, low, high });
  }
  return { dateStart, dateEnd };
}

/** The columns of the primary quantity where it is one plain number; side rows otherwise. */
function quantityOf(x: Draft): { quantity: number | null; quantityBase: number | null } {
  const [first] = x.quantities;
  if (x.quantities.length === 1 && first?.plain) return { quantity: first.row.low, quantityBase: first.row.baseLow };
  for (const { row } of x.quantities) x.numbers.push(row);
  return { quantity: null, quantityBase: null };
}

/**
 * Where a type has its own patient parameter, column `patient` is that parameter's and answers it; where it has none, the column
 * is the one Patient in whose compartment the resource is.
 */
function patientsOf(x: Draft, hasOwn: boolean): { patient: string | null; patients: string[] | null } {
  const { patients: own, compartments } = x;
  const candidates = hasOwn ? own : compartments;
  const patient = candidates.length === 1 ? (candidates[0] ?? null) : null;
  const covered = compartments.length === 0 || (compartments.length === 1 && compartments[0] === patient);
  return { patient, patients: covered ? null : compartments };
}

/** @param hasOwnPatient whether the type has a patient parameter of its own (primary.ts) */
export function rowOf(x: Draft, labels: number, hasOwnPatient: boolean): ResourceRow {
  const { dateStart, dateEnd } = spanOf(x);
  const { quantity, quantityBase } = quantityOf(x);
  const { patient, patients } = patientsOf(x, hasOwnPatient);
  return {
    patient,
    patients,
    labels,
    code: x.code ?? null,
    dateStart,
    dateEnd,
    quantity,
    quantityBase,
    present: x.present,
    keys: x.keys,
    strings: x.strings,
    dates: x.dates,
    numbers: x.numbers,
    positions: x.positions,
    texts: x.texts,
  };
}
