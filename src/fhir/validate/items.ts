import type { ProfileElement } from '../definitions/profiles.ts';

type Json = Record<string, unknown>;

/** One occurrence of an element: its value, or what is beside it when it has only extensions. */
export type Item = {
  value: unknown;
  /** The object with the children: the value itself, of a primitive its `_name`. */
  object: Json | undefined;
  /** FHIR type; of a choice by the key that was found. */
  type: string;
  step: string;
};

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const none: readonly Item[] = [];

function item(value: unknown, sibling: unknown, type: string, step: string): Item {
  const object = isObject(value) ? value : isObject(sibling) ? sibling : undefined;
  return { value: value === null ? undefined : value, object, type, step };
}

function listItems(element: ProfileElement, values: unknown, siblings: unknown): Item[] {
  const lists = [values, siblings].filter((one) => Array.isArray(one));
  const length = Math.max(0, ...lists.map((one) => one.length));
  const at = (list: unknown, index: number): unknown => (Array.isArray(list) ? list[index] : undefined);
  return Array.from({ length }, (_, index) =>
    item(at(values, index), at(siblings, index), element.type, `${element.name}[${index}]`),
  );
}

const lowered = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

/** What an object has of an element, in order. */
export function itemsOf(parent: Json, element: ProfileElement, isPrimitive: ReadonlySet<string>): readonly Item[] {
  const { name } = element;
  if (!element.choice) {
    const value = parent[name];
    const sibling = element.primitive ? parent[`_${name}`] : undefined;
    if (value === undefined && sibling === undefined) return none;
    if (element.many) return listItems(element, value, sibling);
    return [item(value, sibling, element.type, name)];
  }
  for (const key in parent) {
    const plain = key.charCodeAt(0) === 95 ? key.slice(1) : key;
    const first = plain.charCodeAt(name.length);
    if (!plain.startsWith(name) || !(first >= 65 && first <= 90)) continue;
    const rest = plain.slice(name.length);
    const type = isPrimitive.has(lowered(rest)) ? lowered(rest) : rest;
    return [item(parent[plain], parent[`_${plain}`], type, `${name}.ofType(${type})`)];
  }
  return none;
}
