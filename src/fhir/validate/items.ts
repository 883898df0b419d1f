import type { ProfileElement } from '../definitions/profiles.ts';

type Json = Record<string, unknown>;

/** One occurrence of an element: its value, or what is beside it when it has only extensions. */
export type Item = {
  value: unknown;
  /** The object with the children: the value itself, of a primitive its `_name`. */
  object: Json | undefined;
  /** FHIR type; of a choice by the key that was found. */
  type: string;
  /** JSON name without [x]; `index` is -1 where there is at most one. */
  name: string;
  index: number;
  choice: boolean;
};

/** How an item is reached from the object it is of, in FHIRPath. */
export function stepOf({ name, index, type, choice }: Item): string {
  if (choice) return `${name}.ofType(${type})`;
  return index < 0 ? name : `${name}[${index}]`;
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const none: readonly Item[] = [];

function item(value: unknown, sibling: unknown, type: string, name: string, index: number, choice: boolean): Item {
  const object = isObject(value) ? value : isObject(sibling) ? sibling : undefined;
  return { value: value === null ? undefined : value, object, type, name, index, choice };
}

function listItems({ type, name }: ProfileElement, values: unknown, siblings: unknown): readonly Item[] {
  const list: readonly unknown[] = Array.isArray(values) ? values : [];
  const others: readonly unknown[] = Array.isArray(siblings) ? siblings : [];
  const length = Math.max(list.length, others.length);
  const items: Item[] = [];
  for (let index = 0; index < length; index++) items.push(item(list[index], others[index], type, name, index, false));
  return items;
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
    return [item(value, sibling, element.type, name, -1, false)];
  }
  for (const key in parent) {
    const plain = key.charCodeAt(0) === 95 ? key.slice(1) : key;
    const first = plain.charCodeAt(name.length);
    if (!plain.startsWith(name) || !(first >= 65 && first <= 90)) continue;
    if (parent[key] === undefined) continue;
    const rest = plain.slice(name.length);
    const type = isPrimitive.has(lowered(rest)) ? lowered(rest) : rest;
    return [item(parent[plain], parent[`_${plain}`], type, name, -1, true)];
  }
  return none;
}
