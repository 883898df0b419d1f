import type { Conformance, Definition } from './conformance.ts';

/** The codes of a value set: `system|code`, each with its bare code. */
export type Codes = ReadonlyMap<string, string>;

type Concept = { code: string; concept?: Concept[] };
type Filter = { property: string; op: string; value: string };
type Include = {
  system?: string;
  version?: string;
  valueSet?: string[];
  concept?: { code: string }[];
  filter?: Filter[];
};
type Contains = { system?: string; code?: string; abstract?: boolean; contains?: Contains[] };
type ValueSet = Definition & {
  compose?: { include?: Include[]; exclude?: Include[] };
  expansion?: { total?: number; extension?: { url: string }[]; contains?: Contains[] };
};
type CodeSystem = Definition & { content?: string; concept?: Concept[] };

const known = new WeakMap<Conformance, Map<string, Codes | null>>();

/**
 * The codes of a value set, or null when it is not known or its codes cannot be listed: a filter on a system that is not
 * loaded, UCUM, SNOMED CT. Expanded once, when first asked for.
 *
 * @param canonical `url` or `url|version`
 */
export function codesOf({ conformance }: { conformance: Conformance }, canonical: string): Codes | null {
  const cached = known.get(conformance) ?? new Map<string, Codes | null>();
  known.set(conformance, cached);
  const before = cached.get(canonical);
  if (before !== undefined) return before;
  const codes = expand(conformance, canonical, []);
  cached.set(canonical, codes);
  return codes;
}

function expand(conformance: Conformance, canonical: string, within: readonly string[]): Map<string, string> | null {
  if (within.includes(canonical)) return null;
  const valueSet = conformance.find('ValueSet', canonical) as ValueSet | undefined; // kept as such
  if (valueSet === undefined) return null;
  const { expansion, compose } = valueSet;
  const stack = [...within, canonical];
  const composed = compose === undefined ? null : compute(conformance, compose, stack);
  if (composed !== null || expansion?.contains === undefined || !isWhole(expansion)) return composed;
  const codes = new Map<string, string>();
  addContains(codes, expansion.contains);
  return codes;
}

function isWhole({ total, extension = [], contains = [] }: NonNullable<ValueSet['expansion']>): boolean {
  if (extension.some(({ url }) => url.endsWith('/valueset-toocostly') || url.endsWith('/valueset-unclosed')))
    return false;
  return total === undefined || total <= contains.length;
}

function addContains(codes: Map<string, string>, contains: readonly Contains[]): void {
  for (const { system, code, abstract, contains: below } of contains) {
    if (code !== undefined && abstract !== true) codes.set(`${system}|${code}`, code);
    if (below !== undefined) addContains(codes, below);
  }
}

function compute(
  conformance: Conformance,
  { include = [], exclude = [] }: NonNullable<ValueSet['compose']>,
  within: readonly string[],
): Map<string, string> | null {
  const codes = new Map<string, string>();
  for (const part of include) {
    const some = partOf(conformance, part, within);
    if (some === null) return null;
    for (const [key, code] of some) codes.set(key, code);
  }
  for (const part of exclude) {
    const some = partOf(conformance, part, within);
    if (some === null) return null;
    for (const key of some.keys()) codes.delete(key);
  }
  return codes.size === 0 ? null : codes;
}

/** What one include or exclude names: the codes of its system that are in all of its value sets. */
function partOf(conformance: Conformance, part: Include, within: readonly string[]): Map<string, string> | null {
  let codes = part.system === undefined ? null : systemCodes(conformance, part, part.system);
  if (part.system !== undefined && codes === null) return null;
  for (const canonical of part.valueSet ?? []) {
    const other = expand(conformance, canonical, within);
    if (other === null) return null;
    codes = codes === null ? other : new Map([...codes].filter(([key]) => other.has(key)));
  }
  return codes;
}

function systemCodes(conformance: Conformance, part: Include, system: string): Map<string, string> | null {
  const keyed = (list: readonly string[]): Map<string, string> =>
    new Map(list.map((code) => [`${system}|${code}`, code]));
  if (part.concept !== undefined && part.concept.length > 0) return keyed(part.concept.map(({ code }) => code));
  const definition = conformance.find('CodeSystem', system) as CodeSystem | undefined; // kept as such
  if (definition?.content !== 'complete' || definition.concept === undefined || definition.concept.length === 0)
    return null;
  let codes: string[] | null = below(definition.concept);
  for (const filter of part.filter ?? []) codes = codes && filtered(definition.concept, codes, filter);
  return codes && keyed(codes);
}

const below = (concepts: readonly Concept[]): string[] =>
  concepts.flatMap(({ code, concept }) => (concept === undefined ? [code] : [code, ...below(concept)]));

function find(concepts: readonly Concept[], code: string): Concept | undefined {
  for (const one of concepts) {
    const found = one.code === code ? one : find(one.concept ?? [], code);
    if (found !== undefined) return found;
  }
  return undefined;
}

function filtered(
  concepts: readonly Concept[],
  codes: readonly string[],
  { property, op, value }: Filter,
): string[] | null {
  if (property !== 'concept' && property !== 'code') return null;
  if (op === 'regex') return codes.filter((code) => new RegExp(`^(?:${value})$`).test(code));
  const root = find(concepts, value);
  if (root === undefined) return null;
  const descendants = below(root.concept ?? []);
  if (op === 'descendent-of') return descendants;
  if (op === 'is-a') return [value, ...descendants];
  if (op === 'is-not-a') return codes.filter((code) => code !== value && !descendants.includes(code));
  return null;
}
