import { afterAll, beforeAll, expect, test } from 'vitest';

import type { Resource } from '../../src/fhir/context.ts';
import {
  type Answer,
  ask,
  coverage,
  employeeNumber,
  foundIn,
  jsonOf,
  organization,
  partyToken,
  person,
  put,
} from '../support/parties-world.ts';
import { type Server, startServer } from '../support/server.ts';

let server: Server;
let sun: string;
const get = (path: string, token = sun): Promise<Answer> => ask(server, token, 'GET', path);

const code = (system: string, value: string) => ({
  coding: [{ system: `http://terminology.hl7.org/CodeSystem/${system}`, code: value }],
});

const benefit = (id: string, patient: string, insurer: string, plan: string): Resource => ({
  resourceType: 'ExplanationOfBenefit',
  id,
  status: 'active',
  type: code('claim-type', 'professional'),
  use: 'claim',
  patient: { reference: `Patient/${patient}` },
  created: '2026-02-05',
  insurer: { reference: `Organization/${insurer}` },
  provider: { reference: 'Organization/clinic' },
  outcome: 'complete',
  insurance: [{ focal: true, coverage: { reference: `Coverage/${plan}` } }],
  diagnosis: [
    {
      sequence: 1,
      diagnosisCodeableConcept: { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'F32.2' }] },
    },
  ],
  item: [{ sequence: 1, productOrService: { text: 'Psychotherapy' } }],
  total: [{ category: code('adjudication', 'submitted'), amount: { value: 80, currency: 'CAD' } }],
});

const eligible = (id: string, patient: string, insurer: string): Resource => ({
  resourceType: 'CoverageEligibilityResponse',
  id,
  status: 'active',
  purpose: ['validation'],
  patient: { reference: `Patient/${patient}` },
  created: '2026-02-05',
  request: { reference: 'CoverageEligibilityRequest/r' },
  outcome: 'complete',
  insurer: { reference: `Organization/${insurer}` },
});

beforeAll(async () => {
  server = await startServer();
  sun = await partyToken(server, { actor: 'carrier', organization: 'sun' });
  await put(
    server,
    ...['acme', 'sun', 'moon', 'clinic'].map(organization),
    // Ada holds a plan with sun that Dan is on; Bob is with moon; Eve was with sun.
    person('ada', { identifier: [employeeNumber('acme', 'E-1')], maritalStatus: { text: 'canary-marital' } }),
    ...['dan', 'bob', 'eve'].map((id) => person(id)),
    coverage('ada-plan', {
      member: 'ada',
      employer: 'acme',
      payor: 'sun',
      more: { subscriber: { reference: 'Patient/ada' } },
    }),
    coverage('dan-plan', {
      member: 'dan',
      employer: 'acme',
      payor: 'sun',
      more: { subscriber: { reference: 'Patient/ada' } },
    }),
    coverage('bob-plan', { member: 'bob', employer: 'acme', payor: 'moon' }),
    coverage('eve-plan', { member: 'eve', employer: 'acme', payor: 'sun', more: { status: 'cancelled' } }),
    benefit('ada-eob', 'ada', 'sun', 'ada-plan'),
    benefit('dan-eob', 'dan', 'sun', 'dan-plan'),
    benefit('ada-moon', 'ada', 'moon', 'ada-plan'),
    benefit('bob-eob', 'bob', 'moon', 'bob-plan'),
    eligible('ada-eligible', 'ada', 'sun'),
    {
      resourceType: 'Observation',
      id: 'ada-obs',
      status: 'final',
      code: { text: 'canary-observation' },
      subject: { reference: 'Patient/ada' },
    },
    {
      resourceType: 'RelatedPerson',
      id: 'rel',
      patient: { reference: 'Patient/ada' },
      relationship: [{ text: 'spouse' }],
    },
  );
});
afterAll(() => server.close());

test('F8 a carrier sees who its members are and how they are covered, and what it wrote itself', async () => {
  expect(foundIn(await get('Patient'))).toEqual(['Patient/ada', 'Patient/dan']);
  expect(foundIn(await get('Coverage'))).toEqual(['Coverage/ada-plan', 'Coverage/dan-plan', 'Coverage/eve-plan']);
  expect(foundIn(await get('ExplanationOfBenefit'))).toEqual([
    'ExplanationOfBenefit/ada-eob',
    'ExplanationOfBenefit/dan-eob',
  ]);
  expect(foundIn(await get('RelatedPerson'))).toEqual(['RelatedPerson/rel']);
  const ada = jsonOf<Resource>(await get('Patient/ada'));
  expect(Object.keys(ada).sort()).toEqual([
    'address',
    'birthDate',
    'gender',
    'id',
    'meta',
    'name',
    'resourceType',
    'telecom',
  ]);
  expect((await get('Patient?identifier=E-1')).status).toBe(403);
  for (const type of ['Observation', 'Condition', 'QuestionnaireResponse', 'Encounter', 'Communication', 'Account'])
    expect((await get(type)).status, type).toBe(403);
  expect((await get('Patient/ada/$everything')).text).not.toContain('canary');
});

