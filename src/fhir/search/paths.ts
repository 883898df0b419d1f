import type { Definitions, SearchParameterDef } from '../definitions/definitions.ts';

/** Where a parameter's values are in the JSON of a resource, for an expression that is a plain path. */
export type ElementPath = {
  /** JSON keys from the root; those of a choice carry the type: `valueQuantity`. */
  keys: readonly string[];
  /** Some element on the way repeats. */
  many: boolean;
  /** The FHIR type of the last element. */
  type: string;
};

const cache = new WeakMap<SearchParameterDef, Map<string, readonly ElementPath[] | null>>();

/**
 * The paths of a parameter in one type; null where the expression is more than paths.
 * `Observation.effective` has one path for each type of the choice.
 */
export function elementPaths(
  definitions: Definitions,
  type: string,
  parameter: SearchParameterDef,
): readonly ElementPath[] | null {
  let byType = cache.get(parameter);
  if (!byType) {
    byType = new Map();
    cache.set(parameter, byType);
  }
  let paths = byType.get(type);
  if (paths === undefined) {
    paths = pathsOf(definitions, type, parameter.expression ?? '');
    byType.set(type, paths);
  }
  return paths;
}

/** The parts of a union that are about the type. */
export const branches = (type: string, expression: string): string[] =>
  expression
    .split('|')
    .map((part) => part.trim().replace(/^\((.*)\)$/, '$1'))
    .filter((part) => part.startsWith(`${type}.`) || /^(Domain)?Resource\./.test(part));

const plainPath = /^[A-Z]\w*(?:\.[a-z]\w*)+?(?:\.ofType\((\w+)\)| as (\w+))?$/;

function pathsOf(definitions: Definitions, type: string, expression: string): ElementPath[] | null {
  const found: ElementPath[] = [];
  for (const branch of branches(type, expression)) {
    const match = plainPath.exec(branch);
    if (!match) return null;
    const only = match[1] ?? match[2] ?? null;
    const names = branch
      .replace(/\.ofType\(\w+\)$| as \w+$/, '')
      .split('.')
      .slice(1);
    const paths = walk(definitions, type, names, only);
    if (paths === null) return null;
    found.push(...paths);
  }
  return found.length === 0 ? null : found;
}

function walk(
  definitions: Definitions,
  type: string,
  names: readonly string[],
  only: string | null,
): ElementPath[] | null {
  let at: ElementPath[] = [{ keys: [], many: false, type }];
  for (const [index, name] of names.entries()) {
    const next: ElementPath[] = [];
    for (const path of at) {
      const element = definitions.elements.get(path.type)?.get(name);
      if (!element) return null;
      const types = index === names.length - 1 && only !== null ? [only] : element.types;
      for (const one of types) {
        const key = element.choice ? `${name}${one[0]?.toUpperCase()}${one.slice(1)}` : name;
        next.push({ keys: [...path.keys, key], many: path.many || element.many, type: one });
      }
    }
    at = next;
  }
  return at;
}

/** Whether a resource has at most one value of it; a Timing is one, from its first to its last moment. */
export function isSingle(definitions: Definitions, type: string, parameter: SearchParameterDef): boolean {
  const paths = elementPaths(definitions, type, parameter);
  if (paths === null) return false;
  const places = new Set(
    branches(type, parameter.expression ?? '').map((branch) => branch.replace(/\.ofType\(\w+\)$/, '')),
  );
  return places.size === 1 && paths.every((path) => !path.many);
}
