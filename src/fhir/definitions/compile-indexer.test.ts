import fhirpath from 'fhirpath';
import r4 from 'fhirpath/fhir-context/r4';
import { describe, expect, test } from 'vitest';

import {
  r4Examples,
  shared,
  sharedMissing,
  syntheaFiles,
  syntheaResources,
} from '../../../test/support/shared-data.ts';
import type { Resource } from '../context.ts';
import { extractors } from '../search/extract/index.ts';
import { compileIndexer, compileValues } from './compile-indexer.ts';
import { loadDefinitions } from './load.ts';
import { searchParametersOf } from './search-parameters.ts';
import { codeSystems } from './systems.ts';
import { walkRuntime } from './walk-runtime.ts';

const definitions = loadDefinitions();
const compiled = definitions.types.map((type) => ({
  type,
  ...compileIndexer(definitions, type, extractors, codeSystems()),
}));

test('every search parameter of R4 that has an expression is compiled', () => {
  expect(compiled.flatMap(({ type, engine }) => engine.map((code) => `${type}.${code}`))).toEqual([]);
  const without = definitions.searchParameters.filter(({ expression }) => expression === null);
  expect(without.map(({ code }) => code).sort()).toEqual(['_content', '_query', '_text']);
});

test('the values that no search parameter type has a meaning for are these', () => {
  const unsearched = new Map(compiled.flatMap(({ type, unsearched }) => unsearched.map((what) => [what, type])));
  expect([...unsearched.keys()].sort()).toEqual([
    // Activities and onsets may be told in words or by age.
    'date of Age',
    'date of Range',
    'date of string',
    // Consent.source[x] as an attachment.
    'reference of Attachment',
  ]);
});

