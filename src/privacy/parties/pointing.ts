import type { Predicate } from '../../fhir/access.ts';
import { key } from '../../fhir/search/hash.ts';
import { listName } from '../gate/rules.ts';

type Json = { [key: string]: unknown };

/** What an element refers to: `participant.actor`; through lists as well. */
function referencesAt(value: unknown, [name, ...rest]: readonly string[]): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => referencesAt(one, name === undefined ? [] : [name, ...rest]));
  if (typeof value !== 'object' || value === null) return [];
  if (name !== undefined) return referencesAt((value as Json)[name], rest);
  const { reference } = value as Json;
  // Which version of it is meant is no matter.
  return typeof reference === 'string' ? [reference.replace(/\/_history\/[^/]*$/, '')] : [];
}

/** What rows of a type point to one of these by one of the elements, each with the search parameter that looks at it. */
export function pointingTo(
  tenant: number,
  type: string,
  elements: readonly (readonly [parameter: string, path: string])[],
  targets: readonly string[],
): Predicate {
  const wanted = new Set(targets);
  return {
    text: `${elements.map(([parameter]) => parameter).join('|')} of ${listName(targets)}`,
    keys: [elements.flatMap(([parameter]) => targets.map((one) => key(tenant, type, parameter, 'r', one)))],
    holds(content) {
      // Of what was deleted there is no text.
      if (content === '') return false;
      const resource: unknown = JSON.parse(content);
      return elements.some(([, path]) => referencesAt(resource, path.split('.')).some((one) => wanted.has(one)));
    },
  };
}

/** Both, exactly. */
export const bothHold = (one: Predicate, other: Predicate): Predicate => ({
  text: `${one.text} and ${other.text}`,
  keys: [...one.keys, ...other.keys],
  byText: one.byText === true || other.byText === true,
  holds: (content) => one.holds(content) && other.holds(content),
});

/** What a row says by one of its elements where no search parameter looks: decided by its text alone. */
export const saying = (path: string, target: string): Predicate => ({
  text: `${path} is ${target}`,
  keys: [],
  byText: true,
  holds: (content) => content !== '' && referencesAt(JSON.parse(content), path.split('.')).includes(target),
});
