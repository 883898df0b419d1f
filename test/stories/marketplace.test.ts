import { afterAll, beforeAll, expect, test } from 'vitest';

import type { Resource } from '../../src/fhir/context.ts';
import { type Answer, ask, foundIn, jsonOf, organization, partyToken, person, put } from '../support/parties-world.ts';
import { type Server, startServer } from '../support/server.ts';

let server: Server;
let spa: string;
const get = (path: string, token = spa): Promise<Answer> => ask(server, token, 'GET', path);

const booking: Resource = {
  resourceType: 'Appointment',
  id: 'b1',
  meta: { tag: [{ system: 'urn:x', code: 'canary-tag' }] },
  extension: [{ url: 'urn:x', valueString: 'canary-extension' }],
  identifier: [{ system: 'urn:x', value: 'canary-identifier' }],
  status: 'booked',
  serviceType: [{ coding: [{ system: 'urn:x', code: 'canary-code' }], text: 'Massage, 60 minutes' }],
  reasonCode: [{ coding: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'F32.2' }] }],
  description: 'canary-description',
  comment: 'canary after divorce',
  patientInstruction: 'canary-instruction',
  start: '2030-04-01T10:00:00Z',
  end: '2030-04-01T11:00:00Z',
  participant: [
    { actor: { reference: 'Patient/ada', display: 'canary-display' }, status: 'accepted' },
    { actor: { reference: 'HealthcareService/massage' }, status: 'accepted' },
  ],
};

const shown = {
  resourceType: 'Appointment',
  id: 'b1',
  contained: [{ resourceType: 'Patient', id: 'guest-1', name: [{ family: 'Familyada', given: ['Givenada'] }] }],
  status: 'booked',
  serviceType: [{ text: 'Massage, 60 minutes' }],
  start: '2030-04-01T10:00:00Z',
  end: '2030-04-01T11:00:00Z',
  participant: [{ actor: { reference: '#guest-1', display: 'Givenada Familyada' }, status: 'accepted' }],
};

beforeAll(async () => {
  server = await startServer();
  spa = await partyToken(server, { actor: 'provider-market', organization: 'spa' });
  await put(
    server,
    organization('spa'),
    organization('gym'),
    { resourceType: 'HealthcareService', id: 'massage', active: true, providedBy: { reference: 'Organization/spa' } },
    { resourceType: 'HealthcareService', id: 'yoga', active: true, providedBy: { reference: 'Organization/gym' } },
    person('ada'),
    person('bob'),
    booking,
    {
      ...booking,
      id: 'b2',
      participant: [
        { actor: { reference: 'Patient/bob' }, status: 'accepted' },
        { actor: { reference: 'HealthcareService/yoga' }, status: 'accepted' },
      ],
    },
    {
      resourceType: 'ServiceRequest',
      id: 'o1',
      status: 'active',
      intent: 'order',
      code: { coding: [{ system: 'urn:x', code: 'canary-code' }], text: 'Meal plan' },
      subject: { reference: 'Patient/ada' },
      performer: [{ reference: 'Organization/spa' }],
      occurrenceDateTime: '2030-05-01',
      reasonCode: [{ text: 'canary-reason' }],
      note: [{ text: 'canary-note' }],
    },
    {
      resourceType: 'Communication',
      id: 'm1',
      status: 'completed',
      subject: { reference: 'Patient/ada' },
      sender: { reference: 'Patient/ada' },
      recipient: [{ reference: 'Organization/spa' }],
      sent: '2030-03-01T10:00:00Z',
      payload: [{ contentString: 'Running late. Call +1 (416) 555-0199 or write to ada@mail.example.' }],
      reasonCode: [{ text: 'canary-reason' }],
      note: [{ text: 'canary-note' }],
    },
    { resourceType: 'Account', id: 'acc', status: 'active', subject: [{ reference: 'Patient/ada' }] },
  );
  // Two versions, so that there is a history.
  await put(server, booking);
});
afterAll(() => server.close());

type Bundle = { entry?: { resource?: Resource }[]; total?: number };
const first = (answer: Answer): unknown => jsonOf<Bundle>(answer).entry?.[0]?.resource;
const plain = (resource: unknown): unknown => {
  // What _elements leaves out is told in a tag of its own.
  const { meta: _, ...rest } = resource as Resource;
  return rest;
};

test('O-40 a service provider sees five keys of a booking and no other, by read, version, history and search', async () => {
  expect(jsonOf(await get('Appointment/b1'))).toEqual(shown);
  expect(jsonOf(await get('Appointment/b1/_history/1'))).toEqual(shown);
  expect(first(await get('Appointment/b1/_history'))).toEqual(shown);
  expect(first(await get('Appointment/_history'))).toEqual(shown);
  expect(first(await get('Appointment'))).toEqual(shown);
  expect(first(await get('Appointment?date=2030-04-01&status=booked&_sort=date'))).toEqual(shown);
  expect(
    first(
      await ask(server, spa, 'POST', 'Appointment/_search', '_id=b1', {
        'content-type': 'application/x-www-form-urlencoded',
      }),
    ),
  ).toEqual(shown);
  expect(plain(first(await get('Appointment?_elements=start,comment,reasonCode,participant')))).toEqual({
    resourceType: 'Appointment',
    id: 'b1',
    status: shown.status,
    start: shown.start,
    participant: shown.participant,
  });
  const batch = {
    resourceType: 'Bundle',
    type: 'batch',
    entry: [{ request: { method: 'GET', url: 'Appointment/b1' } }],
  };
  expect(first(await ask(server, spa, 'POST', '', batch))).toEqual(shown);
});

