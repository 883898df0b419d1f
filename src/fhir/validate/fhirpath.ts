/**
 * The run time of compiled FHIRPath, `$` in the generated code: functions over JSON values, where undefined is empty and a
 * list is an array or undefined. A null in a list is a primitive that has only extensions.
 *
 * @see ../definitions/fhirpath-compile.ts
 */
import { compareDates } from './dates.ts';

type List = readonly unknown[] | undefined;
type Truth = boolean | undefined;

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const list = (value: unknown): unknown[] => (value === undefined ? [] : [value]);
const some = (values: List): boolean => values !== undefined && values.length > 0;

/** Lists longer than this are walked once for all the items of another list, not once for each. */
const long = 16;
let flattened = new WeakMap<readonly unknown[], Map<string, unknown[]>>();
let keyed = new WeakMap<readonly unknown[], Set<string>>();
let remembers = false;

/** Before another resource, or the same after a change: what was found of long lists no longer holds. */
export function forgetLists(): void {
  if (!remembers) return;
  flattened = new WeakMap();
  keyed = new WeakMap();
  remembers = false;
}

function flatten(values: readonly unknown[], name: string): unknown[] {
  const found: unknown[] = [];
  for (const value of values) {
    if (!isObject(value) || !Object.hasOwn(value, name)) continue;
    const next = value[name];
    if (Array.isArray(next)) for (const item of next) found.push(item);
    else found.push(next);
  }
  return found;
}

function flat(values: List, name: string): unknown[] {
  if (values === undefined) return [];
  if (values.length <= long) return flatten(values, name);
  const known = flattened.get(values) ?? new Map<string, unknown[]>();
  flattened.set(values, known);
  remembers = true;
  const found = known.get(name) ?? flatten(values, name);
  known.set(name, found);
  return found;
}

function choice(value: unknown, keys: readonly string[]): unknown {
  if (isObject(value)) for (const key of keys) if (value[key] !== undefined) return value[key];
  return undefined;
}

/** Equality as JSON has it; the order of keys does not matter. */
export function equalJson(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (!isObject(left) || !isObject(right) || Array.isArray(left) !== Array.isArray(right)) return false;
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every((key) => Object.hasOwn(right, key) && equalJson(left[key], right[key]));
}

function equal(left: unknown, right: unknown): Truth {
  const lefts = Array.isArray(left) ? left : list(left);
  const rights = Array.isArray(right) ? right : list(right);
  if (lefts.length === 0 || rights.length === 0) return undefined;
  return lefts.length === rights.length && lefts.every((item, index) => equalJson(item, rights[index]));
}

/** A text that equal values have, and no others. */
function keyOf(value: unknown): string {
  if (!isObject(value)) return `${typeof value} ${value}`;
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return `${Array.isArray(value)}{${entries.map(([name, one]) => JSON.stringify([name, keyOf(one)])).join()}}`;
}

function has(values: readonly unknown[], item: unknown): boolean {
  if (values.length <= long) return values.some((one) => equalJson(one, item));
  const keys = keyed.get(values) ?? new Set(values.map(keyOf));
  keyed.set(values, keys);
  remembers = true;
  return keys.has(keyOf(item));
}

function union(left: List, right: List): unknown[] {
  const found: unknown[] = [];
  const seen = new Set<unknown>();
  for (const item of [...(left ?? []), ...(right ?? [])]) {
    const key = isObject(item) ? keyOf(item) : item;
    if (seen.has(key)) continue;
    seen.add(key);
    found.push(item);
  }
  return found;
}

type Measure = { value?: number; system?: string; code?: string; unit?: string; currency?: string };

/** Less than, equal to or greater than zero; undefined where the units differ and the order is not known. */
function compareQuantities(left: Measure | undefined, right: Measure | undefined): number | undefined {
  if (left?.value === undefined || right?.value === undefined) return undefined;
  if ((left.code ?? left.unit) !== (right.code ?? right.unit) || left.system !== right.system) return undefined;
  return left.currency === right.currency ? left.value - right.value : undefined;
}

function order(difference: number | undefined, operator: '<' | '<=' | '>' | '>='): Truth {
  if (difference === undefined) return undefined;
  if (operator === '<') return difference < 0;
  if (operator === '<=') return difference <= 0;
  return operator === '>' ? difference > 0 : difference >= 0;
}

function children(values: List): unknown[] {
  const found: unknown[] = [];
  for (const value of values ?? []) {
    if (!isObject(value)) continue;
    for (const [key, next] of Object.entries(value)) {
      if (key === 'resourceType') continue;
      if (Array.isArray(next)) for (const item of next) found.push(item);
      else found.push(next);
    }
  }
  return found;
}

function descendants(values: List): unknown[] {
  const found = children(values);
  for (let index = 0; index < found.length; index++) for (const next of children([found[index]])) found.push(next);
  return found;
}

const ofText =
  (decide: (text: string, argument: string) => boolean) =>
  (text: unknown, argument: unknown): Truth =>
    typeof text === 'string' && typeof argument === 'string' ? decide(text, argument) : undefined;

