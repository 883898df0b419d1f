import type { Resource } from '../../src/fhir/context.ts';
import type { SearchParameterDef } from '../../src/fhir/definitions/definitions.ts';
import { searchParameter, searchParameterByUrl } from '../../src/fhir/definitions/search-parameters.ts';
import { plainText } from './naive-compare.ts';
import * as match from './naive-match.ts';
import { componentsOf, definitions, type Value, valuesOf } from './naive-values.ts';

/**
 * What a search should find: written down from https://hl7.org/fhir/R4/search.html, over resources in memory, without index and
 * SQL, so that the server can be judged by it. Slow, and plain.
 */
export type NaiveAnswer = {
  /** In the order of _sort; without one, in the order of `resources`. */
  ids: string[];
  /** The same, those that sort alike together. */
  groups: string[][];
  total: number;
};

type Records = {
  byType: ReadonlyMap<string, Resource[]>;
  byReference: ReadonlyMap<string, Resource>;
  /** `Observation.patient` → reference → who refers so. */
  referrers: Map<string, Map<string, Resource[]>>;
};
type World = Records & { now: number };

const records = new WeakMap<readonly Resource[], Records>();

function recordsOf(resources: readonly Resource[]): Records {
  let found = records.get(resources);
  if (!found) {
    const byReference = new Map(resources.map((one) => [`${one.resourceType}/${one.id}`, one]));
    found = { byType: Map.groupBy(resources, ({ resourceType }) => resourceType), byReference, referrers: new Map() };
    records.set(resources, found);
  }
  return found;
}

/** @param query not percent-encoded: `code=http://loinc.org|8867-4&_sort=-date` */
export function naiveSearch(
  resources: readonly Resource[],
  type: string,
  query: string,
  now = Date.now(),
): NaiveAnswer {
  const world: World = { ...recordsOf(resources), now };
  const asked = query
    .split('&')
    .filter((part) => part !== '')
    .map((part) => splitAt(part, '='));
  const controls = new Set([
    '_sort',
    '_count',
    '_total',
    '_include',
    '_revinclude',
    '_elements',
    '_summary',
    '_format',
  ]);
  const criteria = asked.filter(([name]) => !controls.has(name.split(':')[0] ?? ''));
  const found = (world.byType.get(type) ?? []).filter((one) =>
    criteria.every(([name, value]) => matches(world, one, name, value)),
  );
  const sort = asked.find(([name]) => name === '_sort')?.[1] ?? '';
  const groups = sorted(found, sort === '' ? [] : sort.split(',')).map((group) => group.map(({ id }) => id ?? ''));
  return { ids: groups.flat(), groups, total: found.length };
}

function splitAt(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)];
}

function matches(world: World, resource: Resource, name: string, value: string): boolean {
  if (name.startsWith('_has:')) return hasMatch(world, resource, name, value);
  if (name.includes('.')) return chainMatches(world, resource, name, value);
  const [code, modifier] = splitAt(name, ':');
  if (code === '_id') return match.split(value, ',').some((id) => id === resource.id);
  const parameter = parameterOf(resource.resourceType, code);
  return parameterMatches(world, resource, parameter, modifier, value);
}

function parameterOf(type: string, code: string): SearchParameterDef {
  const parameter = searchParameter(definitions, type, code);
  if (!parameter) throw new Error(`${type} has no search parameter ${code}`);
  return parameter;
}

/** `subject:Patient.name:exact=…`: some resource that is referred to matches the rest. */
function chainMatches(world: World, resource: Resource, name: string, value: string): boolean {
  const [link, rest] = splitAt(name, '.');
  const [code, only] = splitAt(link, ':');
  const [next = ''] = rest.split(/[.:]/);
  return valuesOf(resource, parameterOf(resource.resourceType, code))
    .flatMap(match.referencesOf)
    .flatMap((reference) => world.byReference.get(reference) ?? [])
    .filter(({ resourceType }) => only === '' || resourceType === only)
    .filter(({ resourceType }) => next === '_id' || next === '_has' || searchParameter(definitions, resourceType, next))
    .some((target) => matches(world, target, rest, value));
}

/** `_has:Observation:patient:code=…`: some resource that refers to this one matches the rest. */
function hasMatch(world: World, resource: Resource, name: string, value: string): boolean {
  const [, type = '', code = '', ...rest] = name.split(':');
  const here = `${resource.resourceType}/${resource.id}`;
  const others = referrersOf(world, type, code).get(here) ?? [];
  return others.some((other) => matches(world, other, rest.join(':'), value));
}

function referrersOf({ byType, referrers }: World, type: string, code: string): Map<string, Resource[]> {
  const name = `${type}.${code}`;
  let found = referrers.get(name);
  if (!found) {
    found = new Map();
    const parameter = parameterOf(type, code);
    for (const one of byType.get(type) ?? []) {
      for (const reference of new Set(valuesOf(one, parameter).flatMap(match.referencesOf))) {
        found.set(reference, [...(found.get(reference) ?? []), one]);
      }
    }
    referrers.set(name, found);
  }
  return found;
}

function parameterMatches(
  world: World,
  resource: Resource,
  parameter: SearchParameterDef,
  modifier: string,
  value: string,
): boolean {
  if (modifier === 'missing') return isMissing(resource, parameter) === (value === 'true');
  const wanted = match.split(value, ',');
  if (parameter.type === 'composite') return wanted.some((one) => compositeMatches(world, resource, parameter, one));
  const values = valuesOf(resource, parameter);
  if (modifier === 'not')
    return !wanted.some((one) => values.some((found) => valueMatches(world, parameter, '', found, one)));
  return wanted.some((one) => values.some((found) => valueMatches(world, parameter, modifier, found, one)));
}

