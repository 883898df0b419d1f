import type { Definitions, ElementDef } from './definitions/definitions.ts';
import { elements, type Member, members } from './json.ts';

/** What of a resource is asked for: `_summary` and `_elements`. */
export type Projection = { summary?: Summary; elements?: readonly string[] };
export type Summary = 'true' | 'text' | 'data' | 'count' | 'false';

/** The members of an object that stay, by their JSON name; `all` keeps everything below. */
type Mask = Map<string, Mask | 'all'>;

const capital = (type: string): string => type.charAt(0).toUpperCase() + type.slice(1);

const keysOf = (name: string, element: ElementDef): string[] =>
  element.choice ? element.types.map((type) => name + capital(type)) : [name];

function keep(mask: Mask, name: string, element: ElementDef, below: Mask | 'all'): void {
  for (const key of keysOf(name, element)) {
    mask.set(key, below);
    // What a primitive carries beside its value: id and extensions.
    mask.set(`_${key}`, 'all');
  }
}

/** The summary elements of a type, down to the data types; a type that marks none of its elements is kept whole. */
function summaryMask(definitions: Definitions, path: string, known: Map<string, Mask | 'all'>): Mask | 'all' {
  const found = known.get(path);
  if (found) return found;
  const mask: Mask = new Map();
  known.set(path, mask);
  for (const [name, element] of definitions.elements.get(path) ?? []) {
    if (!element.isSummary) continue;
    const type = element.choice || element.types.length !== 1 ? undefined : element.types[0];
    keep(mask, name, element, type === undefined ? 'all' : summaryMask(definitions, type, known));
  }
  if (mask.size === 0) known.set(path, 'all');
  return mask.size === 0 ? 'all' : mask;
}

const always = ['resourceType', 'id', 'meta'];

function summaryOf(definitions: Definitions, type: string): Mask {
  const mask = summaryMask(definitions, type, new Map());
  const own = mask === 'all' ? new Map() : new Map(mask);
  for (const name of always) own.set(name, 'all');
  return own;
}

/** The elements that `wanted` accepts, and those a resource cannot do without. */
function pick(definitions: Definitions, type: string, wanted: (name: string) => Mask | 'all' | undefined): Mask {
  const mask: Mask = new Map(always.map((name) => [name, 'all']));
  for (const [name, element] of definitions.elements.get(type) ?? []) {
    const below = element.min > 0 ? 'all' : wanted(name);
    if (below) keep(mask, name, element, below);
  }
  return mask;
}

/** `name`, `Patient.name` and `name.family` as a tree; names of another type are not meant for this one. */
function elementTree(type: string, elements: readonly string[]): Mask {
  const tree: Mask = new Map();
  for (const text of elements) {
    const names = text.trim().split('.');
    if (/^[A-Z]/.test(names[0] ?? '') && names.shift() !== type) continue;
    let at: Mask = tree;
    for (const [index, name] of names.entries()) {
      const below = at.get(name);
      if (below === 'all') break;
      if (index === names.length - 1) at.set(name, 'all');
      const next: Mask = below ?? new Map();
      if (index < names.length - 1) at.set(name, next);
      at = next;
    }
  }
  return tree;
}

function maskOf(definitions: Definitions, type: string, how: Projection): Mask {
  if (how.summary === 'true') return summaryOf(definitions, type);
  if (how.summary === 'text') return pick(definitions, type, (name) => (name === 'text' ? 'all' : undefined));
  if (how.summary === 'data') return pick(definitions, type, (name) => (name === 'text' ? undefined : 'all'));
  const tree = elementTree(type, how.elements ?? []);
  return pick(definitions, type, (name) => tree.get(name));
}

const masks = new WeakMap<Definitions, Map<string, Mask>>();
const MASKS_KEPT = 500;

function cachedMask(definitions: Definitions, type: string, how: Projection): Mask {
  const known = masks.get(definitions) ?? new Map<string, Mask>();
  masks.set(definitions, known);
  const name = `${type} ${how.summary ?? ''} ${how.elements?.join() ?? ''}`;
  const found = known.get(name);
  if (found) return found;
  const mask = maskOf(definitions, type, how);
  if (known.size >= MASKS_KEPT) known.clear();
  known.set(name, mask);
  return mask;
}

/** The text of the value at `at`, without what the mask leaves out. */
function masked(text: string, at: number, end: number, mask: Mask | 'all'): string {
  const first = text[at];
  if (mask === 'all' || (first !== '[' && first !== '{')) return text.slice(at, end);
  if (first === '[') return `[${elements(text, at).map((item) => masked(text, item.start, item.end, mask))}]`;
  return `{${kept(text, members(text, at), mask)}}`;
}

/** Those of an object's members that the mask keeps; one of which nothing is left is no longer there. */
function kept(text: string, all: readonly Member[], mask: Mask): string[] {
  const parts: string[] = [];
  for (const { name, key, value, end } of all) {
    const below = mask.get(name);
    if (below === undefined) continue;
    const left = masked(text, value, end, below);
    if (left !== '{}' && left !== '[]') parts.push(text.slice(key, value) + left);
  }
  return parts;
}

const subsetted =
  '{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"SUBSETTED","display":"Resource encoded in summary mode"}';

/** The text of a Meta with the tag that warns of an incomplete resource. */
function tagged(meta: string): string {
  const others: string[] = [];
  let tags = '';
  for (const { name, key, value, end } of members(meta, 0)) {
    if (name === 'tag') tags = `,${meta.slice(value + 1, end - 1)}`;
    if (name !== 'tag') others.push(meta.slice(key, end));
  }
  return `{${[...others, `"tag":[${subsetted}${tags}]`]}}`;
}

/**
 * The text of a resource with only what was asked for, marked SUBSETTED; what stays is as it was written, decimals too.
 * `_summary=count` is a matter of the Bundle and leaves a resource as it is.
 *
 * @param content JSON text of one resource, without white space between tokens
 * @see https://hl7.org/fhir/R4/search.html#summary
 */
export function project(content: string, how: Projection, definitions: Definitions): string {
  const whole = how.summary === undefined || how.summary === 'false';
  if (how.summary === 'count' || (whole && !how.elements?.length)) return content;
  const all = members(content, 0);
  const type = all.find(({ name }) => name === 'resourceType');
  const meta = all.find(({ name }) => name === 'meta');
  if (!type) return content;
  const asked = whole ? { elements: how.elements } : { summary: how.summary };
  const mask = new Map(cachedMask(definitions, content.slice(type.value + 1, type.end - 1), asked));
  mask.delete('meta');
  const parts = kept(content, all, mask);
  // After resourceType and id, where a reader looks for it.
  parts.splice(2, 0, `"meta":${tagged(meta ? content.slice(meta.value, meta.end) : '{}')}`);
  return `{${parts}}`;
}
