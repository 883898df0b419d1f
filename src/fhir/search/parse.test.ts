import { describe, expect, test } from 'vitest';

import { splitEscaped, unescaped } from './escape.ts';
import { searchNumber } from './numbers.ts';
import { parse, parseCriterion, parsePairs } from './parse.ts';

describe('escaping', () => {
  test.each([
    ['a,b', ',', ['a', 'b']],
    ['a\\,b,c', ',', ['a\\,b', 'c']],
    ['a\\\\,b', ',', ['a\\\\', 'b']],
    ['a$b\\$c', '$', ['a', 'b\\$c']],
    ['|x', '|', ['', 'x']],
    ['', ',', ['']],
    ['a\\', ',', ['a\\']],
  ] as const)('%j split at %s is %j', (text, separator, parts) => {
    expect(splitEscaped(text, separator)).toEqual(parts);
  });

  test.each([
    ['a\\,b\\|c\\$d\\\\', 'a,b|c$d\\'],
    ['a\\b', 'a\\b'],
  ])('%s means %s', (text, meant) => expect(unescaped(text)).toBe(meant));
});

test.each([
  ['5.4', 5.35, 5.45],
  ['5.40', 5.395, 5.405],
  ['100', 99.5, 100.5],
  ['1e2', 95, 105],
  ['1.00e2', 99.5, 100.5],
  ['-3', -3.5, -2.5],
  ['0.1', 0.05, 0.15],
  ['ap100', 90, 110],
])('the number %s stands for [%d, %d)', (text, from, to) => {
  expect(searchNumber(text)).toMatchObject({ from, to });
});

test.each(['', 'x', '1,5', '1e', '0x10', '1e999', 'gt', '--1', '1_000'])('%j is no number', (text) => {
  expect(searchNumber(text)).toBeNull();
});

test.each([
  ['name', { kind: 'parameter', code: 'name', modifier: null }],
  ['name:exact', { kind: 'parameter', code: 'name', modifier: 'exact' }],
  [
    'subject:Patient.name:exact',
    { kind: 'chain', code: 'subject', type: 'Patient', next: { code: 'name', modifier: 'exact' } },
  ],
  [
    'subject.organization.name',
    { kind: 'chain', next: { kind: 'chain', code: 'organization', next: { code: 'name' } } },
  ],
  ['_has:Observation:patient:code', { kind: 'has', type: 'Observation', code: 'patient', next: { code: 'code' } }],
  [
    '_has:Observation:patient:encounter.status',
    { kind: 'has', next: { kind: 'chain', code: 'encounter', next: { code: 'status' } } },
  ],
  ['patient._has:Group:member:_id', { kind: 'chain', next: { kind: 'has', type: 'Group', next: { code: '_id' } } }],
])('%s is read as what it is', (name, expected) => {
  expect(parseCriterion(name, 'x')).toMatchObject({ ok: true, value: expected });
});

test('a query is pairs; a plus is a space, and what is not UTF-8 is refused', () => {
  expect(parsePairs('a=1&b=x+y%2Cz&&c')).toMatchObject({
    value: [
      { name: 'a', value: '1' },
      { name: 'b', value: 'x y,z' },
      { name: 'c', value: '' },
    ],
  });
  expect(parsePairs('a=%ff')).toMatchObject({ ok: false, status: 400 });
});

test('what to do with the matches is not a criterion', () => {
  const request = parse([
    { name: '_sort', value: '-date,_id' },
    { name: '_count', value: '5' },
    { name: '_include:iterate', value: 'Observation:subject:Patient' },
    { name: '_elements', value: 'id' },
    { name: 'code', value: 'a,b' },
    { name: '_pretty', value: 'true' },
  ]);
  expect(request).toMatchObject({
    value: {
      sort: [
        { code: 'date', descending: true },
        { code: '_id', descending: false },
      ],
      count: 5,
      includes: [{ iterate: true, reverse: false, source: 'Observation', code: 'subject', target: 'Patient' }],
      criteria: [{ criterion: { code: 'code', values: ['a', 'b'] } }],
      pairs: [
        { name: '_sort' },
        { name: '_count' },
        { name: '_include:iterate' },
        { name: '_elements' },
        { name: 'code' },
      ],
    },
  });
});
