import type { Issue, Result } from '../outcome.ts';
import { invalid, notSupported, ok, tooCostly } from '../outcome.ts';
import { isResourceType } from '../resources.ts';
import { splitEscaped } from './escape.ts';
import { parseFilter } from './filter.ts';
import type { Asked, Criterion, Include, Pair, SearchRequest, SortBy } from './request.ts';
import { defaultCount, limits } from './request.ts';

/**
 * The pairs of an urlencoded text.
 *
 * @returns a 400 where a percent sign is not followed by two hexadecimal digits of UTF-8, or there are too many pairs
 */
export function parsePairs(text: string): Result<Pair[]> {
  const pairs: Pair[] = [];
  if (text === '') return ok(pairs);
  for (const part of text.split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = decode(equals < 0 ? part : part.slice(0, equals));
    const value = decode(equals < 0 ? '' : part.slice(equals + 1));
    if (name === null || value === null) return invalid(`Not urlencoded UTF-8: ${JSON.stringify(part.slice(0, 100))}`);
    if (value.includes('\0') || name.includes('\0')) return invalid('A search parameter holds the character NUL');
    pairs.push({ name, value });
  }
  if (pairs.length > limits.parameters)
    return tooCostly(`${pairs.length} search parameters; at most ${limits.parameters} are answered`);
  return ok(pairs);
}

function decode(text: string): string | null {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return null;
  }
}

/** A search under construction: what Draft lacks of SearchRequest is put in at the end. */
type Draft = {
  -readonly [K in keyof SearchRequest]: SearchRequest[K] extends readonly (infer One)[] ? One[] : SearchRequest[K];
};

type Control = (value: string, draft: Draft, modifier: string | null) => Result<unknown>;

const integer = /^\d{1,9}$/;

const nonNegative = (name: string, value: string): Result<number> =>
  integer.test(value)
    ? ok(Number(value))
    : invalid(`${name} is a whole number from 0 on, not ${JSON.stringify(value)}`);

const oneOf = (name: string, value: string, allowed: readonly string[]): Result<string> =>
  allowed.includes(value)
    ? ok(value)
    : invalid(`${name} is one of ${allowed.join(', ')}, not ${JSON.stringify(value.slice(0, 100))}`);

function parseInclude(name: string, value: string, reverse: boolean, iterate: boolean): Result<Include> {
  if (value === '*') return ok({ reverse, iterate, source: '*', code: '*', target: null });
  const [source = '', code = '', target = null, ...rest] = value.split(':');
  if (!isResourceType(source) || code === '' || rest.length > 0 || (target !== null && !isResourceType(target)))
    return invalid(`${name} is Type:parameter, Type:parameter:TargetType, Type:* or *, not ${JSON.stringify(value)}`);
  return ok({ reverse, iterate, source, code, target });
}

const include =
  (name: string, reverse: boolean): Control =>
  (value, draft, modifier) => {
    // `:recurse` is what STU3 called it.
    if (modifier !== null && modifier !== 'iterate' && modifier !== 'recurse')
      return invalid(`${name} has the modifier :iterate, not :${modifier}`);
    if (draft.includes.length >= limits.includes)
      return tooCostly(`More than ${limits.includes} parameters _include and _revinclude`);
    const parsed = parseInclude(name, value, reverse, modifier !== null);
    if (parsed.ok) draft.includes.push(parsed.value);
    return parsed;
  };

const sort: Control = (value, draft) => {
  for (const part of value.split(',')) {
    const descending = part.startsWith('-');
    const code = descending ? part.slice(1) : part;
    if (!/^[\w-]+$/.test(code)) return invalid(`_sort is a list of parameter codes, not ${JSON.stringify(value)}`);
    draft.sort.push({ code, descending } satisfies SortBy);
  }
  if (draft.sort.length > limits.sort)
    return tooCostly(`_sort by ${draft.sort.length} parameters; at most ${limits.sort} are sorted by`);
  return ok(null);
};

/** Parameters that say what to do with the matches, not which they are. */
const controls = new Map<string, Control>([
  [
    '_count',
    (value, draft) => {
      const count = nonNegative('_count', value);
      if (!count.ok) return count;
      if (count.value > limits.count) return tooCostly(`_count=${value}; at most ${limits.count} on a page`);
      draft.count = count.value;
      if (count.value === 0) draft.countOnly = true;
      return count;
    },
  ],
  [
    '_total',
    (value, draft) => {
      const total = oneOf('_total', value, ['none', 'estimate', 'accurate']);
      if (total.ok) draft.total = total.value as SearchRequest['total']; // one of the three just checked
      return total;
    },
  ],
  [
    '_summary',
    (value, draft) => {
      const summary = oneOf('_summary', value, ['true', 'text', 'data', 'count', 'false']);
      if (value === 'count') draft.countOnly = true;
      return summary;
    },
  ],
  ['_elements', () => ok(null)],
  ['_format', () => ok(null)],
  ['_pretty', () => ok(null)],
  ['_sort', sort],
  ['_include', include('_include', false)],
  ['_revinclude', include('_revinclude', true)],
  [
    '_type',
    (value, draft) => {
      const types = value.split(',').filter((type) => type !== '');
      const wrong = types.find((type) => !isResourceType(type));
      if (wrong !== undefined || types.length === 0)
        return invalid(`_type is a list of resource types, not ${JSON.stringify(value.slice(0, 100))}`);
      draft.types = draft.types ? draft.types.filter((type) => types.includes(type)) : [...new Set(types)];
      return ok(null);
    },
  ],
  [
    '_cursor',
    (value, draft) => {
      draft.cursor = value;
      return ok(null);
    },
  ],
  [
    '_explain',
    (value, draft) => {
      draft.explain = value === 'true';
      return oneOf('_explain', value, ['true', 'false']);
    },
  ],
  [
    '_contained',
    (value) =>
      value === 'false'
        ? ok(null)
        : notSupported('_contained=true: contained resources are found with their container'),
  ],
  ['_containedType', () => ok(null)],
]);

