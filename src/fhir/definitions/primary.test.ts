import { describe, expect, test } from 'vitest';

import { loadDefinitions } from './load.ts';
import { primary, standIns } from './primary.ts';
import { searchParameter, searchParametersOf } from './search-parameters.ts';

const definitions = loadDefinitions();

describe('what a row answers by itself is a parameter of its type', () => {
  test.each(definitions.types)('%s', (type) => {
    const { patient, code, date, quantity } = primary(type);
    const typeOf = (parameter: string | null) => parameter && searchParameter(definitions, type, parameter)?.type;
    expect([null, 'reference']).toContain(typeOf(patient));
    expect([null, 'token']).toContain(typeOf(code));
    expect([null, 'date']).toContain(typeOf(date));
    expect([null, 'quantity']).toContain(typeOf(quantity));
  });
});

test('a combined parameter stands for parameters that are there', () => {
  for (const { code } of searchParametersOf(definitions, 'Observation')) {
    for (const other of standIns('Observation', code) ?? []) {
      expect(searchParameter(definitions, 'Observation', other)?.type).toBe(
        searchParameter(definitions, 'Observation', code)?.type,
      );
    }
  }
  expect(standIns('Observation', 'code')).toBeNull();
});

test('every type has the parameters of Resource, and Binary has not those of DomainResource', () => {
  expect(searchParameter(definitions, 'Patient', '_tag')?.type).toBe('token');
  expect(searchParameter(definitions, 'Patient', '_text')?.type).toBe('string');
  expect(searchParameter(definitions, 'Binary', '_text')).toBeUndefined();
  expect(searchParameter(definitions, 'Patient', 'code')).toBeUndefined();
});

test('a type can name several patients where the path to them goes through a list', () => {
  const several = definitions.types.filter((type) => {
    const { patient } = primary(type);
    const expression = patient && searchParameter(definitions, type, patient)?.expression;
    const branches = (expression || '').split('|').filter((branch) => branch.trim().startsWith(`${type}.`));
    const many = branches.some((branch) => {
      const path = branch.trim().replace(/\.where\(.*/, '');
      let at = type;
      return path.split('.').some((name, depth) => {
        const element = depth === 0 ? undefined : definitions.elements.get(at)?.get(name);
        at = element?.types[0] ?? at;
        return element?.many ?? false;
      });
    });
    return many || branches.length > 1;
  });
  // Of an AuditEvent there is one for each patient: the ledger writes them so.
  const ours = several.filter((type) => type !== 'AuditEvent');
  expect(ours).toEqual(definitions.types.filter((type) => !primary(type).patientIsOne));
});
