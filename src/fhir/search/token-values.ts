import type { CodeableConcept, Coding, ContactPoint, Identifier } from '@medplum/fhirtypes';

import type { Resource } from '../context.ts';
import { type Cache, noCache } from '../definitions/cache.ts';
import type { Definitions } from '../definitions/definitions.ts';
import { walkRuntime } from '../definitions/walk-runtime.ts';
import { composite, extractors } from './extract/index.ts';
import { compiledIndexer } from './keys.ts';

/** A value as a token parameter finds it. `system` is empty, or `code` null, where there is none. */
export type TokenValue = { system: string; code: string | null };

/** Search parameter code → the tokens that it finds in a resource. */
export type TokenValues = (resource: Resource) => ReadonlyMap<string, readonly TokenValue[]>;

type Found = { found: number; present: number[] };
type Slot = { id: number; values: TokenValue[] };

function note(x: Found, { values }: Slot, system: string | undefined, code: string | undefined): void {
  if (system === undefined && code === undefined) return;
  x.found++;
  values.push({ system: system ?? '', code: code ?? null });
}

const plain = (x: Found, slot: Slot, written: string | boolean | number, system?: string): void =>
  note(x, slot, system, String(written));

const coding = (x: Found, slot: Slot, { system, code }: Coding): void => note(x, slot, system, code);

/** As those of extract/token.ts, but that the tokens are kept and not hashed. */
const kept = {
  Coding: coding,
  CodeableConcept(x: Found, slot: Slot, { coding: codings }: CodeableConcept): void {
    for (const one of codings ?? []) coding(x, slot, one);
  },
  Identifier: (x: Found, slot: Slot, { system, value }: Identifier): void => note(x, slot, system, value),
  ContactPoint: (x: Found, slot: Slot, { value }: ContactPoint): void => note(x, slot, undefined, value),
};

/** A table of functions with each of them replaced. */
const replaced = (table: object, by: unknown): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(table).map(([name, of]) => [name, typeof of === 'function' ? by : replaced(of as object, by)]),
  );

const ignore = (): void => {};
const tables = { ...replaced(extractors, ignore), token: { ...replaced(extractors.token, plain), ...kept } };
const nothing = replaced(composite, ignore);

/**
 * What makes the tokens of one type's resources: the very program that makes their keys, with the tokens kept where those
 * are hashed. So a resource has a token here exactly where a search finds it by it, and no hash stands between.
 */
export function tokenValues(definitions: Definitions, type: string, cache: Cache = noCache): TokenValues {
  const { source, parameters } = compiledIndexer(definitions, type, cache);
  // The source is ours: made from definitions, with every name and text quoted.
  const extract = new Function('$', 'T', 'C', source)(walkRuntime, tables, nothing) as (
    resource: Resource,
    x: Found,
    slots: readonly Slot[],
  ) => void;
  return (resource) => {
    const slots = parameters.map((): Slot => ({ id: 0, values: [] }));
    extract(resource, { found: 0, present: [] }, slots);
    return new Map(parameters.map((code, at) => [code, slots[at]?.values ?? []]));
  };
}