test('O-03 of who is insured elsewhere a carrier reads and writes as of nobody', async () => {
  for (const [known, unknown] of [
    ['Patient/bob', 'Patient/zzz'],
    ['ExplanationOfBenefit/bob-eob', 'ExplanationOfBenefit/zzz-eob'],
    ['Patient/eve', 'Patient/zzz'],
  ] as const) {
    const [one, other] = [await get(known), await get(unknown)];
    expect([one.status, other.status]).toEqual([404, 404]);
    expect(one.text.replaceAll(known, unknown)).toBe(other.text);
  }
  const write = (id: string, patient: string): Promise<Answer> =>
    ask(server, sun, 'PUT', `ExplanationOfBenefit/${id}`, benefit(id, patient, 'sun', 'ada-plan'));
  const [bobs, nobodys] = [await write('new-1', 'bob'), await write('new-1', 'zzz')];
  expect(bobs.status).toBe(404);
  expect(bobs.text).toBe(nobodys.text);
  expect(bobs.text).toBe((await get('ExplanationOfBenefit/new-1')).text);
  const create = (patient: string): Promise<Answer> =>
    ask(server, sun, 'POST', 'ExplanationOfBenefit', { ...benefit('', patient, 'sun', 'ada-plan'), id: undefined });
  const [ofBob, ofNobody] = [await create('bob'), await create('zzz')];
  expect(ofBob.status).toBe(404);
  expect(ofBob.text.replaceAll('bob', 'zzz')).toBe(ofNobody.text);
  // Neither under the id of what is another's, nor by a condition that matches it.
  expect(
    (await ask(server, sun, 'PUT', 'ExplanationOfBenefit/bob-eob', benefit('bob-eob', 'ada', 'sun', 'ada-plan')))
      .status,
  ).toBe(404);
  expect(
    (await ask(server, sun, 'PUT', 'ExplanationOfBenefit/ada-moon', benefit('ada-moon', 'ada', 'sun', 'ada-plan')))
      .status,
  ).toBe(404);
});

test('O-03 of its members a carrier writes what it has decided', async () => {
  const { id: _, ...made } = benefit('', 'ada', 'sun', 'ada-plan');
  const written = await ask(server, sun, 'POST', 'ExplanationOfBenefit', made);
  expect(written.status, written.text).toBe(201);
  const { id = '' } = jsonOf<Resource>(written);
  const changed = { ...made, id, outcome: 'partial' };
  expect((await ask(server, sun, 'PUT', `ExplanationOfBenefit/${id}`, changed)).status).toBe(200);
  expect(
    (await ask(server, sun, 'PUT', 'ExplanationOfBenefit/new-3', benefit('new-3', 'ada', 'moon', 'ada-plan'))).status,
  ).toBe(404);
  expect((await ask(server, sun, 'PUT', 'Patient/ada', person('ada'))).status).toBe(403);
  expect(
    (
      await ask(
        server,
        sun,
        'PUT',
        'Coverage/ada-plan',
        coverage('ada-plan', { member: 'ada', employer: 'acme', payor: 'sun' }),
      )
    ).status,
  ).toBe(403);
  await server.fetch(`ExplanationOfBenefit/${id}`, { method: 'DELETE' });
});

test('O-05 whether somebody is eligible their carrier and they read, and no other carrier', async () => {
  expect((await get('CoverageEligibilityResponse/ada-eligible')).status).toBe(200);
  const self = await partyToken(server, { patient: 'ada', fhirUser: 'Patient/ada', actor: 'self' }, 'patient/*.rs');
  expect((await get('CoverageEligibilityResponse/ada-eligible', self)).status).toBe(200);
  const moon = await partyToken(server, { actor: 'carrier', organization: 'moon' });
  expect((await get('CoverageEligibilityResponse/ada-eligible', moon)).status).toBe(404);
});

test('a carrier sees nobody from the moment that they are insured elsewhere', async () => {
  await put(server, coverage('bob-sun', { member: 'bob', employer: 'acme', payor: 'sun' }));
  expect((await get('Patient/bob')).status).toBe(200);
  await put(
    server,
    coverage('bob-sun', { member: 'bob', employer: 'acme', payor: 'sun', more: { period: { end: '2026-01-01' } } }),
  );
  expect((await get('Patient/bob')).status).toBe(404);
  await server.fetch('Coverage/bob-sun', { method: 'DELETE' });
});

