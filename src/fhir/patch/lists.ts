import { isObject, type JsonObject, type Node, valueAt } from './nodes.ts';

/** A value for an element, and what goes beside it under `_name` when it is a primitive with an id or extensions. */
export type Content = { value: unknown; side: unknown };

/**
 * Lists of primitives are two arrays in JSON, the values and under `_name` their ids and extensions, aligned by index.
 * Runs a change on the pairs and writes both back, without what has become empty.
 *
 * @see https://hl7.org/fhir/R4/json.html#primitive
 */
export function changeList(holder: JsonObject, key: string, change: (list: Content[]) => void): void {
  const values = holder[key];
  const sides = holder[`_${key}`];
  const length = Math.max(Array.isArray(values) ? values.length : 0, Array.isArray(sides) ? sides.length : 0);
  const list = Array.from({ length }, (_, index) => ({
    value: Array.isArray(values) ? values[index] : undefined,
    side: Array.isArray(sides) ? sides[index] : undefined,
  }));
  change(list);
  const write = (name: string, items: unknown[]): void => {
    if (items.every((item) => item === undefined || item === null)) delete holder[name];
    else holder[name] = items.map((item) => item ?? null);
  };
  write(
    key,
    list.map(({ value }) => value),
  );
  write(
    `_${key}`,
    list.map(({ side }) => side),
  );
}

/** Writes a single element; undefined takes away. */
export function setSingle(holder: JsonObject, key: string, { value, side }: Content): void {
  for (const [name, content] of [
    [key, value],
    [`_${key}`, side],
  ] as const) {
    if (content === undefined) delete holder[name];
    else holder[name] = content;
  }
}

/** Takes a node away, and every element above that has nothing left in it. */
export function removeNode(node: Node): void {
  const { holder, key, index, parent } = node;
  if (index === null) setSingle(holder, key, { value: undefined, side: undefined });
  else changeList(holder, key, (list) => list.splice(index, 1));
  if (!parent?.parent) return;
  const left = valueAt(parent);
  if (isObject(left) && Object.keys(left).length === 0) removeNode(parent);
}
