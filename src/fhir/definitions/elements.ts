import type { ElementDefinition, SearchParameter, StructureDefinition } from '@medplum/fhirtypes';

import type { ElementDef, SearchParameterDef } from './definitions.ts';

const typeName = (url: string): string => url.slice(url.lastIndexOf('/') + 1);

function elementDef(element: ElementDefinition, hasChildren: boolean, inherited: string): ElementDef {
  const types = element.contentReference
    ? [element.contentReference.slice(element.contentReference.indexOf('#') + 1)]
    : (element.type ?? []).map(({ code }) => {
        if (code.startsWith('http://hl7.org/fhirpath/')) return inherited;
        return hasChildren && (code === 'BackboneElement' || code === 'Element') ? element.path : code;
      });
  const profiles = (element.type ?? []).flatMap((type) => type.targetProfile ?? []);
  const targets = [...new Set(profiles.map(typeName))];
  return {
    types: [...new Set(types)],
    many: element.max !== '1' && element.max !== '0',
    choice: element.path.endsWith('[x]'),
    min: element.min ?? 0,
    max: element.max ?? '*',
    isSummary: element.isSummary ?? false,
    isModifier: element.isModifier ?? false,
    targets: targets.includes('Resource') ? [] : targets,
    binding: element.binding?.valueSet
      ? { strength: element.binding.strength, valueSet: element.binding.valueSet }
      : null,
  };
}

/** Adds the elements of one StructureDefinition with a snapshot, one entry per path that has children. */
function addElements(into: Map<string, Map<string, ElementDef>>, definition: StructureDefinition): void {
  const elements = definition.snapshot?.element ?? [];
  const parents = new Set(elements.map((element) => element.path.slice(0, element.path.lastIndexOf('.'))));
  into.set(definition.type, into.get(definition.type) ?? new Map());
  for (const element of elements.slice(1)) {
    const dot = element.path.lastIndexOf('.');
    const parent = element.path.slice(0, dot);
    const name = element.path.slice(dot + 1).replace('[x]', '');
    const idType = definition.kind === 'resource' && parent === definition.type ? 'id' : 'string';
    const children = into.get(parent) ?? new Map();
    children.set(name, elementDef(element, parents.has(element.path), name === 'id' ? idType : 'string'));
    into.set(parent, children);
  }
}

/** The elements of every structure that is not a profile and not a primitive type. */
export function digestElements(structures: readonly StructureDefinition[]): Map<string, Map<string, ElementDef>> {
  const elements = new Map<string, Map<string, ElementDef>>();
  for (const structure of structures) if (structure.kind !== 'primitive-type') addElements(elements, structure);
  return elements;
}

export function searchParameterDef(parameter: SearchParameter): SearchParameterDef {
  return {
    url: parameter.url,
    code: parameter.code,
    type: parameter.type,
    base: parameter.base,
    expression: parameter.expression ?? null,
    target: parameter.target ?? [],
    component: (parameter.component ?? []).map(({ definition, expression }) => ({ definition, expression })),
  };
}