test('O-40 no include, chain or summary adds to it', async () => {
  for (const path of [
    'Appointment?_include=Appointment:patient',
    'Appointment?_include=*&_include:iterate=*',
    'Appointment?_include=Appointment:actor',
    'Appointment?_revinclude=*',
    'Appointment?_summary=true',
    'Appointment?_summary=data',
    '_history',
    'Appointment/b1/$meta',
  ]) {
    const { text } = await get(path);
    expect(text, path).not.toMatch(/canary|F32|divorce|mail\.example|555|Hidden|1980|Patient\/ada|bob/i);
  }
  expect(foundIn(await get('Appointment?_include=*'))).toEqual(['Appointment/b1']);
});

test.each([
  'Appointment?reason-code=F32.2',
  'Appointment?identifier=urn:x|canary-identifier',
  'Appointment?actor=Patient/ada',
  'Appointment?patient=ada',
  'Appointment?patient.birthdate=1980-05-05',
  'Appointment?service-type=urn:x|canary-code',
  'Appointment?_tag=urn:x|canary-tag',
  'Appointment?_sort=reason-code',
  'Appointment?_filter=reason-code eq F32.2',
  'Communication?subject=Patient/ada',
  'ServiceRequest?subject=Patient/ada',
])('O-40 A-11 %s is refused, for what it asks by is not shown', async (path) => {
  expect((await get(encodeURI(path))).status).toBe(403);
});

test('O-40 the booking of another provider is as unknown as one that never was', async () => {
  const [other, none] = [await get('Appointment/b2'), await get('Appointment/zz')];
  expect([other.status, none.status]).toEqual([404, 404]);
  expect(other.text.replace('b2', 'zz')).toBe(none.text);
  expect(jsonOf<Bundle>(await get('Appointment?_total=accurate')).total).toBe(1);
});

test('O-40 an order shows who, what and when', async () => {
  expect(jsonOf(await get('ServiceRequest/o1'))).toEqual({
    resourceType: 'ServiceRequest',
    id: 'o1',
    contained: shown.contained,
    status: 'active',
    intent: 'order',
    code: { text: 'Meal plan' },
    subject: { reference: '#guest-1', display: 'Givenada Familyada' },
    occurrenceDateTime: '2030-05-01',
  });
});

test('O-40 what is shown is FHIR', async () => {
  for (const path of ['Appointment/b1', 'ServiceRequest/o1', 'Communication/m1']) {
    const { text } = await get(path);
    const [type] = path.split('/');
    const validation = await server.fetch(`${type}/$validate`, { method: 'POST', body: text });
    expect(await validation.text(), path).not.toMatch(/"severity":"error"/);
  }
});

test('O-41 a message is relayed without what somebody could be reached by', async () => {
  expect(jsonOf(await get('Communication/m1'))).toEqual({
    resourceType: 'Communication',
    id: 'm1',
    status: 'completed',
    recipient: [{ reference: 'Organization/spa' }],
    sent: '2030-03-01T10:00:00Z',
    sender: { display: 'Givenada Familyada' },
    payload: [{ contentString: 'Running late. Call […] or write to […].' }],
  });
});

test('O-42 of people, their accounts and claims a provider sees nothing', async () => {
  for (const type of [
    'Patient',
    'Account',
    'Claim',
    'Coverage',
    'Observation',
    'RelatedPerson',
    'ExplanationOfBenefit',
  ]) {
    expect((await get(type)).status, type).toBe(403);
    expect((await get(`${type}/ada`)).status, type).toBe(403);
  }
  expect((await get('Patient/ada/$everything')).status).toBe(403);
  expect((await get('Patient/guest-1')).status).toBe(403);
  expect((await get('HealthcareService/massage')).status).toBe(200);
  expect((await get('HealthcareService/yoga')).status).toBe(404);
});

test('A-23 no patch, update or condition finds out what is not shown', async () => {
  const patch = (value: string): Promise<Answer> =>
    ask(server, spa, 'PATCH', 'Appointment/b1', [{ op: 'test', path: '/comment', value }], {
      'content-type': 'application/json-patch+json',
    });
  const [right, wrong] = [await patch('canary after divorce'), await patch('b')];
  expect(right.status).toBe(403);
  expect(right.text).toBe(wrong.text);
  expect((await ask(server, spa, 'PUT', 'Appointment/b1', booking)).status).toBe(403);
  expect((await ask(server, spa, 'DELETE', 'Appointment/b1')).status).toBe(403);
  expect(
    (await ask(server, spa, 'POST', 'Appointment', booking, { 'if-none-exist': 'reason-code=F32.2' })).status,
  ).toBe(403);
});

test('O-40 who changes their name is shown by the new one, and who cancels as cancelled', async () => {
  await put(server, person('ada', { name: [{ family: 'Newname', given: ['Ada'] }] }), {
    ...booking,
    status: 'cancelled',
  });
  const changed = jsonOf<Resource>(await get('Appointment/b1'));
  expect(changed.status).toBe('cancelled');
  expect(JSON.stringify(changed.contained)).toContain('Newname');
});
