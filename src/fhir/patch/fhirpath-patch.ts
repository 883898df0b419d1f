import type { Definitions } from '../definitions/definitions.ts';
import type { FhirPath } from '../fhirpath.ts';
import { parseLossless, stringifyLossless } from '../lossless.ts';
import { invalid, malformed, ok, type Refusal, type Result, tooCostly, unprocessable } from '../outcome.ts';
import { type Content, changeList, removeNode, setSingle } from './lists.ts';
import {
  isObject,
  type JsonObject,
  type Member,
  memberOf,
  type Node,
  nodesOf,
  oneOf,
  rootNode,
  type Selection,
  select,
  valueAt,
} from './nodes.ts';

const MAX_OPERATIONS = 1_000;
/** Paths of one patch that need the general engine, each of which may take its whole deadline. */
const MAX_GENERAL_PATHS = 10;

/** Parts of an operation by name. */
type Parts = ReadonlyMap<string, JsonObject>;
type Patching = { definitions: Definitions; fhirPath: FhirPath; root: Node; generalPaths: number };

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Of a part: the `value[x]` it carries and the type that x is. */
function typedValue(part: JsonObject): (Content & { type: string }) | null {
  const key = Object.keys(part).find((name) => /^_?value[A-Z]/.test(name));
  if (!key) return null;
  const name = key.replace(/^_/, '');
  return { type: name.slice('value'.length), value: part[name], side: part[`_${name}`] };
}

const text = (parts: Parts, name: string): string | null => {
  const value = typedValue(parts.get(name) ?? {})?.value;
  return typeof value === 'string' ? value : null;
};
const integer = (parts: Parts, name: string): number | null => {
  const value = typedValue(parts.get(name) ?? {})?.value;
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : null;
};

/** Writes a value into an element of an object, as the last item where it is a list. */
function put(holder: JsonObject, { key, element }: Pick<Member, 'key' | 'element'>, content: Content): Refusal | null {
  if (element.many) {
    changeList(holder, key, (list) => list.push(content));
    return null;
  }
  if (Object.hasOwn(holder, key) || Object.hasOwn(holder, `_${key}`)) {
    return unprocessable(`${key} is there already and is no list; replace it instead`);
  }
  setSingle(holder, key, content);
  return null;
}

/** The JSON name of an element that is given as `part` with `value[x]`: of a choice, with the type that was given. */
const keyFor = (name: string, member: Member, part: JsonObject): string =>
  member.element.choice ? name + (typedValue(part)?.type ?? '') : name;

/** What a `value` part stands for: a typed value, a resource, or an anonymous type spelled out in parts. */
function contentOf(definitions: Definitions, type: string, part: JsonObject): Result<Content> {
  const typed = typedValue(part);
  if (typed) return ok(typed);
  if (isObject(part.resource)) return ok({ value: part.resource, side: undefined });
  if (!Array.isArray(part.part)) return invalid('The value must be a value[x], a resource or parts');
  const value: JsonObject = {};
  const holder: Node = { parent: null, holder: { value }, key: 'value', index: null, type };
  for (const inner of part.part) {
    if (!isObject(inner) || typeof inner.name !== 'string') return invalid('Each part of a value must have a name');
    const member = memberOf(definitions, holder, inner.name);
    if (!member) return unprocessable(`${type} has no element ${inner.name}`);
    const content = contentOf(definitions, member.type, inner);
    if (!content.ok) return content;
    const refusal = put(value, { ...member, key: keyFor(inner.name, member, inner) }, content.value);
    if (refusal) return refusal;
  }
  return ok({ value, side: undefined });
}

