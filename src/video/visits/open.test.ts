import type { Appointment, Encounter } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { type Server, startServer } from '../../../test/support/server.ts';
import { ask, makeAppointment, makePeople, openVisit, tokenOf } from '../../../test/support/visit-world.ts';
import { policyOf } from './policy.ts';

let server: Server;
beforeAll(async () => {
  server = await startServer();
  await makePeople(server);
});
afterAll(() => server.close());

const MINUTE = 60_000;

/** An Appointment that is not as others are. */
async function odd(id: string, changes: Partial<Appointment>): Promise<string> {
  await makeAppointment(server, id);
  const read = (await (await server.fetch(`Appointment/${id}`)).json()) as Appointment;
  const body = JSON.stringify({ ...read, ...changes });
  expect((await server.fetch(`Appointment/${id}`, { method: 'PUT', body })).status).toBe(200);
  return id;
}

const textOf = (body: unknown): string => JSON.stringify(body);

test('an Appointment that is opened by many at once has one visit, with one Encounter', async () => {
  const id = await makeAppointment(server, 'many');
  const opened = await Promise.all(
    Array.from({ length: 20 }, (_, n) => ask(server, n % 2 ? 'doctor' : 'patient', `Appointment/${id}/$video-open`)),
  );
  expect(opened.map(({ status }) => status)).toEqual(opened.map(() => 200));
  expect(new Set(opened.map(({ value }) => value('encounter'))).size).toBe(1);
  const found = await server.fetch(`Encounter?appointment=Appointment/${id}&_total=accurate`);
  expect(await found.json()).toMatchObject({ total: 1 });
});

test('the Encounter of a visit is a virtual one, leads to its Appointment, and nothing in it lets anybody in', async () => {
  const encounter = await openVisit(server, await makeAppointment(server, 'virtual'));
  const read = (await (await server.fetch(`Encounter/${encounter}`)).json()) as Encounter;
  expect(read).toMatchObject({
    status: 'planned',
    statusHistory: [{ status: 'planned' }],
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'VR' },
    type: [{ coding: [{ system: 'http://snomed.info/sct', code: '448337001' }] }],
    subject: { reference: 'Patient/vera' },
    participant: [{ individual: { reference: 'Practitioner/dr-ana' } }],
    appointment: [{ reference: 'Appointment/virtual' }],
    contained: [{ resourceType: 'Location', physicalType: { coding: [{ code: 'vi' }] } }],
    location: [{ location: { reference: '#video' }, status: 'planned' }],
  });
  expect(textOf(read.extension)).toContain(`${server.origin}/video/virtual`);
  expect(server.smart.fhir.validate(read).filter(({ severity }) => severity === 'error')).toEqual([]);
  const [[id, room] = []] = await server.database.query(
    'select id, room from video_visit where tenant = $1 and encounter = $2',
    [1, encounter],
  );
  for (const secret of [String(id), String(room)]) expect(textOf(read)).not.toContain(secret);
  expect(Buffer.from(String(room).split('.')[1] ?? '', 'base64url')).toHaveLength(16);
});

test.each<[string, Partial<Appointment>, number, RegExp]>([
  ['cancelled', { status: 'cancelled' }, 409, /is cancelled/],
  ['only proposed', { status: 'proposed' }, 409, /is proposed/],
  ['over', { start: '2026-01-01T10:00:00Z', end: '2026-01-01T10:30:00Z' }, 409, /time of this visit is over/],
  [
    'of nobody who treats',
    {
      participant: [
        { actor: { reference: 'Patient/vera' }, status: 'accepted' },
        { actor: { reference: 'Practitioner/dr-ana' }, status: 'declined' },
      ],
    },
    422,
    /a Patient and a Practitioner/,
  ],
])('an Appointment that is %s has no visit', async (name, changes, status, why) => {
  const id = await odd(`odd-${name.replaceAll(' ', '-')}`, changes);
  const answer = await ask(server, 'patient', `Appointment/${id}/$video-open`);
  expect([answer.status, textOf(answer.body)]).toEqual([status, expect.stringMatching(why)]);
});

test('V-7 a visit is opened by who takes part in it, and of others none learns that there is an Appointment', async () => {
  const id = await makeAppointment(server, 'foreign');
  const unknown = await ask(server, 'stranger', 'Appointment/no-such/$video-open');
  const foreign = await ask(server, 'stranger', `Appointment/${id}/$video-open`);
  expect(foreign.status).toBe(404);
  expect(textOf(foreign.body)).toBe(textOf(unknown.body).replaceAll('no-such', id));
  const [[count] = []] = await server.database.query(
    'select count(*)::int from video_visit where tenant = $1 and appointment = $2',
    [1, id],
  );
  expect(count).toBe(0);
  const helped = await ask(server, 'mother', `Appointment/${id}/$video-open`);
  expect(helped.status, textOf(helped.body)).toBe(200);
});

test('how visits are held is said by an operator or the privacy officer of the tenant, and holds for what is opened then', async () => {
  const set = async (actor: 'operator' | 'privacy-officer' | 'practitioner', parameter: object[]) => {
    const authorization = `Bearer ${await server.token('system/*.cruds', { actor })}`;
    const body = JSON.stringify({ resourceType: 'Parameters', parameter });
    return server.fetch('$video-policy', { method: 'POST', headers: { authorization }, body });
  };
  const usual = await policyOf(server.smart.fhir, 1);
  expect(usual).toEqual({
    provider: 'p2p',
    keepChat: true,
    recording: true,
    earlyMinutes: 15,
    noShowMinutes: 15,
    graceMinutes: 5,
    overtimeMinutes: 30,
    relayOnly: 'when-turn',
  });
  expect((await set('practitioner', [{ name: 'earlyMinutes', valueInteger: 60 }])).status).toBe(403);
  const read = await set('privacy-officer', []);
  expect(read.status, await read.clone().text()).toBe(200);
  const changed = await set('operator', [
    { name: 'overtimeMinutes', valueInteger: 10 },
    { name: 'keepChat', valueBoolean: false },
  ]);
  expect(changed.status, await changed.clone().text()).toBe(200);
  expect(await policyOf(server.smart.fhir, 1)).toEqual({ ...usual, overtimeMinutes: 10, keepChat: false });
  for (const wrong of [
    { name: 'graceMinutes', valueInteger: 0 },
    { name: 'provider', valueCode: 'zoom' },
    { name: 'relayOnly', valueCode: 'sometimes' },
  ]) {
    const refused = await set('operator', [wrong]);
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining(wrong.name)]);
  }
  const encounter = await openVisit(server, await makeAppointment(server, 'short'));
  const [[ends, stop] = []] = await server.database.query(
    'select ends_at, hard_stop from video_visit where tenant = $1 and encounter = $2',
    [1, encounter],
  );
  expect((stop as Date).getTime() - (ends as Date).getTime()).toBe(10 * MINUTE);
  expect(
    (await server.fetch('$video-policy', { headers: { authorization: `Bearer ${await tokenOf(server, 'patient')}` } }))
      .status,
  ).toBeGreaterThanOrEqual(400);
});
