import type { Definitions, ElementDef } from '../definitions/definitions.ts';
import { type FhirPath, FhirPathSyntaxError, parse } from '../definitions/fhirpath-parser.ts';
import { isDecimal, sameJson } from '../lossless.ts';
import { invalid, ok, type Result, unprocessable } from '../outcome.ts';

export type JsonObject = Record<string, unknown>;

/** Where a value hangs: a member of an object, or an item of an array that is one. The resource itself has no holder. */
export type Node = {
  parent: Node | null;
  holder: JsonObject;
  /** The JSON name: `valueQuantity` where the element is `value`. */
  key: string;
  index: number | null;
  /** A FHIR type, or the path of a backbone element: where its own elements are defined. */
  type: string;
};

/** A member of one object, there or not: what `insert` and `move` are about. */
export type Member = { node: Node; key: string; element: ElementDef; type: string };

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isDecimal(value);

export const rootNode = (resource: JsonObject): Node => ({
  parent: null,
  holder: { resource },
  key: 'resource',
  index: null,
  type: String(resource.resourceType),
});

export function valueAt(node: Node): unknown {
  const value = node.holder[node.key];
  return node.index === null || !Array.isArray(value) ? value : value[node.index];
}

/** Where the elements of a node's value are defined: of a contained resource, in its own type. */
const typeIn = (node: Node, value: JsonObject): string =>
  typeof value.resourceType === 'string' ? value.resourceType : node.type;

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Names that are members of every JavaScript object are no elements; the maps of the definitions know only their own. */
export function memberOf(definitions: Definitions, node: Node, name: string): Member | null {
  const value = valueAt(node);
  if (!isObject(value)) return null;
  const element = definitions.elements.get(typeIn(node, value))?.get(name);
  if (!element) return null;
  if (!element.choice) return { node, key: name, element, type: element.types[0] ?? 'Element' };
  const there = element.types.find((type) => {
    const key = name + capital(type);
    return Object.hasOwn(value, key) || Object.hasOwn(value, `_${key}`);
  });
  return { node, key: name + capital(there ?? ''), element, type: there ?? '' };
}

/** The nodes of a member: one for each item of a list. */
export function nodesOf({ node, key, type }: Member): Node[] {
  const holder = valueAt(node);
  if (!isObject(holder)) return [];
  const value = holder[key];
  const side = holder[`_${key}`];
  if (value === undefined && side === undefined) return [];
  const length = Math.max(Array.isArray(value) ? value.length : -1, Array.isArray(side) ? side.length : -1);
  if (length < 0) return [{ parent: node, holder, key, index: null, type }];
  return Array.from({ length }, (_, index) => ({ parent: node, holder, key, index, type }));
}

/** What a path selects. `member` is there when the path ends in a name that is applied to one node. */
export type Selection = { nodes: Node[]; member: Member | null };

const only = (nodes: Node[]): Selection => ({ nodes, member: null });

/** An expression that this walk does not know; the general engine may. */
const unknown = Symbol('unknown');
type Walked = Selection | typeof unknown;

function children(definitions: Definitions, nodes: readonly Node[], name: string): Selection {
  const members = nodes.flatMap((node) => memberOf(definitions, node, name) ?? []);
  const [member] = members;
  return { nodes: members.flatMap(nodesOf), member: nodes.length === 1 && member ? member : null };
}

function literal(tree: FhirPath): { value: unknown } | null {
  if (tree.kind === 'string' || tree.kind === 'date') return { value: tree.text };
  return tree.kind === 'boolean' || tree.kind === 'number' ? { value: tree.value } : null;
}

