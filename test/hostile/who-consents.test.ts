import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Resource } from '../../src/fhir/context.ts';
import { type Answer, ask, person, put } from '../support/parties-world.ts';
import { type Server, startServer } from '../support/server.ts';

let server: Server;
const tokens: Record<string, string> = {};

const as = (who: string, method: string, path: string, body?: object): Promise<Answer> =>
  ask(server, tokens[who] ?? '', method, path, body);

const patch = (who: string, path: string, ...steps: object[]): Promise<Answer> =>
  ask(server, tokens[who] ?? '', 'PATCH', path, steps, { 'content-type': 'application/json-patch+json' });

const statusOf = async (who: string, path: string): Promise<number> => (await as(who, 'GET', path)).status;

const year = new Date().getUTCFullYear();
const role = (code: string) => [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-RoleCode', code }] }];
const label = (code: string) => ({ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code });
const to = (reference: string) => [
  {
    role: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }] },
    reference: { reference },
  },
];
const ofConditions = [{ system: 'http://hl7.org/fhir/resource-types', code: 'Condition' }];

const consent = (patient: string, provision: object, performer: string, id?: string): Resource => ({
  resourceType: 'Consent',
  ...(id === undefined ? {} : { id }),
  status: 'active',
  scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
  category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
  patient: { reference: `Patient/${patient}` },
  dateTime: '2026-01-01',
  performer: [{ reference: performer }],
  policy: [{ uri: 'http://policy.example' }],
  provision,
});

beforeAll(async () => {
  server = await startServer();
  const relatives = [
    ['mother', 'teen', 'MTH', true],
    ['father', 'child', 'FTH', true],
    ['delegate', 'pa', 'DPOWATT', true],
    ['former', 'pa', 'WIFE', false],
  ] as const;
  await put(
    server,
    ...['pa', 'pc'].map((id) => person(id)),
    person('teen', { birthDate: `${year - 15}-02-01` }),
    person('child', { birthDate: `${year - 8}-02-01` }),
    { resourceType: 'Practitioner', id: 'doc', active: true },
    ...['pa', 'pc', 'teen'].map((id) => ({
      resourceType: 'CareTeam',
      id: `team-of-${id}`,
      status: 'active',
      subject: { reference: `Patient/${id}` },
      participant: [{ member: { reference: 'Practitioner/doc' } }],
    })),
    ...relatives.map(([id, patient, code, active]) => ({
      resourceType: 'RelatedPerson',
      id,
      active,
      patient: { reference: `Patient/${patient}` },
      relationship: role(code),
    })),
    {
      resourceType: 'Condition',
      id: 'confided',
      subject: { reference: 'Patient/teen' },
      meta: { security: [label('HIV')] },
    },
    ...['pa', 'child'].map((id) => ({
      resourceType: 'Condition',
      id: `of-${id}`,
      subject: { reference: `Patient/${id}` },
    })),
    consent('pa', { type: 'deny', actor: to('RelatedPerson/delegate'), class: ofConditions }, 'Patient/pa', 'denied'),
    {
      resourceType: 'Binary',
      id: 'notes',
      contentType: 'text/plain',
      securityContext: { reference: 'Patient/pa' },
      data: Buffer.from('psychotherapy').toString('base64'),
    },
    {
      resourceType: 'DocumentReference',
      id: 'notes',
      status: 'current',
      subject: { reference: 'Patient/pa' },
      meta: { security: [label('PSY')] },
      content: [{ attachment: { url: 'Binary/notes' } }],
    },
  );
  for (const who of ['mother', 'father', 'delegate', 'former'])
    tokens[who] = await server.token('user/*.cruds', { fhirUser: `RelatedPerson/${who}` });
  tokens.doctor = await server.token('user/*.cruds', { fhirUser: 'Practitioner/doc' });
  tokens.pa = await server.token('patient/*.cruds', { patient: 'pa' });
  tokens.app = await server.token('patient/*.cruds', { patient: 'pa', actor: 'app' });
  tokens.system = await server.token('system/*.rs', { actor: 'system' });
});
afterAll(() => server.close());