/** Not about what is found, so not in the self link. */
const unlinked: ReadonlySet<string> = new Set(['_cursor', '_format', '_pretty', '_explain']);

/**
 * What a query asks. Which parameters a type has is not known here; a chain, a `_has` or an OR list that costs too much is
 * refused here.
 */
export function parse(pairs: readonly Pair[]): Result<SearchRequest> {
  const draft: Draft = {
    criteria: [],
    types: null,
    includes: [],
    sort: [],
    count: defaultCount,
    total: 'none',
    countOnly: false,
    cursor: null,
    explain: false,
    pairs: [],
    warnings: [],
  };
  for (const pair of pairs) {
    const colon = pair.name.charCodeAt(0) === 95 ? pair.name.indexOf(':') : -1;
    const bare = colon < 0 ? pair.name : pair.name.slice(0, colon);
    const control = controls.get(bare);
    if (pair.value === '') {
      draft.warnings.push(emptyValue(pair.name));
      continue;
    }
    if (control) {
      const done = control(pair.value, draft, colon < 0 ? null : pair.name.slice(colon + 1));
      if (!done.ok) return done;
      if (!unlinked.has(bare)) draft.pairs.push(pair);
      continue;
    }
    // Those are what _filter's operators become, and no part of the URL's language.
    if (pair.name.includes(':filter-')) return notSupported(`${pair.name.slice(0, 200)}: there is no such modifier`);
    const criterion = pair.name === '_filter' ? parseFilter(pair.value) : parseCriterion(pair.name, pair.value);
    if (!criterion.ok) return criterion;
    draft.criteria.push({ criterion: criterion.value, pair });
    draft.pairs.push(pair);
  }
  return ok(draft);
}

const emptyValue = (name: string): Issue => ({
  severity: 'warning',
  code: 'invalid',
  diagnostics: `${name} has no value and was ignored`,
});

/** One parameter that selects: a plain one, a chain or a `_has`. */
export function parseCriterion(name: string, value: string): Result<Criterion> {
  if (value.length > limits.value * 10) return tooCostly(`The value of ${name.slice(0, 100)} is too long`);
  const values = splitEscaped(value, ',').filter((one) => one !== '');
  if (values.length === 0) return invalid(`${name} has no value`);
  const most = name === '_id' ? limits.ids : limits.orValues;
  if (values.length > most) return tooCostly(`${name} has ${values.length} values; at most ${most} are answered`);
  if (values.some((one) => one.length > limits.value))
    return tooCostly(`A value of ${name.slice(0, 100)} is longer than ${limits.value} characters`);
  return criterionOf(name, name, values, { chain: 0, has: 0 });
}

type Depth = { chain: number; has: number };

function criterionOf(name: string, rest: string, values: readonly string[], depth: Depth): Result<Criterion> {
  if (rest.startsWith('_has:')) return hasOf(name, rest, values, depth);
  const dot = rest.indexOf('.');
  if (dot < 0) return askedOf(name, rest, values);
  if (depth.chain + 1 > limits.chain)
    return tooCostly(`${name.slice(0, 200)} is a chain of more than ${limits.chain} references`);
  const [code = '', type = null, ...more] = rest.slice(0, dot).split(':');
  if (code === '' || more.length > 0 || (type !== null && !isResourceType(type)))
    return invalid(`${name.slice(0, 200)}: in a chain only a resource type may follow the colon`);
  const next = criterionOf(name, rest.slice(dot + 1), values, { ...depth, chain: depth.chain + 1 });
  return next.ok ? ok({ kind: 'chain', name, code, type, next: next.value }) : next;
}

function hasOf(name: string, rest: string, values: readonly string[], depth: Depth): Result<Criterion> {
  if (depth.has + 1 > limits.has) return tooCostly(`${name.slice(0, 200)} nests _has more than ${limits.has} deep`);
  const [, type = '', code = ''] = rest.split(':', 3);
  const from = '_has:'.length + type.length + 1 + code.length + 1;
  if (!isResourceType(type) || code === '' || from >= rest.length)
    return invalid(`${name.slice(0, 200)} must be _has:Type:reference:parameter`);
  const next = criterionOf(name, rest.slice(from), values, { ...depth, has: depth.has + 1 });
  return next.ok ? ok({ kind: 'has', name, type, code, next: next.value }) : next;
}

function askedOf(name: string, rest: string, values: readonly string[]): Result<Asked> {
  const colon = rest.indexOf(':');
  const code = colon < 0 ? rest : rest.slice(0, colon);
  const modifier = colon < 0 ? null : rest.slice(colon + 1);
  if (code === '' || modifier === '') return invalid(`Not the name of a search parameter: ${name.slice(0, 200)}`);
  return ok({ kind: 'parameter', name, code, modifier, values });
}
