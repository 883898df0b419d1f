import type { Issue } from '../outcome.ts';

/** One condition as it was asked, before anything is known of the type it is asked of. */
export type Criterion =
  | Asked
  /** `subject:Patient.name=x`: `next` holds of what `code` points to. */
  | { kind: 'chain'; name: string; code: string; type: string | null; next: Criterion }
  /** `_has:Observation:patient:code=x`: a resource of `type` points here by `code`, and `next` holds of it. */
  | { kind: 'has'; name: string; type: string; code: string; next: Criterion }
  | { kind: 'all' | 'any'; of: readonly Criterion[] }
  | { kind: 'not'; of: Criterion };

export type Asked = {
  kind: 'parameter';
  /** As it was written, for messages: `subject:Patient.name:exact`. */
  name: string;
  code: string;
  modifier: string | null;
  /** The OR list; escapes are still in, for each type splits its values further. */
  values: readonly string[];
};

/** `_include=Observation:subject:Patient`; `*` stands for every type or every parameter. */
export type Include = { reverse: boolean; iterate: boolean; source: string; code: string; target: string | null };

export type SortBy = { code: string; descending: boolean };

/** What was asked, as values. */
export type SearchRequest = {
  /** All of them hold of every match. */
  criteria: readonly { criterion: Criterion; pair: Pair }[];
  /** `_type`, where it was given. */
  types: readonly string[] | null;
  includes: readonly Include[];
  sort: readonly SortBy[];
  /** Matches on one page. */
  count: number;
  total: 'none' | 'estimate' | 'accurate';
  /** Only the number of matches: `_summary=count` or `_count=0`. */
  countOnly: boolean;
  cursor: string | null;
  explain: boolean;
  /** Every parameter that was understood, for the self link; without the cursor. */
  pairs: readonly Pair[];
  warnings: readonly Issue[];
};

/** One parameter, decoded. */
export type Pair = { name: string; value: string };

/** What one search may cost; beyond it the answer is `too-costly`. */
export const limits = {
  parameters: 100,
  orValues: 200,
  ids: 1000,
  chain: 3,
  has: 6,
  includes: 20,
  iterations: 3,
  included: 1000,
  sort: 5,
  count: 1000,
  /** Resources that one step of a chain may go through. */
  hop: 10_000,
  value: 2000,
} as const;

export const defaultCount = 20;
