import type { Definitions } from '../definitions/definitions.ts';
import { loadProfile, type Profile, type ProfileElement } from '../definitions/profiles.ts';
import { codesOf } from '../definitions/value-sets.ts';
import { type Check, createCheck, error, type Found, maxDepth, prefix, shown, warning } from './check.ts';
import { equalJson } from './fhirpath.ts';
import { type Item, itemsOf, stepOf } from './items.ts';
import { matchesPattern, shownPattern } from './patterns.ts';
import { checkBinding } from './profile-binding.ts';
import { createRules } from './profile-rules.ts';
import { target } from './references.ts';
import { type Belongs, membership, type SliceContext } from './slicing.ts';

type Json = Record<string, unknown>;

export type Profiles = {
  /** The profiles that a resource claims in meta.profile. */
  claimed(resource: Json, check: Check): void;
  /** Profiles that the caller asks for, beyond those claimed. */
  asked(resource: Json, profiles: readonly string[], check: Check): void;
  /** An Extension against the definition of its url, where that is loaded. */
  extension(value: Json, check: Check): void;
};

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const noClaims: readonly unknown[] = [];

const claims = ({ meta }: Json): readonly unknown[] =>
  isObject(meta) && Array.isArray(meta.profile) ? meta.profile : noClaims;

/**
 * Codes of an extension that nobody's profile asked for: its definition says which, but R4's own are of 2019, and
 * publishers have gone on.
 */
function onlyAdvise(check: Check, from: number): void {
  for (let at = from; at < check.found.length; at++) {
    const one = check.found[at];
    if (one?.code !== 'code-invalid' || one.severity !== 'error') continue;
    one.severity = 'warning';
    check.errors--;
    check.warnings++;
  }
}

/** Texts and profiles kept of what callers name; names come from outside. */
const maxUnknown = 5000;

