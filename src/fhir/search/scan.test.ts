import { expect, test } from 'vitest';

import { callerOf } from '../../../test/support/caller.ts';
import { everyRow, type Grant, type Interaction, type Rule } from '../access.ts';
import { Scan } from './scan.ts';
import { Statement } from './statement.ts';

const reading: ReadonlySet<Interaction> = new Set(['r', 's']);
const every = everyRow(reading);
const where = { text: 'category=a', keys: [[1, 2], [3]], holds: () => true };

function gate(rules: readonly Rule[], forbiddenLabels = 0): { text: string; params: unknown[] } {
  const types = new Map([['Observation', rules]]);
  const grant: Grant = {
    tenant: 7,
    caller: callerOf(),
    types,
    denials: new Map(),
    forbiddenLabels,
    basis: [],
    hash: '',
  };
  const statement = new Statement(7);
  const text = Scan.of(grant, 'Observation', 's')?.gate(statement, 'r').replace(/\s+/g, ' ') ?? '';
  return { text, params: statement.params.slice(1) };
}

const type = 'r.tenant = $1 and r.type = 96';
const ofPatients = '(r.patient = any($2::text[]) or r.patients && $2::text[])';

test.each<[string, readonly Rule[], string, unknown[]]>([
  ['every row', [every], type, []],
  ['every row, whatever else', [{ ...every, patients: ['p'] }, every, { ...every, where }], type, []],
  ['the rows of a patient', [{ ...every, patients: ['p'] }], `${type} and ${ofPatients}`, [['p']]],
  ['one row', [{ ...every, ids: ['x'] }], `${type} and r.id = any($2::text[])`, [['x']]],
  [
    'a part of a type',
    [{ ...every, where }],
    `${type} and (r.keys && $2::bigint[] and r.keys && $3::bigint[])`,
    [[1, 2], [3]],
  ],
  [
    'a part of the rows of a patient, for whom no index of keys is asked',
    [{ ...every, patients: ['p'], where: { ...where, keys: [[1]] } }],
    `${type} and (${ofPatients} and (r.keys && $3::bigint[]) is true)`,
    [['p'], [1]],
  ],
  [
    'two rules',
    [
      { ...every, patients: ['p'] },
      { ...every, ids: ['x'] },
    ],
    `${type} and (${ofPatients} or r.id = any($3::text[]))`,
    [['p'], ['x']],
  ],
  ['no rule of the interaction', [{ ...every, interactions: new Set<Interaction>(['c']) }], '', []],
])('the gate of %s', (_, rules, text, params) => {
  expect(gate(rules)).toEqual({ text, params });
});

test('labels are left out of every rule', () => {
  const { text } = gate(
    [
      { ...every, ids: ['x'] },
      { ...every, patients: ['p'] },
    ],
    4,
  );
  expect(text).toMatch(/^r\.tenant .* and \(.*\) and r\.labels & \$\d::bigint = 0$/);
});