/** What a path selects, by the simple walk or, where it is not enough, by the general engine. */
async function find(patching: Patching, path: string): Promise<Result<Selection>> {
  const { definitions, root, fhirPath } = patching;
  const simple = select(definitions, root, path);
  if (!simple.ok) return simple;
  if (simple.value) return ok(simple.value);
  if (++patching.generalPaths > MAX_GENERAL_PATHS) {
    return tooCostly(
      `A patch may have ${MAX_GENERAL_PATHS} paths that are more than names, indexes and where(a = 'b')`,
    );
  }
  const found = await fhirPath.evaluate(path, stringifyLossless(valueAt(root)));
  if (!found.ok) return found;
  const nodes: Node[] = [];
  for (const { location } of found.value) {
    if (location === null) return unprocessable(`${path} computes a value; it must select elements`);
    const node = select(definitions, root, location);
    if (!node.ok) return node;
    nodes.push(...(node.value?.nodes ?? []));
  }
  return ok({ nodes, member: null });
}

/** The list that `insert` and `move` are about. */
function listOf(
  { nodes, member }: Selection,
  path: string,
): Result<{ holder: JsonObject; key: string; length: number; type: string }> {
  const [first] = nodes;
  if (first) {
    const same = nodes.every(
      ({ holder, key, index }) => holder === first.holder && key === first.key && index !== null,
    );
    if (!same) return unprocessable(`${path} is not one list`);
    return ok({ holder: first.holder, key: first.key, length: nodes.length, type: first.type });
  }
  const holder = member && valueAt(member.node);
  if (!member?.element.many || !isObject(holder)) return unprocessable(`There is no list at ${path}`);
  return ok({ holder, key: member.key, length: nodesOf(member).length, type: member.type });
}

type Apply = (patching: Patching, parts: Parts, selection: Selection, path: string) => Result<null>;

const needValue = (definitions: Definitions, parts: Parts, type: string): Result<Content> => {
  const part = parts.get('value');
  return part ? contentOf(definitions, type, part) : invalid('The part "value" is missing');
};

const add: Apply = ({ definitions }, parts, selection, path) => {
  const node = oneOf(selection, path);
  if (!node.ok) return node;
  const name = text(parts, 'name');
  const part = parts.get('value');
  if (name === null || !part) return invalid('add needs the parts "name" and "value"');
  const member = memberOf(definitions, node.value, name);
  const holder = valueAt(node.value);
  if (!member || !isObject(holder)) return unprocessable(`${path} has no element ${name}`);
  const content = contentOf(definitions, member.type, part);
  if (!content.ok) return content;
  const there = nodesOf(member).length > 0;
  if (member.element.choice && there) return unprocessable(`${path}.${name} is there already; replace it instead`);
  return put(holder, { ...member, key: keyFor(name, member, part) }, content.value) ?? ok(null);
};

const insert: Apply = ({ definitions }, parts, selection, path) => {
  const list = listOf(selection, path);
  if (!list.ok) return list;
  const index = integer(parts, 'index');
  if (index === null) return invalid('insert needs the part "index", a valueInteger from 0');
  const { holder, key, length, type } = list.value;
  if (index > length) return unprocessable(`${path} has ${length} elements; ${index} is behind its end`);
  const content = needValue(definitions, parts, type);
  if (!content.ok) return content;
  changeList(holder, key, (items) => items.splice(index, 0, content.value));
  return ok(null);
};

const remove: Apply = (_patching, _parts, selection, path) => {
  // What is not there need not be deleted: the specification makes this the exception among the operations.
  if (selection.nodes.length === 0) return ok(null);
  const node = oneOf(selection, path);
  if (!node.ok) return node;
  if (!node.value.parent) return unprocessable('A patch cannot delete the resource itself');
  removeNode(node.value);
  return ok(null);
};

const replace: Apply = ({ definitions }, parts, selection, path) => {
  const found = oneOf(selection, path);
  if (!found.ok) return found;
  const { holder, key, index, parent, type } = found.value;
  if (!parent) return unprocessable('A patch cannot replace the resource itself');
  const content = needValue(definitions, parts, type);
  if (!content.ok) return content;
  if (index !== null) {
    changeList(holder, key, (items) => items.splice(index, 1, content.value));
    return ok(null);
  }
  setSingle(holder, key, { value: undefined, side: undefined });
  const name = key.slice(0, key.length - type.length);
  const choice = memberOf(definitions, parent, name)?.element.choice && key === name + capital(type);
  const typed = typedValue(parts.get('value') ?? {});
  setSingle(holder, choice && typed ? name + typed.type : key, content.value);
  return ok(null);
};

