import type { Resource } from '../../src/fhir/context.ts';

const coding = (system: string, code: string, display?: string) => ({ coding: [{ system, code, display }] });
export const loinc = 'http://loinc.org';
export const ucum = 'http://unitsofmeasure.org';
const category = 'http://terminology.hl7.org/CodeSystem/observation-category';

const observation = (id: string, more: Record<string, unknown>) => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  subject: { reference: 'Patient/p1' },
  ...more,
});

const quantity = (value: number, code: string) => ({ value, unit: code, system: ucum, code });

/** A few of every kind that search tells apart. */
export const resources: Resource[] = [
  {
    resourceType: 'Organization',
    id: 'org1',
    name: 'Clinic of Zürich',
    identifier: [{ system: 'http://ids', value: 'O-1' }],
  },
  { resourceType: 'Organization', id: 'org2', name: 'Ward', partOf: { reference: 'Organization/org1' } },
  { resourceType: 'Practitioner', id: 'dr1', name: [{ family: 'Ärztin', given: ['Eva'] }], gender: 'female' },
  {
    resourceType: 'Patient',
    id: 'p1',
    meta: {
      tag: [{ system: 'http://tags', code: 'a' }],
      profile: ['http://profiles/x/patient|1'],
      source: 'http://feed/1',
    },
    text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">A <b>friendly</b> person</div>' },
    identifier: [
      {
        type: coding('http://terminology.hl7.org/CodeSystem/v2-0203', 'MR', 'Medical record'),
        system: 'http://mrn',
        value: 'A|1',
      },
    ],
    active: true,
    name: [{ family: 'Müller', given: ['Ann', 'Mary Jane'] }],
    gender: 'female',
    birthDate: '1980-02-29',
    telecom: [{ system: 'email', value: 'Ann@example.com' }],
    generalPractitioner: [{ reference: 'Practitioner/dr1' }],
    managingOrganization: { reference: 'Organization/org1' },
  },
  {
    resourceType: 'Patient',
    id: 'p2',
    name: [{ family: "O'Brien, 100%_x", given: ['Bob'] }],
    gender: 'male',
    birthDate: '1990',
    active: false,
    managingOrganization: { reference: 'Organization/org2' },
  },
  { resourceType: 'Patient', id: 'p3', name: [{ given: ['Zoe'] }] },
  {
    resourceType: 'Encounter',
    id: 'e1',
    status: 'finished',
    class: { system: 'http://act', code: 'AMB' },
    subject: { reference: 'Patient/p1' },
    period: { start: '2024-03-01T10:00:00Z', end: '2024-03-01T11:00:00Z' },
    participant: [{ individual: { reference: 'Practitioner/dr1' } }],
  },
  {
    resourceType: 'Encounter',
    id: 'e2',
    status: 'in-progress',
    class: { system: 'http://act', code: 'VR' },
    subject: { reference: 'Patient/p2', identifier: { system: 'http://mrn', value: 'B-2' } },
    period: { start: '2024-04-01' },
    partOf: { reference: 'Encounter/e1' },
  },
  observation('hr1', {
    code: coding(loinc, '8867-4', 'Heart rate'),
    category: [coding(category, 'vital-signs')],
    effectiveDateTime: '2024-01-15',
    valueQuantity: quantity(5.4, 'mg'),
    encounter: { reference: 'Encounter/e1' },
    performer: [{ reference: 'Practitioner/dr1' }],
  }),
  observation('hr2', {
    code: coding(loinc, '8867-4'),
    category: [coding(category, 'vital-signs')],
    effectiveDateTime: '2024-02-10T23:30:00-05:00',
    valueQuantity: quantity(0.0054, 'g'),
    hasMember: [{ reference: 'Observation/hr1' }],
  }),
  observation('two', {
    code: {
      coding: [
        { system: loinc, code: '8867-4' },
        { system: 'http://other', code: 'HR' },
      ],
      text: 'Pulse',
    },
    effectivePeriod: { start: '2024-01-01', end: '2024-02-28' },
    valueQuantity: { value: 60, comparator: '>', unit: 'beats/min' },
  }),
  observation('bp', {
    status: 'amended',
    subject: { reference: 'Patient/p2' },
    code: coding(loinc, '85354-9'),
    component: [
      { code: coding(loinc, '8480-6'), valueQuantity: quantity(145, 'mm[Hg]') },
      { code: coding(loinc, '8462-4'), valueQuantity: quantity(90, 'mm[Hg]') },
    ],
  }),
  observation('free', {
    code: { text: 'Something new' },
    effectiveDateTime: '2023',
    valueString: 'Tired, but well',
  }),
  {
    resourceType: 'Location',
    id: 'zurich',
    name: 'Zürich',
    position: { latitude: 47.3769, longitude: 8.5417 },
  },
  { resourceType: 'Location', id: 'bern', name: 'Bern', position: { latitude: 46.948, longitude: 7.4474 } },
  {
    resourceType: 'ValueSet',
    id: 'vs1',
    url: 'http://sets/a/b',
    version: '1',
    status: 'active',
    compose: { include: [{ system: loinc, concept: [{ code: '85354-9' }, { code: '1-1' }] }] },
  },
  { resourceType: 'ValueSet', id: 'vs2', url: 'http://sets/a', status: 'active' },
  {
    resourceType: 'List',
    id: 'l1',
    status: 'current',
    mode: 'working',
    subject: { reference: 'Patient/p3' },
    entry: [{ item: { reference: 'Patient/p1' } }, { item: { reference: 'Observation/bp' } }],
  },
  {
    resourceType: 'RiskAssessment',
    id: 'risk',
    status: 'final',
    subject: { reference: 'Patient/p1' },
    prediction: [{ probabilityDecimal: 0.8 }],
  },
];
