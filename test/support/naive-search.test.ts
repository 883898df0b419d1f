import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { Resource } from '../../src/fhir/context.ts';
import { naiveSearch } from './naive-search.ts';
import { randomSearch } from './random-queries.ts';
import { randomResources } from './random-resources.ts';

const loinc = 'http://loinc.org';
const ucum = { system: 'http://unitsofmeasure.org' };

const world: Resource[] = [
  { resourceType: 'Organization', id: 'o', name: 'Clinique Élan' },
  {
    resourceType: 'Patient',
    id: 'p',
    gender: 'male',
    name: [{ family: 'Müller', given: ['Zoë'] }],
    birthDate: '1980-02',
    managingOrganization: { reference: 'Organization/o' },
  },
  { resourceType: 'Patient', id: 'q', name: [{ family: 'Mueller' }] },
  {
    resourceType: 'Observation',
    id: 'a',
    code: { coding: [{ system: loinc, code: '1' }], text: 'Heart rate' },
    subject: { reference: 'Patient/p/_history/3' },
    effectiveDateTime: '2024-02-29T10:00:00Z',
    valueQuantity: { value: 5.4, ...ucum, code: 'mg' },
  },
  {
    resourceType: 'Observation',
    id: 'b',
    code: { coding: [{ code: '1' }] },
    subject: { reference: 'Patient/q' },
    effectivePeriod: { start: '2024-03' },
    component: [
      { code: { coding: [{ code: 'sys' }] }, valueQuantity: { value: 120 } },
      { code: { coding: [{ code: 'dia' }] }, valueQuantity: { value: 80 } },
    ],
  },
];

describe('the naive search finds', () => {
  test.each([
    ['Patient', 'family=mull', 'p'],
    ['Patient', 'family:exact=Muller', ''],
    ['Patient', 'name:contains=LLER', 'p q'],
    ['Patient', 'gender:not=male', 'q'],
    ['Patient', 'gender:missing=true', 'q'],
    ['Patient', 'birthdate=1980', 'p'],
    ['Patient', 'birthdate=1980-02-01', ''],
    ['Patient', 'deceased=false', 'p q'],
    ['Patient', '_has:Observation:patient:code=1', 'p q'],
    ['Patient', '_has:Observation:patient:date=lt2024-03', 'p'],
    ['Patient', '_sort=-birthdate', 'p q'],
    ['Observation', 'code=1', 'a b'],
    ['Observation', 'code=|1', 'b'],
    ['Observation', `code=${loinc}|1,x`, 'a'],
    ['Observation', `code=${loinc}|`, 'a'],
    ['Observation', 'code:text=RATE', 'a'],
    ['Observation', 'subject=Patient/p', 'a'],
    ['Observation', 'patient=q', 'b'],
    ['Observation', 'patient.organization.name=clinique elan', 'a'],
    ['Observation', 'date=gt2024-02', 'b'],
    ['Observation', 'date=2024-02-29', 'a'],
    ['Observation', 'date=ne2024-02-29', 'b'],
    ['Observation', 'date=eb2024-03', 'a'],
    ['Observation', 'value-quantity=0.0054||g', 'a'],
    ['Observation', 'value-quantity=lt5.4||mg', ''],
    ['Observation', 'value-quantity=5', 'a'],
    ['Observation', 'value-quantity=5.3', ''],
    ['Observation', 'component-code-value-quantity=sys$gt100', 'b'],
    ['Observation', 'component-code-value-quantity=dia$gt100', ''],
    ['Observation', 'combo-code-value-quantity=1$5.4||mg', 'a'],
    ['Observation', '_sort=-date', 'b a'],
  ])('%s?%s → %s', (type, query, ids) => {
    expect(naiveSearch(world, type, query).ids.join(' ')).toBe(ids);
  });
});

test('random searches over random resources find something often enough to tell servers apart', () => {
  let searches = 0;
  let found = 0;
  fc.assert(
    fc.property(randomResources, fc.array(randomSearch, { minLength: 5, maxLength: 5 }), (resources, list) => {
      for (const { type, query } of list) {
        const { ids, total } = naiveSearch(resources, type, query, Date.UTC(2025, 0, 1));
        expect(new Set(ids).size).toBe(total);
        searches++;
        if (total > 0) found++;
      }
    }),
    { numRuns: 100 },
  );
  expect(found / searches).toBeGreaterThan(0.2);
});
