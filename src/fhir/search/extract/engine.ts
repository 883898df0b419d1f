import type { Resource } from '../../context.ts';
import type { SearchParameterDef } from '../../definitions/definitions.ts';
import { compileFhirPath } from '../../fhirpath-engine.ts';
import type { Draft, Slot } from './draft.ts';
import { extractors } from './index.ts';

type Extractor = (x: Draft, slot: Slot, value: unknown) => void;

/**
 * Extracts a parameter whose expression the compiler does not cover, through the FHIRPath engine: slow, and only for parameters of
 * packages. An expression that fails on a resource has no value there. Composites need the compiler.
 */
export function evaluated(parameter: SearchParameterDef): (resource: Resource, x: Draft, slot: Slot) => void {
  const { expression, type } = parameter;
  if (expression === null || type === 'composite') return () => {};
  // The items' own types select the extractor, which takes values of that type. What a package calls a type may be none.
  const table = (extractors[type] ?? {}) as unknown as Record<string, Extractor | undefined>;
  let evaluate: ReturnType<typeof compileFhirPath> | undefined;
  return (resource, x, slot) => {
    const before = x.found;
    for (const { value, type: name } of itemsOf(resource)) {
      const plain = name.replace(/^(?:FHIR|System)\./, '');
      // The engine's own String, Boolean and Integer are written with a capital.
      const extract = table[plain] ?? table[plain.toLowerCase()];
      if (value !== null && value !== undefined) extract?.(x, slot, value);
    }
    if (x.found !== before && !x.present.includes(slot.id)) x.present.push(slot.id);
  };

  function itemsOf(resource: Resource): ReturnType<ReturnType<typeof compileFhirPath>> {
    try {
      evaluate ??= compileFhirPath(expression ?? '{}');
      return evaluate(resource);
    } catch {
      return [];
    }
  }
}