describe('O-60 who acts for somebody', () => {
  test('gives neither themself nor others what a young person tells nobody', async () => {
    const file = (provision: object) => as('mother', 'POST', 'Consent', consent('teen', provision, 'Patient/teen'));
    expect((await file({ type: 'permit', actor: to('RelatedPerson/mother') })).status).toBe(403);
    const opened = { type: 'permit', actor: to('Practitioner/doc'), securityLabel: [label('HIV')] };
    expect((await file(opened)).status).toBe(403);
    expect((await file({ type: 'deny', provision: [opened] })).status).toBe(403);
    const proposed = { ...consent('teen', opened, 'Patient/teen', 'proposed'), status: 'proposed' };
    const made = await as('mother', 'POST', 'Consent', proposed);
    const id = (JSON.parse(made.text) as { id: string }).id;
    const step = { op: 'replace', path: '/status', value: 'active' };
    expect([made.status, (await patch('mother', `Consent/${id}`, step)).status]).toEqual([201, 403]);
    expect([await statusOf('mother', 'Condition/confided'), await statusOf('doctor', 'Condition/confided')]).toEqual([
      404, 404,
    ]);
    expect(await statusOf('mother', 'Patient/teen/$explain-access')).toBe(403);
  });

  test('says yes for a child, and takes back the no that they said', async () => {
    const denied = consent('child', { type: 'deny', actor: to('Practitioner/doc') }, 'RelatedPerson/father');
    const { text, status } = await as('father', 'POST', 'Consent', denied);
    expect(status).toBe(201);
    const { id } = JSON.parse(text) as { id: string };
    expect((await patch('father', `Consent/${id}`, { op: 'replace', path: '/status', value: 'inactive' })).status).toBe(
      200,
    );
    const given = consent('child', { type: 'permit', actor: to('Practitioner/doc') }, 'RelatedPerson/father');
    expect((await as('father', 'POST', 'Consent', given)).status).toBe(201);
    expect(await statusOf('doctor', 'Condition/of-child')).toBe(200);
    expect(await statusOf('father', 'Patient/child/$explain-access')).toBe(200);
  });

  test('does not take back what the patient has denied them', async () => {
    expect([await statusOf('delegate', 'Condition/of-pa'), await statusOf('delegate', 'Consent/denied')]).toEqual([
      404, 200,
    ]);
    const ended = { op: 'replace', path: '/status', value: 'inactive' };
    const theirs = { op: 'replace', path: '/performer/0/reference', value: 'RelatedPerson/delegate' };
    const wider = { op: 'replace', path: '/provision/actor/0/reference/reference', value: 'Practitioner/doc' };
    for (const steps of [[ended], [theirs], [wider], [theirs, ended]])
      expect((await patch('delegate', 'Consent/denied', ...steps)).status).toBe(403);
    expect((await as('delegate', 'POST', 'Consent/denied/$revokeConsent')).status).toBe(403);
    expect((await as('delegate', 'DELETE', 'Consent/denied')).status).toBe(403);
    expect(await statusOf('delegate', 'Condition/of-pa')).toBe(404);
  });

  test('is let in again, or into another record, by the patient and not by staff or an app', async () => {
    const again = { op: 'replace', path: '/active', value: true };
    const elsewhere = { op: 'replace', path: '/patient/reference', value: 'Patient/pc' };
    const grown = { op: 'remove', path: '/relationship' };
    for (const who of ['doctor', 'app']) expect((await patch(who, 'RelatedPerson/former', again)).status).toBe(403);
    expect((await patch('doctor', 'RelatedPerson/former', elsewhere)).status).toBe(403);
    expect((await patch('doctor', 'RelatedPerson/mother', grown)).status).toBe(403);
    expect(await statusOf('former', 'Patient/pa')).toBe(404);
    const called = { op: 'add', path: '/name', value: [{ text: 'Jo' }] };
    expect((await patch('doctor', 'RelatedPerson/former', called)).status).toBe(200);
    expect((await patch('pa', 'RelatedPerson/former', again)).status).toBe(200);
    expect(await statusOf('former', 'Patient/pa')).toBe(200);
  });
});

test('A-29 who writes a document of bytes does not open them', async () => {
  const of = { subject: { reference: 'Patient/pa' }, content: [{ attachment: { url: 'Binary/notes' } }] };
  expect(await statusOf('doctor', 'Binary/notes')).toBe(404);
  const written = { resourceType: 'DocumentReference', status: 'current', ...of };
  expect((await as('doctor', 'POST', 'DocumentReference', written)).status).toBe(201);
  expect(await statusOf('doctor', 'Binary/notes')).toBe(404);
  expect(await statusOf('pa', 'Binary/notes')).toBe(200);
});

describe('A-64 a Consent', () => {
  const data = (count: number) =>
    Array.from({ length: count }, (_, at) => ({
      meaning: 'related',
      reference: { reference: `Encounter/e${at}` },
    }));
  const file = (provision: object) => as('pa', 'POST', 'Consent', consent('pa', provision, 'Patient/pa'));

  test('of ten thousand exceptions is not taken', async () => {
    const many = Array.from({ length: 10_000 }, () => ({ type: 'deny', data: data(1) }));
    const codes = Array.from({ length: 2000 }, (_, at) => label(`X${at}`));
    for (const provision of [
      { type: 'permit', provision: many },
      { type: 'deny', data: data(101) },
      { type: 'permit', provision: [60, 60].map((count) => ({ type: 'deny', data: data(count) })) },
      { type: 'deny', securityLabel: codes },
    ])
      expect((await file(provision)).status).toBe(422);
    expect(await statusOf('doctor', 'Condition/of-pa')).toBe(200);
  });

  test('beyond what can be looked at denies everything, and holds up nobody', async () => {
    for (let at = 0; at < 3; at++) expect((await file({ type: 'deny', data: data(100) })).status).toBe(201);
    expect([await statusOf('doctor', 'Condition/of-pa'), await statusOf('system', 'Condition/of-pa')]).toEqual([
      404, 404,
    ]);
    expect([await statusOf('pa', 'Condition/of-pa'), await statusOf('doctor', 'Patient/pc')]).toEqual([200, 200]);
  });
});
