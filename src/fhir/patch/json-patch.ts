import { copyLossless, isDecimal, parseLossless, sameJson, stringifyLossless } from '../lossless.ts';
import { invalid, ok, type Refusal, type Result, tooCostly, unprocessable } from '../outcome.ts';

const MAX_OPERATIONS = 1_000;
/** Characters that all `copy` operations of one patch may add, so that copying an array into itself cannot double without end. */
const MAX_COPIED = 4_000_000;

type Container = Record<string, unknown> | unknown[];
type Operation = {
  op: string;
  path: string[];
  from: string[] | null;
  value: unknown;
  hasValue: boolean;
  label: string;
};

const needsValue = new Set(['add', 'replace', 'test']);
const needsFrom = new Set(['move', 'copy']);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isDecimal(value);

/** The tokens of a JSON Pointer; null when it is none. https://www.rfc-editor.org/rfc/rfc6901 */
function pointer(text: unknown): string[] | null {
  if (typeof text !== 'string' || (text !== '' && !text.startsWith('/')) || /~(?![01])/.test(text)) return null;
  return text
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function operationOf(raw: unknown, index: number): Result<Operation> {
  const at = `JSON Patch operation ${index}`;
  if (!isObject(raw)) return invalid(`${at} must be an object`);
  const { op } = raw;
  if (typeof op !== 'string' || !(needsValue.has(op) || needsFrom.has(op) || op === 'remove')) {
    return invalid(`${at}: "op" must be one of add, remove, replace, move, copy, test`);
  }
  const label = `${at} (${op} ${typeof raw.path === 'string' ? raw.path : ''})`;
  const path = pointer(raw.path);
  if (!path) return invalid(`${label}: "path" must be a JSON Pointer, as /name/0/family`);
  const from = needsFrom.has(op) ? pointer(raw.from) : null;
  if (needsFrom.has(op) && !from) return invalid(`${label}: "from" must be a JSON Pointer, as /name/0/family`);
  const hasValue = Object.hasOwn(raw, 'value');
  if (needsValue.has(op) && !hasValue) return invalid(`${label}: "value" is missing`);
  // No FHIR element has this name, and as a key it would reach into the objects of the program.
  if (path.includes('__proto__') || from?.includes('__proto__'))
    return invalid(`${label}: __proto__ is not an element`);
  return ok({ op, path, from, value: raw.value, hasValue, label });
}

/** The place of an array that a token names; `-` is the one behind the last. */
function place(array: unknown[], token: string, last: number): number | null {
  if (token === '-') return last === array.length ? array.length : null;
  if (!/^(?:0|[1-9]\d*)$/.test(token)) return null;
  const index = Number(token);
  return index <= last ? index : null;
}

const missing = (operation: Operation, tokens: readonly string[]): Refusal =>
  unprocessable(`${operation.label}: there is nothing at /${tokens.join('/')}`);

function child(on: unknown, token: string): Result<unknown> | null {
  if (Array.isArray(on)) {
    const index = place(on, token, on.length - 1);
    return index === null ? null : ok(on[index]);
  }
  return isObject(on) && Object.hasOwn(on, token) ? ok(on[token]) : null;
}

function find(root: unknown, tokens: readonly string[], operation: Operation): Result<unknown> {
  let at = root;
  for (const [index, token] of tokens.entries()) {
    const next = child(at, token);
    if (!next) return missing(operation, tokens.slice(0, index + 1));
    if (!next.ok) return next;
    at = next.value;
  }
  return ok(at);
}

/** Where the last token of a path is a member or an index of. */
function container(root: unknown, tokens: readonly string[], operation: Operation): Result<Container> {
  const found = find(root, tokens.slice(0, -1), operation);
  if (!found.ok) return found;
  if (Array.isArray(found.value) || isObject(found.value)) return ok(found.value);
  return unprocessable(`${operation.label}: /${tokens.slice(0, -1).join('/')} is a primitive and has nothing inside`);
}

type Root = { value: unknown };

function add(root: Root, tokens: readonly string[], value: unknown, operation: Operation): Result<null> {
  const last = tokens.at(-1);
  if (last === undefined) {
    root.value = value;
    return ok(null);
  }
  const into = container(root.value, tokens, operation);
  if (!into.ok) return into;
  if (!Array.isArray(into.value)) {
    into.value[last] = value;
    return ok(null);
  }
  const index = place(into.value, last, into.value.length);
  if (index === null)
    return unprocessable(`${operation.label}: ${last} is not a place in an array of ${into.value.length}`);
  into.value.splice(index, 0, value);
  return ok(null);
}

function remove(root: Root, tokens: readonly string[], operation: Operation): Result<unknown> {
  const found = find(root.value, tokens, operation);
  const last = tokens.at(-1);
  if (!found.ok) return found;
  if (last === undefined) {
    root.value = null;
    return found;
  }
  const from = container(root.value, tokens, operation);
  if (!from.ok) return from;
  if (Array.isArray(from.value)) from.value.splice(Number(last), 1);
  else delete from.value[last];
  return found;
}

function replace(root: Root, operation: Operation): Result<null> {
  const found = find(root.value, operation.path, operation);
  const last = operation.path.at(-1);
  if (!found.ok) return found;
  if (last === undefined) {
    root.value = operation.value;
    return ok(null);
  }
  const into = container(root.value, operation.path, operation);
  if (!into.ok) return into;
  if (Array.isArray(into.value)) into.value[Number(last)] = operation.value;
  else into.value[last] = operation.value;
  return ok(null);
}

function move(root: Root, operation: Operation, from: readonly string[]): Result<null> {
  const { path } = operation;
  if (path.length > from.length && from.every((token, index) => token === path[index])) {
    return unprocessable(`${operation.label}: a value cannot be moved into itself`);
  }
  const taken = remove(root, from, operation);
  return taken.ok ? add(root, path, taken.value, operation) : taken;
}

function test(root: Root, operation: Operation): Result<null> {
  const found = find(root.value, operation.path, operation);
  if (!found.ok) return found;
  if (sameJson(found.value, operation.value)) return ok(null);
  return unprocessable(`${operation.label}: the value there is another`);
}

/**
 * A JSON Patch applied to JSON text: all of it or, at the first operation that fails, nothing. Numbers stay as written.
 *
 * @param content JSON text that has been checked
 * @param patch the text of the patch; 400 when it is not a JSON Patch, 422 when it does not fit the content
 * @see https://www.rfc-editor.org/rfc/rfc6902
 */
export function applyJsonPatch(content: string, patch: string): Result<string> {
  let list: unknown;
  try {
    list = parseLossless(patch);
  } catch {
    return invalid('The patch is not JSON');
  }
  if (!Array.isArray(list)) return invalid('A JSON Patch is an array of operations');
  if (list.length > MAX_OPERATIONS)
    return tooCostly(`A patch may have ${MAX_OPERATIONS} operations; this has ${list.length}`);
  const root: Root = { value: parseLossless(content) };
  let copied = 0;
  for (const [index, raw] of list.entries()) {
    const operation = operationOf(raw, index);
    if (!operation.ok) return operation;
    const { op, path, from, value } = operation.value;
    let done: Result<unknown> = ok(null);
    if (op === 'add') done = add(root, path, value, operation.value);
    if (op === 'remove') done = remove(root, path, operation.value);
    if (op === 'replace') done = replace(root, operation.value);
    if (op === 'test') done = test(root, operation.value);
    if (op === 'move' && from) done = move(root, operation.value, from);
    if (op === 'copy' && from) {
      const found = find(root.value, from, operation.value);
      if (!found.ok) return found;
      copied += stringifyLossless(found.value).length;
      if (copied > MAX_COPIED)
        return tooCostly(`${operation.value.label}: the patch copies more than ${MAX_COPIED} characters`);
      done = add(root, path, copyLossless(found.value), operation.value);
    }
    if (!done.ok) return done;
  }
  return ok(stringifyLossless(root.value));
}
