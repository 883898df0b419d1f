import type { Conformance } from './conformance.ts';

/** One element of a type, as `Observation.value[x]` is of Observation. */
export type ElementDef = {
  /** FHIR type names; a path (`Observation.component`) where the element is a backbone of its own. */
  types: readonly string[];
  /** `max` is not 1: the JSON value is an array. */
  many: boolean;
  /** The name ended in [x]: the JSON key carries the type (`valueQuantity`). */
  choice: boolean;
  min: number;
  max: string;
  isSummary: boolean;
  isModifier: boolean;
  /** Of a Reference or canonical: the types it may point to; empty means any. */
  targets: readonly string[];
  binding: { strength: string; valueSet: string } | null;
};

/** `path → (element name without [x] → definition)`, for every R4 resource, backbone and data type. */
export type Elements = ReadonlyMap<string, ReadonlyMap<string, ElementDef>>;

export type SearchParameterType =
  | 'number'
  | 'date'
  | 'string'
  | 'token'
  | 'reference'
  | 'composite'
  | 'quantity'
  | 'uri'
  | 'special';

/** What is used of a SearchParameter resource. https://hl7.org/fhir/R4/searchparameter.html */
export type SearchParameterDef = {
  url: string;
  code: string;
  type: SearchParameterType;
  base: readonly string[];
  expression: string | null;
  target: readonly string[];
  component: readonly { definition: string; expression: string }[];
};

/** Compartment → resource type → the search parameters that put a resource in it. */
export type Compartments = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/** Everything the server knows of the specification, digested: what validator, indexer and search are compiled from. */
export type Definitions = {
  /** Concrete resource types, sorted. */
  types: readonly string[];
  primitives: ReadonlySet<string>;
  elements: Elements;
  searchParameters: readonly SearchParameterDef[];
  compartments: Compartments;
  /** StructureDefinitions, ValueSets and so on, of R4 and of every package, by canonical URL. */
  conformance: Conformance;
  /** Of everything above and of every package loaded: names the compiled output on disk. */
  hash: string;
};
