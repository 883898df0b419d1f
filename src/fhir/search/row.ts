/**
 * What a resource becomes in the database, beside its text: the columns of `resource` and the rows of the side tables.
 * Hashes are 53-bit integers (hash.ts), so that they are Numbers here and bigint there.
 */
export type ResourceRow = {
  /** The id of the Patient that the type's own patient parameter names, when it names exactly one. */
  patient: string | null;
  /** Every Patient whose compartment it is in (CompartmentDefinition), when that is not just `patient`. */
  patients: string[] | null;
  /** Security labels as bits. */
  labels: number;
  /** Hash of the bare code of the type's primary code parameter; null when it has several different ones or none. */
  code: number | null;
  /** The type's primary date, in ms since 1970; half open. ±Infinity where a Period is open. */
  dateStart: number | null;
  dateEnd: number | null;
  /** The type's primary quantity as it was written, and in the base unit of its UCUM dimension. */
  quantity: number | null;
  quantityBase: number | null;
  /** The search parameters that have a value, as parameterId. */
  present: number[];
  /** Every token, reference and uri, hashed. */
  keys: number[];
  strings: StringRow[];
  dates: DateRow[];
  numbers: NumberRow[];
  positions: PositionRow[];
  /** Texts that lead to keys, for concept_text; the same few come again and again, so that few are new. */
  texts: TextRow[];
};

/**
 * `value` is folded text of a token (`code:text`) and `key` its key of kind t; or, of `_profile` and `_source`, which have no
 * side rows, the uri as written and its key of kind u (`_profile:below`).
 */
export type TextRow = { param: number; value: string; key: number };

/** Companion of the parts of a long string behind its beginning, which `:contains` looks through as well. */
export const later = -1;

/** `companion` is the hash of the other half of a composite, 0 for a plain parameter, or `later`. */
export type StringRow = { param: number; companion: number; value: string };
export type DateRow = { param: number; companion: number; low: number; high: number };
/** A number or quantity as the range its precision implies is not stored: low = high, but for a Range. */
export type NumberRow = {
  param: number;
  companion: number;
  low: number;
  high: number;
  /** The same in the base unit of the UCUM dimension; null where the unit is unknown to UCUM. */
  baseLow: number | null;
  baseHigh: number | null;
  /** Hash of the base unit, or of the unit as written where UCUM does not know it; 0 without a unit. */
  unit: number;
};
export type PositionRow = { param: number; latitude: number; longitude: number };
