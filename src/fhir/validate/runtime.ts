import type { Elements } from '../definitions/definitions.ts';
import { type Check, error, maxDepth, prefix, shown, warning } from './check.ts';
import { codeSet, coding, concept, notCode } from './codes.ts';
import { engine } from './engine.ts';
import { fhirpath } from './fhirpath.ts';
import { narrative } from './narrative.ts';
import { allowed, primitives } from './primitives.ts';
import type { Profiles } from './profiles.ts';
import { containment, reference, target } from './references.ts';

type Json = Record<string, unknown>;
/** Checks a value that should be an object of one type. */
type Checker = (value: unknown, check: Check, depth: number) => void;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** https://www.rfc-editor.org/rfc/rfc6838#section-4.2, with parameters. */
const mime = /^[\w!#$&^.+-]+\/[\w!#$&^.+*-]+(?:\s*;\s*[\w!#$&^.+-]+=(?:[^\s;"]+|"[^"]*"))*$/;
/** FHIR's own short names, as CapabilityStatement.format and TestScript allow them. */
const shortMime = new Set(['json', 'xml', 'ttl', 'none']);
/** https://www.rfc-editor.org/info/bcp47, loosely. */
const language = /^(?:[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*|x(?:-[A-Za-z0-9]{1,8})+)$/;

/** ISO 4217, with what was in use in times that records speak of. */
const currencies: ReadonlySet<unknown> = new Set(Intl.supportedValuesOf('currency'));

const formats = {
  ...primitives,
  mime: (value: unknown): boolean => typeof value === 'string' && (mime.test(value) || shortMime.has(value)),
  language: (value: unknown): boolean => typeof value === 'string' && language.test(value),
  currency: (value: unknown): boolean => currencies.has(value),
};
const formatTexts: Readonly<Record<string, string>> = {
  ...allowed,
  mime: 'a MIME type such as text/plain',
  currency: 'a currency of ISO 4217 such as EUR',
  language: 'a language tag such as en-US (BCP 47)',
};

const nameOf = (path: string): string => (path.includes('.') ? `an object (${path})` : `a ${path} (an object)`);
const maxNames = 40;

/** What the generated validator calls; see src/fhir/definitions/compile-validator.ts for the names. */
export function createRuntime(elements: Elements, profiles: Profiles) {
  function notObject(check: Check, value: unknown, path: string): void {
    error(check, 'structure', '', `Found ${shown(value)} where ${nameOf(path)} is expected`);
  }

  function unknown(check: Check, name: string, path: string): void {
    const known = elements.get(path);
    const names = [...(known?.keys() ?? [])].map((one) => (known?.get(one)?.choice ? `${one}[x]` : one));
    const list = names.length > maxNames ? `${names.slice(0, maxNames).join(', ')} …` : names.join(', ');
    const shownName = name.length > 60 ? `${name.slice(0, 57)}…` : name;
    error(check, 'structure', shownName, `${path} has no element ${JSON.stringify(shownName)}; it has ${list}`);
  }

  function missing(check: Check, seen: number, required: readonly string[], path: string): void {
    for (const [bit, name] of required.entries()) {
      if ((seen & (1 << bit)) === 0) error(check, 'required', name, `${path}.${name} is required and is not there`);
    }
  }

  function wrong(check: Check, path: string, value: unknown, type: string): void {
    const code = typeof value === 'object' ? 'structure' : 'value';
    error(check, code, path, `Found ${shown(value)}; expected ${formatTexts[type] ?? `a ${type}`}`);
  }

  function notList(check: Check, path: string, value: unknown): void {
    error(check, 'structure', path, `Found ${shown(value)} where a list of one or more is expected`);
  }

  /** A list of primitives; null stands for one that has only extensions, at the same place in `siblings`. */
  function primitiveList(
    values: unknown,
    siblings: unknown,
    check: Check,
    path: string,
    test: (value: unknown) => boolean,
    refuse: (value: unknown, path: string) => void,
  ): void {
    if (!Array.isArray(values) || values.length === 0) {
      notList(check, path, values);
      return;
    }
    for (let index = 0; index < values.length; index++) {
      const value: unknown = values[index];
      if (test(value)) continue;
      if (value === null && Array.isArray(siblings) && isObject(siblings[index])) continue;
      refuse(value, `${path}[${index}]`);
    }
  }

  /** Of `_name` elements: an Element with an extension, or with an id beside a value. */
  function extensions(checkElement: Checker) {
    function primitiveExtension(value: unknown, check: Check, depth: number, path: string, hasValue: boolean): void {
      const from = check.found.length;
      if (hasValue && isObject(value) && Object.keys(value).join() === 'id' && primitives.string(value.id)) return;
      checkElement(value, check, depth);
      if (check.found.length !== from) prefix(check, from, path);
    }

    function extensionList(values: unknown, siblings: unknown, check: Check, depth: number, path: string): void {
      if (!Array.isArray(values) || values.length === 0) {
        notList(check, path, values);
        return;
      }
      if (siblings !== undefined && (!Array.isArray(siblings) || siblings.length !== values.length))
        error(check, 'structure', path, `The list of extensions and the list of values of ${path} differ in length`);
      for (const [index, value] of values.entries()) {
        const sibling: unknown = Array.isArray(siblings) ? siblings[index] : undefined;
        const at = `${path}[${index}]`;
        if (value !== null) primitiveExtension(value, check, depth, at, sibling !== undefined && sibling !== null);
        else if (siblings === undefined) error(check, 'structure', at, 'Found null without a value at the same place');
      }
    }
    return { primitiveExtension, extensionList };
  }

  /** By resourceType, for what may be any resource: `entry` stands on its own, `contained` belongs to its container. */
  function resources(checkers: Readonly<Record<string, Checker>>) {
    const byType = new Map(Object.entries(checkers));

    function dispatch(value: Json, check: Check, depth: number): void {
      const type = value.resourceType;
      const checker = typeof type === 'string' ? byType.get(type) : undefined;
      if (checker !== undefined) checker(value, check, depth);
      else if (type === undefined)
        error(check, 'required', 'resourceType', 'resourceType is required and is not there');
      else error(check, 'value', 'resourceType', `${shown(type)} is not one of the resource types of R4`);
    }

    function entry(value: unknown, check: Check, depth: number): void {
      if (!isObject(value)) {
        notObject(check, value, 'Resource');
        return;
      }
      const { resource, root } = check;
      check.resource = value;
      check.root = value;
      const { errors } = check;
      dispatch(value, check, depth);
      if (value.meta !== undefined && check.errors === errors) profiles.claimed(value, check);
      check.resource = resource;
      check.root = root;
    }

    function contained(value: unknown, check: Check, depth: number): void {
      if (!isObject(value)) {
        notObject(check, value, 'Resource');
        return;
      }
      if (value.contained !== undefined)
        error(
          check,
          'invariant',
          'contained',
          'Rule dom-2 is broken: a contained resource contains no resources itself',
        );
      const { resource } = check;
      check.resource = value;
      if (value.contained === undefined) dispatch(value, check, depth);
      check.resource = resource;
    }
    return { entry, contained };
  }

  return {
    $: fhirpath,
    p: formats,
    error,
    warning,
    prefix,
    maxDepth,
    notObject,
    notList,
    unknown,
    missing,
    wrong,
    notCode,
    codeSet,
    concept,
    coding,
    narrative,
    target,
    reference,
    containment,
    primitiveList,
    extensions,
    resources,
    engine,
    extension: profiles.extension,
    tooDeep: (check: Check): void =>
      error(check, 'too-long', '', `Nested more than ${maxDepth} objects deep, which is not allowed`),
    empty: (check: Check): void =>
      error(check, 'invariant', '', 'Rule ele-1 is broken: an element has a value or children, this one is empty'),
    secondChoice: (check: Check, name: string, key: string): void =>
      error(check, 'structure', name, `Only one of ${name}[x] is allowed, "${key}" is a second one`),
    simpleQuantity(value: unknown, check: Check, path: string): void {
      if (isObject(value) && value.comparator !== undefined)
        error(
          check,
          'invariant',
          `${path}.comparator`,
          'Rule sqty-1 is broken: a comparator is not allowed in this quantity',
        );
    },
    tooMany(check: Check, path: string, values: unknown, max: number): void {
      if (Array.isArray(values) && values.length > max)
        error(check, 'structure', path, `Found ${values.length} of ${path}; at most ${max} are allowed`);
    },
  };
}
