import type { Definition } from './conformance.ts';

type Json = Record<string, unknown>;

const pick = (from: Json, names: readonly string[]): Json =>
  Object.fromEntries(names.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name]]])));

const objects = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : []); // of a FHIR definition
const object = (value: unknown): Json | undefined =>
  typeof value === 'object' && value !== null ? (value as Json) : undefined; // checked on this line

const elementNames = [
  'id', 'path', 'sliceName', 'slicing', 'min', 'max', 'contentReference', 'isModifier', 'isSummary', 'maxLength',
]; // biome-ignore format: one list

function trimConstraint(constraint: Json): Json {
  const extension = objects(constraint.extension).filter((one) =>
    String(one.url).endsWith('elementdefinition-bestpractice'),
  );
  const kept = pick(constraint, ['key', 'severity', 'human', 'expression']);
  return extension.length === 0 ? kept : { ...kept, extension };
}

function trimElement(element: Json, isRoot: boolean): Json {
  const kept = pick(element, elementNames);
  for (const [name, value] of Object.entries(element)) if (/^(?:fixed|pattern)[A-Z]/.test(name)) kept[name] = value;
  if (element.type !== undefined)
    kept.type = objects(element.type).map((type) => pick(type, ['code', 'profile', 'targetProfile']));
  const binding = object(element.binding);
  if (binding?.valueSet !== undefined) kept.binding = pick(binding, ['strength', 'valueSet']);
  const constraints = objects(element.constraint)
    .filter(({ key }) => isRoot || (key !== 'ele-1' && key !== 'ext-1'))
    .map(trimConstraint);
  if (constraints.length > 0) kept.constraint = constraints;
  return kept;
}

const trimElements = (part: unknown): Json | undefined => {
  const elements = objects(object(part)?.element);
  return elements.length === 0 ? undefined : { element: elements.map((one, index) => trimElement(one, index === 0)) };
};

const trimConcepts = (concepts: unknown): Json[] =>
  objects(concepts).map(({ code, concept }) => ({
    code,
    ...(concept === undefined ? {} : { concept: trimConcepts(concept) }),
  }));

const trimContains = (contains: unknown): Json[] =>
  objects(contains).map((one) => ({
    ...pick(one, ['system', 'code', 'abstract']),
    ...(one.contains === undefined ? {} : { contains: trimContains(one.contains) }),
  }));

function trimCompose(compose: unknown): Json | undefined {
  const part = object(compose);
  if (part === undefined) return undefined;
  const trimmed = (includes: unknown): Json[] =>
    objects(includes).map((include) => ({
      ...pick(include, ['system', 'version', 'valueSet', 'filter']),
      ...(include.concept === undefined ? {} : { concept: objects(include.concept).map((one) => pick(one, ['code'])) }),
    }));
  return { include: trimmed(part.include), ...(part.exclude === undefined ? {} : { exclude: trimmed(part.exclude) }) };
}

/** What is left when nobody asked for more: prose, mappings, examples and displays go. A tenth of the size of R4. */
export function trim(definition: Definition): Definition {
  const { resourceType, url, version } = definition;
  const identity = { resourceType, url, ...(version === undefined ? {} : { version }) };
  if (resourceType === 'StructureDefinition') {
    const head = pick(definition, ['name', 'kind', 'abstract', 'type', 'baseDefinition', 'derivation', 'context']);
    const snapshot = trimElements(definition.snapshot);
    if (snapshot !== undefined) return { ...identity, ...head, snapshot };
    return { ...identity, ...head, differential: trimElements(definition.differential) };
  }
  if (resourceType === 'ValueSet') {
    const expansion = object(definition.expansion);
    const trimmed = expansion && {
      ...pick(expansion, ['total', 'extension']),
      contains: trimContains(expansion.contains),
    };
    return { ...identity, compose: trimCompose(definition.compose), expansion: trimmed };
  }
  if (resourceType === 'CodeSystem')
    return {
      ...identity,
      ...pick(definition, ['content', 'caseSensitive']),
      concept: trimConcepts(definition.concept),
    };
  return {
    ...identity,
    ...pick(definition, ['code', 'type', 'base', 'expression', 'target', 'component', 'resource']),
  };
}
