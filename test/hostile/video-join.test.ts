import type { AuditEvent, Bundle } from '@medplum/fhirtypes';
import { decodeJwt, SignJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { videoJobsOf } from '../../src/video/jobs/index.ts';
import { exchangeCode, guestJoin } from '../../src/video/people/guest.ts';
import type { Providers } from '../../src/video/providers/provider.ts';
import { runDueJobs } from '../support/jobs.ts';
import { type Server, startServer } from '../support/server.ts';
import { ask, enter, makeAppointment, makePeople, openSocket, openVisit } from '../support/visit-world.ts';

let server: Server;
beforeAll(async () => {
  server = await startServer();
  await makePeople(server);
}, 60_000);
afterAll(() => server.close());

/** None is asked for anything here. */
const providers: Providers = new Map();
const jobs = videoJobsOf(providers);

let count = 0;
const newVisit = async (inMinutes = 0): Promise<string> =>
  openVisit(server, await makeAppointment(server, `visit-${++count}`, inMinutes));

const join = (who: Parameters<typeof ask>[1], visit: string) => ask(server, who, `Encounter/${visit}/$video-join`);
const refusal = (opening: Promise<unknown>): Promise<string> =>
  opening.then(
    () => 'opened',
    (error: Error) => error.message,
  );

test('V-1 a token opens one socket and no second, and counts for two minutes at most', async () => {
  const visit = await newVisit();
  const joined = await join('patient', visit);
  const token = joined.value('token');
  const { exp = 0, iat = 0 } = decodeJwt(token);
  expect(exp - iat).toBeLessThanOrEqual(120);
  const first = await openSocket(joined.value('socket'), token);
  expect(await refusal(openSocket(joined.value('socket'), token))).toBe('401');
  const again = await join('patient', visit);
  const second = await openSocket(again.value('socket'), again.value('token'));
  expect(await first.closed).toBe(4409);
  second.ws.close();
});

test('V-1 of twenty who use one token at once, one is let in', async () => {
  const visit = await newVisit();
  const joined = await join('patient', visit);
  const all = await Promise.all(
    Array.from({ length: 20 }, () => refusal(openSocket(joined.value('socket'), joined.value('token')))),
  );
  expect(all.filter((one) => one === 'opened')).toHaveLength(1);
  expect(all.filter((one) => one === '401')).toHaveLength(19);
});

test('V-2 a room is found by nobody who guesses: its name is in no answer, and a token is of one server, visit and role', async () => {
  const visit = await newVisit();
  const [row] = await server.database.query('select room from video_visit where tenant = $1 and encounter = $2', [
    1,
    visit,
  ]);
  const room = String(row?.[0]);
  expect(Buffer.from(room.split('.')[1] ?? '', 'base64url')).toHaveLength(16);
  const joined = await join('doctor', visit);
  expect(JSON.stringify(joined.body)).not.toContain(room);
  const forged = await new SignJWT(decodeJwt(joined.value('token')))
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .sign(new Uint8Array(32));
  expect(await refusal(openSocket(joined.value('socket'), forged))).toBe('401');
  const unsigned = `${Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')}.${joined.value('token').split('.')[1]}.`;
  expect(await refusal(openSocket(joined.value('socket'), unsigned))).toBe('401');
  const own = await server.token('system/*.cruds');
  expect(await refusal(openSocket(joined.value('socket'), own))).toBe('401');
});

test('V-2 V-7 whose record is out of reach is told of no visit: the answer is that of an id that is not there', async () => {
  const visit = await newVisit();
  for (const operation of ['video-join', 'video-admit', 'video-invite', 'video-end', 'video-record']) {
    const hidden = await ask(server, 'stranger', `Encounter/${visit}/$${operation}`);
    const absent = await ask(server, 'stranger', `Encounter/there-is-none/$${operation}`);
    expect(hidden.status, operation).toBe(404);
    expect(JSON.stringify(hidden.body).replaceAll(visit, 'ID')).toBe(
      JSON.stringify(absent.body).replaceAll('there-is-none', 'ID'),
    );
  }
  expect((await ask(server, 'stranger', `Appointment/visit-${count}/$video-open`)).status).toBe(404);
});

test('O-20 O-102 V-7 a practitioner who takes no part in the visit joins it by no address, even where they may read the record', async () => {
  const visit = await newVisit();
  expect((await join('other', visit)).status).toBe(404);
  await server.fetch('Encounter/met-once', {
    method: 'PUT',
    body: JSON.stringify({
      resourceType: 'Encounter',
      id: 'met-once',
      status: 'finished',
      class: { code: 'AMB' },
      subject: { reference: 'Patient/vera' },
      participant: [{ individual: { reference: 'Practitioner/dr-bo' } }],
    }),
  });
  expect((await join('other', visit)).status).toBe(403);
  expect((await ask(server, 'other', `Encounter/${visit}/$video-end`)).status).toBe(403);
  const invited = await ask(server, 'doctor', `Encounter/${visit}/$video-invite`, { reference: 'Practitioner/dr-bo' });
  expect(invited.status, JSON.stringify(invited.body)).toBe(200);
  expect((await join('other', visit)).value('state')).toBe('waiting');
  expect((await ask(server, 'other', `Encounter/${visit}/$video-end`)).status).toBe(403);
});

test('V-3 nobody joins too early, or after the end, or with what they were given before it', async () => {
  const early = await newVisit(120);
  const refused = await join('patient', early);
  expect(refused.status).toBe(409);
  expect(JSON.stringify(refused.body)).toMatch(/opens at 20\d\d-/);
  const visit = await newVisit();
  const kept = await join('patient', visit);
  const doctor = await enter(server, 'doctor', visit);
  await ask(server, 'doctor', `Encounter/${visit}/$video-admit`, {
    participant: kept.value('participant'),
    confirmed: 'x',
  });
  await ask(server, 'doctor', `Encounter/${visit}/$video-end`);
  expect(await doctor.closed).toBe(4403);
  expect((await join('patient', visit)).status).toBe(410);
  expect(await refusal(openSocket(kept.value('socket'), kept.value('token')))).toBe('403');
});

test('V-3 a visit whose Appointment somebody cancels is over for those who wait', async () => {
  const visit = await newVisit();
  const patient = await enter(server, 'patient', visit);
  const appointment = await (await server.fetch(`Appointment/visit-${count}`)).json();
  await server.fetch(`Appointment/visit-${count}`, {
    method: 'PUT',
    body: JSON.stringify({ ...(appointment as object), status: 'cancelled' }),
  });
  expect(await patient.next('visit', (one) => one.visit.state === 'cancelled')).toBeDefined();
  expect(await patient.closed).toBe(4403);
  expect(await (await server.fetch(`Encounter/${visit}`)).json()).toMatchObject({ status: 'cancelled' });
});

test('V-5 a link for a guest works once, in one browser, is kept as a hash, and leads to the waiting room', async () => {
  const visit = await newVisit();
  const invited = await ask(server, 'doctor', `Encounter/${visit}/$video-invite`, {
    role: 'interpreter',
    name: 'Ingrid',
  });
  const link = invited.value('link');
  expect(link).toMatch(/\/video\/guest#[\w-]{22}$/);
  const code = link.split('#')[1] ?? '';
  const rows = await server.database.query('select code_hash from video_invite where tenant = $1', [1]);
  expect(JSON.stringify(rows)).not.toContain(code);
  const context = server.smart.fhir;
  const all = await Promise.all(Array.from({ length: 10 }, (_, at) => exchangeCode(context, 1, code, `10.0.0.${at}`)));
  const [guest] = all.flatMap((one) => (one.ok ? [one.value] : []));
  expect(all.filter((one) => one.ok)).toHaveLength(1);
  const joined = await guestJoin(context, 1, guest?.secret ?? '', '10.0.0.1', providers);
  expect(joined.ok && joined.value.participant).toMatchObject({
    state: 'waiting',
    role: 'interpreter',
    name: 'Ingrid',
  });
  const wrong = await exchangeCode(context, 1, 'AAAAAAAAAAAAAAAAAAAAAA', '10.0.0.2');
  const used = await exchangeCode(context, 1, code, '10.0.0.2');
  expect(used).toEqual(wrong);
  await ask(server, 'doctor', `Encounter/${visit}/$video-invite`, { revoke: invited.value('id') });
  expect(await guestJoin(context, 1, guest?.secret ?? '', '10.0.0.1', providers)).toMatchObject({
    ok: false,
    status: 403,
  });
});

test('V-5 V-21 codes are not guessed: after twenty tries within a minute an address is told to wait', async () => {
  const context = server.smart.fhir;
  const tries = [];
  for (let n = 0; n < 22; n++) tries.push(await exchangeCode(context, 1, `guess-${n}`, '10.9.9.9'));
  expect(tries.at(0)).toMatchObject({ status: 404 });
  expect(tries.at(-1)).toMatchObject({ status: 429 });
});

test('V-17 whom one lets in is confirmed by what was shown of them, and that is kept', async () => {
  const visit = await newVisit();
  const patient = await enter(server, 'patient', visit);
  const path = `Encounter/${visit}/$video-admit`;
  expect((await ask(server, 'doctor', path, { participant: patient.id })).status).toBe(400);
  await ask(server, 'doctor', path, { participant: patient.id, confirmed: 'Vera Lind · 1951-03-04 · patient' });
  const [row] = await server.database.query(
    'select admitted_by, confirmed from video_participant where tenant = $1 and id = $2',
    [1, patient.id],
  );
  expect(row?.[0]).toBe('Practitioner/dr-ana');
  expect(JSON.parse(String(row?.[1]))).toEqual({
    shown: 'Vera Lind · 1951-03-04 · patient',
    name: 'Vera Lind',
    birthDate: '1951-03-04',
    role: 'patient',
  });
  patient.ws.close();
});

test('V-15 each Encounter has a room of its own: who was with the same practitioner before is in no other', async () => {
  const [one, two] = [await newVisit(), await newVisit()];
  const first = await enter(server, 'patient', one);
  await ask(server, 'doctor', `Encounter/${one}/$video-admit`, { participant: first.id, confirmed: 'x' });
  await enter(server, 'doctor', two);
  const other = await ask(server, 'doctor', `Encounter/${two}/$video-admit`, { participant: first.id, confirmed: 'x' });
  expect(other.status).toBe(404);
  const rooms = await server.database.query(
    'select distinct room from video_visit where tenant = $1 and encounter = any($2)',
    [1, [one, two]],
  );
  expect(rooms).toHaveLength(2);
});

test('V-16 who treats leaves, and after a while the visit ends by itself; another ends when its time is long over', async () => {
  const visit = await newVisit();
  const patient = await enter(server, 'patient', visit);
  const doctor = await enter(server, 'doctor', visit);
  await ask(server, 'doctor', `Encounter/${visit}/$video-admit`, { participant: patient.id, confirmed: 'x' });
  doctor.ws.close();
  await patient.next('peer', (one) => one.peer.id === doctor.id && !one.peer.present);
  await runDueJobs(server.smart.fhir, Date.now() + 4 * 60_000, jobs);
  expect(await (await server.fetch(`Encounter/${visit}`)).json()).toMatchObject({ status: 'in-progress' });
  await runDueJobs(server.smart.fhir, Date.now() + 6 * 60_000, jobs);
  expect(await patient.closed).toBe(4403);
  expect(await (await server.fetch(`Encounter/${visit}`)).json()).toMatchObject({ status: 'finished' });
  const missed = await newVisit();
  await runDueJobs(server.smart.fhir, Date.now() + 20 * 60_000, jobs);
  expect(await (await server.fetch(`Appointment/visit-${count}`)).json()).toMatchObject({ status: 'noshow' });
  expect(await (await server.fetch(`Encounter/${missed}`)).json()).toMatchObject({ status: 'cancelled' });
});

test('V-19 an employer is told of no visit: neither that there was one nor who was in it', async () => {
  const visit = await newVisit();
  const employer = await server.token('system/*.rs', { actor: 'hr-admin', organization: 'acme' });
  for (const path of [
    `Encounter/${visit}`,
    `Appointment/visit-${count}`,
    'Encounter?_summary=count',
    'AuditEvent?_count=1',
  ]) {
    const answer = await server.fetch(path, { headers: { authorization: `Bearer ${employer}` } });
    expect([403, 404], path).toContain(answer.status);
  }
});

test('V-21 nobody floods a visit with ways in, and it has four places between browsers', async () => {
  const visit = await newVisit();
  const context = server.smart.fhir;
  await enter(server, 'doctor', visit);
  const guests = [];
  for (let n = 0; n < 4; n++) {
    const invited = await ask(server, 'doctor', `Encounter/${visit}/$video-invite`, { name: `Guest ${n}` });
    const guest = await exchangeCode(context, 1, invited.value('link').split('#')[1] ?? '', '10.1.1.1');
    if (!guest.ok) throw new Error('no guest');
    await guestJoin(context, 1, guest.value.secret, '10.1.1.1', providers);
    guests.push(guest.value.participant.id);
  }
  const admitted = [];
  for (const participant of guests) {
    admitted.push(
      (await ask(server, 'doctor', `Encounter/${visit}/$video-admit`, { participant, confirmed: 'x' })).status,
    );
  }
  expect(admitted).toEqual([200, 200, 200, 409]);
  const tries = await Promise.all(Array.from({ length: 130 }, () => join('doctor', visit)));
  expect(tries.filter(({ status }) => status === 429).length).toBeGreaterThan(0);
});

test('what happens in a visit is in the ledger, by the names of events, and the patient reads it', async () => {
  const visit = await newVisit();
  const patient = await enter(server, 'patient', visit);
  await enter(server, 'doctor', visit);
  await ask(server, 'doctor', `Encounter/${visit}/$video-admit`, { participant: patient.id, confirmed: 'x' });
  await ask(server, 'doctor', `Encounter/${visit}/$video-end`);
  const token = await server.token('patient/*.rs', { patient: 'vera', fhirUser: 'Patient/vera', actor: 'self' });
  const found = await server.fetch(`AuditEvent?entity=Encounter/${visit}&_count=200`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const bundle = (await found.json()) as Bundle<AuditEvent>;
  const codes = new Set(bundle.entry?.flatMap(({ resource }) => resource?.subtype?.map(({ code }) => code) ?? []));
  for (const code of ['created', 'token-issued', 'waiting', 'admitted', 'joined', 'ended'])
    expect([...codes]).toContain(code);
});
