import type { Conformance } from './conformance.ts';
import type { ElementDef, Elements } from './definitions.ts';

export type TypeRef = { code: string; profile?: string[]; targetProfile?: string[] };
export type Constraint = { key: string; severity: 'error' | 'warning'; human: string; expression: string };
export type Discriminator = { type: 'value' | 'exists' | 'pattern' | 'type' | 'profile'; path: string };

/** One element of a profile: what it asks beyond the type it constrains. */
export type ProfileElement = {
  /** JSON name without [x]. */
  name: string;
  /** Where its children are defined: a type, or the path of a backbone; of a choice, the only type left or `any`. */
  type: string;
  choice: boolean;
  many: boolean;
  primitive: boolean;
  min: number;
  max: number;
  /** Codes of the types allowed, where that is fewer than the base allows. */
  onlyTypes: readonly string[] | null;
  types: readonly TypeRef[];
  fixed: unknown;
  pattern: unknown;
  binding: { strength: 'required' | 'extensible'; valueSet: string } | null;
  constraints: Constraint[];
  discriminators: readonly Discriminator[];
  closed: boolean;
  sliceName: string | null;
  slices: ProfileElement[];
  children: ProfileElement[];
};

/** A StructureDefinition that constrains another. */
export type Profile = { url: string; type: string; root: ProfileElement; contexts: readonly string[] };

type RawElement = {
  id?: string;
  path: string;
  min?: number;
  max?: string;
  type?: TypeRef[];
  binding?: { strength: string; valueSet?: string };
  constraint?: Constraint[];
  slicing?: { discriminator?: Discriminator[]; rules?: string };
  [name: string]: unknown;
};
type RawProfile = {
  url: string;
  type: string;
  baseDefinition?: string;
  derivation?: string;
  context?: { type: string; expression: string }[];
  snapshot?: { element: RawElement[] };
  differential?: { element: RawElement[] };
};

/** A profile on a profile on a profile; the deepest published has five. */
const maxBases = 20;

/** The snapshot of a profile; of one that has none, that of its base with its own differential after it. */
function elementsOf(conformance: Conformance, profile: RawProfile, depth = 0): RawElement[] | null {
  if (profile.snapshot !== undefined) return profile.snapshot.element;
  const base = profile.baseDefinition && conformance.find('StructureDefinition', profile.baseDefinition);
  if (!base || depth > maxBases) return null;
  const inherited = elementsOf(conformance, base as unknown as RawProfile, depth + 1); // kept as such
  return inherited && [...inherited, ...(profile.differential?.element ?? [])];
}

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const number = (max: string): number => (max === '*' ? Number.POSITIVE_INFINITY : Number(max));

function emptyElement(name: string, element: ElementDef | undefined, primitives: ReadonlySet<string>): ProfileElement {
  const [type = 'any'] = element?.types ?? [];
  return {
    name,
    type: element?.types.length === 1 ? type : 'any',
    choice: element?.choice ?? false,
    many: element?.many ?? false,
    primitive: element !== undefined && !element.choice && primitives.has(type),
    min: 0,
    max: Number.POSITIVE_INFINITY,
    onlyTypes: null,
    types: [],
    fixed: undefined,
    pattern: undefined,
    binding: null,
    constraints: [],
    discriminators: [],
    closed: false,
    sliceName: null,
    slices: [],
    children: [],
  };
}

/** Where a step of an id leads from a type: the element, and the type when the step is a choice with its type: `valueQuantity`. */
function elementAt(
  elements: Elements,
  type: string,
  step: string,
): { name: string; element?: ElementDef; only?: string } {
  const name = step.replace('[x]', '');
  const known = elements.get(type);
  const element = known?.get(name);
  if (element !== undefined) return { name, element };
  for (const [base, one] of known ?? []) {
    const only = one.choice ? one.types.find((code) => base + capitalized(code) === name) : undefined;
    if (only !== undefined) return { name: base, element: one, only };
  }
  return { name };
}

/** Puts what a StructureDefinition says of an element onto it; what it does not mention stays. */
function apply(
  into: ProfileElement,
  raw: RawElement,
  base: ElementDef | undefined,
  baseKeys: ReadonlySet<string>,
  primitives: ReadonlySet<string>,
): void {
  if (raw.min !== undefined) into.min = raw.min;
  if (raw.max !== undefined) into.max = number(raw.max);
  if (raw.type !== undefined) {
    into.types = raw.type;
    const codes = raw.type.map(({ code }) => code);
    if (base?.choice) {
      into.onlyTypes = codes.length < base.types.length ? codes : null;
      into.type = codes.length === 1 ? (codes[0] ?? 'any') : 'any';
      into.primitive = codes.length === 1 && primitives.has(into.type);
    } else if (into.type === 'Resource' && codes.length > 0 && codes[0] !== 'Resource') into.onlyTypes = codes;
  }
  for (const [key, value] of Object.entries(raw)) {
    if (key.startsWith('fixed')) into.fixed = value;
    if (key.startsWith('pattern')) into.pattern = value;
  }
  const { strength, valueSet } = raw.binding ?? {};
  if (valueSet !== undefined && (strength === 'required' || strength === 'extensible'))
    into.binding = isBaseBinding(base, strength, valueSet) ? null : { strength, valueSet };
  const own = (raw.constraint ?? []).filter(({ key, expression }) => expression !== undefined && !baseKeys.has(key));
  const known = new Set(into.constraints.map(({ key }) => key));
  into.constraints.push(...own.filter(({ key }) => !known.has(key)));
  if (raw.slicing !== undefined) {
    into.discriminators = raw.slicing.discriminator ?? [];
    into.closed = raw.slicing.rules === 'closed';
  }
}

