import type { SearchParameter, StructureDefinition } from '@medplum/fhirtypes';
import { expect, test } from 'vitest';

import { FhirPathSyntaxError, parse } from './fhirpath-parser.ts';
import { readBundle } from './load.ts';

test.each([
  ['a.b', { kind: 'member', on: { kind: 'member', on: null, name: 'a' }, name: 'b' }],
  ['`div`', { kind: 'member', on: null, name: 'div' }],
  ["'it\\'s \\u0041'", { kind: 'string', text: "it's A" }],
  ['@2024-02', { kind: 'date', text: '2024-02' }],
  ['@T10:30', { kind: 'time', text: 'T10:30' }],
  ['4 days', { kind: 'quantity', value: 4, text: '4', unit: 'days' }],
  ["1.50 'mg'", { kind: 'quantity', value: 1.5, text: '1.50', unit: 'mg' }],
  ['%`vs-name`', { kind: 'constant', text: 'vs-name' }],
  ['{}', { kind: 'empty' }],
  ['$this', { kind: 'variable', name: '$this' }],
  ['-1', { kind: 'sign', sign: '-', operand: { kind: 'number', value: 1, text: '1' } }],
  [
    'value as System.String',
    { kind: 'type', operator: 'as', operand: { kind: 'member', on: null, name: 'value' }, type: 'System.String' },
  ],
])('%s parses', (expression, tree) => {
  expect(parse(expression)).toEqual(tree);
});

test.each([
  ['1 + 2 * 3', '1 + (2 * 3)'],
  ['a or b and c', 'a or (b and c)'],
  ['a implies b implies c', '(a implies b) implies c'],
  ['a | b = c', '(a | b) = c'],
  ['a is B and c', '(a is B) and c'],
  ['a and // why\n b', 'a and b'],
])('%s is read as %s', (written, meant) => {
  expect(parse(written)).toEqual(parse(meant));
});

test.each(['', 'a.', 'a b', '(a', "'open", 'f(a,)', 'a[', '1 +', '#', '('.repeat(50_000), '-'.repeat(50_000)])(
  '%.20s is refused',
  (expression) => {
    expect(() => parse(expression)).toThrow(FhirPathSyntaxError);
  },
);

test('every invariant and search parameter of R4 parses', () => {
  const structures = [
    ...readBundle<StructureDefinition>('profiles-types.json'),
    ...readBundle<StructureDefinition>('profiles-resources.json'),
  ];
  const invariants = structures
    .flatMap((structure) => structure.snapshot?.element ?? [])
    .flatMap((element) => element.constraint ?? []);
  const expressions = [
    ...invariants.map((constraint) => constraint.expression),
    ...readBundle<SearchParameter>('search-parameters.json').map((parameter) => parameter.expression),
  ];
  const distinct = [...new Set(expressions.filter((expression) => expression !== undefined))];
  for (const expression of distinct) parse(expression);
  expect(distinct.length).toBeGreaterThan(1000);
});