/** Interprets profiles, each read and prepared when it is first claimed. */
export function createProfiles(definitions: Definitions, mandatory: readonly string[]): Profiles {
  const { conformance, elements, primitives } = definitions;
  const profiles = new Map<string, Profile | null>();
  const versions = new Map<string, Profile[]>();
  const unknown = new Map<string, string>();
  const codeSets = new Map<string, ReadonlySet<string> | null>();
  const slicings = new WeakMap<ProfileElement, Belongs | null>();
  const targets = new WeakMap<ProfileElement, ReadonlySet<string> | null>();
  const checkRule = createRules(elements);
  let nested = 0;

  function find(canonical: string): Profile | null {
    const known = profiles.get(canonical);
    if (known !== undefined) return known;
    const profile = loadProfile(definitions, canonical);
    profiles.set(canonical, profile);
    return profile;
  }

  /** Every loaded version where none that is loaded is named, the newest first: what conforms to one of them conforms. */
  function findAll(canonical: string): Profile[] {
    const known = versions.get(canonical);
    if (known !== undefined) return known;
    const [url = ''] = canonical.split('|');
    const loaded = conformance.versions('StructureDefinition', url);
    const exact = loaded.filter((one) => one === canonical);
    const all = (exact.length > 0 ? exact : loaded).map(find).filter((one) => one !== null);
    if (versions.size < maxUnknown) versions.set(canonical, all);
    return all;
  }

  /** Reports what the newest version finds, unless another finds no error. */
  function applyAny(all: readonly Profile[], value: Json, check: Check): void {
    const { errors, warnings } = check;
    const before = check.found.length;
    let first: { found: Found[]; errors: number; warnings: number } | null = null;
    for (const profile of all) {
      apply(profile, value, check);
      if (check.errors === errors) return;
      first ??= { found: check.found.slice(before), errors: check.errors, warnings: check.warnings };
      check.found.length = before;
      check.errors = errors;
      check.warnings = warnings;
    }
    if (first === null) return;
    check.found.push(...first.found);
    check.errors = first.errors;
    check.warnings = first.warnings;
  }

  function codes(valueSet: string): ReadonlySet<string> | null {
    const known = codeSets.get(valueSet);
    if (known !== undefined) return known;
    const found = codesOf(definitions, valueSet);
    const set = found && new Set([...found.keys(), ...found.values()]);
    codeSets.set(valueSet, set);
    return set;
  }

  const context: SliceContext = {
    codes,
    typeOf(profile) {
      const definition = conformance.find('StructureDefinition', profile);
      return definition === undefined ? null : String(definition.type);
    },
    conforms(value, canonical, check) {
      const trial = { ...createCheck(check.resource), root: check.root };
      applyAny(findAll(canonical), value, trial);
      return trial.errors === 0;
    },
  };

  /** The types a Reference may lead to by the profile, where each of them is loaded. */
  function targetTypes(element: ProfileElement): ReadonlySet<string> | null {
    const known = targets.get(element);
    if (known !== undefined) return known;
    const names = element.types.flatMap(({ code, targetProfile = [] }) => (code === 'Reference' ? targetProfile : []));
    const types = names.map((one) => context.typeOf(one));
    const all = names.length > 0 && types.every((type) => type !== null && type !== 'Resource');
    const set = all ? new Set(types.filter((type) => type !== null)) : null;
    targets.set(element, set);
    return set;
  }

  function checkTypeProfiles(element: ProfileElement, item: Item, check: Check): void {
    const type = element.types.find(({ code }) => code === item.type) ?? element.types[0];
    const names = type?.profile ?? [];
    if (names.length === 0 || !isObject(item.value)) return;
    const value = item.value;
    const [only, ...others] = names.map(findAll);
    if (only === undefined) return;
    if (others.length === 0) applyAny(only, value, check);
    else if (!names.some((name) => context.conforms(value, name, check)))
      error(check, 'invariant', '', `The value conforms to none of the profiles ${names.join(', ')}`);
  }

  function checkItem(element: ProfileElement, item: Item, check: Check): void {
    const { value } = item;
    if (element.onlyTypes !== null) {
      const type = element.type === 'Resource' && isObject(value) ? String(value.resourceType) : item.type;
      if (!element.onlyTypes.includes(type))
        error(check, 'structure', '', `Found a ${type}; the profile allows ${element.onlyTypes.join(', ')}`);
    }
    if (value !== undefined) {
      if (element.fixed !== undefined && !equalJson(value, element.fixed))
        error(check, 'value', '', `Found ${shown(value)}; the profile fixes it to ${shownPattern(element.fixed)}`);
      if (element.pattern !== undefined && !matchesPattern(value, element.pattern))
        error(
          check,
          'value',
          '',
          `Found ${shownPattern(value)}; the profile asks for ${shownPattern(element.pattern)}`,
        );
      if (element.binding !== null) checkBinding(element.binding, codes(element.binding.valueSet), value, check);
      for (const constraint of element.constraints) checkRule(constraint, item.type, value, check);
      if (element.types.length > 0) {
        checkTypeProfiles(element, item, check);
        if (item.type === 'Reference') {
          const types = targetTypes(element);
          if (types !== null) checkTarget(value, types, check);
        }
      }
    }
    if (item.object !== undefined) for (const child of element.children) checkElement(child, item.object, check);
  }

  /** target() names its own step; here the step is put before by whoever walks. */
  function checkTarget(value: unknown, types: ReadonlySet<string>, check: Check): void {
    const from = check.found.length;
    target(value, check, '', types);
    for (let at = from; at < check.found.length; at++) {
      const one = check.found[at];
      if (one !== undefined) one.path = one.path.replace(/^\./, '');
    }
  }

  function checkCount(element: ProfileElement, count: number, check: Check): void {
    const name = element.sliceName === null ? element.name : `${element.name}:${element.sliceName}`;
    if (count < element.min)
      error(check, 'required', element.name, `Found ${count} of ${name}; the profile asks for at least ${element.min}`);
    if (count > element.max)
      error(check, 'structure', element.name, `Found ${count} of ${name}; the profile allows at most ${element.max}`);
  }

  function belongs(slice: ProfileElement, element: ProfileElement): Belongs | null {
    const known = slicings.get(slice);
    if (known !== undefined) return known;
    const byType = element.choice && element.discriminators.length === 0;
    const discriminators = byType ? [{ type: 'type' as const, path: '$this' }] : element.discriminators;
    const test = membership(slice, discriminators, context);
    slicings.set(slice, test);
    return test;
  }

  function checkSlices(element: ProfileElement, items: readonly Item[], check: Check): void {
    let understood = true;
    const left = element.closed ? new Set(items) : null;
    for (const slice of element.slices) {
      const test = belongs(slice, element);
      if (test === null) {
        understood = false;
        continue;
      }
      const own = items.filter((item) => test(item, check));
      if (left !== null) for (const item of own) left.delete(item);
      checkCount(slice, own.length, check);
      for (const item of own) checkItemAt(slice, item, check);
      if (slice.slices.length > 0) checkSlices(slice, own, check);
    }
    if (left === null || !understood) return;
    for (const item of left)
      error(
        check,
        'structure',
        stepOf(item),
        `The profile allows here only ${element.slices.map((one) => one.sliceName).join(', ')}`,
      );
  }

  function checkItemAt(element: ProfileElement, item: Item, check: Check): void {
    const from = check.found.length;
    checkItem(element, item, check);
    if (check.found.length !== from) prefix(check, from, stepOf(item));
  }

  function checkElement(element: ProfileElement, parent: Json, check: Check): void {
    const items = itemsOf(parent, element, primitives);
    if (items.length < element.min || items.length > element.max) checkCount(element, items.length, check);
    for (const item of items) checkItemAt(element, item, check);
    if (element.slices.length > 0) checkSlices(element, items, check);
  }

  function apply(profile: Profile, value: Json, check: Check): void {
    if (nested >= maxDepth) return;
    nested++;
    const { root } = profile;
    for (const constraint of root.constraints) checkRule(constraint, profile.type, value, check);
    for (const child of root.children) checkElement(child, value, check);
    nested--;
  }

  function claim(resource: Json, canonical: string, path: string, check: Check): void {
    const all = findAll(canonical);
    const [profile] = all;
    if (profile === undefined) {
      const text =
        unknown.get(canonical) ?? `The profile ${canonical.slice(0, 200)} is not known here, so it was not checked`;
      if (unknown.size < maxUnknown) unknown.set(canonical, text);
      if (mandatory.includes(canonical)) error(check, 'not-found', path, text);
      else warning(check, 'not-found', path, text);
      return;
    }
    if (profile.type !== resource.resourceType && profile.type !== 'Resource' && profile.type !== 'DomainResource')
      error(
        check,
        'value',
        path,
        `The profile ${shown(canonical)} is of ${profile.type}, not of ${resource.resourceType}`,
      );
    else applyAny(all, resource, check);
  }

  return {
    claimed(resource, check) {
      for (const [index, canonical] of claims(resource).entries())
        if (typeof canonical === 'string') claim(resource, canonical, `meta.profile[${index}]`, check);
    },
    asked(resource, canonicals, check) {
      const known = claims(resource);
      for (const canonical of canonicals) if (!known.includes(canonical)) claim(resource, canonical, '', check);
    },
    extension(value, check) {
      const { url } = value;
      if (typeof url !== 'string' || !url.includes(':')) return;
      const all = findAll(url);
      const [profile] = all;
      if (profile?.type !== 'Extension') return;
      const from = check.found.length;
      applyAny(all, value, check);
      if (check.found.length !== from) onlyAdvise(check, from);
      const type = check.resource.resourceType;
      const roots = profile.contexts.map((one) => one.split('.')[0]);
      const fits = roots.some((root) => root === type || !root || !definitions.types.includes(root));
      if (roots.length > 0 && !fits)
        warning(
          check,
          'structure',
          'url',
          `The extension ${shown(url)} belongs on ${profile.contexts.join(', ')}, not on ${type}`,
        );
    },
  };
}
