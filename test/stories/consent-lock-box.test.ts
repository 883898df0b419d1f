import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type Server, startServer } from '../support/server.ts';

let server: Server;
let tokens: Record<'nine' | 'ten' | 'self', string>;

const scopes = 'user/*.cruds';
const encounter = { reference: 'Encounter/lock-1' };
const patient = { reference: 'Patient/lock' };

const resources = [
  { resourceType: 'Organization', id: 'clinic', name: 'Clinic' },
  { resourceType: 'Practitioner', id: 'nine' },
  { resourceType: 'Practitioner', id: 'ten' },
  {
    resourceType: 'Patient',
    id: 'lock',
    generalPractitioner: [{ reference: 'Practitioner/nine' }, { reference: 'Practitioner/ten' }],
  },
  ...['lock-1', 'lock-2'].map((id) => ({
    resourceType: 'Encounter',
    id,
    status: 'finished',
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
    subject: patient,
  })),
  {
    resourceType: 'Observation',
    id: 'inside',
    status: 'final',
    code: { text: 'x' },
    subject: patient,
    encounter,
  },
  { resourceType: 'Observation', id: 'outside', status: 'final', code: { text: 'x' }, subject: patient },
  {
    resourceType: 'AllergyIntolerance',
    id: 'inside',
    patient,
    encounter,
    clinicalStatus: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' }],
    },
  },
  {
    resourceType: 'AllergyIntolerance',
    id: 'outside',
    patient,
    clinicalStatus: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' }],
    },
  },
];

const lock = {
  resourceType: 'Consent',
  status: 'active',
  scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
  category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
  patient,
  dateTime: '2026-01-01',
  policy: [{ uri: 'http://example.org/policy' }],
  provision: {
    type: 'deny',
    actor: [
      {
        role: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }] },
        reference: { reference: 'Practitioner/nine' },
      },
    ],
    data: [{ meaning: 'related', reference: encounter }],
  },
};

const put = (resource: { resourceType: string; id: string }, init: RequestInit = {}): Promise<Response> =>
  server.fetch(`${resource.resourceType}/${resource.id}`, { ...init, method: 'PUT', body: JSON.stringify(resource) });

const as = (who: keyof typeof tokens): RequestInit => ({ headers: { authorization: `Bearer ${tokens[who]}` } });

async function idsOf(path: string, who: keyof typeof tokens): Promise<string[]> {
  const bundle = (await (await server.fetch(path, as(who))).json()) as {
    total?: number;
    entry?: { resource: { id: string } }[];
  };
  const ids = (bundle.entry ?? []).map(({ resource }) => resource.id).sort();
  if (bundle.total !== undefined) expect(bundle.total).toBe(ids.length);
  return ids;
}

beforeAll(async () => {
  server = await startServer();
  for (const resource of resources) expect((await put(resource)).status).toBe(201);
  tokens = {
    nine: await server.token(scopes, { fhirUser: 'Practitioner/nine' }),
    ten: await server.token(scopes, { fhirUser: 'Practitioner/ten' }),
    self: await server.token('patient/*.cruds', { patient: 'lock', fhirUser: 'Patient/lock' }),
  };
});
afterAll(() => server.close());

describe('a visit that is locked from one of two doctors', () => {
  test('O-63 is not there for them from their next request on, with all that was found in it', async () => {
    expect((await server.fetch('Encounter/lock-1', as('nine'))).status).toBe(200);
    const filed = await server.fetch('Consent', { ...as('self'), method: 'POST', body: JSON.stringify(lock) });
    expect(filed.status).toBe(201);
    expect((await server.fetch('Encounter/lock-1', as('nine'))).status).toBe(404);
    expect((await server.fetch('Observation/inside', as('nine'))).status).toBe(404);
    expect((await server.fetch('AllergyIntolerance/inside', as('nine'))).status).toBe(404);
    expect(await idsOf('Encounter?patient=lock', 'nine')).toEqual(['lock-2']);
    expect(await idsOf('Observation?patient=lock&_total=accurate', 'nine')).toEqual(['outside']);
    expect(await idsOf('AllergyIntolerance?patient=lock&_total=accurate', 'nine')).toEqual(['outside']);
    expect(await idsOf('Patient/lock/$everything?_type=Encounter,Observation,AllergyIntolerance', 'nine')).toEqual([
      'lock-2',
      'outside',
      'outside',
    ]);
  });

  test('O-63 takes along what comes later, even where no search parameter tells of the visit', async () => {
    const later = { ...resources.find(({ resourceType }) => resourceType === 'AllergyIntolerance'), id: 'later' };
    expect((await put(later as { resourceType: string; id: string })).status).toBe(201);
    expect((await server.fetch('AllergyIntolerance/later', as('nine'))).status).toBe(404);
    const bundle = (await (await server.fetch('AllergyIntolerance?patient=lock', as('nine'))).json()) as {
      entry: { resource: { id: string } }[];
    };
    expect(bundle.entry.map(({ resource }) => resource.id)).toEqual(['outside']);
    expect((await server.fetch('AllergyIntolerance/later', as('ten'))).status).toBe(200);
  });

  test('O-63 is there for the other, and for the patient', async () => {
    expect(await idsOf('Observation?patient=lock', 'ten')).toEqual(['inside', 'outside']);
    expect(await idsOf('Observation?patient=lock', 'self')).toEqual(['inside', 'outside']);
  });
});
