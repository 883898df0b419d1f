import type { Definitions, SearchParameterDef } from './definitions.ts';

type ByType = Map<string, Map<string, SearchParameterDef>>;

const tables = new WeakMap<Definitions, ByType>();

/**
 * Resources that are not DomainResources, so that its parameters are not theirs.
 *
 * @see https://hl7.org/fhir/R4/domainresource.html
 */
const plainResources: ReadonlySet<string> = new Set(['Binary', 'Bundle', 'Parameters']);

function basesOf(type: string): string[] {
  return plainResources.has(type) ? [type, 'Resource'] : [type, 'DomainResource', 'Resource'];
}

/**
 * The first definition of a code wins: packages are loaded after R4 and repeat its parameters, but what R4 means by a code is
 * what keys and columns are made for.
 */
function build(definitions: Definitions): ByType {
  const byBase: ByType = new Map();
  for (const parameter of definitions.searchParameters) {
    for (const base of parameter.base) {
      const codes = byBase.get(base) ?? new Map<string, SearchParameterDef>();
      if (!codes.has(parameter.code)) codes.set(parameter.code, parameter);
      byBase.set(base, codes);
    }
  }
  return new Map(
    definitions.types.map((type) => [type, new Map(basesOf(type).flatMap((base) => [...(byBase.get(base) ?? [])]))]),
  );
}

function tableOf(definitions: Definitions): ByType {
  let table = tables.get(definitions);
  if (!table) {
    table = build(definitions);
    tables.set(definitions, table);
  }
  return table;
}

/** The parameter of a type by its code, those of Resource and DomainResource included; undefined where there is none. */
export const searchParameter = (definitions: Definitions, type: string, code: string): SearchParameterDef | undefined =>
  tableOf(definitions).get(type)?.get(code);

/** Every parameter of a type: Resource's, DomainResource's and its own. */
export const searchParametersOf = (definitions: Definitions, type: string): SearchParameterDef[] => [
  ...(tableOf(definitions).get(type)?.values() ?? []),
];

const byUrl = new WeakMap<Definitions, Map<string, SearchParameterDef>>();

/** The parameter with this canonical URL, as the components of a composite name theirs. */
export function searchParameterByUrl(definitions: Definitions, url: string): SearchParameterDef | undefined {
  let table = byUrl.get(definitions);
  if (!table) {
    table = new Map(definitions.searchParameters.map((parameter) => [parameter.url, parameter]));
    byUrl.set(definitions, table);
  }
  return table.get(url);
}