/** Whether a node meets a condition made of `=`, `and`, `or` and `exists()`. */
function meets(definitions: Definitions, root: Node, node: Node, tree: FhirPath): boolean | typeof unknown {
  if (tree.kind === 'call' && tree.name === 'exists' && tree.args.length === 0 && tree.on) {
    const found = walk(definitions, root, [node], tree.on);
    return found === unknown ? unknown : found.nodes.length > 0;
  }
  if (tree.kind !== 'binary') return unknown;
  const { operator, left, right } = tree;
  if (operator === 'and' || operator === 'or') {
    const a = meets(definitions, root, node, left);
    const b = meets(definitions, root, node, right);
    if (a === unknown || b === unknown) return unknown;
    return operator === 'and' ? a && b : a || b;
  }
  const wanted = literal(right);
  if (operator !== '=' || !wanted) return unknown;
  const found = walk(definitions, root, [node], left);
  if (found === unknown || found.nodes.length > 1) return unknown;
  return found.nodes.some((one) => sameJson(valueAt(one), wanted.value));
}

function call(definitions: Definitions, root: Node, on: Selection, name: string, args: readonly FhirPath[]): Walked {
  const [argument] = args;
  if (name === 'first' && !argument) return only(on.nodes.slice(0, 1));
  if (name === 'last' && !argument) return only(on.nodes.slice(-1));
  if (name === 'single' && !argument && on.nodes.length <= 1) return only(on.nodes);
  if (name === 'ofType' && argument?.kind === 'member' && !argument.on) {
    return only(on.nodes.filter(({ type }) => type === argument.name));
  }
  if (name === 'extension' && argument?.kind === 'string') {
    const extensions = children(definitions, on.nodes, 'extension').nodes;
    return only(extensions.filter((node) => (valueAt(node) as JsonObject | null)?.url === argument.text));
  }
  if (name !== 'where' || !argument) return unknown;
  const kept: Node[] = [];
  for (const node of on.nodes) {
    const met = meets(definitions, root, node, argument);
    if (met === unknown) return unknown;
    if (met) kept.push(node);
  }
  return only(kept);
}

function walk(definitions: Definitions, root: Node, context: Node[], tree: FhirPath): Walked {
  if (tree.kind === 'variable') return tree.name === '$this' ? only(context) : unknown;
  if (tree.kind === 'member' && !tree.on) {
    const isRoot = context.length === 1 && context[0] === root && tree.name === root.type;
    return isRoot ? only(context) : children(definitions, context, tree.name);
  }
  if (tree.kind !== 'member' && tree.kind !== 'index' && tree.kind !== 'call' && tree.kind !== 'type') return unknown;
  const inner = tree.kind === 'type' ? tree.operand : tree.on;
  const on = inner ? walk(definitions, root, context, inner) : only(context);
  if (on === unknown) return unknown;
  if (tree.kind === 'member') return children(definitions, on.nodes, tree.name);
  if (tree.kind === 'call') return call(definitions, root, on, tree.name, tree.args);
  if (tree.kind === 'type') {
    return tree.operator === 'as' ? only(on.nodes.filter(({ type }) => type === tree.type)) : unknown;
  }
  if (tree.index.kind !== 'number') return unknown;
  const node = on.nodes[tree.index.value];
  return only(node ? [node] : []);
}

/**
 * What a path selects, when it is of the simple kind people write in a patch: names, indexes, `where(a = 'b' and …)`,
 * `first()`, `last()`, `ofType()`, `extension('…')`. Null when it needs the general engine.
 */
export function select(definitions: Definitions, root: Node, path: string): Result<Selection | null> {
  let tree: FhirPath;
  try {
    tree = parse(path);
  } catch (error) {
    if (!(error instanceof FhirPathSyntaxError)) throw error;
    return invalid(`The path is not FHIRPath: ${error.message}`);
  }
  const found = walk(definitions, root, [root], tree);
  return ok(found === unknown ? null : found);
}

/** The one node of a selection. */
export function oneOf({ nodes }: Selection, path: string): Result<Node> {
  const [node] = nodes;
  if (!node) return unprocessable(`There is nothing at ${path}`);
  return nodes.length === 1 ? ok(node) : unprocessable(`${path} selects ${nodes.length} elements; it must be one`);
}