/** Whether one value of a parameter is what was asked for. */
function valueMatches(
  { now }: World,
  { type, code, target }: SearchParameterDef,
  modifier: string,
  value: Value,
  wanted: string,
): boolean {
  switch (`${type}:${modifier}`) {
    case 'token:':
      return match.matchesToken(match.tokensOf(value), wanted);
    case 'token:text':
      return match.textsOf(value).some((text) => plainText(text).includes(plainText(match.unescaped(wanted))));
    case 'token:of-type':
      return match.matchesOfType(value, wanted);
    case 'string:':
      return match.matchesString(value, wanted);
    case 'string:exact':
      return match.stringsOf(value).includes(match.unescaped(wanted));
    case 'string:contains':
      return match.stringsOf(value).some((text) => plainText(text).includes(plainText(match.unescaped(wanted))));
    case 'date:':
      return match.matchesDate(value, wanted, now);
    case 'number:':
      return match.matchesNumber(value, wanted);
    case 'quantity:':
      return match.matchesQuantity(value, wanted);
    case 'uri:':
      return match.matchesUri(value, wanted);
    case 'uri:below':
      return match.isUnder(match.uriText(value), wanted);
    case 'uri:above':
      return match.isUnder(wanted, match.uriText(value));
    case 'special:':
      return match.matchesNear(value, wanted);
    case 'reference:identifier':
      return match.matchesToken(match.referenceIdentifiers(value), wanted);
    default:
      if (type !== 'reference') throw new Error(`${type} has no modifier :${modifier}`);
      return match.matchesReference(
        value,
        wanted,
        code === 'patient' ? ['Patient'] : target,
        modifier === '' ? null : modifier,
      );
  }
}

/** Both halves of one element. */
function compositeMatches(world: World, resource: Resource, parameter: SearchParameterDef, wanted: string): boolean {
  const parts = match.split(wanted, '$');
  const components = parameter.component.map(({ definition }) => searchParameterByUrl(definitions, definition));
  return componentsOf(resource, parameter).some((element) =>
    parts.every((part, at) => {
      const component = components[at];
      return (
        component !== undefined && (element[at] ?? []).some((value) => valueMatches(world, component, '', value, part))
      );
    }),
  );
}

/** A value that nothing could be compared with is none. */
function isMissing(resource: Resource, parameter: SearchParameterDef): boolean {
  if (parameter.type === 'composite') {
    return !componentsOf(resource, parameter).some((element) => element.every((values) => values.length > 0));
  }
  return !valuesOf(resource, parameter).some((value) => {
    switch (parameter.type) {
      case 'token':
        return match.tokensOf(value).some(({ system, code }) => system ?? code) || match.textsOf(value).length > 0;
      case 'reference':
        return match.referencesOf(value).length > 0 || match.referenceIdentifiers(value).length > 0;
      case 'date':
        return match.spanOfValue(value) !== null;
      case 'number':
      case 'quantity':
        return match.measureOf(value) !== null;
      case 'string':
        return match.stringsOf(value).length > 0;
      default:
        return true;
    }
  });
}

/** What a value sorts by. */
function sortTexts({ type }: SearchParameterDef, value: Value): (string | number)[] {
  switch (type) {
    case 'date': {
      const span = match.spanOfValue(value);
      return span === null ? [] : [span.start];
    }
    case 'number':
    case 'quantity': {
      const measure = match.measureOf(value);
      return measure === null ? [] : [measure.low];
    }
    case 'string':
      return match.stringsOf(value).map(plainText);
    case 'reference':
      return match.referencesOf(value);
    default:
      return match.tokensOf(value).flatMap(({ code }) => code ?? []);
  }
}

type SortKey = (resource: Resource) => string | number | null;

const compare = (a: string | number, b: string | number): number => (a < b ? -1 : a > b ? 1 : 0);

/** Of several values the one that comes first counts; resources without a value are last, whichever the direction. */
function sortKey(code: string, descending: boolean): SortKey {
  if (code === '_id') return ({ id }) => id ?? null;
  return (resource) => {
    const parameter = parameterOf(resource.resourceType, code);
    const texts = valuesOf(resource, parameter).flatMap((value) => sortTexts(parameter, value));
    const inOrder = texts.sort((a, b) => (descending ? compare(b, a) : compare(a, b)));
    return inOrder[0] ?? null;
  };
}

/** In order, those that sort alike together and by id. */
function sorted(found: readonly Resource[], sort: readonly string[]): Resource[][] {
  if (sort.length === 0) return found.map((one) => [one]);
  const keys = sort.map((one) => {
    const descending = one.startsWith('-');
    return { descending, key: sortKey(descending ? one.slice(1) : one, descending) };
  });
  const order = (a: Resource, b: Resource): number => {
    for (const { key, descending } of keys) {
      const [left, right] = [key(a), key(b)];
      if (left === right) continue;
      if (left === null) return 1;
      if (right === null) return -1;
      return descending ? compare(right, left) : compare(left, right);
    }
    return 0;
  };
  const list = [...found].sort((a, b) => order(a, b) || compare(a.id ?? '', b.id ?? ''));
  const groups: Resource[][] = [];
  for (const one of list) {
    const last = groups.at(-1);
    if (last?.[0] && order(last[0], one) === 0) last.push(one);
    else groups.push([one]);
  }
  return groups;
}