test('O-15 a carrier is fed what changed of elections and addresses, and no observation', async () => {
  const since = new Date().toISOString();
  await put(
    server,
    person('ada', { address: [{ city: 'Ottawa' }] }),
    {
      resourceType: 'Observation',
      id: 'bp',
      status: 'final',
      code: { text: 'canary-pressure' },
      subject: { reference: 'Patient/ada' },
    },
    person('bob', { address: [{ city: 'Ottawa' }] }),
  );
  const fed = await get(`Organization/sun/$elections-feed?_since=${since}`);
  expect(fed.status, fed.text).toBe(200);
  expect(foundIn(fed)).toEqual(['Patient/ada']);
  expect(fed.text).toContain('Ottawa');
  expect(fed.text).not.toContain('canary');
  const all = await get('Organization/sun/$elections-feed');
  expect(foundIn(all)).toEqual([
    'Coverage/ada-plan',
    'Coverage/dan-plan',
    'Coverage/eve-plan',
    'Patient/ada',
    'Patient/dan',
    'RelatedPerson/rel',
  ]);
  expect((await get('Organization/moon/$elections-feed')).status).toBe(404);
  const hr = await partyToken(server, { actor: 'hr-admin', organization: 'sun' });
  expect((await get('Organization/sun/$elections-feed', hr)).status).toBe(403);
});

test('O-15 each delivery is in the ledger, by recipient and purpose', async () => {
  await get('Organization/sun/$elections-feed');
  const answer = await server.fetch('AuditEvent?patient=Patient/dan&_sort=-date&_count=1');
  const event = JSON.stringify(await answer.json());
  expect(event).toContain('ENROLLM');
  expect(event).toContain('Organization/sun');
});

test('O-16 Customer Care shares with a carrier while a request of the patient is open', async () => {
  await put(server, { resourceType: 'Practitioner', id: 'agent', active: true });
  const agent = await partyToken(server, { actor: 'care-agent', fhirUser: 'Practitioner/agent' }, 'user/*.cruds');
  const share = (patient: string, carrier = 'sun'): Promise<Answer> =>
    ask(server, agent, 'POST', `Patient/${patient}/$share-with-carrier`, {
      resourceType: 'Parameters',
      parameter: [{ name: 'carrier', valueId: carrier }],
    });
  const task: Resource = {
    resourceType: 'Task',
    id: 'help',
    status: 'in-progress',
    intent: 'order',
    for: { reference: 'Patient/ada' },
    owner: { reference: 'Practitioner/agent' },
  };
  const without = await share('ada');
  expect(without.status).toBe(403);
  expect(without.text).toBe((await share('zzz')).text);
  await put(server, task);
  const shared = await share('ada');
  expect(shared.status, shared.text).toBe(200);
  expect(foundIn(shared).slice(1)).toEqual(['Coverage/ada-plan', 'Patient/ada']);
  expect(shared.text).not.toMatch(/canary|E-1/);
  expect((await share('ada', 'moon')).status).toBe(400);
  const events = JSON.stringify(
    await (await server.fetch('AuditEvent?patient=Patient/ada&_sort=-date&_count=10')).json(),
  );
  const delivery = JSON.parse(events).entry.find(({ resource }: { resource: Resource }) =>
    JSON.stringify(resource).includes('"110152"'),
  );
  const validation = await server.fetch('AuditEvent/$validate', {
    method: 'POST',
    body: JSON.stringify(delivery.resource),
  });
  expect(await validation.text()).not.toMatch(/"severity":"error"/);
  expect(events).toContain('Task/help');
  expect(events).toContain('"COVERAGE"');
  await put(server, { ...task, status: 'completed' });
  expect((await share('ada')).status).toBe(403);
});

test('O-04 who holds a plan reads amounts of those who are on it, and nothing else of theirs', async () => {
  const self = await partyToken(server, { patient: 'ada', fhirUser: 'Patient/ada', actor: 'self' }, 'patient/*.rs');
  const answer = await get('ExplanationOfBenefit?patient=Patient/dan', self);
  expect(foundIn(answer)).toEqual(['ExplanationOfBenefit/dan-eob']);
  expect(answer.text).not.toMatch(/F32|Psychotherapy|clinic|diagnosis|productOrService|provider/);
  expect(answer.text).toContain('80');
  expect((await get('ExplanationOfBenefit/ada-eob', self)).text).toContain('F32.2');
  for (const path of ['Patient/dan', 'Observation?patient=Patient/dan', 'ExplanationOfBenefit/bob-eob']) {
    const { status, text } = await get(path, self);
    expect(status === 404 || !text.includes('"resource"'), path).toBe(true);
  }
  expect((await get('ExplanationOfBenefit?patient=Patient/dan&provider=Organization/clinic', self)).text).not.toContain(
    'dan-eob',
  );
  // And the other way round nothing at all.
  const dan = await partyToken(server, { patient: 'dan', fhirUser: 'Patient/dan', actor: 'self' }, 'patient/*.rs');
  expect((await get('ExplanationOfBenefit/ada-eob', dan)).status).toBe(404);
  expect((await get('Coverage/ada-plan', dan)).status).toBe(404);
  expect((await get('ExplanationOfBenefit/dan-eob', dan)).text).toContain('F32.2');
});
