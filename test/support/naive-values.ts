import fhirpath from 'fhirpath';
import r4 from 'fhirpath/fhir-context/r4';

import type { Resource } from '../../src/fhir/context.ts';
import type { SearchParameterDef } from '../../src/fhir/definitions/definitions.ts';
import { loadDefinitions } from '../../src/fhir/definitions/load.ts';

export const definitions = loadDefinitions();

/** An element of a resource, and its FHIR type. */
export type Value = { type: string; value: unknown };

type Reference = { reference?: string; type?: string };

/** Whether a reference says it is to a type: by its URL, its `type`, or as a contained resource. */
export function saysType({ reference = '', type }: Reference, wanted: string, root: Resource): boolean {
  const inside = (root.contained ?? []) as Resource[]; // as a checked resource has it
  if (reference.startsWith('#'))
    return inside.some(({ id, resourceType }) => `#${id}` === reference && resourceType === wanted);
  const segments = reference.split('/_history/')[0]?.split('/') ?? [];
  return segments.at(-2) === wanted || type === wanted;
}

type Evaluate = (resource: Resource) => Value[];

/** The engine, with `resolve() is Type` answered from the reference itself, for it would fetch what it resolves. */
function engine(expression: string, base?: string): Evaluate {
  let root: Resource = { resourceType: '' };
  type Item = { data?: object };
  const fn = (items: Item[], wanted: string) => items.every((item) => saysType(item.data ?? item, wanted, root));
  const userInvocationTable = { saysType: { fn, arity: { 1: ['String' as const] } } };
  const text = expression.replace(/resolve\(\) is (\w+)/g, "saysType('$1')").replaceAll('(DateTime)', '(dateTime)');
  const path = base === undefined ? text : { base, expression: text };
  const evaluate = fhirpath.compile(path, r4, { userInvocationTable, resolveInternalTypes: false as const });
  return (resource) => {
    root = resource;
    const items: unknown[] = evaluate(resource);
    const types = fhirpath.types(items);
    const values: unknown[] = fhirpath.resolveInternalTypes(items);
    return values.map((value, at) => ({ type: (types[at] ?? '').replace(/^(?:FHIR|System)\./, ''), value }));
  };
}

const engines = new Map<string, Evaluate>();

function engineFor(expression: string, base?: string): Evaluate {
  const name = `${base ?? ''} ${expression}`;
  let found = engines.get(name);
  if (!found) {
    found = engine(expression, base);
    engines.set(name, found);
  }
  return found;
}

/** The branches of an expression that begin at a type, or at any resource. */
function branchesOf(expression: string, type: string): string[] {
  const begins = new RegExp(`^[\\s(]*(?:Resource|DomainResource|${type})\\b`);
  const mine = expression.split('|').filter((branch) => begins.test(branch));
  return mine.length > 0 ? mine.map((one) => one.trim()) : [expression];
}

const known = new WeakMap<Resource, Map<string, Value[]>>();

/** What a search parameter finds in a resource, by HL7's engine. One branch after the other, for it cannot compare `< 5`. */
export function valuesOf(resource: Resource, { code, expression }: SearchParameterDef): Value[] {
  let ofResource = known.get(resource);
  if (!ofResource) {
    ofResource = new Map();
    known.set(resource, ofResource);
  }
  let found = ofResource.get(code);
  if (!found) {
    const branches = expression === null ? [] : branchesOf(expression, resource.resourceType);
    found = branches.flatMap((branch) => engineFor(branch)(resource));
    ofResource.set(code, found);
  }
  return found;
}

/** For each element that a composite is of, the values of each of its components. */
export function componentsOf(resource: Resource, { expression, component }: SearchParameterDef): Value[][][] {
  return branchesOf(expression ?? '', resource.resourceType).flatMap((base) =>
    engineFor(base)(resource).map(({ value }) =>
      component.map((one) =>
        // The engine takes a part of a resource where its path is given.
        one.expression.split('|').flatMap((part) => engineFor(part.trim(), base)(value as Resource)),
      ),
    ),
  );
}
