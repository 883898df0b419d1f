import type { Discriminator, ProfileElement } from '../definitions/profiles.ts';
import type { Check } from './check.ts';
import type { Item } from './items.ts';
import { matchesPattern } from './patterns.ts';
import { containedIn, referencedType } from './references.ts';

type Json = Record<string, unknown>;

/** Whether an item belongs to a slice. */
export type Belongs = (item: Item, check: Check) => boolean;

/** What a slicing needs of the rest of the profile check. */
export type SliceContext = {
  /** The codes of a value set as `system|code` and bare; null where they cannot be listed. */
  codes(valueSet: string): ReadonlySet<string> | null;
  /** The type that a profile constrains; null when it is not loaded. */
  typeOf(profile: string): string | null;
  /** Whether a resource or value conforms to a profile. */
  conforms(value: Json, profile: string, check: Check): boolean;
};

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every value below an object by a path of plain element names; a choice element is found under any of its keys. */
function valuesAt(value: unknown, steps: readonly string[]): unknown[] {
  let values: unknown[] = [value];
  for (const step of steps) {
    const next: unknown[] = [];
    for (const one of values) {
      if (!isObject(one)) continue;
      const found =
        one[step] ??
        one[Object.keys(one).find((key) => key.startsWith(step) && /^[A-Z]/.test(key.slice(step.length))) ?? ''];
      if (Array.isArray(found)) next.push(...found);
      else if (found !== undefined) next.push(found);
    }
    values = next;
  }
  return values;
}