export const fhirpath = {
  list,
  some,
  flat,
  choice,
  union,
  equal,
  children,
  descendants,
  order,
  compareDates,
  compareQuantities,
  compareNumbers: (left: number | undefined, right: number | undefined): number | undefined =>
    left === undefined || right === undefined ? undefined : left - right,
  flatChoice: (values: List, keys: readonly string[]): unknown[] =>
    (values ?? []).flatMap((value) => list(choice(value, keys))),
  hasChoice: (value: unknown, keys: readonly string[]): boolean => choice(value, keys) !== undefined,
  same: (left: unknown, right: unknown): Truth =>
    left === undefined || right === undefined ? undefined : left === right,
  within: (item: unknown, values: List): Truth => (item === undefined ? undefined : has(values ?? [], item)),
  not: (value: Truth): Truth => (value === undefined ? undefined : !value),
  and: (left: Truth, right: Truth): Truth =>
    left === false || right === false ? false : left === undefined || right === undefined ? undefined : true,
  or: (left: Truth, right: Truth): Truth =>
    left === true || right === true ? true : left === undefined || right === undefined ? undefined : false,
  xor: (left: Truth, right: Truth): Truth => (left === undefined || right === undefined ? undefined : left !== right),
  implies: (left: Truth, right: Truth): Truth =>
    left === false || right === true ? true : left === undefined || right === undefined ? undefined : right,
  any: (values: List, test: (item: unknown) => boolean): boolean => (values ?? []).some(test),
  all: (values: List, test: (item: unknown) => boolean): boolean => (values ?? []).every(test),
  where: (values: List, test: (item: unknown) => boolean): unknown[] => (values ?? []).filter(test),
  allFalse: (values: List): boolean => (values ?? []).every((value) => value === false),
  allTrue: (values: List): boolean => (values ?? []).every((value) => value === true),
  isDistinct: (values: List): boolean => union(values, undefined).length === (values ?? []).length,
  isPrimitive: (value: unknown): boolean => value !== undefined && !isObject(value),
  hasValue: (values: List): boolean => values?.length === 1 && values[0] !== null && !isObject(values[0]),
  isResource: (value: unknown, type: string): Truth =>
    value === undefined ? undefined : isObject(value) && value.resourceType === type,
  resources: (values: List, type: string): unknown[] =>
    (values ?? []).filter((value) => isObject(value) && value.resourceType === type),
  select(values: List, project: (item: unknown) => unknown): unknown[] {
    const found: unknown[] = [];
    for (const value of values ?? []) {
      const next = project(value);
      if (Array.isArray(next)) found.push(...next);
      else if (next !== undefined) found.push(next);
    }
    return found;
  },
  only: (values: List): unknown => (values?.length === 1 ? values[0] : undefined),
  count: (values: List): number => values?.length ?? 0,
  first: (values: List): unknown => values?.[0],
  last: (values: List): unknown => values?.at(-1),
  tail: (values: List): unknown[] => (values ?? []).slice(1),
  combine: (left: List, right: List): unknown[] => [...(left ?? []), ...(right ?? [])],
  intersect: (left: List, right: List): unknown[] => union(left, undefined).filter((item) => has(right ?? [], item)),
  startsWith: ofText((text, prefix) => text.startsWith(prefix)),
  endsWith: ofText((text, suffix) => text.endsWith(suffix)),
  includes: ofText((text, part) => text.includes(part)),
  matches: (text: unknown, pattern: RegExp): Truth => (typeof text === 'string' ? pattern.test(text) : undefined),
  replace: (text: unknown, pattern: RegExp, substitute: string): string | undefined =>
    typeof text === 'string' ? text.replace(pattern, substitute) : undefined,
  substring: (text: unknown, start: number, length?: number): string | undefined =>
    typeof text === 'string' && start < text.length ? text.substr(start, length) : undefined,
  toString: (value: unknown): string | undefined => (value === undefined ? undefined : String(value)),
  toInteger: (value: unknown): number | undefined =>
    typeof value === 'boolean'
      ? Number(value)
      : typeof value === 'number'
        ? value
        : typeof value === 'string' && /^[+-]?\d+$/.test(value)
          ? Number(value)
          : undefined,
  concatenate: (left: unknown, right: unknown): string => `${left ?? ''}${right ?? ''}`,
  /** Of integers: JSON numbers do not add up as decimals do. */
  arithmetic(left: number | undefined, right: number | undefined, operator: string): number | undefined {
    if (left === undefined || right === undefined) return undefined;
    if (operator === '-') return left - right;
    if (operator === '*') return left * right;
    if (right === 0) return undefined;
    return operator === 'mod' ? left % right : Math.trunc(left / right);
  },
  add(left: unknown, right: unknown): unknown {
    if (typeof left === 'number' && typeof right === 'number') return left + right;
    return typeof left === 'string' && typeof right === 'string' ? left + right : undefined;
  },
};
