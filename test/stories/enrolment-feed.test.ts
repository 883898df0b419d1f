import { afterAll, beforeAll, expect, test } from 'vitest';

import type { Resource } from '../../src/fhir/context.ts';
import { type Answer, ask, employeeNumber, organization, partyToken, put } from '../support/parties-world.ts';
import { type Server, startServer } from '../support/server.ts';

let server: Server;
let feed: string;

const urn = (at: number): string => `urn:uuid:00000000-0000-4000-8000-00000000000${at}`;
const entry = (at: number, resource: object) => ({
  fullUrl: urn(at),
  resource,
  request: { method: 'POST', url: (resource as Resource).resourceType },
});
const bundle = (...entries: object[]) => ({ resourceType: 'Bundle', type: 'transaction', entry: entries });
const member = (value: string, more: object = {}) => ({
  resourceType: 'Patient',
  identifier: [employeeNumber('acme', value)],
  name: [{ family: `Fed${value}`, given: ['Ada'] }],
  gender: 'female',
  birthDate: '1980-01-01',
  ...more,
});
const plan = (person: number, more: object = {}) => ({
  resourceType: 'Coverage',
  status: 'active',
  beneficiary: { reference: urn(person) },
  payor: [{ reference: 'Organization/sun' }],
  ...more,
});
const send = (body: object, token = feed): Promise<Answer> => ask(server, token, 'POST', '$enroll-feed', body);

const count = async (query: string): Promise<number> =>
  (await (await server.fetch(`${query}&_total=accurate&_count=1`)).json()).total;
const one = async (query: string): Promise<Resource> => (await (await server.fetch(query)).json()).entry[0].resource;

async function setMode(mode: string): Promise<void> {
  const body = {
    resourceType: 'Parameters',
    parameter: [
      { name: 'module', valueCode: 'enrolment' },
      { name: 'enabled', valueBoolean: true },
      { name: 'mode', valueCode: mode },
    ],
  };
  const answer = await server.fetch('Organization/acme/$set-module', { method: 'POST', body: JSON.stringify(body) });
  expect(answer.status).toBe(200);
}

beforeAll(async () => {
  server = await startServer();
  feed = await partyToken(server, { actor: 'employer-feed', organization: 'acme' });
  await put(server, organization('acme'), organization('sun'));
  await setMode('reject');
});
afterAll(() => server.close());

test('O-01 an employer feeds who works there, and each element is known to be from it', async () => {
  const work = {
    resourceType: 'Observation',
    status: 'final',
    category: [
      { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'social-history' }] },
    ],
    code: { coding: [{ system: 'http://loinc.org', code: '11341-5' }] },
    subject: { reference: urn(1) },
    valueString: 'Welder',
  };
  const answer = await send(bundle(entry(1, member('E-1')), entry(2, plan(1)), entry(3, work)));
  expect(answer.status, answer.text).toBe(200);
  const patient = await one('Patient?identifier=E-1');
  const coverage = await one(`Coverage?beneficiary=Patient/${patient.id}`);
  expect(coverage.policyHolder).toEqual({ reference: 'Organization/acme' });
  expect(JSON.stringify((await one(`Observation?subject=Patient/${patient.id}`)).meta)).toContain('EMP');
  const self = await partyToken(
    server,
    { patient: `${patient.id}`, fhirUser: `Patient/${patient.id}`, actor: 'self' },
    'patient/*.rs',
  );
  for (const name of [`Patient/${patient.id}`, `Coverage/${coverage.id}`]) {
    const found = await ask(server, self, 'GET', `Provenance?target=${name}`);
    for (const part of ['Organization/acme', 'CREATE', name.startsWith('Patient') ? 'birthDate' : 'payor'])
      expect(found.text, name).toContain(part);
  }
});

test('O-01 of a feed of which one entry is no enrolment nothing is stored', async () => {
  const condition = { resourceType: 'Condition', subject: { reference: urn(1) }, code: { text: 'canary-condition' } };
  const answer = await send(
    bundle(entry(1, member('E-11')), entry(2, member('E-12')), entry(3, member('E-13')), entry(4, condition)),
  );
  expect(answer.status).toBe(422);
  expect(answer.text).toContain('Bundle.entry[3]');
  expect(await count('Patient?identifier=E-11,E-12,E-13')).toBe(0);
});

test('O-01 F20 the system of an employer reads and writes nothing else', async () => {
  for (const path of [
    'Patient?identifier=E-1',
    'Patient',
    'Coverage',
    'Organization/acme',
    'Observation/x',
    'Patient/x/_history',
  ])
    expect((await ask(server, feed, 'GET', path)).status, path).toBe(403);
  expect((await ask(server, feed, 'POST', 'Patient', member('E-9'))).status).toBe(403);
  expect(
    (await ask(server, feed, 'POST', 'Patient', member('E-9'), { 'if-none-exist': 'identifier=E-1' })).status,
  ).toBe(403);
  expect((await ask(server, feed, 'PUT', 'Patient?identifier=E-1', member('E-1'))).status).toBe(403);
  const reading = bundle({ request: { method: 'GET', url: 'Patient?identifier=E-1' } });
  expect((await send(reading)).status).toBe(422);
  const batch = { ...reading, type: 'batch' };
  expect((await ask(server, feed, 'POST', '', batch)).text).toContain('403');
  const hr = await partyToken(server, { actor: 'hr-admin', organization: 'acme' });
  expect((await send(bundle(entry(1, member('E-9'))), hr)).status).toBe(403);
});