const stepsOf = (path: string): string[] =>
  path.split('.').filter((step) => step !== '$this' && step !== '' && !/\(/.test(step));

const childOf = (element: ProfileElement | undefined, step: string): ProfileElement | undefined =>
  element?.children.find((child) => child.name === step);

function hasCode(value: unknown, codes: ReadonlySet<string>): boolean {
  if (typeof value === 'string') return codes.has(value);
  if (!isObject(value)) return false;
  if (Array.isArray(value.coding)) return value.coding.some((one) => hasCode(one, codes));
  return codes.has(`${value.system}|${value.code}`);
}

/** value and pattern: the fixed value, pattern or required binding that the slice has on the way to the path. */
function byValue(slice: ProfileElement, path: string, context: SliceContext): Belongs | null {
  const steps = stepsOf(path);
  let element: ProfileElement | undefined = slice;
  for (let depth = 0; depth <= steps.length; depth++) {
    const way = steps.slice(0, depth);
    if (depth > 0) element = childOf(element, steps[depth - 1] ?? '');
    if (element === undefined) return null;
    const { fixed, pattern, binding } = element;
    const expected = fixed ?? pattern;
    if (expected !== undefined)
      return (item) => valuesAt(item.value, way).some((value) => matchesPattern(value, expected));
    if (depth === steps.length && binding !== null) {
      const codes = context.codes(binding.valueSet);
      return codes && ((item) => valuesAt(item.value, way).some((value) => hasCode(value, codes)));
    }
    const nested = element.slices.filter((one) => one.min > 0);
    const all = nested
      .map((one) => byValue(one, steps.slice(depth).join('.') || '$this', context))
      .filter((one) => one !== null);
    if (all.length > 0)
      return (item, check) =>
        all.every((belongs) => valuesAt(item.value, way).some((value) => belongs({ ...item, value }, check)));
  }
  return null;
}

function byExtension(slice: ProfileElement): Belongs | null {
  const urls = slice.types.flatMap(({ profile = [] }) => profile).map((one) => one.split('|')[0]);
  if (urls.length === 0) return null;
  return ({ value }) => isObject(value) && urls.includes(String(value.url));
}

/** The resource a Reference leads to: what is contained, else its type alone. */
function resolve(value: unknown, check: Check): Json | undefined {
  if (!isObject(value) || typeof value.reference !== 'string') return undefined;
  const { reference } = value;
  if (reference.startsWith('#')) return containedIn(check, reference.slice(1));
  const type = referencedType(reference) ?? value.type;
  return typeof type === 'string' ? { resourceType: type } : undefined;
}

/** The element that a discriminator of type or profile looks at, and how to get its values. */
function targetOf(
  slice: ProfileElement,
  path: string,
): { element: ProfileElement; values: (item: Item, check: Check) => unknown[] } | null {
  const steps = stepsOf(path);
  let element: ProfileElement | undefined = slice;
  for (const step of steps) element = childOf(element, step);
  if (element === undefined) return null;
  const resolves = path.includes('resolve()');
  return {
    element,
    values: (item, check) => {
      const found = valuesAt(item.value, steps);
      return resolves ? found.map((one) => resolve(one, check)) : found;
    },
  };
}

function byType(slice: ProfileElement, path: string, context: SliceContext): Belongs | null {
  const found = targetOf(slice, path);
  if (found === null) return null;
  const { element, values } = found;
  if (path.includes('resolve()')) {
    const types = element.types.flatMap(({ targetProfile = [] }) => targetProfile).map((one) => context.typeOf(one));
    return (item, check) =>
      values(item, check).some((one) => isObject(one) && types.includes(String(one.resourceType)));
  }
  const codes = element.types.map(({ code }) => code);
  if (path === '$this')
    return (item) =>
      codes.includes(item.type) || (isObject(item.value) && codes.includes(String(item.value.resourceType)));
  return (item, check) => values(item, check).some((one) => isObject(one) && codes.includes(String(one.resourceType)));
}

function byProfile(slice: ProfileElement, path: string, context: SliceContext): Belongs | null {
  const found = targetOf(slice, path);
  if (found === null) return null;
  const { element, values } = found;
  const resolves = path.includes('resolve()');
  const profiles = element.types.flatMap(({ profile = [], targetProfile = [] }) =>
    resolves ? targetProfile : profile,
  );
  if (profiles.length === 0) return byType(slice, path, context);
  return (item, check) =>
    values(item, check).some(
      (one) => isObject(one) && profiles.some((profile) => belongsTo(one, profile, context, check)),
    );
}

/** A reference outside the resource tells only its type. */
function belongsTo(value: Json, profile: string, context: SliceContext, check: Check): boolean {
  const type = context.typeOf(profile);
  if (typeof value.resourceType === 'string' && type !== null && type !== value.resourceType) return false;
  if (Object.keys(value).length === 1) return true;
  return context.conforms(value, profile, check);
}

function byExistence(slice: ProfileElement, path: string): Belongs | null {
  const steps = stepsOf(path);
  let element: ProfileElement | undefined = slice;
  for (const step of steps) element = childOf(element, step);
  if (element === undefined) return null;
  const wanted = element.max > 0;
  return (item) => valuesAt(item.object, steps).length > 0 === wanted;
}

function byDiscriminator(slice: ProfileElement, { type, path }: Discriminator, context: SliceContext): Belongs | null {
  if (type === 'exists') return byExistence(slice, path);
  if (type === 'type') return byType(slice, path, context);
  if (type === 'profile') return byProfile(slice, path, context);
  if (path === 'url' && slice.type === 'Extension') return byExtension(slice) ?? byValue(slice, path, context);
  return byValue(slice, path, context);
}

/**
 * Whether an item belongs to a slice, by the discriminators of its slicing; null where they say something that is not
 * understood, and the slice is then not checked.
 *
 * @see https://hl7.org/fhir/R4/profiling.html#discriminator
 */
export function membership(
  slice: ProfileElement,
  discriminators: readonly Discriminator[],
  context: SliceContext,
): Belongs | null {
  const tests: Belongs[] = [];
  for (const discriminator of discriminators) {
    const test = byDiscriminator(slice, discriminator, context);
    if (test === null) return null;
    tests.push(test);
  }
  if (tests.length === 0) return null;
  return (item, check) => tests.every((test) => test(item, check));
}