const move: Apply = (_patching, parts, selection, path) => {
  const list = listOf(selection, path);
  if (!list.ok) return list;
  const source = integer(parts, 'source');
  const destination = integer(parts, 'destination');
  if (source === null || destination === null)
    return invalid('move needs the parts "source" and "destination", valueIntegers');
  const { holder, key, length } = list.value;
  if (source >= length || destination >= length) return unprocessable(`${path} has ${length} elements`);
  changeList(holder, key, (items) => items.splice(destination, 0, ...items.splice(source, 1)));
  return ok(null);
};

const operations: ReadonlyMap<string, Apply> = new Map([
  ['add', add],
  ['insert', insert],
  ['delete', remove],
  ['replace', replace],
  ['move', move],
]);

function partsOf(parameter: unknown): Result<Parts> {
  if (!isObject(parameter) || parameter.name !== 'operation')
    return invalid('Each parameter must have the name "operation"');
  const parts = new Map<string, JsonObject>();
  for (const part of Array.isArray(parameter.part) ? parameter.part : []) {
    if (!isObject(part) || typeof part.name !== 'string') return invalid('Each part must have a name');
    if (parts.has(part.name)) return invalid(`The part "${part.name}" is there twice`);
    parts.set(part.name, part);
  }
  return ok(parts);
}

async function applyOne(patching: Patching, parameter: unknown): Promise<Result<null>> {
  const parts = partsOf(parameter);
  if (!parts.ok) return parts;
  const type = text(parts.value, 'type');
  const apply = operations.get(type ?? '');
  const path = text(parts.value, 'path');
  if (!apply) return invalid(`The part "type" must be one of ${[...operations.keys()].join(', ')}`);
  if (path === null) return invalid('The part "path" is missing');
  const selection = await find(patching, path);
  return selection.ok ? apply(patching, parts.value, selection.value, path) : selection;
}

/**
 * A FHIRPath Patch applied to JSON text: all of it or, at the first operation that fails, nothing. Numbers stay as written.
 *
 * @param content JSON text that has been checked
 * @param patch text of a Parameters resource; 400 when it is not a FHIRPath Patch, 422 when it does not fit the content
 * @see https://hl7.org/fhir/R4/fhirpatch.html
 */
export async function applyFhirpathPatch(
  content: string,
  patch: string,
  { definitions, fhirPath }: { definitions: Definitions; fhirPath: FhirPath },
): Promise<Result<string>> {
  let parameters: unknown;
  try {
    parameters = parseLossless(patch);
  } catch {
    return malformed('The patch is not JSON');
  }
  if (!isObject(parameters) || parameters.resourceType !== 'Parameters') {
    return invalid(
      'A FHIRPath Patch is a Parameters resource; a JSON Patch needs the content type application/json-patch+json',
    );
  }
  const list = Array.isArray(parameters.parameter) ? parameters.parameter : [];
  if (list.length > MAX_OPERATIONS)
    return tooCostly(`A patch may have ${MAX_OPERATIONS} operations; this has ${list.length}`);
  const resource = parseLossless(content);
  if (!isObject(resource)) throw new Error('what is patched is not a resource');
  const patching: Patching = { definitions, fhirPath, root: rootNode(resource), generalPaths: 0 };
  for (const [index, parameter] of list.entries()) {
    const done = await applyOne(patching, parameter);
    if (done.ok) continue;
    return {
      ...done,
      issues: done.issues.map((issue) => ({ ...issue, expression: `Parameters.parameter[${index}]` })),
    };
  }
  return ok(stringifyLossless(resource));
}