test('O-01 whether somebody was there already is not told', async () => {
  const again = await send(bundle(entry(1, member('E-1', { gender: 'other' })), entry(2, plan(1))));
  const anew = await send(bundle(entry(1, member('E-2')), entry(2, plan(1))));
  expect(again.status).toBe(200);
  expect(again.text).toBe(anew.text);
  expect(await count('Patient?identifier=E-1')).toBe(1);
  const patient = await one('Patient?identifier=E-1');
  expect(patient.gender).toBe('other');
  expect(await count(`Coverage?beneficiary=Patient/${patient.id}`)).toBe(1);
});

test('O-02 what is not on the list is refused or left out, and its name alone is in the ledger', async () => {
  const more = {
    maritalStatus: { text: 'canary-divorced' },
    extension: [{ url: 'urn:x', valueString: 'canary-extension' }],
  };
  const refused = await send(bundle(entry(1, member('E-3', more))));
  expect(refused.status).toBe(422);
  expect(refused.text).toContain('Patient.maritalStatus');
  expect(refused.text).not.toContain('canary');
  expect(await count('Patient?identifier=E-3')).toBe(0);
  await setMode('drop');
  expect((await send(bundle(entry(1, member('E-3', more))))).status).toBe(200);
  const patient = await one('Patient?identifier=E-3');
  expect(JSON.stringify(patient)).not.toMatch(/canary|maritalStatus|extension/);
  await setMode('reject');
  const events = await (await server.fetch('AuditEvent?_sort=-date&_count=50')).json();
  const named = JSON.stringify(events).match(/"valueString":"Patient.maritalStatus"/g);
  expect(named).toHaveLength(2);
  expect(JSON.stringify(events)).not.toContain('canary');
  const told = events.entry.find(({ resource }: { resource: Resource }) =>
    JSON.stringify(resource).includes('maritalStatus'),
  );
  const validation = await server.fetch('AuditEvent/$validate', {
    method: 'POST',
    body: JSON.stringify(told.resource),
  });
  expect(await validation.text()).not.toMatch(/"severity":"error"/);
});

test('O-01 nobody is fed into the record of another, and no other employer is named', async () => {
  await put(server, { resourceType: 'Patient', id: 'bob', identifier: [{ system: 'urn:mrn', value: 'B-1' }] });
  const bad = [
    bundle(entry(1, member('E-4')), entry(2, plan(1, { beneficiary: { reference: 'Patient/bob' } }))),
    bundle(entry(1, member('E-4')), entry(2, plan(1, { policyHolder: { reference: 'Organization/sun' } }))),
    bundle(entry(1, member('E-4')), entry(2, plan(1, { payor: [{ reference: 'Organization/zz' }] }))),
    bundle(entry(1, { ...member('E-4'), identifier: [{ system: 'urn:mrn', value: 'B-1' }] })),
    bundle(entry(1, { ...member('E-4'), identifier: [employeeNumber('other', 'E-4')] })),
    bundle(entry(1, member('E-4')), {
      fullUrl: urn(2),
      resource: { resourceType: 'Organization', id: 'sun', name: 'Taken over' },
      request: { method: 'PUT', url: 'Organization/sun' },
    }),
  ];
  for (const [at, body] of bad.entries()) expect((await send(body)).status, String(at)).toBe(422);
  expect(await count('Patient?identifier=E-4')).toBe(0);
  expect((await one('Organization?_id=sun')).name).toBe('The sun');
});

test('O-91 of a child who is on a plan there is who they are, and a mark', async () => {
  const year = new Date().getUTCFullYear() - 8;
  const child = {
    resourceType: 'Patient',
    identifier: [{ system: `${employeeNumber('acme', '').system}/dependent`, value: 'E-1-1' }],
    name: [{ family: 'Fed', given: ['Dan'] }],
    birthDate: `${year}-01-01`,
  };
  const related = {
    resourceType: 'RelatedPerson',
    patient: { reference: urn(2) },
    relationship: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-RoleCode', code: 'MTH' }] }],
  };
  const whole = (more: object) =>
    bundle(
      entry(1, member('E-1')),
      entry(2, { ...child, ...more }),
      entry(3, plan(2, { subscriber: { reference: urn(1) } })),
      entry(4, related),
    );
  expect((await send(whole({ telecom: [{ system: 'phone', value: '1' }] }))).status).toBe(422);
  const answer = await send(whole({}));
  expect(answer.status, answer.text).toBe(200);
  const stored = await one('Patient?identifier=E-1-1');
  expect(JSON.stringify(stored.meta)).toContain('dependent-minor');
  expect(Object.keys(stored).sort()).toEqual(['birthDate', 'id', 'identifier', 'meta', 'name', 'resourceType']);
});

test('two feeds of the same people at once enrol each of them once', async () => {
  const both = bundle(entry(1, member('E-50')), entry(2, plan(1)));
  const answers = await Promise.all([1, 2, 3, 4].map(() => send(both)));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  expect(await count('Patient?identifier=E-50')).toBe(1);
});

test('an employer without the module feeds nobody', async () => {
  const other = await partyToken(server, { actor: 'employer-feed', organization: 'sun' });
  expect((await send(bundle(entry(1, member('E-1'))), other)).status).toBe(404);
});
