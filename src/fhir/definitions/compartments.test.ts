import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { shared, sharedMissing } from '../../../test/support/shared-data.ts';
import { compartmentParameters, compartments, compartmentTypes, isCompartment } from './compartments.ts';
import { loadDefinitions } from './load.ts';
import { primary } from './primary.ts';
import { searchParameter } from './search-parameters.ts';

const definitions = loadDefinitions();

describe('a resource is in a compartment by parameters that its type has', () => {
  test.each(compartments)('%s', (compartment) => {
    const unknown = definitions.types.flatMap((type) =>
      compartmentParameters(definitions, compartment, type)
        .filter((code) => searchParameter(definitions, type, code)?.type !== 'reference')
        .map((code) => `${type}.${code}`),
    );
    expect(unknown).toEqual([]);
  });
});

describe('the compartments are those that HL7 published', () => {
  const names = ['Encounter', 'Practitioner', 'RelatedPerson', 'Device', 'Patient'] as const;
  test.skipIf(shared === null).each(names)(shared === null ? `%s: ${sharedMissing}` : '%s', (name) => {
    const file = `package/CompartmentDefinition-${name === 'RelatedPerson' ? 'relatedPerson' : name.toLowerCase()}.json`;
    const archive = join(shared ?? '', 'packages/hl7.fhir.r4.core-4.0.1.tgz');
    const published = JSON.parse(execFileSync('tar', ['xzOf', archive, file]).toString()) as {
      resource: { code: string; param?: string[] }[];
    };
    const different = published.resource.filter(({ code, param = [] }) => {
      const expected = param.filter((one) => one !== '{def}');
      return compartmentParameters(definitions, name, code).join() !== expected.join();
    });
    expect(different.map(({ code }) => code)).toEqual(name === 'Patient' ? ['Device', 'Patient'] : []);
  });
});

test('a Device is in the compartment of the Patient it names, which is our rule and not R4’s', () => {
  expect(compartmentParameters(definitions, 'Patient', 'Device')).toEqual(['patient']);
  expect(compartmentTypes(definitions, 'Patient')).toContain('Device');
  expect(compartmentTypes(definitions, 'Patient')).not.toContain('GuidanceResponse');
});

test('what the patient column holds is in that patient’s compartment', () => {
  for (const type of definitions.types) {
    if (primary(type).patient !== null) expect(compartmentTypes(definitions, 'Patient')).toContain(type);
  }
});

test('only the five of R4 are compartments', () => {
  expect(isCompartment('Patient')).toBe(true);
  expect(isCompartment('Organization')).toBe(false);
});
