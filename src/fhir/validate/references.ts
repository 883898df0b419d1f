import { isResourceType } from '../resources.ts';
import { type Check, error, shown } from './check.ts';

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;

const absolute = /^https?:\/\/.*\/([A-Z][A-Za-z]+)\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/;
const relative = /^([A-Z][A-Za-z]+)(?:\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[A-Za-z0-9\-.]{1,64})?|\?.*)$/;

/**
 * The resource type that a literal reference names: of `Patient/1`, of the same behind a base, of a conditional reference
 * `Patient?identifier=…`; null where it names none, as `urn:uuid:…` and any other URL.
 *
 * @see https://hl7.org/fhir/R4/references.html#literal
 */
export function referencedType(reference: string): string | null {
  const type = (relative.exec(reference) ?? absolute.exec(reference))?.[1];
  return type !== undefined && isResourceType(type) ? type : null;
}

/** What the root resource contains under an id; of several, the first. Found by a map: there may be thousands of each. */
export function containedIn(check: Check, id: string): Json | undefined {
  const { contained } = check.root;
  if (!Array.isArray(contained)) return undefined;
  check.contained ??= new Map();
  const known = check.contained.get(contained);
  if (known !== undefined) return known.get(id);
  const byId = new Map<unknown, Json>();
  for (const one of contained) if (isObject(one) && !byId.has(one.id)) byId.set(one.id, one);
  check.contained.set(contained, byId);
  return byId.get(id);
}

/** ref-1: what `#id` points to is contained. `#` alone is the container. */
export function reference(text: unknown, check: Check): void {
  if (typeof text !== 'string' || text.charCodeAt(0) !== 35 || text.length === 1) return;
  if (containedIn(check, text.slice(1)) !== undefined) return;
  error(
    check,
    'invariant',
    'reference',
    `No contained resource has the id of ${shown(text)}: #id points to one of "contained"`,
  );
}

const list = (types: ReadonlySet<string>): string => [...types].join(', ');

/** A Reference that must point to one of `targets`, in its text, in what it contains and in its own `type`. */
export function target(value: unknown, check: Check, step: string, targets: ReadonlySet<string>): void {
  if (!isObject(value)) return;
  const { type, reference: text } = value;
  if (typeof type === 'string' && isResourceType(type) && !targets.has(type))
    error(
      check,
      'value',
      `${step}.type`,
      `A reference to ${shown(type)} is not allowed here, only to ${list(targets)}`,
    );
  if (typeof text !== 'string' || text.startsWith('urn:')) return;
  if (text.charCodeAt(0) === 35) {
    const contained = text === '#' ? check.root : containedIn(check, text.slice(1));
    if (typeof contained?.resourceType === 'string' && !targets.has(contained.resourceType))
      error(
        check,
        'value',
        `${step}.reference`,
        `${shown(text)} is a ${contained.resourceType}; allowed are ${list(targets)}`,
      );
    return;
  }
  const slash = text.indexOf('/');
  if (slash > 0 && targets.has(text.slice(0, slash)) && text.length > slash + 1) return;
  const named = referencedType(text);
  if (named !== null) {
    if (!targets.has(named))
      error(check, 'value', `${step}.reference`, `${shown(text)} points to a ${named}; allowed are ${list(targets)}`);
    return;
  }
  if (!text.includes(':'))
    error(
      check,
      'value',
      `${step}.reference`,
      `${shown(text)} is not a reference: Type/id, a URL, urn:uuid:… or #id is expected`,
    );
}

/** Every text of `root` that begins with #: how contained resources are pointed to, in references, canonicals and uris. */
function fragments(root: Json): Set<string> {
  const found = new Set<string>();
  const stack: unknown[] = [root];
  while (stack.length > 0) {
    const value = stack.pop();
    if (typeof value === 'string') {
      if (value.charCodeAt(0) === 35) found.add(value);
    } else if (isObject(value)) for (const one of Object.values(value)) stack.push(one);
  }
  return found;
}

/** dom-3, and that the ids by which contained resources are found are there and differ. */
export function containment(container: Json, check: Check): void {
  const { contained } = container;
  if (!Array.isArray(contained)) return;
  const pointers = fragments(container);
  const ids = new Set<unknown>();
  for (const [index, resource] of contained.entries()) {
    if (!isObject(resource)) continue;
    const { id } = resource;
    const step = `contained[${index}]`;
    if (ids.has(id))
      error(check, 'invariant', `${step}.id`, `Two contained resources have the id ${shown(id)}; ids must differ`);
    ids.add(id);
    if (pointers.has(`#${id}`) || fragments(resource).has('#')) continue;
    error(
      check,
      'invariant',
      step,
      `Rule dom-3 is broken: the contained resource ${shown(id)} is neither referenced from the resource nor refers to it`,
    );
  }
}
