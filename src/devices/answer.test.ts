import type { Bundle } from '@medplum/fhirtypes';
import { expect, test } from 'vitest';

import { createAnswer, TOLD } from './answer.ts';
import { type ItemOutcome, ruledOutItem } from './outcomes.ts';

const taken = (n: number, status: '200' | '201' = '201'): ItemOutcome => ({
  path: `Bundle.entry[${n}].resource`,
  status,
  id: `o${n}`,
  version: 1,
});
const refused = (n: number): ItemOutcome => ruledOutItem(`Bundle.entry[${n}].resource`, 'No');

const answered = (outcomes: readonly ItemOutcome[], entries?: number) => {
  const answer = createAnswer();
  answer.add(outcomes);
  const { status, body } = answer.response(entries);
  return { status, bundle: JSON.parse(String(body)) as Bundle };
};

test.each<[string, ItemOutcome[], number]>([
  ['all is new', [taken(0), taken(1)], 201],
  ['some is known', [taken(0), taken(1, '200')], 200],
  ['some is refused', [taken(0), refused(1)], 200],
  ['nothing is taken', [refused(0), refused(1)], 412],
])('where %s', (_, outcomes, status) => {
  expect(answered(outcomes).status).toBe(status);
});

test('an entry with many readings is answered as one, and one with none too', () => {
  const many = [taken(0), ruledOutItem('Bundle.entry[0].resource.data.x', 'No'), taken(2)];
  const { bundle } = answered(many, 3);
  expect(bundle.entry?.map(({ response }) => response?.status)).toEqual(['200 OK', '200 OK', '201 Created']);
  expect(bundle.entry?.[0]?.response?.outcome).toMatchObject({
    issue: [{ severity: 'information' }, { severity: 'error', expression: ['Bundle.entry[0].resource.data.x'] }],
  });
});

test('of very many items the refused are told of, and how many were what', () => {
  const outcomes = Array.from({ length: TOLD + 500 }, (_, n) => (n % 100 === 7 ? refused(n) : taken(n)));
  const answer = createAnswer();
  for (let at = 0; at < outcomes.length; at += 400) answer.add(outcomes.slice(at, at + 400));
  const { status, body } = answer.response(outcomes.length);
  const { entry = [] } = JSON.parse(String(body)) as Bundle;
  expect(status).toBe(200);
  expect(entry).toHaveLength(16);
  expect(entry[0]?.resource).toMatchObject({
    parameter: [
      { name: 'created', valueInteger: 1485 },
      { name: 'known', valueInteger: 0 },
      { name: 'amended', valueInteger: 0 },
      { name: 'refused', valueInteger: 15 },
    ],
  });
  expect(JSON.stringify(entry[0]?.response?.outcome)).toContain('only those that are refused');
});
