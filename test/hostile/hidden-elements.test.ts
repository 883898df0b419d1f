import { afterAll, beforeAll, expect, test } from 'vitest';

import type { Resource } from '../../src/fhir/context.ts';
import { type Answer, ask, coverage, foundIn, jsonOf, organization, person, put } from '../support/parties-world.ts';
import { type Server, startServer } from '../support/server.ts';

let server: Server;
const tokens: Record<string, string> = {};

const as = (who: string, method: string, path: string, body?: object): Promise<Answer> =>
  ask(server, tokens[who] ?? '', method, path, body);

const benefit = (id: string, patient: string, plan: string, provider: string, insurer = 'sun'): Resource => ({
  resourceType: 'ExplanationOfBenefit',
  id,
  status: 'active',
  type: { text: 'Claim' },
  use: 'claim',
  patient: { reference: `Patient/${patient}` },
  created: '2026-01-01',
  insurer: { reference: `Organization/${insurer}` },
  provider: { reference: `Organization/${provider}` },
  outcome: 'complete',
  insurance: [{ focal: true, coverage: { reference: `Coverage/${plan}` } }],
  disposition: 'canary',
});

const heldBack = (id: string): Resource => ({
  resourceType: 'Condition',
  id,
  subject: { reference: 'Patient/pa' },
  code: { coding: [{ system: 'http://codes.example', code: 'F32' }] },
});

beforeAll(async () => {
  server = await startServer();
  const plan = (member: string) =>
    coverage(`of-${member}`, {
      member,
      employer: 'acme',
      payor: 'sun',
      more: { subscriber: { reference: 'Patient/pa' } },
    });
  await put(
    server,
    ...['pa', 'pb'].map((id) => person(id)),
    ...['acme', 'clinic', 'lab', 'sun', 'moon', 'gateway'].map(organization),
    plan('pa'),
    plan('pb'),
    benefit('own', 'pa', 'of-pa', 'lab'),
    benefit('hers', 'pb', 'of-pb', 'clinic'),
    benefit('by-another', 'pb', 'of-pb', 'clinic', 'moon'),
    { resourceType: 'Practitioner', id: 'doc', active: true },
    {
      resourceType: 'CareTeam',
      id: 'team',
      status: 'active',
      subject: { reference: 'Patient/pa' },
      participant: [{ member: { reference: 'Practitioner/doc' } }],
    },
    {
      resourceType: 'Consent',
      id: 'denied',
      status: 'active',
      scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
      category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
      patient: { reference: 'Patient/pa' },
      dateTime: '2026-01-01',
      policy: [{ uri: 'http://policy.example' }],
      provision: {
        type: 'deny',
        actor: [
          {
            role: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }] },
            reference: { reference: 'Practitioner/doc' },
          },
        ],
        code: [{ coding: [{ system: 'http://codes.example', code: 'F32' }] }],
        class: [{ system: 'http://hl7.org/fhir/resource-types', code: 'Condition' }],
      },
    },
    heldBack('kept'),
    heldBack('gone'),
  );
  await server.fetch('Condition/gone', { method: 'DELETE' });
  tokens.doctor = await server.token('user/*.cruds', { fhirUser: 'Practitioner/doc' });
  tokens.pa = await server.token('user/*.cruds', { fhirUser: 'Patient/pa' });
  tokens.carrier = await server.token('system/*.cruds', { actor: 'carrier', organization: 'sun' });
  tokens.gateway = await server.token('system/*.cruds', { actor: 'device-gateway', organization: 'gateway' });
});
afterAll(() => server.close());

test('O-04 A-08 where somebody on the plan was treated is found out by no _revinclude, _include, chain, sort or text', async () => {
  const found = async (query: string): Promise<string[]> => foundIn(await as('pa', 'GET', query));
  expect(await found('ExplanationOfBenefit')).toEqual(
    ['by-another', 'hers', 'own'].map((id) => `ExplanationOfBenefit/${id}`),
  );
  for (const query of [
    'Organization?_id=clinic&_revinclude=ExplanationOfBenefit:provider',
    'Organization?_id=clinic&_revinclude:iterate=ExplanationOfBenefit:provider',
    'Organization?_id=clinic&_revinclude=*',
  ])
    expect({ query, found: await found(query) }).toEqual({ query, found: ['Organization/clinic'] });
  expect(await found('Organization?_id=lab&_revinclude=ExplanationOfBenefit:provider')).toEqual([
    'ExplanationOfBenefit/own',
    'Organization/lab',
  ]);
  expect(await found('ExplanationOfBenefit?_include=ExplanationOfBenefit:provider')).not.toContain(
    'Organization/clinic',
  );
  for (const query of [
    'ExplanationOfBenefit?provider=Organization/clinic',
    'ExplanationOfBenefit?provider.name=The clinic',
    'ExplanationOfBenefit?_filter=provider eq Organization/clinic',
    'ExplanationOfBenefit?patient=Patient/pb&disposition=canary',
    'ExplanationOfBenefit?patient=Patient/pb&_content=canary',
    'ExplanationOfBenefit?patient=Patient/pb&_sort=provider',
    'Organization?_id=clinic&_has:ExplanationOfBenefit:provider:status=active',
  ])
    expect({ query, found: await found(query) }).toEqual({ query, found: [] });
});

test('A-14 a carrier counts what it may read, and not what another insurer has settled', async () => {
  for (const query of ['_summary=count', '_total=accurate', '_total=accurate&_count=1', '_total=estimate', '_count=0'])
    expect([query, jsonOf(await as('carrier', 'GET', `ExplanationOfBenefit?${query}`))]).toMatchObject([
      query,
      { total: 2 },
    ]);
});

test('A-32 what is denied by what it says is unknown when it was deleted, too', async () => {
  for (const path of ['', '/_history', '/_history/1', '/_history/2']) {
    const gone = await as('doctor', 'GET', `Condition/gone${path}`);
    const never = await as('doctor', 'GET', `Condition/never${path}`);
    expect([gone.status, gone.text.replaceAll('gone', '')]).toEqual([404, never.text.replaceAll('never', '')]);
  }
  expect((await as('pa', 'GET', 'Condition/gone')).status).toBe(410);
});

test('O-08 a device gateway writes of nobody who has not consented to it', async () => {
  const measured = {
    resourceType: 'Observation',
    status: 'final',
    code: { text: 'steps' },
    subject: { reference: 'Patient/pb' },
  };
  expect((await as('gateway', 'POST', 'Observation', measured)).status).toBe(403);
  expect((await as('gateway', 'GET', 'Observation')).status).toBe(403);
});