/** The part of a parameter's expression that is about one type, as the engine would take far longer over all of it. */
const expressionFor = (expression: string, type: string): string =>
  expression
    .split('|')
    .filter(
      (branch) => /^[\s(]*(?:Resource|DomainResource)\b/.test(branch) || new RegExp(`^[\\s(]*${type}\\b`).test(branch),
    )
    .join('|') || expression;

/** Whether a reference says it is to a type: by its `type`, its URL, or as a contained resource. */
function saysType(
  { reference = '', type }: { reference?: string; type?: string },
  wanted: string,
  root: Resource,
): boolean {
  const inside = (root.contained ?? []) as Resource[]; // as the examples have it
  if (reference.startsWith('#'))
    return inside.some(({ id, resourceType }) => `#${id}` === reference && resourceType === wanted);
  const segments = reference.split('/_history/')[0]?.split('/') ?? [];
  return segments.at(-2) === wanted || type === wanted;
}

/** The engine, with `resolve() is Type` answered from the reference itself, for it would fetch what it resolves. */
function engine(expression: string): (resource: Resource) => unknown[] {
  let root: Resource = { resourceType: '' };
  type Item = { data?: object };
  const fn = (items: Item[], wanted: string) => items.every((item) => saysType(item.data ?? item, wanted, root));
  const userInvocationTable = { saysType: { fn, arity: { 1: ['String' as const] } } };
  const text = expression.replace(/resolve\(\) is (\w+)/g, "saysType('$1')");
  const evaluate = fhirpath.compile(text, r4, { userInvocationTable });
  return (resource) => {
    root = resource;
    return evaluate(resource);
  };
}

type Compared = { code: string; mine: (resource: Resource) => unknown[]; theirs: (resource: Resource) => unknown[] };

/** Where the engine gives something else, and why. */
const differences: Readonly<Record<string, string>> = {
  'Observation/decimal': 'the union of the engine takes 1e-22 and 1e-245 for the same number',
};

const comparisons = new Map<string, Compared[]>();

function comparisonsOf(type: string): Compared[] {
  let found = comparisons.get(type);
  if (!found) {
    found = searchParametersOf(definitions, type).flatMap((parameter) => {
      const { code, expression } = parameter;
      const source = compileValues(definitions, type, parameter);
      if (expression === null || source === null) return [];
      const theirs = engine(expressionFor(expression, type));
      return [
        {
          code,
          mine: new Function('$', source)(walkRuntime),
          theirs,
        },
      ];
    });
    comparisons.set(type, found);
  }
  return found;
}

/** As a set, for the union of FHIRPath has no duplicates. Numbers as numbers, for the engine keeps their digits. */
const written = (values: unknown[]): string[] =>
  [...new Set(values.filter((one) => one !== null).map((one) => JSON.stringify(one)))].sort();

function compare(resource: Resource): string[] {
  if (`${resource.resourceType}/${resource.id}` in differences) return [];
  return comparisonsOf(resource.resourceType).flatMap(({ code, mine, theirs }) => {
    const found = written(mine(resource));
    let expected: string[];
    try {
      expected = written(theirs(resource));
    } catch (error) {
      // The engine compares Quantities to make a union, and cannot compare `< 5`.
      if (String(error).includes('that has a comparator')) return [];
      return [`${resource.resourceType}.${code}: the engine says ${error}`];
    }
    if (found.join() === expected.join()) return [];
    return [`${resource.resourceType}/${resource.id} ${code}: ${found} instead of ${expected}`];
  });
}

/** Of each type the first few, and then one in so many. */
function sample(resources: Iterable<Resource>, first: number, every: number): Resource[] {
  const seen = new Map<string, number>();
  return [...resources].filter(({ resourceType }) => {
    const count = seen.get(resourceType) ?? 0;
    seen.set(resourceType, count + 1);
    return count < first || count % every === 0;
  });
}

describe('the compiled expressions find what the FHIRPath engine finds', () => {
  test.skipIf(shared === null)(
    shared === null ? sharedMissing : 'in the official examples',
    { timeout: 600_000 },
    () => {
      expect(r4Examples().flatMap(compare)).toEqual([]);
    },
  );

  test.skipIf(shared === null)(shared === null ? sharedMissing : 'in Synthea records', { timeout: 600_000 }, () => {
    const identities = new Map<string, string>();
    const resources = syntheaFiles()
      .slice(0, 4)
      .flatMap((file) => syntheaResources(file, identities));
    expect(sample(resources, 5, 20).flatMap(compare)).toEqual([]);
  });

  const ours: Resource[] = [
    {
      resourceType: 'Patient',
      id: 'p',
      deceasedBoolean: false,
      telecom: [
        { system: 'phone', value: '1' },
        { system: 'email', value: 'a@b' },
      ],
    },
    {
      resourceType: 'Patient',
      id: 'q',
      deceasedDateTime: '2024',
      name: [{ given: ['A', null], _given: [null, { id: 'x' }] }],
    },
    {
      resourceType: 'Observation',
      subject: { reference: 'http://example.org/fhir/Patient/1/_history/2' },
      performer: [{ reference: '#a' }, { type: 'Patient', identifier: { value: '1' } }],
      contained: [{ resourceType: 'Practitioner', id: 'a' }],
      valueCodeableConcept: { coding: [{ code: 'a' }], text: 'A' },
      component: [
        { code: { text: 'c' }, valueQuantity: { value: 1 } },
        { code: { text: 'd' }, valueSampledData: { data: '1' } },
      ],
    },
    {
      resourceType: 'Encounter',
      participant: [{ individual: { reference: 'Practitioner/1' } }, { individual: { reference: 'RelatedPerson/1' } }],
    },
    { resourceType: 'InsurancePlan', name: 'Gold', alias: ['Or'] },
    { resourceType: 'Condition', onsetAge: { value: 3 }, abatementString: 'soon' },
  ];
  test.each(ours)('in a small $resourceType', (resource) => {
    expect(compare(resource)).toEqual([]);
  });
});

test('a value set of one code system gives its codes their system', () => {
  const systems = codeSystems();
  expect(systems.get('http://hl7.org/fhir/ValueSet/administrative-gender')).toBe(
    'http://hl7.org/fhir/administrative-gender',
  );
});