/** The compiled validator has checked it, or R4 itself asks for nothing: extensible bindings of R4 are not reported. */
const isBaseBinding = (base: ElementDef | undefined, strength: string, valueSet: string): boolean =>
  base?.binding?.valueSet.split('|')[0] === valueSet.split('|')[0] &&
  (base?.binding?.strength === strength || strength === 'extensible');

/** Rules of the type itself, which the compiled validator has checked. */
function ruleKeys(conformance: Conformance, type: string): Set<string> {
  const base = conformance.find('StructureDefinition', `http://hl7.org/fhir/StructureDefinition/${type.split('.')[0]}`);
  const snapshot = (base as RawProfile | undefined)?.snapshot; // kept as such
  return new Set(snapshot?.element.flatMap(({ constraint = [] }) => constraint.map(({ key }) => key)));
}

/** Of R4 too, where profiles repeat them on elements of other types. */
const idle = ['ele-1', 'ext-1', 'txt-1', 'txt-2', 'dom-2', 'dom-3', 'dom-4', 'dom-5', 'dom-6'];

/** Drops what the compiled validator has checked already, so that only what the profile adds is walked. */
function prune(one: ProfileElement, base: ElementDef | undefined, elements: Elements): boolean {
  one.slices = one.slices.filter((slice) => prune(slice, undefined, elements) || slice.min > 0);
  one.children = one.children.filter((child) => prune(child, elements.get(one.type)?.get(child.name), elements));
  if (one.slices.length === 0) one.closed &&= one.discriminators.length > 0;
  return (
    one.min > (base?.min ?? 0) ||
    one.max < (base === undefined ? Number.POSITIVE_INFINITY : number(base.max)) ||
    one.sliceName !== null ||
    one.onlyTypes !== null ||
    one.fixed !== undefined ||
    one.pattern !== undefined ||
    one.binding !== null ||
    one.constraints.length > 0 ||
    one.slices.length > 0 ||
    one.children.length > 0 ||
    one.types.some(({ profile = [], targetProfile = [] }) => narrows(targetProfile, base) || profile.some(isNotSimple))
  );
}

/** SimpleQuantity is checked where R4 itself asks for it. */
const isNotSimple = (profile: string): boolean => !profile.endsWith('/StructureDefinition/SimpleQuantity');

const narrows = (targetProfile: readonly string[], base: ElementDef | undefined): boolean =>
  targetProfile.length > 0 &&
  !targetProfile.includes('http://hl7.org/fhir/StructureDefinition/Resource') &&
  (base === undefined || targetProfile.length !== base.targets.length);

/**
 * The profile of a canonical URL as a tree of what it adds; null when it is not loaded, or its base is not. The
 * definition of a type itself comes as a profile that adds nothing.
 */
export function loadProfile(
  {
    conformance,
    elements,
    primitives,
  }: { conformance: Conformance; elements: Elements; primitives: ReadonlySet<string> },
  canonical: string,
): Profile | null {
  const definition = conformance.find('StructureDefinition', canonical) as RawProfile | undefined; // kept as such
  const list = definition && elementsOf(conformance, definition);
  if (!definition || !list) return null;
  const root = emptyElement(definition.type, undefined, primitives);
  root.type = definition.type;
  const contexts = (definition.context ?? [])
    .filter(({ type }) => type === 'element')
    .map(({ expression }) => expression);
  const profile = { url: definition.url, type: definition.type, root, contexts };
  if (definition.derivation !== 'constraint') return profile;

  const nodes = new Map<string, ProfileElement>([[definition.type, root]]);
  const keys = new Map<string, Set<string>>();
  const keysOf = (type: string): Set<string> => {
    const found = keys.get(type) ?? new Set([...ruleKeys(conformance, type), ...idle]);
    keys.set(type, found);
    return found;
  };
  const rootKeys = keysOf(definition.type);

  function node(id: string): { one: ProfileElement; base?: ElementDef; only?: string } | null {
    const dot = id.lastIndexOf('.');
    const parent = nodes.get(id.slice(0, dot)) ?? (dot > 0 ? node(id.slice(0, dot))?.one : undefined);
    if (parent === undefined) return null;
    const [step = '', sliceName] = id.slice(dot + 1).split(':');
    const { name, element, only } = elementAt(elements, parent.type, step);
    const key = `${id.slice(0, dot)}.${step}`;
    const plain = nodes.get(key) ?? addTo(parent.children, emptyElement(name, element, primitives), key);
    if (sliceName === undefined) return { one: plain, base: element, only };
    const known = nodes.get(id);
    if (known !== undefined) return { one: known, base: element };
    const slice = emptyElement(name, element, primitives);
    slice.sliceName = sliceName;
    return { one: addTo(plain.slices, slice, id), base: element };
  }
  function addTo(list: ProfileElement[], one: ProfileElement, id: string): ProfileElement {
    list.push(one);
    nodes.set(id, one);
    return one;
  }

  for (const raw of list) {
    const id = raw.id ?? raw.path;
    if (!id.includes('.')) {
      apply(root, { ...raw, type: undefined, min: undefined, max: undefined }, undefined, rootKeys, primitives);
      continue;
    }
    const found = node(id);
    if (found === null) continue;
    const { one, base, only } = found;
    const types = only === undefined ? raw.type : (raw.type ?? [{ code: only }]);
    apply(one, { ...raw, type: types }, base, new Set([...rootKeys, ...keysOf(one.type)]), primitives);
  }
  prune(root, undefined, elements);
  return profile;
}
